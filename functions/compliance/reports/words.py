"""Figures and times in words, for people."""

from pentarch.platform.clock import parse_iso


def moment(told: str | None) -> str:
    """Like `2026-11-21 07:30 UTC`."""
    return "—" if told is None else f"{parse_iso(told):%Y-%m-%d %H:%M} UTC"


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
