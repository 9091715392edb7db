"""Lessons on what depth does: which gradients vanish, directions, the edge of chaos, dead units."""

from dataclasses import replace
from typing import Final

from initlab.lesson import Chapter, Lesson, Step
from initlab.quantities import (
    born_dead,
    chi,
    condition,
    drawn_dead,
    first_over_last,
    last_over_first,
    most_silent,
    number_of,
    parameter,
    per_layer,
    power,
    root,
    singular_zeros,
    slope_square,
    spread,
    through,
    times,
    weight_variance,
)  # fmt: skip
from initlab.situations import Births, Directions, Networks
from initlab.spec import NetworkSpec

TANH: Final = NetworkSpec(activation="Tanh", depth=10)
STANDARD: Final = TANH.with_init("Variance scaling", scale=0.3, mode="fan_in", distribution="uniform")
TURNED: Final = NetworkSpec("Orthogonal", activation="Linear", depth=16, width=64)
DEEP: Final = NetworkSpec("LeCun normal", activation="Tanh", depth=50)
N: Final = {"n": parameter("width"), "steps": parameter("depth", less=1)}
THREE_WAYS: Final = ("It vanishes: less than a hundredth", "It survives, within a hundredfold",
                     "It explodes: more than a hundred times")  # fmt: skip
CHI: Final = {"strength": weight_variance(), "slope": slope_square(), "chi": chi(), "rate": root(chi()),
              "steps": parameter("depth", less=1), "expected": through(root(chi()))}  # fmt: skip
CHI_LINE: Final = (
    "χ = n σ² · E[φ′²] = {strength:3} · {slope:3} = {chi:3}; √χ = {rate:4}; {rate:4} to the power {steps} = {expected}"
)

LEVEL: Final = Lesson(
    "weight-gradients", "Level weight gradients, vanishing δ", "Two gradients of one network tell two stories.", 7,
    (
        Step(
            Networks((STANDARD,)), "signal and gradient",
            "Ten layers of tanh with variance 0.3/n; 1/(3n) was the standard start before 2010. Let δ be the gradient "
            "with respect to what a unit adds up.",
            "How much of layer 10's δ arrives in layer 1?",
            ("Less than a twentieth", "About a third", "About all of it"),
            (0.05, 0.8), first_over_last("gradient"), 0,
            "{asked:%} of it arrives.",
            "√(n σ²) = √{strength:3} = {rate:3} a layer; {rate:3} to the power {steps} = {expected}",
            "Every layer passes on about {rate} of the gradient. It vanishes, as figure 7 of Glorot and Bengio shows.",
            {**N, "strength": weight_variance(), "rate": root(weight_variance()),
             "expected": through(root(weight_variance()))},
        ),
        Step(
            Networks((STANDARD,)), "two gradients",
            "The same network. Now the gradient that the weights themselves get.",
            "How large is it in layer 1, beside layer 10?",
            ("Less than a third", "About as large", "More than three times as large"),
            (1 / 3, 3), first_over_last("weight_gradient"), 1,
            "{asked} times as large.",
            "∂loss/∂W = signal below · δ: signal × {up} a layer on the way down, δ × {down}; together {both}",
            "A weight's gradient is the signal below it times δ above it. Going down, δ shrinks and the signal grows "
            "by the same factor, and the product stays level: figure 8 of the same paper. Whoever watches weight "
            "gradients alone sees nothing wrong.",
            {
                "up": times(number_of(1), per_layer(last_over_first("activation"))),
                "down": per_layer(first_over_last("gradient")),
                "both": times(per_layer(first_over_last("gradient")), per_layer(last_over_first("activation"))),
            },
        ),
        Step(
            Networks((TANH.with_init("Glorot uniform"),)), "two gradients",
            "The same network from Glorot's weights.",
            "How much of layer 10's δ arrives in layer 1 now?",
            ("Less than a twentieth", "A twentieth to three times", "More than three times"),
            (0.05, 3), first_over_last("gradient"), 1,
            "{asked:%} of it arrives.",
            "√(n σ²) = √{strength} = {rate} a layer",
            "With n σ² = {strength} both gradients stay within a small factor over ten layers. The weight gradients "
            "were level before and are level now; what changed is δ, and with it how much the layers below are heard.",
            {"strength": weight_variance(), "rate": root(weight_variance())},
        ),
    ),
    "Look at δ, not at weight gradients alone: these can be level while the signal and δ vanish.",
    ("Vanishing gradients show in the weight gradients.", "Level weight gradients are a sign of health."),
    (
        "Which of the two does your framework show you?",
        "What would happen to both with weights twice as large?",
    ),
)  # fmt: skip

