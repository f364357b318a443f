"""A curve in the terminal."""

from collections.abc import Sequence

_EIGHTHS = " ▁▂▃▄▅▆▇█"


def lines(values: Sequence[float], *, height: int = 6, width: int = 60) -> list[str]:
    """A bar for each value, the lowest value on the floor; many values are thinned to the width."""
    if not values:
        return []
    shown = [values[index * len(values) // width] for index in range(width)] if len(values) > width else list(values)
    shown[-1] = values[-1]
    low, high = min(shown), max(shown)
    spread = high - low
    eighths = [1 + round((value - low) / spread * (height * 8 - 1)) if spread else height * 4 for value in shown]
    label = max(len(f"{low:.4g}"), len(f"{high:.4g}"))
    drawn = []
    for row in range(height - 1, -1, -1):
        bars = "".join(_EIGHTHS[max(0, min(8, filled - row * 8))] for filled in eighths)
        side = f"{high:.4g}" if row == height - 1 else f"{low:.4g}" if row == 0 else ""
        drawn.append(f"{side:>{label}} ┤{bars}")
    return drawn
