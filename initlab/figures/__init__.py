"""Figures: pure functions, result in, plotly figure out."""

from plotly.graph_objects import Figure

__all__ = ["Figure"]
