"""Ids of jobs: in the order of their making, so that a list of them is."""

import re
from datetime import datetime

from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7

_FORM = re.compile(r"job_[0-9a-f]{32}")


def new_job_id(at: datetime) -> str:
    return f"job_{uuid7(epoch_ms(at)).replace('-', '')}"


def is_job_id(text: str) -> bool:
    return _FORM.fullmatch(text) is not None
