"""Works on shards of vision jobs: the analyses that are asked for of each picture, or its classes."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pentarch.analysis.model import Answer
from pentarch.files import store as files
from pentarch.files.model import Location
from pentarch.llm.model import Sensitivity
from pentarch.platform.tables import Transaction
from pentarch.work import dead_letters
from pentarch.work.errors import UnworkableInputError
from pentarch.work.inputs import Input
from pentarch.work.messages import consumer
from pentarch.work.worker import ShardWorker, Task
from vision import pictures, service
from vision.model import CLASSIFY
from vision.pictures import MAX_OBJECT_BYTES
from vision.service import Asked

QUEUE = "VISION_WORK_QUEUE_URL"
INPUT_TIME_S = 45
"""All engines' time, and room for a model that is not warm yet and for what is read and written around it."""
_DATA = "data:"


def look(task: Task) -> None:
    asked = _asked(task)
    picture = pictures.opened(image_of(task.input, task.job.tenant), max_bytes=MAX_OBJECT_BYTES)

    def record(transaction: Transaction, answers: Sequence[Answer[Any]]) -> None:
        by_name = dict(zip(asked.capabilities, answers, strict=True))
        results = {name: answer for name, answer in by_name.items() if name != CLASSIFY}
        output = service.analyzed(picture, results)
        if CLASSIFY in by_name:
            output |= service.classified(picture, [by_name[CLASSIFY]])
        task.record(transaction, output | {"event_ids": [answer.event.id for answer in answers]})

    service.look(task.caller, picture, asked, also=record)


def _asked(task: Task) -> Asked:
    given = task.job.parameters
    declared = given.get("sensitivity")
    return Asked(
        tuple(dict.fromkeys(given["analysis_type"])),
        given.get("model"),
        given["top_k"],
        Sensitivity(declared) if declared else None,
        task.job.correlation_id,
    )


def image_of(given: Input, tenant: str) -> bytes:
    """The object itself, or what a line names, as a string or as its `image`: a data URL, or an s3:// address."""
    if not given.is_line:
        return given.content
    try:
        said = json.loads(given.content)
    except (ValueError, RecursionError) as error:
        msg = "the input is not JSON"
        raise UnworkableInputError(msg) from error
    address = said.get("image", said.get("prompt")) if isinstance(said, Mapping) else said
    if isinstance(address, str) and address.startswith(_DATA):
        return _decoded(address)
    place = Location.parse(address) if isinstance(address, str) else None
    if place is None:
        msg = "the input names no picture: a data URL, or an object of the stack's bucket"
        raise UnworkableInputError(msg)
    if place.bucket != files.bucket() or not place.belongs_to(tenant):
        msg = "the input names an object that is not the tenant's"
        raise UnworkableInputError(msg)
    entry = files.entry(place.prefix)
    if entry is None or entry.size > MAX_OBJECT_BYTES:
        msg = "the object does not exist" if entry is None else f"the object has more than {MAX_OBJECT_BYTES} bytes"
        raise UnworkableInputError(msg)
    return files.get(place.prefix, etag=entry.etag)


def _decoded(url: str) -> bytes:
    head, _, data = url.partition(",")
    try:
        return base64.b64decode(data, validate=True) if head.endswith(";base64") else b""
    except (binascii.Error, ValueError) as error:
        msg = "the data URL's data is not base64"
        raise UnworkableInputError(msg) from error


handler = consumer(QUEUE, ShardWorker(QUEUE, look, INPUT_TIME_S, MAX_OBJECT_BYTES).take, given_up=dead_letters.note)
