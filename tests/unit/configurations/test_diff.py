import json
from typing import Any

import jsonpatch
from hypothesis import example, given
from hypothesis import strategies as st

from configurations import diff
from pentarch.configuration.model import Content

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
)
CONTENTS = st.builds(Content, st.dictionaries(st.text(max_size=3), VALUES, max_size=4), st.none() | st.text(max_size=3))


def document(content: Content | None) -> dict[str, Any]:
    return diff._document(content)


@given(st.none() | CONTENTS, st.none() | CONTENTS)
@example(Content({"a": 1}), Content({"a": True}))
@example(Content({"a": [1, 2]}), Content({"a": [1.0, 2]}))
@example(Content({"a": [0]}), Content({"a": [False]}))
def test_a_patch_leads_from_one_version_to_the_next(old: Content | None, new: Content | None) -> None:
    patched = jsonpatch.apply_patch(document(old), diff.patch(old, new))
    assert json.dumps(patched, sort_keys=True) == json.dumps(document(new), sort_keys=True)


@given(CONTENTS)
def test_what_is_the_same_needs_no_patch(content: Content) -> None:
    assert diff.patch(content, content) == []


def test_a_long_patch_is_replaced_by_the_value() -> None:
    old, new = Content({"all": list(range(3_000))}), Content({"all": list(range(1, 3_001))[::-1]})
    assert diff.patch(old, new) == [{"op": "replace", "path": "/value", "value": new.value}]
