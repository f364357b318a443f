import re
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from math import ceil

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def seconds_to_wait(retry_after: str | None, now: float) -> int | None:
    """A Retry-After header, seconds or HTTP date, as whole seconds from `now` (Unix time); None if it is neither."""
    if retry_after is None:
        return None
    if _SECONDS.fullmatch(retry_after.strip()):
        return ceil(float(retry_after))
    with suppress(ValueError, OverflowError):
        moment = parsedate_to_datetime(retry_after)
        return max(0, ceil((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now))
    return None
