"""Lessons on what a start is worth beside normalization, in training, and after pre-training."""

from dataclasses import replace
from typing import Final

from initlab.finetuning import contestants
from initlab.lesson import Chapter, Lesson, Step
from initlab.pretrain_spec import PretrainSpec, parameters_of
from initlab.quantities import (
    accuracy,
    distinct_after,
    final_loss,
    first_over_last,
    last_over_first,
    lead,
    number_of,
    parameter,
    per_layer,
    rms,
)  # fmt: skip
from initlab.situations import Contest, Copies, Networks
from initlab.spec import NetworkSpec
from initlab.symmetry import Trial
from initlab.train_spec import TrainSpec

FIVE: Final = NetworkSpec("Glorot normal", activation="Tanh", depth=5, width=64)
SMALL: Final = FIVE.with_init("Random normal", stddev=0.01)
UNIT: Final = FIVE.with_init("Random normal", stddev=1.0)
SHORT: Final = TrainSpec(rate=0.05, epochs=5)
HOW: Final = parameters_of(PretrainSpec(epochs=10))
STACK: Final = NetworkSpec(activation="Sigmoid", depth=3, width=48, scaling="0-1").with_init(
    "Greedy pre-training", **HOW
)
ONE: Final = replace(STACK, activation="Tanh", depth=1, scaling="Standardized")
FEW: Final = TrainSpec(rate=0.1, batch=16, epochs=50, labels=100)
NORMED: Final = NetworkSpec(activation="Tanh", depth=10, normalization="Batch")
GUESS: Final = {"guess": number_of(2.302585)}

NORMALIZATION: Final = Lesson(
    "normalization", "Does normalization make it all irrelevant?", "It repairs the size. What does it not repair?", 10,
    (
        Step(
            Networks((NORMED.with_init("Random normal", stddev=0.01),)), "signals",
            "Ten layers of tanh from weights of 0.01, which lost the signal by layer 4. Now with batch normalization.",
            "How large is the signal of layer 10, beside layer 1?",
            ("It vanishes: less than a tenth", "It keeps its size", "It explodes: more than ten times"),
            (0.1, 10), last_over_first("activation"), 1,
            "{asked} times as large.",
            "z becomes (z − mean) / deviation, whatever σ = "
            "{sigma} is: RMS {first} in layer 1, {last} in layer {depth}",
            "Each layer's sums are brought back to mean 0 and deviation 1. The size of the weights cancels: vanishing "
            "and exploding signals are cured.",
            {
                "sigma": parameter("stddev"), "depth": parameter("depth"), "first": rms("activation", 1),
                "last": rms("activation", -1),
            },
        ),
        Step(
            Networks((replace(NetworkSpec("He normal", depth=50), normalization="Batch"),)), "signal and gradient",
            "Fifty layers of ReLU from He's weights, which hold signal and gradient by themselves. Batch normalization "
            "is added.",
            "What does the gradient do on its way from layer 50 to layer 1?",
            ("It vanishes: less than a tenth", "It keeps its size", "It explodes: more than a hundred times"),
            (0.1, 100), first_over_last("gradient"), 2,
            "It grows {asked} times.",
            "measured: × {rate:3} a layer; theory for wide layers: √(π/(π − 1)) = {theory:3}",
            "What ReLU hands on has a positive mean that all rows share. Batch normalization takes that part away and "
            "scales up what is left, and with it the gradient, in every layer. The signal is held, and the gradient "
            "pays for it.",
            {"rate": per_layer(first_over_last("gradient")), "theory": number_of(1.21122)},
        ),
        Step(
            Copies(NORMED.with_init("Zeros"), Trial(), 10), "copies",
            "Batch normalization again, and every weight 0.",
            "After ten steps, how many of the 128 units of layer 5 differ?",
            ("One: they are all copies", "About half of them", "All of them"),
            (1.5, 120), distinct_after(5), 0,
            "{asked} distinct unit among {units}.",
            "(0 − 0) / deviation = 0 for all {units} units",
            "Normalization treats copies alike, so they stay copies. It changes sizes; it does not break a symmetry.",
            {"units": parameter("width")},
        ),
        Step(
            Contest(
                (
                    replace(NORMED, width=64).with_init("Random normal", stddev=0.01),
                    replace(NORMED, width=64).with_init("Glorot normal"),
                ),
                TrainSpec(rate=0.05, epochs=5),
            ),
            "accuracy",
            "Both networks have batch normalization, so both signals are healthy. One starts from weights of 0.01, the "
            "other from Glorot's. Five epochs of plain SGD.",
            "By how many of 100 test digits does Glorot's end ahead?",
            ("By fewer than 5", "By 5 to 20", "By more than 20"),
            (5, 20), lead(1, 0), 2,
            "{glorot:%} right from Glorot's weights, {small:%} from weights of 0.01.",
            "difference: {asked} points",
            "Normalization hides the size of the weights from the signal, not from the training: a step that is small "
            "for Glorot's weights is large for weights of 0.01, and the output layer, which is not normalized, starts "
            "with hardly a voice. It makes the start matter less, not irrelevant.",
            {"glorot": accuracy(1), "small": accuracy(0)},
        ),
    ),
    "Normalization cures the signal's size. It does not cure symmetry, and deep down it makes gradients explode.",
    ("With batch norm the start does not matter.", "Batch norm keeps gradients in bounds."),
    (
        "Does layer normalization make the gradient explode too? Do residual connections help? (Try it.)",
        "Which faults of a start are faults of size, and which are not?",
    ),
)  # fmt: skip

