"""Amazon Comprehend on the other side of boto3: requests are checked against its API's model and its quotas."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

MOST_BYTES, MOST_TEXTS = 5_000, 25
PEOPLE = re.compile("Ada|Grace")


@dataclass
class FakeComprehend:
    """Finds Ada and Grace, good and bad, and lamps, wherever they are."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    fails_with: str | None = None
    refuses: Callable[[str], bool] = lambda _: False

    def serve(self, client: Any) -> Any:
        client.meta.events.register("before-call.comprehend", self._answer)
        return client

    def _answer(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        asked = json.loads(params["body"])
        self.calls.append((model.name, asked))
        if self.fails_with is not None:
            raise ClientError({"Error": {"Code": self.fails_with, "Message": ""}}, model.name)
        if model.name == "DetectDominantLanguage":
            found = {"Languages": [{"LanguageCode": "fr", "Score": 0.1}, {"LanguageCode": "en", "Score": 0.9}]}
            return SimpleNamespace(status_code=200), found
        texts = asked["TextList"]
        assert len(texts) <= MOST_TEXTS
        assert all(0 < len(text.encode()) <= MOST_BYTES for text in texts)
        tell = getattr(self, model.name)
        told = [{"Index": place, **tell(text)} for place, text in enumerate(texts) if not self.refuses(text)]
        refused = [
            {"Index": place, "ErrorCode": "INTERNAL_SERVER_EXCEPTION"}
            for place, text in enumerate(texts)
            if self.refuses(text)
        ]
        return SimpleNamespace(status_code=200), {"ResultList": told[::-1], "ErrorList": refused}

    def BatchDetectSentiment(self, text: str) -> dict[str, Any]:  # noqa: N802 (the API's name)
        good, bad = text.count("good"), text.count("bad")
        whole = max(1, good + bad)
        scores = {"Positive": good / whole, "Negative": bad / whole, "Neutral": float(not good + bad), "Mixed": 0.0}
        return {"Sentiment": max(scores, key=lambda name: scores[name]).upper(), "SentimentScore": scores}

    def BatchDetectEntities(self, text: str) -> dict[str, Any]:  # noqa: N802 (the API's name)
        return {
            "Entities": [
                {"Type": "PERSON", "Text": one[0], "Score": 0.9, "BeginOffset": one.start(), "EndOffset": one.end()}
                for one in PEOPLE.finditer(text)
            ]
        }

    def BatchDetectKeyPhrases(self, text: str) -> dict[str, Any]:  # noqa: N802 (the API's name)
        return {
            "KeyPhrases": [
                {"Text": one[0], "Score": 0.8, "BeginOffset": one.start(), "EndOffset": one.end()}
                for one in re.finditer("lamp|good lamp", text)
            ]
        }
