"""Pentarch: what two or more slices need."""

__version__ = "0.1.0"