FASTER: Final = Lesson(
    "training", "Does a better start train faster?", "The article says so. Put it to the test.", 8,
    (
        Step(
            Contest((UNIT, FIVE), SHORT), "accuracy",
            "Five layers of tanh learn to read digits by plain SGD: from N(0, 1), which saturates, and from Glorot's "
            "weights.",
            "After five epochs, by how many of 100 test digits is Glorot ahead?",
            ("By fewer than 5", "By 5 to 20", "By more than 20"),
            (5, 20), lead(1, 0), 2,
            "{glorot:%} right from Glorot's weights, {large:%} from N(0, 1).",
            "test loss {glorot_loss:3} and {large_loss:3}; guessing costs {guess:3}",
            "N(0, 1) begins with confident wrong answers and flat units. It learns, but first it has to unlearn. In "
            "the same number of steps it is far behind.",
            {
                "glorot": accuracy(1), "large": accuracy(0), "glorot_loss": final_loss(1), "large_loss": final_loss(0),
                **GUESS,
            },
        ),
        Step(
            Contest((FIVE, FIVE.with_init("He normal")), SHORT), "accuracy",
            "The same five layers of tanh, from Glorot's weights and from He's, which are √2 larger.",
            "Who is ahead after five epochs?",
            ("He, by more than 5 of 100", "They are within 5 of each other", "Glorot, by more than 5 of 100"),
            (-5, 5), lead(0, 1), 1,
            "{glorot:%} from Glorot's weights, {he:%} from He's.",
            "difference: {asked} points",
            "In five layers a factor of √2 does no harm to speak of. Between two starts that both carry signal and "
            "gradient there is little to gain: a start can be wrong by far more than it can be improved.",
            {"glorot": accuracy(0), "he": accuracy(1)},
        ),
        Step(
            Contest((SMALL, FIVE), TrainSpec("Adam", rate=0.001, epochs=5)), "accuracy",
            "Weights of 0.01 once more, and Adam instead of SGD: it gives every weight a step of its own size, however "
            "small the gradient.",
            "How far is Glorot ahead now?",
            ("By fewer than 5: Adam makes up for the start", "By 5 to 20", "By more than 20"),
            (5, 20), lead(1, 0), 2,
            "{glorot:%} right from Glorot's weights, {small:%} from weights of 0.01.",
            "test loss {glorot_loss:3} and {small_loss:3}; guessing costs {guess:3}",
            "Adam gets the network off the ground, which plain SGD did not in this time. But it has to build up the "
            "signal before it can use it, and that takes steps. An optimizer can repair a start; it cannot repair it "
            "for nothing.",
            {
                "glorot": accuracy(1), "small": accuracy(0), "glorot_loss": final_loss(1), "small_loss": final_loss(0),
                **GUESS,
            },
        ),
    ),
    "A bad start costs far more than a perfect one gains over a good one.",
    ("The start decides the final accuracy.", "Adam makes initialization irrelevant."),
    (
        "What happens to the small start with 50 epochs of Adam? (Try it.)",
        "The article says that random weights overfit. What would you measure?",
    ),
)  # fmt: skip

