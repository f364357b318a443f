"""Money: whole nano-dollars, so that sums are exact; dollars only at the edge."""

NANO_PER_USD = 1_000_000_000


def usd(nano_usd: int) -> float:
    return nano_usd / NANO_PER_USD
