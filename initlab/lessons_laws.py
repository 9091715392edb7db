"""Lessons on the laws that fit weights to their layer: Glorot, He, and what libraries do."""

from dataclasses import replace
from typing import Final

from initlab.lesson import Chapter, Lesson, Step
from initlab.quantities import (
    accuracy,
    chi,
    data_difference,
    difference,
    first_over_last,
    last_over_first,
    lead,
    number_of,
    parameter,
    per_layer,
    product,
    rms,
    root,
    through,
    times,
    weight_deviation,
    weight_variance,
)  # fmt: skip
from initlab.situations import Contest, Networks
from initlab.spec import NetworkSpec
from initlab.train_spec import TrainSpec

TANH: Final = NetworkSpec("Glorot normal", activation="Tanh", depth=10)
SIGMOID: Final = replace(TANH, activation="Sigmoid")
RELU: Final = NetworkSpec("Glorot normal", depth=30)
TWENTY: Final = NetworkSpec("Glorot normal", depth=20)
FIVE: Final = NetworkSpec("Glorot normal", activation="Tanh", depth=5, width=64)
HALVED: Final = times(weight_variance(), number_of(2))
N: Final = {"n": parameter("width"), "steps": parameter("depth", less=1)}
FIRST: Final = times(rms("weight", 1, 0), rms("weight", 1, 1))
RATIO: Final = times(weight_deviation(0), weight_deviation(1))

GLOROT: Final = Lesson(
    "glorot", "Xavier, tanh and sigmoid", "Weights made to measure. Do they fit sigmoid as they fit tanh?", 9,
    (
        Step(
            Networks((TANH,)), "signals",
            "Ten layers of tanh. Glorot's variance is 2/(n_in + n_out): weights fit the layer they are in.",
            "How much of layer 1's signal is left in layer 10?",
            ("Less than a tenth", "A tenth to twice as much", "More than twice as much"),
            (0.1, 2), last_over_first("activation"), 1,
            "{asked:%} of it.",
            "n · 2/(n + n) = {n} · 2/({n} + {n}) = {strength} a layer",
            "n times the variance is {strength}: a sum of {n} inputs is as large as one of them. tanh takes a little "
            "off the largest values, and the more so the larger they are, so the loss slows down from layer to layer.",
            {**N, "strength": weight_variance()},
        ),
        Step(
            Networks((SIGMOID,)), "signal and gradient",
            "The same weights with sigmoid, which many texts name beside tanh when they recommend Glorot.",
            "How much of layer 10's gradient arrives in layer 1?",
            ("Less than a ten-thousandth", "About a hundredth", "A tenth or more"),
            (1e-4, 0.1), first_over_last("gradient"), 0,
            "{asked} of it arrives.",
            "slope of sigmoid ≤ 1/4; measured: × {rate:3} a layer; {rate:3} to the power {steps} = {power}",
            "Glorot's rule takes a slope of 1 for granted. tanh has it in the middle, sigmoid has a quarter at most, "
            "so every layer passes on about {rate} of the gradient. Hardly any unit is saturated: the middle is the "
            "steep part.",
            {
                **N, "rate": per_layer(first_over_last("gradient")),
                "power": through(per_layer(first_over_last("gradient"))),
            },
        ),
        Step(
            Networks((SIGMOID,)), "alike inputs",
            "The same sigmoid network. The size of its signal does not fall at all: sigmoid says about a half, "
            "whatever it hears. In the data, two digits differ by about 1 (1 minus their cosine).",
            "By how much do two digits still differ in layer 10?",
            ("Less than a millionth", "About a thousandth", "More than a tenth"),
            (1e-6, 0.1), difference(-1), 0,
            "{asked} is left of a difference of {data}.",
            "n σ² · (1/4)² = {strength} · 0.0625 = {expected:3} a layer; measured: × {rate:3}",
            "The signal is there, and it is the same for every digit. What depends on the input shrinks layer by "
            "layer, just as the gradient does. A steady size is no proof that anything gets through.",
            {
                "data": data_difference, "strength": weight_variance(),
                "expected": product(weight_variance(), number_of(1 / 16)),
                "rate": per_layer(times(difference(-1), difference(1))),
            },
        ),
    ),
    "Glorot keeps tanh alive. On deep sigmoid both the gradient and the differences vanish.",
    (
        "Glorot is the right start for sigmoid. (Of a few layers, yes.)",
        "If activations keep their size, the network is healthy.",
    ),
    (
        "A gain of 4 would make up for a slope of a quarter. What else would it do? (Try it.)",
        "Why were deep networks of sigmoid units given up for tanh and ReLU?",
    ),
)  # fmt: skip