PRETRAINING: Final = Lesson(
    "pretraining", "Pre-training, before and after", "Layers that learn without labels: when does it help?", 10,
    (
        Step(
            Contest(contestants(STACK), FEW), "accuracy",
            "Three layers of sigmoid, 100 digits with a label, plain SGD. One network is pre-trained layer by layer on "
            "all training digits without their labels: each layer learns to rebuild what it receives.",
            "By how many of 100 test digits is the pre-trained network ahead of Glorot's?",
            ("By fewer than 5, or not at all", "By 5 to 40", "By more than 40"),
            (5, 40), lead(0, 1), 2,
            "{trained:%} right after pre-training, {glorot:%} from Glorot's weights.",
            "test loss {trained_loss:3} and {glorot_loss:3}; guessing costs {guess:3}",
            "Sigmoid passes on a quarter of the gradient a layer, and a few hundred steps leave Glorot's network where "
            "it began. Pre-training brings the weights into a region where the same steps count.",
            {
                "trained": accuracy(0), "glorot": accuracy(1), "trained_loss": final_loss(0),
                "glorot_loss": final_loss(1), **GUESS,
            },
        ),
        Step(
            Contest(contestants(STACK), TrainSpec("Adam", rate=0.005, batch=16, epochs=50, labels=100)), "accuracy",
            "The same race with Adam, which did not exist when pre-training was invented.",
            "By how many is the pre-trained network ahead now?",
            ("By fewer than 30", "By 30 to 60", "By more than 60"),
            (30, 60), lead(0, 1), 0,
            "{trained:%} and {glorot:%}: {asked} points.",
            "small weights of 0.01: {small:%}",
            "Most of the lead was an optimizer's trouble, and Adam does not have it. What is left is a few points: "
            "what the digits without labels had to teach. Small weights still fail.",
            {"trained": accuracy(0), "glorot": accuracy(1), "small": accuracy(2)},
        ),
        Step(
            Contest(contestants(ONE)[:2], TrainSpec(rate=0.05, batch=16, epochs=10)), "accuracy",
            "One layer of tanh and a label for every digit.",
            "And here?",
            ("Pre-training is behind by more than 5", "They are within 5 of each other", "It is ahead by more than 5"),
            (-5, 5), lead(0, 1), 1,
            "{trained:%} after pre-training, {glorot:%} from Glorot's weights.",
            "difference: {asked} points",
            "No cure without an illness. A shallow network of tanh learns from Glorot's weights as they are, and with "
            "all labels there is nothing left to learn from digits without.",
            {"trained": accuracy(0), "glorot": accuracy(1)},
        ),
    ),
    "Pre-training cured what a better start and a better optimizer cure too. It helps where labels are few.",
    ("Pre-training always helps.", "Pre-training needs labels."),
    (
        "Language models are pre-trained today. What is the same, and what is not?",
        "Why must a layer be frozen before the next one learns from it?",
    ),
)  # fmt: skip

CHAPTER: Final = Chapter(
    "In training", "A bad start costs more than a perfect one gains.", (NORMALIZATION, FASTER, PRETRAINING)
)
