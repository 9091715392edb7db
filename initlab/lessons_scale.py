"""Lessons on the size of weights: too small, too large, saturated."""

from dataclasses import replace
from typing import Final

from initlab.lesson import Chapter, Lesson, Step
from initlab.quantities import (
    chi,
    finite_layers,
    first_over_last,
    last_over_first,
    layers_to,
    loss,
    number_of,
    parameter,
    per_layer,
    product,
    rms,
    root,
    saturated,
    saturates_beyond,
    slope_square,
    through,
    times,
    weight_variance,
)  # fmt: skip
from initlab.situations import Networks
from initlab.spec import NetworkSpec

TANH: Final = NetworkSpec(activation="Tanh", depth=10)
SMALL: Final = TANH.with_init("Random normal", stddev=0.01)
UNIT: Final = TANH.with_init("Random normal", stddev=1.0)
LARGE: Final = NetworkSpec(activation="ReLU", depth=20).with_init("Random normal", stddev=0.5)
HUGE: Final = NetworkSpec(activation="ReLU", depth=60).with_init("Random normal", stddev=1.0)
HALVED: Final = times(weight_variance(), number_of(2))  # ReLU passes on half of the power
THREE_WAYS: Final = ("It vanishes: less than a tenth", "It keeps its size", "It explodes: more than ten times")
LAYER: Final = {"n": parameter("width"), "sigma": parameter("stddev"), "steps": parameter("depth", less=1)}

TOO_SMALL: Final = Lesson(
    "too-small", "Too small", "Weights of a hundredth in ten layers: how much of the signal is left?", 8,
    (
        Step(
            Networks((SMALL,)), "signals",
            "Ten layers of 128 tanh units. Every weight is drawn from a bell curve of deviation 0.01.",
            "How much of layer 1's signal is left in layer 10?",
            ("Less than a millionth", "About a thousandth", "About a tenth", "Nearly all of it"),
            (1e-6, 0.02, 0.4), last_over_first("activation"), 0,
            "{asked} of it is left.",
            "√(n σ²) = √({n} · {sigma}²) = {rate:3} a layer; {rate:3} to the power {steps} = {expected}",
            "A unit adds up {n} inputs, each times a weight of about {sigma}. Random signs mostly cancel, so the sum "
            "grows with the root of {n} only: each layer keeps {rate} of what it receives. Nine steps of that leave "
            "next to nothing.",
            {**LAYER, "rate": root(weight_variance()), "expected": through(root(weight_variance()))},
        ),
        Step(
            Networks((SMALL,)), "gradients",
            "The same network. Now the gradient of the loss travels down from layer 10 to layer 1.",
            "How much of layer 10's gradient arrives in layer 1?",
            ("Less than a millionth", "About a hundredth", "About all of it", "More than left layer 10"),
            (1e-6, 0.3, 3), first_over_last("gradient"), 0,
            "{asked} of it arrives.",
            "the same weights, the other way: × {rate} a layer",
            "The gradient comes down through the same weights that the signal went up through, and shrinks by the same "
            "{rate} a layer. Where the signal vanishes, learning does too.",
            {"rate": per_layer(first_over_last("gradient"))},
        ),
        Step(
            Networks((replace(SMALL, depth=2),)), "signal and gradient",
            "The same weights of 0.01 in a network of two hidden layers.",
            "How much of layer 1's signal is in layer 2?",
            ("Less than a thousandth", "About a tenth", "Nearly all of it"),
            (1e-3, 0.5), last_over_first("activation"), 1,
            "{asked:%} of it.",
            "√({n} · {sigma}²) = {rate}, once",
            "One step costs the same factor, {rate}, and a network can live with that. Small weights are a fault of "
            "depth: what is harmless once is fatal nine times.",
            {**LAYER, "rate": root(weight_variance())},
        ),
    ),
    "Each layer multiplies the signal by √(n σ²). Below 1 it vanishes, and the gradient with it.",
    (
        "Small weights are safe.",
        "The gradient grows where the signal is small, to make up for it.",
    ),
    (
        "Which σ would keep the signal of 128 units? (1/√128 = 0.088: the next chapter.)",
        "Would a wider network with the same σ be better or worse?",
    ),
)  # fmt: skip

