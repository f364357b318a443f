"""Reading the multipart forms of the vision API: every documented field, and nothing twice that is one."""

import json
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from pentarch.llm.model import Sensitivity
from pentarch.platform.errors import InvalidInputError
from vision.errors import IMAGE, ImageTooLargeError, NoFormError
from vision.model import DEFAULT_TOP_K, MAX_TOP_K, Analysis
from vision.pictures import MAX_BYTES

_ROOM = 64 * 1024
"""For the form's other fields."""
_MAX_NAME = 256


@dataclass(frozen=True, slots=True)
class Form:
    image: bytes
    analyses: tuple[Analysis, ...]
    """None given: empty."""
    model: str | None
    top_k: int
    sensitivity: Sensitivity | None


async def read(request: Request) -> Form:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        msg = "the body is a multipart form with the image in it"
        raise NoFormError(msg, details={"field": IMAGE})
    if len(await request.body()) > MAX_BYTES + _ROOM:
        msg = f"image: {MAX_BYTES} bytes at most are taken here; a job takes larger ones from S3"
        raise ImageTooLargeError(msg, details={"field": IMAGE, "most": MAX_BYTES})
    try:
        async with request.form(max_files=1, max_fields=20, max_part_size=MAX_BYTES) as form:
            return Form(await _image(form), _analyses(form), _text(form, "model"), _top_k(form), _sensitivity(form))
    except HTTPException as error:
        msg = f"the form cannot be read: {error.detail}"
        raise InvalidInputError(msg, field="body") from error


async def _image(form: FormData) -> bytes:
    found = form.getlist(IMAGE)
    if len(found) != 1 or not isinstance(found[0], UploadFile):
        msg = "image: the form needs one file of this name"
        raise InvalidInputError(msg, field=IMAGE)
    return await found[0].read()


def _analyses(form: FormData) -> tuple[Analysis, ...]:
    """A repeated field, a JSON list, or names between commas."""
    names: list[str] = []
    for value in form.getlist("analysis_type"):
        names += _listed(value)
    try:
        return tuple(dict.fromkeys(Analysis(name) for name in names))
    except ValueError as error:
        msg = f"analysis_type: one or more of {', '.join(Analysis)}"
        raise InvalidInputError(msg, field="analysis_type") from error


def _listed(value: UploadFile | str) -> list[str]:
    if not isinstance(value, str):
        return [""]
    text = value.strip()
    if not text.startswith(("[", '"')):
        return [name.strip() for name in text.split(",")]
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return [text]
    return [one if isinstance(one, str) else "" for one in said] if isinstance(said, list) else [str(said)]


def _text(form: FormData, name: str) -> str | None:
    """An empty field is none."""
    found = form.getlist(name)
    if not found:
        return None
    if len(found) > 1 or not isinstance(found[0], str) or len(found[0]) > _MAX_NAME:
        msg = f"{name}: one text of {_MAX_NAME} characters at most"
        raise InvalidInputError(msg, field=name)
    return found[0].strip() or None


def _top_k(form: FormData) -> int:
    text = _text(form, "top_k")
    if text is None:
        return DEFAULT_TOP_K
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MAX_TOP_K:
        msg = f"top_k: a whole number from 1 to {MAX_TOP_K}"
        raise InvalidInputError(msg, field="top_k")
    return int(text)


def _sensitivity(form: FormData) -> Sensitivity | None:
    text = _text(form, "sensitivity")
    try:
        return None if text is None else Sensitivity(text.upper())
    except ValueError as error:
        msg = f"sensitivity: one of {', '.join(Sensitivity)}"
        raise InvalidInputError(msg, field="sensitivity") from error
