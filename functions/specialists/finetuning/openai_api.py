"""Fine-tuning jobs of any server that speaks OpenAI's API.

The address and the key are the operator's, from the providers' secret; a caller can name an entry and nothing else.
Nothing that begins something is sent twice: whoever repeats it looks first whether it is there.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from http import HTTPMethod
from typing import Any
from urllib.parse import quote, urlencode

from pentarch.llm.errors import UpstreamGarbageError
from pentarch.llm.providers.calls import Call
from pentarch.llm.providers.openai_failures import Refusal
from pentarch.llm.providers.openai_http import OpenAIConnection
from specialists.errors import ProviderRefusedError

_TIMEOUT_S = 30
_UPLOAD_TIMEOUT_S = 300
_PAGE = 100
_EVENTS = 50
"""The newest: the last step is among them."""
_CLOCKS_APART = timedelta(hours=1)
_JOBS = "/fine_tuning/jobs"
_FILES = "/files"
_MARK = "pentarch_job"


class FineTuning:
    """The way to one server, for one look."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self._connection = OpenAIConnection(str(entry["base_url"]), str(entry.get("api_key") or ""))

    def close(self) -> None:
        self._connection.close()

    def upload(self, name: str, content: bytes) -> str:
        """The id of the file of that name, uploaded unless it is there."""
        for known in self._listed(_FILES, {"purpose": "fine-tune"}):
            if known.get("filename") == name:
                return str(known["id"])
        boundary = f"pentarch-{name}"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/jsonl\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        form = f"multipart/form-data; boundary={boundary}"
        return str(self._asked(HTTPMethod.POST, _FILES, body, form, timeout_s=_UPLOAD_TIMEOUT_S)["id"])

    def remove(self, file: str) -> None:
        self._asked(HTTPMethod.DELETE, f"{_FILES}/{quote(file, safe='')}")

    def find(self, training_id: str, file: str | None, since: datetime) -> dict[str, Any] | None:
        """The job that was begun for a training. Lists have the newest first, so older ones are not looked through."""
        oldest = (since - _CLOCKS_APART).timestamp()
        for job in self._listed(_JOBS, {}):
            mark = (job.get("metadata") or {}).get(_MARK)
            if mark == training_id or (file is not None and job.get("training_file") == file):
                return job
            if job.get("created_at", oldest) < oldest:
                return None
        return None

    def begin(
        self, training_id: str, model: str, files: Mapping[str, str], *, epochs: int, seed: int
    ) -> dict[str, Any]:
        body = {
            "model": model,
            "training_file": files["train"],
            "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": epochs}}},
            "seed": seed,
            "metadata": {_MARK: training_id},
        }
        if "validation" in files:
            body["validation_file"] = files["validation"]
        return self._asked(HTTPMethod.POST, _JOBS, json.dumps(body).encode())

    def job(self, job: str) -> dict[str, Any]:
        return self._asked(HTTPMethod.GET, f"{_JOBS}/{quote(job, safe='')}")

    def events(self, job: str) -> list[dict[str, Any]]:
        found = self._asked(HTTPMethod.GET, f"{_JOBS}/{quote(job, safe='')}/events?limit={_EVENTS}")
        return list(found.get("data") or ())

    def cancel(self, job: str) -> None:
        self._asked(HTTPMethod.POST, f"{_JOBS}/{quote(job, safe='')}/cancel")

    def _listed(self, path: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        after: dict[str, str] = {}
        while True:
            page = self._asked(HTTPMethod.GET, f"{path}?{urlencode({'limit': _PAGE, **query, **after})}")
            rows = [row for row in page.get("data") or () if isinstance(row, dict)]
            yield from rows
            if not page.get("has_more") or not rows or after.get("after") == str(rows[-1].get("id")):
                return
            after = {"after": str(rows[-1]["id"])}

    def _asked(
        self,
        method: HTTPMethod,
        path: str,
        body: bytes | None = None,
        content_type: str = "application/json",
        *,
        timeout_s: int = _TIMEOUT_S,
    ) -> dict[str, Any]:
        answer = self._connection.fetch_once(Call(timeout_s), method, path, body, content_type=content_type)
        if isinstance(answer, Refusal):
            if answer.retryable:
                raise answer.error
            raise ProviderRefusedError(answer.error.message)
        try:
            found = json.loads(answer)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            msg = "The provider's answer is no JSON object."
            raise UpstreamGarbageError(msg)
        return found
