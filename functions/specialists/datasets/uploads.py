"""Datasets that somebody uploads: a place under an address of ours, for large or often used ones."""

from datetime import datetime

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.files import store as files
from pentarch.platform import clients
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Transaction, batch_get
from specialists import listing
from specialists.errors import DatasetNotFoundError, MovedError
from specialists.model import Dataset
from specialists.table import DATASETS, DatasetItem, dataset_key

_SHELVED = "ACTIVE"
"""Datasets have one state."""


def create(dataset: Dataset, event: Event) -> None:
    transaction = Transaction()
    item = DatasetItem(
        dataset.tenant,
        dataset_key(dataset.id),
        name=dataset.name,
        format=dataset.format,
        object=dataset.key,
        created_at=epoch_ms(dataset.created_at),
        created_by=dataset.created_by,
    )
    transaction.put(item, condition=DatasetItem.key.does_not_exist(), otherwise=MovedError())
    listing.shelve(transaction, dataset.tenant, [DATASETS], dataset.id, before=None, after=_SHELVED)
    events.record(transaction, event)
    transaction.commit()


def delete(dataset: Dataset, event: Event) -> None:
    """Take out a dataset and its file; what was trained on it keeps its own copy of the rows."""
    transaction = Transaction()
    item = DatasetItem(dataset.tenant, dataset_key(dataset.id))
    transaction.delete(item, condition=DatasetItem.key.exists(), otherwise=DatasetNotFoundError())
    listing.shelve(transaction, dataset.tenant, [DATASETS], dataset.id, before=_SHELVED, after=None)
    events.record(transaction, event)
    transaction.commit()
    clients.s3().delete_object(Bucket=files.bucket(), Key=dataset.key)


def get(tenant: str, dataset_id: str) -> Dataset | None:
    [item] = batch_get([(DatasetItem, tenant, dataset_key(dataset_id))], consistent=True)
    return _to_dataset(item) if item else None


def page(tenant: str, *, limit: int, offset: int) -> tuple[list[Dataset], int]:
    found = listing.page(tenant, DATASETS, None, limit=limit, offset=offset)
    items = batch_get([(DatasetItem, tenant, dataset_key(one)) for one in found.ids]) if found.ids else []
    return [_to_dataset(item) for item in items if item], found.total


def presigned_upload(dataset: Dataset, *, max_bytes: int, expires_in_s: int) -> dict[str, object]:
    """A form that uploads the file and nothing else: S3 itself refuses what is larger."""
    return dict(
        clients.s3().generate_presigned_post(
            files.bucket(), dataset.key, Conditions=[["content-length-range", 1, max_bytes]], ExpiresIn=expires_in_s
        )
    )


def new_key(tenant: str, dataset_id: str, form: str, at: datetime) -> str:
    """By month, so that a listing of the bucket is readable."""
    return f"specialists/{tenant}/datasets/{at:%Y-%m}/{dataset_id}.{form}"


def _to_dataset(item: DatasetItem) -> Dataset:
    return Dataset(
        tenant=item.tenant,
        id=item.key.partition("#")[2],
        name=item.name,
        format=item.format,
        key=item.object,
        created_at=from_epoch_ms(int(item.created_at)),
        created_by=item.created_by,
    )