HE: Final = Lesson(
    "he", "Why Xavier fails on deep ReLU and He does not", "A factor of two, thirty times.", 8,
    (
        Step(
            Networks((RELU,)), "signals",
            "Thirty layers of ReLU from Glorot's weights, which hold the signal of tanh.",
            "How much of layer 1's signal is left in layer 30?",
            ("Less than a thousandth", "About a hundredth", "A tenth or more"),
            (1e-3, 0.1), last_over_first("activation"), 0,
            "{asked} of it is left.",
            "√(n σ² / 2) = √({strength} / 2) = {rate:4} a layer; {rate:4} to the power {steps} = {expected}",
            "ReLU drops everything below zero, half of the power. Glorot's rule does not know that: each layer passes "
            "on {rate} of what it receives.",
            {**N, "strength": weight_variance(), "rate": root(HALVED), "expected": through(root(HALVED))},
        ),
        Step(
            Networks((replace(RELU, init="He normal", width=256),)), "signals",
            "He's variance is 2/n_in: twice as much. Thirty layers of 256 units.",
            "And now?",
            ("Less than a twentieth is left", "It keeps its size, give or take", "It grows more than twenty times"),
            (0.05, 20), last_over_first("activation"), 1,
            "Layer 30 has {asked} times the signal of layer 1.",
            "√(n σ² / 2) = √({strength} / 2) = {rate} a layer",
            "Twice the variance makes up for the half that ReLU drops. It does so on average: every draw strays, the "
            "more the deeper and the narrower the network, so a factor of two either way is nothing to worry about.",
            {"strength": weight_variance(), "rate": root(HALVED)},
        ),
        Step(
            Networks((replace(RELU, init="He normal", activation="Tanh"),)), "signal and gradient",
            "If two is better than one: thirty layers of tanh from He's weights.",
            "What does the gradient do on its way from layer 30 to layer 1?",
            ("It fades below a third", "It keeps its size", "It grows: 2 to 30 times", "It grows more than 30 times"),
            (1 / 3, 2, 30), first_over_last("gradient"), 2,
            "It grows {asked} times.",
            "χ = n σ² · E[φ′²] = {strength:3} · {slope:3} = {chi:3}; √χ = {rate:3} a layer",
            "tanh drops nothing near 0, so there is nothing to make up for: χ is above 1 and the gradient grows, "
            "slowly. He is not better than Glorot, it is Glorot for ReLU.",
            {
                "strength": weight_variance(), "chi": chi(), "rate": root(chi()),
                "slope": times(chi(), weight_variance()),
            },
        ),
    ),
    "ReLU drops half of the power; He puts it back. The right size depends on the activation.",
    (
        "He is a newer and better Glorot.",
        "He keeps the signal exactly. (On average; draws stray.)",
    ),
    (
        "What would leaky ReLU of slope 0.2 need? (2 / (1 + 0.04).)",
        "Why did Glorot's start work for years with ReLU networks? How deep were they?",
    ),
)  # fmt: skip

LAWS: Final = Lesson(
    "normal-or-uniform", "Normal or uniform?", "Every library offers both. Does it matter which?", 5,
    (
        Step(
            Networks((TWENTY, TWENTY.with_init("Glorot uniform"))), "signals",
            "Twenty layers of ReLU from Glorot's weights: once drawn from a bell curve, once uniformly.",
            "How large is the normal one's signal in layer 20, beside the uniform one's?",
            ("Less than a tenth", "About the same", "More than ten times"),
            (0.1, 10), times(rms("activation", -1, 0), rms("activation", -1, 1)), 1,
            "{asked} times as large.",
            "deviations of the weights: {normal:3} and {uniform:3}",
            "A unit adds up {n} weighted inputs, and such a sum knows of its terms' variance only. Normal or uniform, "
            "the deviation is {normal:3}. What is left between the two lines is chance, as between any two draws.",
            {**N, "normal": weight_deviation(0), "uniform": weight_deviation(1)},
        ),
        Step(
            Networks((TWENTY.with_init("He uniform"), TWENTY.with_init("Glorot uniform"))), "signals",
            "Both uniform now: once He's variance, once Glorot's.",
            "How large is He's signal in layer 20, beside Glorot's?",
            ("About the same", "About ten times as large", "More than a hundred times as large"),
            (3, 100), times(rms("activation", -1, 0), rms("activation", -1, 1)), 2,
            "{asked} times as large.",
            "× {first:3} in layer 1, which has 64 inputs; then × {ratio:4} in {steps} layers: {first:3} · {power} = "
            "{both}",
            "The size of the weights decides, not the shape of the law. A factor of {ratio:3} between two deviations "
            "is easily overlooked in code; after twenty layers nobody can overlook it.",
            {
                **N, "first": FIRST, "both": product(FIRST, through(RATIO)),
                "ratio": RATIO,
                "power": through(RATIO),
            },
        ),
        Step(
            Contest((FIVE, FIVE.with_init("Glorot uniform")), TrainSpec(rate=0.05, epochs=5)), "accuracy",
            "Five layers of tanh learn to read digits: from Glorot's weights, normal and uniform.",
            "By how many of 100 test digits does the normal one end ahead?",
            ("It ends behind, by more than 5", "They end within 5 of each other", "It ends ahead by more than 5"),
            (-5, 5), lead(0, 1), 1,
            "{normal:%} and {uniform:%}.",
            "difference: {asked} points",
            "Training does not care either. Take the one your library takes; spend your care on the variance.",
            {"normal": accuracy(0), "uniform": accuracy(1)},
        ),
    ),
    "The variance matters. The shape of the law does not.",
    ("Normal is more natural.", "Uniform is safer since no weight can be extreme."),
    (
        "Where could the shape matter after all? (A unit with few inputs: a sum of three terms is no bell curve.)",
        "Keras cuts its normal at two deviations. What must it do to keep the variance?",
    ),
)  # fmt: skip

