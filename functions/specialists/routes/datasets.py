"""Uploading datasets."""

from typing import Annotated, Any

from fastapi import Query

from pentarch.files import store as files
from pentarch.limits.model import SPECIALISTS
from pentarch.platform import clock
from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router
from specialists import facts, schemas, shown
from specialists.datasets import uploads
from specialists.datasets.sources import MAX_BYTES
from specialists.errors import DatasetNotFoundError
from specialists.model import Dataset
from specialists.routes.common import MAX_LIMIT, MAX_OFFSET, READ, WRITE, CurrentActor, Id, wrapped

UPLOAD_LIFETIME_S = 3600

router = governed_router(prefix="/api/v1/datasets", tags=["Pentarch: datasets"])


@router.post("", status_code=201, summary="A place for a dataset, and a form to upload it with")
@access(WRITE, bucket=SPECIALISTS, idempotent=True, confidential=True)  # whoever has the form may upload
async def create(body: schemas.DatasetRequest, actor: CurrentActor) -> dict[str, Any]:
    now = clock.now()
    dataset_id = uuid7(epoch_ms(now))
    key = uploads.new_key(actor.tenant, dataset_id, body.format, now)
    made = Dataset(actor.tenant, dataset_id, body.name, body.format, key, now, actor.subject)
    uploads.create(made, facts.did(actor, facts.DATASET_CREATED, made.id, now, format=made.format))
    upload = uploads.presigned_upload(made, max_bytes=MAX_BYTES, expires_in_s=UPLOAD_LIFETIME_S)
    told = {"dataset": shown.dataset(made, None), "upload": {**upload, "max_bytes": MAX_BYTES}}
    return wrapped(told | {"expires_in": UPLOAD_LIFETIME_S}, now)


@router.get("", summary="List datasets, newest first")
@access(READ, bucket=SPECIALISTS)
async def list_datasets(
    caller: CurrentCaller,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    offset: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
) -> dict[str, Any]:
    found, total = uploads.page(caller.tenant, limit=limit, offset=offset)
    rows = [{name: value for name, value in shown.dataset(one, None).items() if name != "size_bytes"} for one in found]
    return wrapped({"datasets": rows, "total": total, "limit": limit, "offset": offset}, clock.now())


@router.get("/{id}", summary="A dataset, and its size once it is uploaded")
@access(READ, bucket=SPECIALISTS)
async def get_dataset(dataset_id: Id, caller: CurrentCaller) -> dict[str, Any]:
    found = _found(caller.tenant, dataset_id)
    entry = files.entry(found.key)
    return wrapped({"dataset": shown.dataset(found, entry.size if entry else None)}, clock.now())


@router.delete("/{id}", status_code=204, summary="Delete a dataset and its file")
@access(WRITE, bucket=SPECIALISTS)
async def delete(dataset_id: Id, actor: CurrentActor) -> None:
    found = _found(actor.tenant, dataset_id)
    uploads.delete(found, facts.did(actor, facts.DATASET_DELETED, found.id, clock.now()))


def _found(tenant: str, dataset_id: str) -> Dataset:
    dataset = uploads.get(tenant, dataset_id)
    if dataset is None:
        raise DatasetNotFoundError
    return dataset
