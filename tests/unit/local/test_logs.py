from local.logs import OVERLAP_MS, Entry, Tail


def entry(timestamp: int, message: str, stream: str = "one") -> Entry:
    return Entry(timestamp, stream, message)


def test_a_line_is_shown_once() -> None:
    tail = Tail(since=0)
    first = [entry(1, "a"), entry(2, "b")]

    assert tail.new(first) == first
    assert tail.new([*first, entry(3, "c")]) == [entry(3, "c")]


def test_equal_lines_of_one_moment_are_all_shown() -> None:
    tail = Tail(since=0)
    tail.new([entry(1, "a")])

    assert tail.new([entry(1, "a"), entry(1, "a"), entry(1, "a", "two")]) == [entry(1, "a"), entry(1, "a", "two")]


def test_a_late_line_is_shown_and_old_ones_are_not_read_again() -> None:
    tail = Tail(since=0)
    tail.new([entry(OVERLAP_MS + 5, "a")])

    assert tail.read_from == 5
    assert tail.new([entry(6, "late"), entry(OVERLAP_MS + 5, "a")]) == [entry(6, "late")]