DEFAULTS: Final = Lesson(
    "library-defaults", "What do the libraries really do?", "You did not choose a start. Somebody else did.", 8,
    (
        Step(
            Networks((TWENTY.with_init("PyTorch default"),)), "gradients",
            "PyTorch's linear layer draws weights and biases from ±1/√n if nobody says otherwise. Twenty layers of "
            "ReLU.",
            "How much of layer 20's gradient arrives in layer 1?",
            ("Less than a millionth", "About a thousandth", "A tenth or more"),
            (1e-6, 0.05), first_over_last("gradient"), 0,
            "{asked} of it arrives.",
            "√(n σ² / 2) = √({strength} / 2) = {rate:4} a layer; {rate:4} to the power {steps} = {expected}",
            "A uniform on ±1/√n has variance 1/(3n), so n times the variance is a third, and ReLU halves that. It is "
            "the start that Glorot and Bengio found wanting in 2010. Two or three layers do not mind.",
            {**N, "strength": weight_variance(), "rate": root(HALVED), "expected": through(root(HALVED))},
        ),
        Step(
            Networks((TWENTY.with_init("PyTorch default"),)), "alike inputs",
            "The same network. Its signal falls to a tenth and stays there: the biases put something into every layer. "
            "In the data, two digits differ by about 1 (1 minus their cosine).",
            "By how much do two digits still differ in layer 20?",
            ("Less than a millionth", "About a hundredth", "More than a tenth"),
            (1e-6, 0.1), difference(-1), 0,
            "{asked} is left; the signal's size is {signal:%} of layer 1's.",
            "biases: variance 1/(3n), the same for every input",
            "What the biases put in is the same for every digit, and soon there is nothing else. The activations look "
            "alive; what they say no longer depends on what was shown.",
            {"signal": last_over_first("activation")},
        ),
        Step(
            Networks((TWENTY.with_init("Glorot uniform"), TWENTY.with_init("PyTorch default"))), "gradients",
            "Keras's dense layer takes Glorot uniform and biases of 0.",
            "How much more of the gradient arrives in layer 1 than from PyTorch's default?",
            ("About as much", "About ten times", "More than a thousand times"),
            (3, 1000), times(first_over_last("gradient", 0), first_over_last("gradient", 1)), 2,
            "{asked} times more.",
            "√({keras} / 2) = {above:3} and √({torch:3} / 2) = {below:3} a layer, {steps} times",
            "The same model in two libraries starts with different weights, and nobody chose them. Neither is made for "
            "ReLU: Keras too keeps only {left:%} of the gradient. Name your start in your code.",
            {
                **N, "above": root(times(weight_variance(0), number_of(2))),
                "below": root(times(weight_variance(1), number_of(2))),
                "keras": weight_variance(0), "torch": weight_variance(1), "left": first_over_last("gradient", 0),
            },
        ),
    ),
    "Defaults are made for a few layers. Write the start into the code.",
    (
        "The default is what experts recommend.",
        "The same architecture is the same network in every library.",
    ),
    (
        "Why does nobody notice in practice? (Normalization, residual connections, few layers.)",
        "How would you find out what your library does?",
    ),
)  # fmt: skip

CHAPTER: Final = Chapter(
    "Made to measure", "Variance 1/n for tanh, 2/n for ReLU: fit the weights to layer and activation.",
    (GLOROT, HE, LAWS, DEFAULTS),
)  # fmt: skip
