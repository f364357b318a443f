"""Contracts: where they come from, and whether they are valid."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pentarch.files import store as files
from pentarch.files.errors import FileChangedError, FileMissingError
from pentarch.files.model import UPLOADS, Location
from pentarch.platform import egress
from pentarch.platform.egress import EgressError
from registry.errors import InvalidContractError

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

MAX_BYTES = 64 * 1024
FETCH_TIMEOUT_S = 5.0
PATH = "contract_path"
_ROOT = "contract"
_LOOKS_SECRET = re.compile(
    r"^(sk-|pk_|rk_|ghp_|gho_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|AIza|eyJ|ya29\.|Bearer|Basic)|-----BEGIN"
    r"|^(?!arn:)(?=[^/]*\d)(?=[^/]*[A-Za-z])[A-Za-z0-9+=_-]{32,}$"
)
"""How keys and tokens of the usual issuers begin, and what is long, unbroken and mixed as no name is."""

Contract = Mapping[str, Any]


@cache
def schema() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(Path(__file__).with_name("contract.schema.json").read_text())
    return found


def check(contract: object) -> Contract:
    """The contract, if it is valid; InvalidContractError with every fault by field if not."""
    faults: dict[str, list[str]] = {}
    for field, message in _faults(contract):
        faults.setdefault(field, []).append(message)
    if faults or not isinstance(contract, dict):
        raise InvalidContractError(faults)
    return contract


def fetch(path: str, tenant: str) -> object:
    """The document at an address: an object of the tenant's own files in the stack's bucket, or an https URL.

    Never a file of the machine that this runs on.
    """
    if path.startswith("s3://"):
        return parse(_from_files(path, tenant))
    if path.startswith("https://"):
        try:
            fetched = egress.get(path, timeout_s=FETCH_TIMEOUT_S, max_bytes=MAX_BYTES)
        except EgressError as error:
            raise _unreadable(str(error)) from error
        if fetched.status != 200:  # noqa: PLR2004 (the status is its own name)
            msg = f"it is answered with status {fetched.status}"
            raise _unreadable(msg)
        return parse(fetched.body)
    msg = "a path is not read from disk: give an s3:// or https:// address, or the contract itself"
    raise _unreadable(msg)


def parse(body: bytes) -> object:
    """A document of JSON or YAML as JSON could hold it: no dates, no NaN; and no aliases, which can grow enormous."""
    try:
        text = body.decode()
        try:
            document = json.loads(text)
        except ValueError:
            document = _from_yaml(text)
        return json.loads(json.dumps(document, allow_nan=False))
    except (ValueError, TypeError, RecursionError) as error:
        msg = f"it is neither JSON nor plain YAML: {str(error).splitlines()[0][:200]}"
        raise _unreadable(msg) from error


def _from_yaml(text: str) -> object:
    import yaml

    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            msg = "it has aliases"
            raise ValueError(msg)
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _from_files(path: str, tenant: str) -> bytes:
    location = Location.parse(path)
    # A key is never normalised, so a prefix is enough: `..` is a name like any other.
    if location is None or location.bucket != files.bucket() or not location.prefix.startswith(f"{UPLOADS}/{tenant}/"):
        msg = f"only s3://{files.bucket()}/{UPLOADS}/{tenant}/ can be read"
        raise _unreadable(msg)
    try:
        body = files.get(location.prefix, start=0, length=MAX_BYTES + 1)
    except (FileMissingError, FileChangedError) as error:
        msg = "there is no such object, or it is empty"
        raise _unreadable(msg) from error
    if len(body) > MAX_BYTES:
        msg = f"it has more than {MAX_BYTES} bytes"
        raise _unreadable(msg)
    return body


def _faults(contract: object) -> Iterator[tuple[str, str]]:
    for error in sorted(_validator().iter_errors(contract), key=lambda error: list(map(str, error.path))):
        yield ".".join([_ROOT, *(str(part) for part in error.path)]), error.message[:300]
    if not isinstance(contract, dict):
        return
    reference = contract.get("credential_ref")
    if isinstance(reference, str) and _LOOKS_SECRET.search(reference):
        yield f"{_ROOT}.credential_ref", "it looks like a secret; give the name under which the secret is kept"


@cache
def _validator() -> "Draft202012Validator":
    # 45 ms of an import that only registrations need.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema())


def _unreadable(reason: str) -> InvalidContractError:
    return InvalidContractError({PATH: [reason]})
