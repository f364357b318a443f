"""Where the inputs below an address lie, and whether they are the tenant's."""

import os

from jobs.errors import InputSourceError
from pentarch.files import store as files
from pentarch.files.model import Location, place

SCHEME = "s3://"
"""A source that begins so is an address that was not looked at yet; any other is a key, or the beginning of keys."""


def parsed(address: str) -> Location:
    location = Location.parse(address)
    if location is None:
        msg = "input_source is an s3:// address or a data: URL"
        raise InputSourceError(msg)
    return location


def checked(tenant: str, address: str) -> str:
    """The keys' beginning; raises for what is not the tenant's, and where nothing lies."""
    location = parsed(address)
    if location.bucket != os.environ["FILES_BUCKET"] or not location.belongs_to(tenant):
        msg = f"jobs read from s3://{files.bucket()}/{place('files', tenant)}/ only"
        raise InputSourceError(msg)
    if not files.has_entries(location.prefix):
        msg = "there is no object below this prefix"
        raise InputSourceError(msg)
    return location.prefix
