"""Documentation from source, which is never imported."""

import textwrap

from tools.builtin.markdown_generator import Options, document

SHOP = textwrap.dedent(
    '''
    """A shop.

    # no heading of the page
    """
    import os
    RATE: float = 0.2
    """Of the price."""
    _HIDDEN = 1

    class Item(Base, metaclass=Meta):
        """A thing | that is sold."""

        name: str = "lamp|shade"

        def __init__(self, name: str, /, *prices: int, tax=RATE, **more) -> None:
            """Make one."""

        @property
        def price(self) -> int: ...

        @price.setter
        def price(self, value: int) -> None: ...

        @staticmethod
        def of(text: str) -> "Item": ...

        def _secret(self): ...

    async def sell(item: Item, *, count: int = 1) -> dict[str, list[int]]:
        """Sell it."""

    def _private(): ...
    '''
).encode()


def written(**options: object) -> str:
    return str(document({"shop/core.py": SHOP}, Options(**options))["markdown"])  # type: ignore[arg-type]


def test_what_is_public_is_told_with_its_signature() -> None:
    text = written(title="The <shop>")
    assert text.startswith("# The \\<shop\\>\n\n## `shop.core`\n\nA shop.\n\n\\# no heading of the page\n")
    assert "```python\nclass Item(Base, metaclass=Meta)\n```" in text
    assert "def __init__(name: str, /, *prices: int, tax=RATE, **more) -> None" in text
    assert "@staticmethod\ndef of(text: str) -> 'Item'" in text
    assert "async def sell(item: Item, *, count: int=1) -> dict[str, list[int]]" in text
    assert "| `RATE` | `float` | `0.2` | Of the price. |" in text
    assert "`'lamp\\|shade'`" in text
    assert text.count("Item.price") == 1
    for hidden in ("_HIDDEN", "_secret", "_private", "import os"):
        assert hidden not in text


def test_private_names_are_told_where_they_are_asked_for() -> None:
    assert "\\_private" in written(include_private=True)


def test_dunder_all_says_what_is_public() -> None:
    told = document({"a.py": b"__all__ = ['_b']\ndef _b(): ...\ndef c(): ...\n"}, Options())
    assert (told["functions"], "def c" in told["markdown"]) == (1, False)


def test_what_is_no_python_is_told_and_left_out() -> None:
    told = document({"a.py": b"def (", "b.py": b"x = 1", "c/__init__.py": b""}, Options())
    assert [one["file"] for one in told["skipped"]] == ["a.py"]
    assert [one["module"] for one in told["modules"]] == ["b", "c"]
    assert "- [`b`](#b)\n- [`c`](#c)" in told["markdown"]
