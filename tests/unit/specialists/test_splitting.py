"""Which rows are held out."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from specialists.datasets.splitting import SPLITS, Split, canonical, fingerprint, splits_of


def splits(rows: list[str], seed: int = 0, *, validation_share: float = 0.15, test_share: float = 0.15) -> list[Split]:
    marks = np.array([fingerprint(row.encode(), seed) for row in rows], dtype=np.uint64)
    return [SPLITS[n] for n in splits_of(marks, validation_share=validation_share, test_share=test_share)]


def test_shares_are_about_what_was_asked_for() -> None:
    found = splits([f"row {n}" for n in range(10_000)], validation_share=0.2, test_share=0.1)
    assert abs(found.count(Split.VALIDATION) - 2_000) < 150
    assert abs(found.count(Split.TEST) - 1_000) < 120


@given(st.lists(st.text(max_size=5), max_size=20), st.integers(0, 2**31 - 1))
def test_a_row_goes_where_its_equal_goes_whatever_stands_around_it(rows: list[str], seed: int) -> None:
    together = splits(rows, seed)
    assert together == [splits([row], seed)[0] for row in rows]


def test_another_seed_holds_out_other_rows() -> None:
    rows = [f"row {n}" for n in range(200)]
    assert splits(rows, 0) != splits(rows, 1)


def test_a_larger_test_share_keeps_the_rows_that_were_held_out() -> None:
    rows = [f"row {n}" for n in range(500)]
    small = {row for row, split in zip(rows, splits(rows, test_share=0.1), strict=True) if split is Split.TEST}
    large = {row for row, split in zip(rows, splits(rows, test_share=0.3), strict=True) if split is Split.TEST}
    assert small < large


def test_values_are_told_apart_where_they_meet() -> None:
    assert canonical(["ab", "c"]) != canonical(["a", "bc"])