ISOMETRY: Final = Lesson(
    "isometry", "Orthogonal weights", "Do all directions of the input survive, or only a few?", 8,
    (
        Step(
            Directions(TURNED), "singular values",
            "Sixteen linear layers of 64 units. Orthogonal weights are rotations: they stretch nothing. Gaussian "
            "weights of variance 1/n keep a length too, on average. The singular values say how much each direction is "
            "stretched from the first layer to the last.",
            "With Gaussian weights, how far apart are the largest and the smallest?",
            ("They are equal", "A factor of up to a thousand", "Up to a billion", "More than a billion"),
            (0.3, 3, 9), condition(1), 3,
            "A factor of {ratio}; for orthogonal weights {turned:6}.",
            "orthogonal: 1 · 1 · … · 1 = 1; Gaussian: 10 to the power {asked:3} after {layers} layers",
            "A rotation after a rotation is a rotation, at any depth. A Gaussian layer stretches nothing on average, "
            "but it does stretch some directions and squeeze others, and the factors multiply: in the end a few "
            "directions carry everything.",
            {
                "ratio": power(number_of(10), condition(1)), "turned": power(number_of(10), condition(0)),
                "layers": parameter("depth"),
            },
        ),
        Step(
            Directions(replace(TURNED, activation="Tanh")), "singular values",
            "Now tanh between the layers, weights orthogonal again.",
            "How far apart are the largest and the smallest now?",
            ("They are equal", "A factor of up to 100,000", "More than 100,000"),
            (0.3, 5), condition(0), 1,
            "A factor of {ratio}; for Gaussian weights it is {gaussian}.",
            "10 to the power {asked:3}, and 10 to the power {other:3}",
            "Every unit has a slope of its own, so the layers stretch a little. tanh is close to its line, and "
            "orthogonal weights keep most of their advantage.",
            {
                "ratio": power(number_of(10), condition(0)), "gaussian": power(number_of(10), condition(1)),
                "other": condition(1),
            },
        ),
        Step(
            Directions(replace(TURNED, activation="ReLU", gain=1.41)), "singular values",
            "And ReLU, orthogonal weights times √2.",
            "What share of the singular values is exactly 0?",
            ("None", "Up to a third", "More than a third"),
            (0.01, 1 / 3), singular_zeros(0), 2,
            "{asked:%} of them; for Gaussian weights {gaussian:%}.",
            "spread of the squares: {spread} orthogonal, {other} Gaussian",
            "ReLU switches off about half of the units for this input, whatever the weights, and their directions are "
            "lost. Orthogonal weights help ReLU less: they halve the spread of what is left at best.",
            {"gaussian": singular_zeros(1), "spread": spread(0), "other": spread(1)},
        ),
    ),
    "A length kept on average is not every length kept. Orthogonal weights keep all, as far as the activation lets "
    "them.",
    (
        "If the signal keeps its size, all of it gets through.",
        "Orthogonal weights are the best start for every activation.",
    ),
    ("Why do two orthogonal layers make an orthogonal one?", "What does a residual connection do to singular values?"),
)  # fmt: skip

