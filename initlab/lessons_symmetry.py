"""Lessons on why weights must be there, and must differ."""

from dataclasses import replace
from typing import Final

from initlab.comparison import start
from initlab.lesson import Chapter, Lesson, Step
from initlab.quantities import (
    accuracy,
    distinct_after,
    final_loss,
    law_mean,
    lead,
    matrices,
    moved_layers,
    number_of,
    parameter,
    parted_layers,
    power,
    product,
    rms,
    saturated,
    times,
    weight_variance,
)  # fmt: skip
from initlab.situations import Contest, Copies, Networks
from initlab.spec import NetworkSpec
from initlab.symmetry import Trial
from initlab.train_spec import TrainSpec

TANH: Final = NetworkSpec(activation="Tanh", depth=10)
FIVE: Final = NetworkSpec(activation="Tanh", depth=5, width=64)
RELU: Final = NetworkSpec("He normal", depth=5)
ZEROS: Final = TANH.with_init("Zeros")
CONSTANT: Final = TANH.with_init("Constant", value=0.01)
ROWS: Final = replace(CONSTANT, output="One row repeated")
POSITIVE: Final = TANH.with_init("Random uniform", minval=0.0, maxval=1.0)
CENTRED: Final = TANH.with_init("Random uniform", minval=-0.5, maxval=0.5)
HOW_MANY: Final = ("One: they are all copies", "About half of them", "All of them")

WHY: Final = Lesson(
    "why-weights", "Why do weights matter?",
    "Same network, same data, same training. Only the first numbers differ.", 7,
    (
        Step(
            Contest(
                tuple(one.applied(FIVE) for one in (start("Random normal", stddev=0.01), start("Glorot normal"))),
                TrainSpec(rate=0.05, epochs=5),
            ),
            "accuracy",
            "Two networks learn to read digits: same layers, same data, the same steps of plain SGD. One starts from "
            "weights of 0.01, the other from Glorot's.",
            "After five epochs, how many more of 100 test digits does Glorot's network have right?",
            ("Fewer than 5 more: training makes up for the start", "5 to 40 more", "More than 40 more"),
            (5, 40), lead(1, 0), 2,
            "{glorot:%} right from Glorot's weights, {small:%} from weights of 0.01.",
            "Test loss {small_loss:3} and {glorot_loss:3}. Guessing costs ln 10 = {guess:3}.",
            "From weights of 0.01 hardly any signal reaches the output and hardly any gradient comes back. After five "
            "epochs that network still guesses. Nothing is wrong with its layers, its data or its steps: only the "
            "random numbers it began with were too small.",
            {
                "glorot": accuracy(1), "small": accuracy(0), "small_loss": final_loss(0), "glorot_loss": final_loss(1),
                "guess": number_of(2.302585),
            },
        ),
        Step(
            Networks((RELU, replace(RELU, gain=2.0))), "signals",
            "A ReLU network of five layers without biases. Somebody doubles every weight.",
            "How much larger is the signal in layer 5?",
            ("2 times", "10 times: 5 layers, 2 each", "32 times: 2·2·2·2·2", "More than 1,000 times"),
            (6, 20, 300), times(rms("activation", -1, 1), rms("activation", -1, 0)), 2,
            "{asked} times larger.",
            "{gain} · {gain} · {gain} · {gain} · {gain} = {power}",
            "A weight says how much a unit listens to one input. Layers work one after the other, so their factors "
            "multiply: {gain} in each of {depth} layers makes {power}. A size that is slightly wrong in one layer is "
            "badly wrong after many.",
            {
                "gain": parameter("gain", 1), "depth": parameter("depth"),
                "power": power(parameter("gain", 1), parameter("depth", 1)),
            },
        ),
    ),
    "A start decides what a network can learn in the time it has. Factors multiply from layer to layer.",
    (
        "Training will put the weights right, so it does not matter where they start.",
        "Effects of layers add up. They multiply.",
    ),
    (
        "Would ten times as many epochs help the network that guesses? Would another optimizer? (Try it: Adam.)",
        "What happens to the signal if each weight is halved instead?",
    ),
)  # fmt: skip