TOO_LARGE: Final = Lesson(
    "too-large", "Too large", "Weights of a half in twenty layers of ReLU, and what computers make of it.", 8,
    (
        Step(
            Networks((LARGE,)), "signal and gradient",
            "Twenty layers of 128 ReLU units, weights of deviation 0.5.",
            "How much larger is the signal in layer 20 than in layer 1?",
            ("It is about as large", "A few hundred times", "About a million times", "More than a billion times"),
            (3, 1e4, 1e9), last_over_first("activation"), 3,
            "{asked} times larger.",
            "√(n σ² / 2) = √({n} · {sigma}² / 2) = {rate:3} a layer; {rate:3} to the power {steps} = {expected}",
            "Each layer multiplies the signal by {rate}. The 2 under the root is ReLU's share: it drops everything "
            "below zero, half of the power. Nineteen steps of {rate} are a number with twelve digits.",
            {**LAYER, "rate": root(HALVED), "expected": through(root(HALVED))},
        ),
        Step(
            Networks((HUGE,)), "signal and gradient",
            "Sixty layers, weights of deviation 1. Most frameworks compute in float32, which ends at 3.4·10³⁸.",
            "Where does the signal leave the range of float32?",
            ("Before layer 10", "Between layers 10 and 30", "Between layers 31 and 59", "It does not"),
            (10, 30, 59.5), finite_layers, 2,
            "{asked} layers are finite; after them come inf and NaN.",
            "√({n} · {sigma}² / 2) = {rate} a layer; {rate} to the power {expected} is 3.4·10³⁸",
            "The signal grows {rate} times a layer until no float32 holds it. In float64 the same network would stay "
            "finite for {double:3} layers and be just as useless: an overflow is an explosion that got noticed.",
            {**LAYER, "rate": root(HALVED), "expected": layers_to(3.4e38, root(HALVED)),
             "double": layers_to(1.797e308, root(HALVED))},
        ),
        Step(
            Networks((replace(UNIT, activation="ReLU", depth=2),)), "signal and gradient",
            "Only two hidden layers of ReLU, weights of deviation 1: too few to explode in. Guessing one of ten digits "
            "costs a loss of 2.3.",
            "What is the loss before the first step?",
            ("About 2.3: it guesses", "Between 4 and 50", "More than 50"),
            (4, 50), loss(), 2,
            "The loss is {asked}.",
            "√n · {activation} = {output}: the size of the ten outputs; ln 10 = {guess:3} for guessing",
            "The outputs are numbers of size {output}, so the softmax is certain of one digit, mostly the wrong one, "
            "and pays the whole difference. The start is not wrong by a direction but by its confidence. The first "
            "loss is the cheapest check of a start there is: it should be near {guess:3}.",
            {
                "activation": rms("activation", -1), "guess": number_of(2.302585),
                "output": product(root(parameter("width")), rms("activation", -1)),
            },
        ),
    ),
    "Above 1 a layer, the signal explodes. Look at the first loss: far above ln(classes) means too large.",
    (
        "Large weights learn faster because the gradients are larger.",
        "No NaN means no explosion.",
    ),
    (
        "What would gradient clipping repair here, and what not?",
        "Why does the loss betray a start that the layers do not?",
    ),
)  # fmt: skip

SATURATED: Final = Lesson(
    "saturated", "Saturated, yet exploding", "tanh flattens out, so the gradient must vanish. Must it?", 8,
    (
        Step(
            Networks((UNIT,)), "saturated",
            "Ten layers of tanh, weights of deviation 1. Where |tanh| is above 0.97 it is nearly flat.",
            "What share of layer 10's outputs is that flat?",
            ("Less than a tenth", "A tenth to a half", "More than a half"),
            (0.1, 0.5), saturated(-1), 2,
            "{asked:%} of the outputs are saturated.",
            "√(n σ²) = √({n} · {sigma}²) = {rate}: so large is z; tanh is flat from {beyond} on",
            "What a unit adds up has deviation {rate} times its inputs' size, and tanh ends at {beyond}. Most units "
            "sit at −1 or 1.",
            {**LAYER, "rate": root(weight_variance()), "beyond": saturates_beyond},
        ),
        Step(
            Networks((UNIT,)), "signal and gradient",
            "The same network. A gradient is multiplied by the slope of tanh, and most slopes are nearly 0.",
            "What does the gradient do on its way from layer 10 to layer 1?",
            THREE_WAYS, (0.1, 10), first_over_last("gradient"), 2,
            "It grows {asked} times.",
            "χ = n σ² · E[φ′²] = {strength} · {slope:3} = {chi:3}; √χ = {rate:3} a layer",
            "Few units have a slope, but each of those that do passes the gradient on through weights of deviation 1, "
            "{n} of them. The mean squared slope is {slope}, the weights bring {strength}: together more than 1, so "
            "the gradient explodes. Saturation alone does not mean that it vanishes.",
            {
                **LAYER, "chi": chi(), "rate": root(chi()), "strength": weight_variance(), "slope": slope_square(),
            },
        ),
        Step(
            Networks((replace(UNIT, activation="Sigmoid"),)), "signal and gradient",
            "The same weights of deviation 1, with sigmoid, whose slope is at most a quarter.",
            "And now the gradient?",
            THREE_WAYS, (0.1, 10), first_over_last("gradient"), 1,
            "{asked} times as large in layer 1.",
            "χ = {strength} · {slope:3} = {chi:3}; √χ = {rate:3} a layer",
            "For sigmoid these weights are nearly right for the gradient: large weights make up for small slopes, and "
            "χ is close to 1. The same numbers are far too large for one activation and about right for another.",
            {"chi": chi(), "rate": root(chi()), "strength": weight_variance(), "slope": slope_square()},
        ),
    ),
    "The gradient follows χ = n σ² E[φ′²]. Saturation lowers the slope, large weights raise the rest.",
    (
        "Saturated units mean vanishing gradients.",
        "A weight's size is right or wrong in itself, whatever the activation.",
    ),
    (
        "U(0, 1) saturates too, and there the gradient does vanish. What is different?",
        "Would you train the sigmoid network? What share of it is saturated? (Try it.)",
    ),
)  # fmt: skip

CHAPTER: Final = Chapter(
    "How large?",
    "Factors multiply: below 1 a layer all fades, above 1 all explodes.",
    (TOO_SMALL, TOO_LARGE, SATURATED),
)