EDGE: Final = Lesson(
    "edge-of-chaos", "The edge of chaos", "Fifty layers live on a narrow ridge. Where is it?", 9,
    (
        Step(
            Networks((replace(DEEP, gain=0.794),)), "signal and gradient",
            "Fifty layers of tanh, weights of deviation 0.794/√n.",
            "What does the gradient do on its way from layer 50 to layer 1?",
            THREE_WAYS, (0.01, 100), first_over_last("gradient"), 0,
            "{asked} of it arrives.", CHI_LINE,
            "χ is what a layer multiplies the gradient's square by. Below 1 the network is ordered: its gradient "
            "vanishes, and without biases so does its signal.", CHI,
        ),
        Step(
            Networks((replace(DEEP, gain=2.0),)), "signal and gradient",
            "The same network, deviation 2/√n.",
            "What does the gradient do now?",
            THREE_WAYS, (0.01, 100), first_over_last("gradient"), 2,
            "It grows {asked} times.", CHI_LINE,
            "Above 1 the network is chaotic: tanh keeps the signal in bounds, but the gradient explodes, and two "
            "inputs that are almost the same end far apart. The signal alone shows nothing of it.", CHI,
        ),
        Step(
            Networks((DEEP,)), "signal and gradient",
            "The same network, deviation 1/√n.",
            "And between the two?",
            THREE_WAYS, (0.01, 100), first_over_last("gradient"), 1,
            "{asked:%} of it arrives.",
            "χ = n σ² · E[φ′²] = {strength} at the edge, where the signal is small and the slope near 1",
            "At χ = 1 nothing grows or shrinks by a factor a layer. Signal and gradient still fade, slowly, as a power "
            "of the depth: this is the edge, and the start for tanh that Glorot's rule leads to on equal layers.", CHI,
        ),
    ),
    "χ < 1: order, vanishing. χ > 1: chaos, exploding. Deep networks live at χ = 1.",
    (
        "Chaos means that the signal explodes. (With tanh it cannot; the gradient does.)",
        "At the edge nothing fades. (It fades slowly.)",
    ),
    ("How much does 10 % in σ matter in 10 layers, and in 100?", "Where is the edge of ReLU? (n σ² = 2 only.)"),
)  # fmt: skip

DEAD: Final = Lesson(
    "dead-units", "Dead units, and networks born dead", "A third of the units say nothing. Is that a fault?", 7,
    (
        Step(
            Networks((NetworkSpec("He normal", depth=20),)), "silent",
            "Twenty layers of ReLU from He's weights, shown 256 digits. Some units are silent on all of them.",
            "How many, in the layer that has most?",
            ("Fewer than one in twenty", "One in twenty to a half", "More than a half"),
            (0.05, 0.5), most_silent(), 1,
            "{asked:%} of the units of one layer.",
            "each unit: on or off with 1/2; where all inputs look alike, on for all or off for all",
            "Deep inside, different inputs point almost the same way. A unit that is off for one is then off for all, "
            "and half of the units may be. Silent on this batch is not dead for ever: it is how a healthy ReLU network "
            "looks.",
        ),
        Step(
            Births(NetworkSpec("He normal", depth=10, width=3)), "born dead",
            "Ten layers of only three ReLU units, thousands of networks drawn anew, one input.",
            "How many of these networks have a layer in which every unit is silent?",
            ("Fewer than 10 %", "10 to 50 %", "50 to 90 %", "More than 90 %"),
            (0.1, 0.5, 0.9), born_dead, 2,
            "{asked:%} by the formula, {drawn:%} of those drawn.",
            "1 − (1 − ½ · ½ · ½)¹⁰ = 1 − (1 − {one:3})¹⁰ = {asked:3}",
            "A unit is silent with probability a half. All three are with {one:3}, and then nothing passes that layer, "
            "neither signal nor gradient. Ten layers are ten chances for it.",
            {"drawn": drawn_dead, "one": power(number_of(0.5), parameter("width"))},
        ),
        Step(
            Births(NetworkSpec("He normal", depth=10, width=8)), "born dead",
            "The same with eight units a layer.",
            "How many are born dead now?",
            ("Fewer than 10 %", "10 to 50 %", "More than 50 %"),
            (0.1, 0.5), born_dead, 0,
            "{asked:%}.",
            "1 − (1 − {one:3})¹⁰ = {asked:3}",
            "Each unit more halves the chance that a layer is silent. In layers of the usual width it does not happen.",
            {"one": power(number_of(0.5), parameter("width"))},
        ),
    ),
    "Silent units are normal in deep ReLU networks. A silent layer is fatal, and only narrow networks have one by "
    "chance.",
    ("Every silent unit is dead.", "Dead units come from training only."),
    (
        "What would a small positive bias do for a narrow network?",
        "A batch has 256 rows. Why is the formula only an upper bound then?",
    ),
)  # fmt: skip

CHAPTER: Final = Chapter(
    "What depth does", "A factor a layer, a direction a layer, a chance a layer: depth multiplies them all.",
    (LEVEL, ISOMETRY, EDGE, DEAD),
)  # fmt: skip
