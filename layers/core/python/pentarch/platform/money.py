"""Money: whole nano-dollars, so that sums are exact; dollars only at the edge."""

NANO_PER_USD = 1_000_000_000
TOKENS_PER_PRICE = 1_000_000
"""Models are priced by the million tokens."""


def usd(nano_usd: int) -> float:
    return nano_usd / NANO_PER_USD


def nano_per_token(usd_per_million: float) -> int:
    return round(usd_per_million * NANO_PER_USD / TOKENS_PER_PRICE)
