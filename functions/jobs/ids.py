"""Ids of jobs and of recurring jobs: in the order of their making, so that a list of them is."""

import re
from datetime import datetime

from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7, uuid7_named

_FORM = re.compile(r"job_[0-9a-f]{32}")
_RECURRENCE = re.compile(r"rec_[0-9a-f]{32}")


def new_job_id(at: datetime) -> str:
    return f"job_{uuid7(epoch_ms(at)).replace('-', '')}"


def is_job_id(text: str) -> bool:
    return _FORM.fullmatch(text) is not None


def job_id_of(due: datetime, *names: str) -> str:
    """The one job of an instant and what it is for."""
    return f"job_{uuid7_named(epoch_ms(due), chr(10).join(names)).replace('-', '')}"


def new_recurrence_id(at: datetime) -> str:
    return f"rec_{uuid7(epoch_ms(at)).replace('-', '')}"


def is_recurrence_id(text: str) -> bool:
    return _RECURRENCE.fullmatch(text) is not None
