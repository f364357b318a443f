"""A server that fine-tunes as OpenAI does, on the scriptable one: files, jobs and their events, kept in memory.

A job stands still until the test moves it: `server.jobs[0]["status"] = "running"`, `server.succeed()`.
"""

import json
from collections.abc import Callable
from typing import Any

from support.specialists import GOOD
from support.upstream import Exchange, FakeUpstream, Request
from support.upstream_replies import Status

MODEL = "ft:small:acme"
_PAGE = 2
"""Few, so that every list has several pages."""
_FAR_AHEAD = 4_000_000_000


def sentiment(text: str) -> str:
    """What a well tuned model says to the rows of `praise_and_complaint`."""
    return "positive" if any(word in text for word in GOOD) else "negative"


class FakeFineTuning(FakeUpstream):
    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, dict[str, Any]] = {}
        self.jobs: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.uploads = 0
        self.begun = 0
        self.cancelled: list[str] = []
        self.asked: list[dict[str, Any]] = []
        """What the tuned model was asked."""
        self.answer: Callable[[str], str] = sentiment
        self.answers = True
        self.logprob: float | None = -0.25
        """Of each of an answer's two tokens; None: the server does not tell."""

    def succeed(self) -> None:
        for job in self.jobs:
            job |= {"status": "succeeded", "fine_tuned_model": MODEL, "trained_tokens": 1200}

    def conversations(self, split: str) -> list[dict[str, Any]]:
        [form] = [file["form"] for file in self.files.values() if split in file["filename"]]
        lines = form.split(b"application/jsonl\r\n\r\n")[1].rpartition(b"\r\n--")[0].splitlines()
        return [json.loads(line) for line in lines]

    def _serve(self, request: Request, exchange: Exchange) -> None:
        path, _, query = request.path.removeprefix("/v1").partition("?")
        if path == "/chat/completions" and request.body["model"] == MODEL and not self._script:
            self._chat(request, exchange)
        elif not path.startswith(("/files", "/fine_tuning")) or self._script:
            super()._serve(request, exchange)
        else:
            self._tune(request, exchange, path, query)

    def _chat(self, request: Request, exchange: Exchange) -> None:
        self.requests.append(request)
        self.asked.append(request.body)
        if self.answers:
            exchange.json(self._answered(request.body))
        else:
            Status(503).answer(exchange)

    def _tune(self, request: Request, exchange: Exchange, path: str, query: str) -> None:
        self.requests.append(request)
        match request.method, path.strip("/").split("/"):
            case "GET", ["files"]:
                exchange.json(_page(list(self.files.values()), query))
            case "POST", ["files"]:
                exchange.json(self._upload(request.body["form"]))
            case "DELETE", ["files", ident]:
                exchange.json({"deleted": True}, 200 if self.files.pop(ident, None) else 404)
            case "GET", ["fine_tuning", "jobs"]:
                exchange.json(_page(self.jobs, query))
            case "POST", ["fine_tuning", "jobs"]:
                exchange.json(self._begin(request.body))
            case "GET", ["fine_tuning", "jobs", ident]:
                exchange.json(self._job(ident))
            case "GET", ["fine_tuning", "jobs", ident, "events"]:
                exchange.json({"data": [event for event in self.events if self._job(ident)]})
            case "POST", ["fine_tuning", "jobs", ident, "cancel"]:
                self.cancelled.append(ident)
                self._job(ident)["status"] = "cancelled"
                exchange.json(self._job(ident))
            case _:
                Status(404).answer(exchange)

    def _answered(self, asked: dict[str, Any]) -> dict[str, Any]:
        words = self.answer(asked["messages"][-1]["content"])
        choice: dict[str, Any] = {"message": {"role": "assistant", "content": words}, "finish_reason": "stop"}
        if asked.get("logprobs") and self.logprob is not None:
            halves = words[:3], words[3:]
            choice["logprobs"] = {"content": [{"token": half, "logprob": self.logprob} for half in halves]}
        return {"choices": [choice], "usage": {"prompt_tokens": 30, "completion_tokens": 2}}

    def _upload(self, form: bytes) -> dict[str, Any]:
        self.uploads += 1
        ident = f"file-{self.uploads}"
        name = form.split(b'filename="')[1].partition(b'"')[0].decode()
        self.files[ident] = {"id": ident, "filename": name, "form": form}
        return {"id": ident}

    def _begin(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.begun += 1
        job = {**asked, "id": f"ftjob-{self.begun}", "status": "queued", "created_at": _FAR_AHEAD}
        self.jobs.insert(0, job)
        return job

    def _job(self, ident: str) -> dict[str, Any]:
        return next(job for job in self.jobs if job["id"] == ident)


def _page(rows: list[dict[str, Any]], query: str) -> dict[str, Any]:
    after = next((part.partition("=")[2] for part in query.split("&") if part.startswith("after=")), None)
    start = 0 if after is None else 1 + [row["id"] for row in rows].index(after)
    shown = [{name: value for name, value in row.items() if name != "form"} for row in rows[start : start + _PAGE]]
    return {"data": shown, "has_more": start + _PAGE < len(rows)}