EQUAL: Final = Lesson(
    "equal-weights", "Zero and constant weights", "128 units that start alike: how many are they after training?", 10,
    (
        Step(
            Copies(ZEROS, Trial(rate=1.0), 10), "copies",
            "Every weight is 0. The network takes ten large training steps.",
            "How many of its 11 weight matrices have changed?",
            ("None", "One: the output layer's", "Two or more"),
            (0.5, 1.5), moved_layers, 0,
            "{asked} of {matrices} weight matrices have changed.",
            "∂loss/∂W = signal below · gradient above = 0 · 0 in all {hidden} hidden layers",
            "A weight learns from the signal below it times the gradient above it. tanh(0) = 0, so there is no signal "
            "in any layer. The gradient comes down through weights that are 0, so there is none either. Only the "
            "output biases move: they learn how frequent each digit is.",
            {"matrices": matrices, "hidden": parameter("depth")},
        ),
        Step(
            Copies(ROWS, Trial(), 10), "copies",
            "Every hidden weight is 0.01, and every unit has the same row of random output weights. Now signal and "
            "gradient are there, and all weights do move.",
            "After ten steps, how many of the 128 units of layer 5 differ?",
            HOW_MANY, (1.5, 120), distinct_after(5), 0,
            "{asked} distinct unit among {units}.",
            "{units} units, the same weights in and out: the same output, the same gradient, the same step",
            "All {moved} matrices have moved, and yet nothing has parted the units. Whatever one of them learns, all "
            "learn. {units} units do the work of one, and no number of steps changes that.",
            {"units": parameter("width"), "moved": moved_layers},
        ),
        Step(
            Copies(ROWS, Trial(noise=1e-3), 10), "copies",
            "The same start. Before the first step, every weight gets a random number of size 0.001 on top: a tenth of "
            "its value.",
            "After ten steps, how many of the 128 units of layer 5 differ?",
            HOW_MANY, (1.5, 120), distinct_after(5), 2,
            "All {asked} units differ.",
            "0.01 ± {noise}: a tenth is enough",
            "Units that differ a little get gradients that differ a little, and each goes its own way. Randomness is "
            "there to break the symmetry; how large it has to be for the signal is another question.",
            {"noise": number_of(1e-3)},
        ),
        Step(
            Copies(replace(CONSTANT, output="LeCun normal"), Trial(), 10), "copies",
            "Every hidden weight is 0.01 again. Only the output layer is random.",
            "After ten steps, in how many of the ten hidden layers do all units differ?",
            ("In none", "In one", "In two or more"),
            (0.5, 1.5), parted_layers, 1,
            "In {asked} of {hidden} hidden layers.",
            "layer {hidden}: random weights out. Layers 1 to 9: equal weights out",
            "Units of the top layer have different outgoing weights, so they get different gradients and part. A unit "
            "below feeds all units above equally, and gets the same gradient as its neighbour. One random layer cannot "
            "save the nine below it.",
            {"hidden": parameter("depth")},
        ),
    ),
    "Weights must differ, in every layer. Biases may be 0.",
    (
        "Zero weights learn slowly. (They learn nothing; only the output bias does.)",
        "With a constant the gradients are 0. (Here they are not: they are equal.)",
        "A random output layer is enough.",
    ),
    (
        "Why may biases be 0 when weights may not?",
        "Dropout silences other units in every row. Would it break the symmetry? (Try it.)",
    ),
)  # fmt: skip

UNIFORM: Final = Lesson(
    "uniform-0-1", "Random, and yet all alike", "Weights from 0 to 1, no two of them equal. Are the units?", 7,
    (
        Step(
            Copies(POSITIVE, Trial(), 10), "copies",
            "Every weight is drawn from 0 to 1. No two units have the same weights.",
            "After ten steps, how many of the 128 units of layer 10 say something of their own?",
            HOW_MANY, (1.5, 120), distinct_after(-1), 0,
            "{asked} distinct unit in layer 10.",
            "{units} inputs · mean weight {mean} = {pull}; tanh({pull}) = 1",
            "All weights push the same way. A unit whose inputs agree receives about {pull} times their value, far "
            "beyond where tanh ends: it says 1 or −1, and so do all its neighbours. Random is not enough; the mean has "
            "to be 0.",
            {"units": parameter("width"), "mean": law_mean(), "pull": product(parameter("width"), law_mean())},
        ),
        Step(
            Networks((POSITIVE,)), "saturated",
            "The same network before the first step.",
            "What share of the outputs of layer 10 has reached the flat ends of tanh?",
            ("Less than a tenth", "A tenth to nine tenths", "More than nine tenths"),
            (0.1, 0.9), saturated(-1), 2,
            "{asked:%} of the outputs of layer 10 are saturated.",
            "slope of tanh there: 1 − tanh² = 0, so the gradient in layer 1 is {gradient}",
            "Where tanh is flat its slope is 0, and a gradient is multiplied by it. These are two faults, not one: the "
            "units are saturated, and they are copies of each other. The copies cannot part, since no gradient reaches "
            "them.",
            {"gradient": rms("gradient", 1)},
        ),
        Step(
            Copies(CENTRED, Trial(), 10), "copies",
            "The same spread, moved to the middle: weights from −0.5 to 0.5.",
            "After ten steps, how many of the 128 units of layer 10 say something of their own?",
            HOW_MANY, (1.5, 120), distinct_after(-1), 2,
            "All {asked} units differ.",
            "mean {mean}; n · variance = {strength}, where 1 would keep the signal",
            "With mean 0 the pushes cancel, and units differ. It is still no good start: n times the variance is "
            "{strength}, ten times too much, and nearly half of the outputs are saturated. How large weights may be is "
            "the next chapter.",
            {"mean": law_mean(), "strength": weight_variance()},
        ),
    ),
    "Random is not enough: the mean has to be 0, and the size has to fit.",
    (
        "Different weights make different units.",
        "Saturation and symmetry are the same fault.",
    ),
    (
        "What does U(0, 1) do with ReLU, which has no flat end above? (Try it: the signal explodes.)",
        "Which finding would you repair first?",
    ),
)  # fmt: skip

CHAPTER: Final = Chapter(
    "Weights must differ", "Units that start alike stay alike: randomness is there to part them.", (WHY, EQUAL, UNIFORM)
)
