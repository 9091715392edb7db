"""One neuron's sums against the normal curve that theory expects."""

from typing import Final

import numpy as np
import plotly.graph_objects as go
from scipy import stats

from initlab.figures import theme
from initlab.neuron import NeuronSums

REACH: Final = 4.0  # the axis, in standard deviations of one input: fixed, so that the spread is what moves
BINS: Final = 81


def neuron_figure(found: NeuronSums, dark: bool) -> go.Figure:
    """Histogram of the sums, the input's own N(0, 1) and the normal curve of variance n E[w^2]."""
    look, figure = theme.palette(dark), theme.figure(dark, 280)
    reach = REACH * max(1.0, float(np.sqrt(found.variance or 1.0)))
    edges = np.linspace(-reach, reach, BINS + 1)
    density = np.histogram(found.sums, edges)[0] / (found.sums.size * (edges[1] - edges[0]))
    centres = (edges[1:] + edges[:-1]) / 2
    figure.add_bar(x=centres, y=density, marker={"color": theme.translucent(look.forward, 0.55)}, marker_line_width=0)
    if found.variance:
        curve = stats.norm.pdf(centres, 0, np.sqrt(found.variance))
        figure.add_scatter(x=centres, y=curve, mode="lines", line={"color": look.theory, "dash": "dash", "width": 2})
    figure.add_scatter(
        x=centres, y=stats.norm.pdf(centres), mode="lines", line={"color": look.muted, "width": 1, "dash": "dot"}
    )
    highest = 1.15 * max(float(density.max()), 0.4)
    figure.update_yaxes(title="density", range=[0, highest], showticklabels=False)
    figure.update_xaxes(title="Σ wᵢxᵢ for inputs xᵢ of standard deviation 1", range=[-reach, reach])
    figure.update_traces(hoverinfo="skip")
    figure.update_layout(bargap=0, annotations=[_legend(look)])
    return figure


def _legend(look: theme.Palette) -> dict[str, object]:
    text = (
        f'<span style="color:{look.forward}">▇ the sums</span>   '
        f'<span style="color:{look.theory}">– – normal, variance n·E[w²]</span>   '
        f'<span style="color:{look.muted}">··· one input</span>'
    )
    return {"text": text, "x": 0, "y": 1.0, "xref": "paper", "yref": "paper", "showarrow": False, "xanchor": "left"}
