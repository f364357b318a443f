"""What can be wrong with a picture or with what is asked of it."""

from enum import StrEnum

from pentarch.platform.errors import InvalidInputError, Meaning, PentarchError

IMAGE = "image"


class ImageError(InvalidInputError):
    """The file is no picture that can be looked at; `details.reason` says in a word why."""

    def __init__(self, reason: "Fault", **facts: int | str) -> None:
        message = f"{IMAGE}: {_MESSAGES[reason].format(**facts)}"
        super().__init__(message, field=IMAGE, details={"reason": reason, **facts})


class Fault(StrEnum):
    EMPTY = "empty"
    TOO_MANY_BYTES = "too_many_bytes"
    NOT_AN_IMAGE = "not_an_image"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"


_MESSAGES = {
    Fault.EMPTY: "the file is empty",
    Fault.TOO_MANY_BYTES: "{bytes} bytes, and {most} at most are taken",
    Fault.NOT_AN_IMAGE: "this is none of {formats}",
    Fault.TRUNCATED: "the file is cut off",
    Fault.DAMAGED: "the file is damaged",
    Fault.TOO_MANY_PIXELS: "{width} x {height} pixels; {most} at most are taken, and {side} on a side",
}


class ImageTooLargeError(PentarchError):
    """More bytes than a request carries."""

    meaning = Meaning.TOO_LARGE


class NoFormError(PentarchError):
    """The body is no multipart form."""

    meaning = Meaning.UNSUPPORTED_MEDIA
