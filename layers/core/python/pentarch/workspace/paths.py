"""The names that files of a workspace may have: relative, plain and the same for everybody who reads them."""

import unicodedata

from pentarch.workspace.errors import PathError

MAX_PATH_BYTES = 512
"""In UTF-8; a key of the index has 1,024."""
MAX_SEGMENT_BYTES = 200
MAX_DEPTH = 16
_PLAIN = frozenset(" ._-+,=()")
"""Beside letters and digits, of any script. A number sign parts keys, an at sign belongs to addresses of people."""


def checked(text: str, *, field: str = "path") -> str:
    """The path itself; PathError says what is wrong with any other."""
    _check_whole(text, field)
    for segment in text.split("/"):
        _check_segment(segment, field)
    return text


def checked_prefix(text: str, *, field: str = "prefix") -> str:
    """The beginning of paths: its last segment may be unfinished."""
    folder, _, begun = text.rpartition("/")
    if folder:
        checked(folder, field=field)
    if begun:
        _check_whole(begun, field)
        _check_characters(begun, field)
    if text.startswith("/"):
        _refuse("it begins with a slash: paths are relative to the workspace", field)
    return text


def folder_of(path: str) -> str:
    """The folder that a file lies in, with its slash; empty at the top."""
    folder, slash, _ = path.rpartition("/")
    return folder + slash


def _check_whole(text: str, field: str) -> None:
    if not text:
        _refuse("it is empty", field)
    if text.startswith("/"):
        _refuse("it begins with a slash: paths are relative to the workspace", field)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_PATH_BYTES:
        _refuse(f"it has more than {MAX_PATH_BYTES} bytes", field)
    if text.count("/") >= MAX_DEPTH:
        _refuse(f"it is deeper than {MAX_DEPTH} folders", field)
    if unicodedata.normalize("NFC", text) != text:
        _refuse("its letters are not composed (Unicode NFC)", field)


def _check_segment(segment: str, field: str) -> None:
    if not segment:
        _refuse("one of its names is empty", field)
    if segment in (".", ".."):
        _refuse("it leads out of where it is: dots alone are no name", field)
    if segment != segment.strip(" ") or segment.endswith("."):
        _refuse("one of its names begins or ends with a space, or ends with a dot", field)
    if len(segment.encode("utf-8", "surrogatepass")) > MAX_SEGMENT_BYTES:
        _refuse(f"one of its names has more than {MAX_SEGMENT_BYTES} bytes", field)
    _check_characters(segment, field)


def _check_characters(text: str, field: str) -> None:
    for character in text:
        if not (character.isalnum() or character in _PLAIN or unicodedata.combining(character)):
            _refuse(f"it holds U+{ord(character):04X}, which no name may", field)


def _refuse(reason: str, field: str) -> None:
    msg = f"not a path of the workspace: {reason}"
    raise PathError(msg, field=field)
