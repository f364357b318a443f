"""Asking a service for one field of an item: the field, or a mark that says why it was not seen."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from compliance.evidence.gathering import explained
from compliance.facts import unseen


def field(ask: Callable[[], Any], absent: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 (JSON)
    """What `ask` returns. `absent` gives the value that an error code stands for, `NoSuchBucketPolicy: None`."""
    try:
        return ask()
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        return absent[code] if absent and code in absent else unseen(explained(error))
    except (BotoCoreError, KeyError, ValueError) as error:
        return unseen(explained(error))


def document(policy: str | Mapping[str, Any] | None) -> Any:  # noqa: ANN401 (a policy as its author wrote it)
    """A policy as JSON, whether the service gave text or the document itself."""
    return json.loads(policy) if isinstance(policy, str) and policy else (policy or None)
