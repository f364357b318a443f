"""What specialists keep of people: what they and their datasets are called, rows that they learned from, and examples.

Their table is read by attributes' names alone, since no slice imports another. Models are arrays: nobody can take a
person out of one. So a model that learned from what names the person is told of by its version, and kept.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from compliance.subjects.aggregates.objects import Files, names
from compliance.subjects.aggregates.rows import Texts, items_of
from compliance.subjects.model import Person, Request
from pentarch.files import store as files
from pentarch.files.model import place

AREA, WORK_AREA = "specialists", "trainings"
_TABLE = "SpecialistsTable"
_UNREAD = (".npz", "/manifest.json", "/signature.json")
"""Of a model: what is signed. It cannot be rewritten, so it is told of with the version."""
_TEXTS = ("name", "description", "training_config", "report", "metrics", "error", "reason", "probe", "instructions",
          "examples")  # fmt: skip
_REFERENCES = frozenset({"skills", "source", "parameters"})
MODELS_KEPT = (
    "models cannot forget a row: those that learned from what named the person are listed, to be trained again from "
    "what is there now, or archived"
)


def _models(tenant: str, person: Person) -> Iterator[str]:
    """Versions whose training read what names the person, as far as it, its working files or its examples remain."""

    @cache
    def is_naming(prefix: str) -> bool:
        return any(names(one, person) for one in files.versions(prefix) if not one.key.endswith(".npz"))

    sources = dict(_sources(tenant))
    for item in items_of(_TABLE, tenant, "version#"):
        _, specialist_id, number = item["key"]["S"].split("#")
        training_id = item["training_id"]["S"]
        looked_at = [
            place(WORK_AREA, tenant, specialist_id, training_id) + "/",
            place(AREA, tenant, specialist_id, "models", item["model_hash"]["S"]) + "/",
        ]
        source = sources.get(training_id)
        if source is not None:
            looked_at.append(source)
        if any(is_naming(prefix) for prefix in looked_at):
            yield f"specialist {specialist_id} version {int(number)}"


def _sources(tenant: str) -> Iterator[tuple[str, str]]:
    """Of each training the object that it learned from, where there is one."""
    for item in items_of(_TABLE, tenant, "training#"):
        key = json.loads(item["source"]["S"]).get("key")
        if key:
            yield item["key"]["S"].rpartition("#")[2], str(key)


def _kept(request: Request, person: Person) -> str | None:
    grounds = [MODELS_KEPT if request.models else None, _NAMES.kept(request, person)]
    return "; ".join(ground for ground in grounds if ground) or None


_NAMES = Texts("specialists", _TABLE, texts=_TEXTS, references=_REFERENCES)
SPECIALISTS = replace(_NAMES.aggregate(), kept=_kept, models=_models)
TRAINING_FILES = Files("training_files", WORK_AREA, looks_at=lambda key: not key.endswith(".npz")).aggregate()
DATASETS = Files("datasets", AREA, looks_at=lambda key: not key.endswith(_UNREAD)).aggregate()
