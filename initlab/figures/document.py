"""Figures in a page of their own, without a server: what a report is made of."""

from typing import Any

from plotly.io import to_html
from plotly.offline import get_plotlyjs

from initlab.figures import Figure, theme
from initlab.report import Chart


def script() -> str:
    """Plotly itself, once for all charts of a page; some 4.5 MB."""
    return f"<script>{get_plotlyjs()}</script>"


def chart(title: str, figure: Figure, reading: str) -> Chart:
    """The figure as HTML that draws itself where the `script` is."""
    drawn: Any = figure.to_plotly_json()
    drawn["layout"]["template"] = {"layout": {}}  # Plotly stumbles over the None of a figure that is drawn once
    html = to_html(
        drawn, theme.config(title), include_plotlyjs=False, full_html=False, validate=False,
        default_width="100%", default_height=f"{figure.layout.height or 450}px",
    )  # fmt: skip
    return Chart(title, html, reading)
