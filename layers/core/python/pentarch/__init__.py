"""Pentarch: what two or more slices need.

Small immutable values are named tuples where a cold start loads them: a frozen dataclass costs half a millisecond of
each, a named tuple a seventh of that.
"""

__version__ = "0.1.0"
