"""Figures of one thing at successive moments as one figure that the browser plays by itself.

A frame holds what changes from moment to moment and nothing else. The buttons that go one moment back or on are part
of the frames too: each says which its neighbours are.
"""

from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go

from initlab.figures import theme
from initlab.figures.sent import Json, Sent, drawn_once, encoded, parts

FRAME: Final = 40  # milliseconds a moment is shown at least: twenty a second where the browser keeps up
ROOM: Final = 112  # pixels below the picture for buttons and scrubber
INK, FACE = "#14171C", {False: "#E6E8E3", True: "#A4AAB3"}  # Plotly lights a button under the mouse, whatever the theme


def film(moments: Sequence[go.Figure], steps: Sequence[int], dark: bool) -> go.Figure:
    """Moments of equal structure, each named by its step; it opens on the first."""
    names, plain = [str(step) for step in steps], [parts(figure) for figure in moments]
    said = [part["layout"].get("annotations", ()) for part in plain]
    words = _padded([[word for word in some if _is_plain(word)] for some in said])
    data = [[*encoded(part["data"]), _texts(some)] for part, some in zip(plain, words, strict=True)]
    still = parts(drawn_once(moments[0]))
    base, margin = still["layout"], still["layout"]["margin"]
    rest = _padded([[word for word in some if not _is_plain(word)] for some in said])
    controls = [_buttons(names, k, margin["b"], dark) for k in range(len(names))]
    changing = {k: _changing(traces) for k, traces in enumerate(zip(*data, strict=True))}
    moving = {k: keys for k, keys in changing.items() if keys}
    frames = [
        {
            "name": name, "traces": list(moving), "layout": {"annotations": some, "updatemenus": [buttons]},
            "data": [{name: traces[k][name] for name in ("type", *keys)} for k, keys in moving.items()],
        }
        for name, traces, some, buttons in zip(names, data, rest, controls, strict=True)
    ]  # fmt: skip
    layout = {
        **base, "height": base["height"] + ROOM, "margin": {**margin, "b": margin["b"] + ROOM},
        "annotations": rest[0], "updatemenus": [controls[0]], "sliders": [_scrubber(names, margin["b"], dark)],
    }  # fmt: skip
    return Sent({"data": [*still["data"], data[0][-1]], "layout": layout, "frames": frames})


def opened_at(played: go.Figure, moment: int) -> go.Figure:
    """The same film, which opens on another moment; nothing of it is drawn anew."""
    whole = parts(played)
    frame, base, data = whole["frames"][moment], whole["layout"], list(whole["data"])
    for trace, changes in zip(frame["traces"], frame["data"], strict=True):
        data[trace] = {**data[trace], **changes}
    layout = {**base, **frame["layout"], "sliders": [{**base["sliders"][0], "active": moment}]}
    return Sent({"data": data, "layout": layout, "frames": whole["frames"]})


def _is_plain(word: Json) -> bool:
    """Whether it is placed by the axes and stands upright."""
    return word.keys() <= {"text", "showarrow", "font", "x", "y", "xanchor", "yanchor", "align"}


def _texts(words: Sequence[Json]) -> Json:
    """Words as one trace: Plotly measures every annotation in every frame, which costs as much as the rest."""
    sides = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}  # of the point, not of the word
    return {
        "type": "scatter", "mode": "text", "cliponaxis": False, "hoverinfo": "skip",
        "x": [word["x"] for word in words], "y": [word["y"] for word in words],
        "text": [word["text"] for word in words],
        "textposition": [
            f"{sides.get(word.get('yanchor', ''), 'middle')} {sides.get(word.get('xanchor', ''), 'center')}"
            for word in words
        ],
        "textfont": {name: [word["font"][name] for word in words] for name in ("size", "color")},
    }  # fmt: skip


def _padded(words: Sequence[Sequence[Json]]) -> list[list[Json]]:
    """As many words at every moment, since a frame can change a word but not take one away."""
    most = max(map(len, words))
    filler = {**theme.label("", INK, x=0, y=0), "visible": False}
    return [[*({**word, "visible": True} for word in some), *[filler] * (most - len(some))] for some in words]


def _changing(traces: Sequence[Json]) -> list[str]:
    """The properties of a trace that are not the same at every moment; its arrays are bytes in base64."""
    first = traces[0]
    return [name for name in first if any(trace[name] != first[name] for trace in traces[1:])]


def _go(names: list[str] | list[None] | None, pause: int = 0) -> list[Any]:
    """The arguments of Plotly's `animate`."""
    how = {
        "frame": {"duration": pause, "redraw": True}, "transition": {"duration": 0}, "mode": "immediate",
        "fromcurrent": True,
    }  # fmt: skip
    return [names, how]


def _buttons(names: Sequence[str], now: int, below: int, dark: bool) -> Json:
    """Play, pause, and a step either way from moment `now`."""
    back, on = names[max(now - 1, 0)], names[min(now + 1, len(names) - 1)]
    actions = {"Play": _go(None, FRAME), "Pause": _go([None]), "Back": _go([back]), "Next": _go([on])}
    return {
        "type": "buttons", "direction": "left", "showactive": False, "x": 0, "xanchor": "left", "y": 0,
        "yanchor": "top", "pad": {"t": below + 4, "l": 0}, "font": {"color": INK, "size": 13}, "bgcolor": FACE[dark],
        "borderwidth": 0,
        "buttons": [{"label": label, "method": "animate", "args": args} for label, args in actions.items()],
    }  # fmt: skip


def _scrubber(names: Sequence[str], below: int, dark: bool) -> Json:
    look = theme.palette(dark)
    return {
        "active": 0, "x": 0, "len": 1, "y": 0, "yanchor": "top", "pad": {"t": below + 42, "l": 0, "r": 0},
        "borderwidth": 0, "bgcolor": look.grid, "activebgcolor": look.muted, "tickcolor": look.muted, "ticklen": 4,
        "minorticklen": 2, "font": {"color": look.muted, "size": 12},
        "currentvalue": {"prefix": "After step ", "xanchor": "right", "font": {"color": look.ink, "size": 13}},
        "steps": [{"label": name, "method": "animate", "args": _go([name])} for name in names],
    }  # fmt: skip
