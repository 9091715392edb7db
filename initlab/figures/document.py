"""Figures in a page of their own, without a server: what a report is made of."""

from plotly.io import to_html
from plotly.offline import get_plotlyjs

from initlab.figures import Figure, theme
from initlab.figures.sent import parts
from initlab.report import Chart


def script() -> str:
    """Plotly itself, once for all charts of a page; some 4.5 MB."""
    return f"<script>{get_plotlyjs()}</script>"


def chart(title: str, figure: Figure, reading: str) -> Chart:
    """The figure as HTML that draws itself where the `script` is."""
    drawn = parts(figure)
    layout = {**drawn["layout"], "template": {"layout": {}}}  # Plotly's own would change what is drawn once
    html = to_html(
        {**drawn, "layout": layout}, theme.config(title), include_plotlyjs=False, full_html=False, validate=False,
        default_width="100%", default_height=f"{layout.get('height', 450)}px",
    )  # fmt: skip
    return Chart(title, html, reading)
