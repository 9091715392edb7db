"""Figures: pure functions, result in, plotly figure out."""
