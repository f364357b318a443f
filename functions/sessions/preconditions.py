"""Which version a change of a file is for, as If-Match and If-None-Match say it."""

import re

from pentarch.platform.errors import InvalidInputError
from pentarch.workspace import store

_TAG = re.compile(r'"?(\d{1,8})"?')


def expected_version(if_match: str | None, if_none_match: str | None) -> int:
    """A version, `store.ABSENT` for `If-None-Match: *`, `store.ANY` for neither."""
    if if_none_match is not None:
        if if_none_match.strip() != "*" or if_match is not None:
            msg = "If-None-Match is `*`, and stands alone"
            raise InvalidInputError(msg, field="If-None-Match")
        return store.ABSENT
    if if_match is None:
        return store.ANY
    tag = _TAG.fullmatch(if_match.strip())
    if tag is None or int(tag[1]) == 0:
        msg = 'If-Match names one version in quotes: "3"'
        raise InvalidInputError(msg, field="If-Match")
    return int(tag[1])
