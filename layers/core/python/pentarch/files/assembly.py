"""One object made of others in order: S3 itself copies those that are large, so that nothing of them comes here."""

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING

from pentarch.files.store import Upload, bucket, get
from pentarch.platform import clients

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import CompletedPartTypeDef

MIN_PART_BYTES = 5 * 1024 * 1024
"""S3 takes no smaller part of an upload but the last."""
MAX_COPY_BYTES = 5 * 1024 * 1024 * 1024
"""Of one copied part."""
COPIES_AT_ONCE = 8
"""S3 copies some 100 MB a second: one after the other, 200 large parts would take longer than a function may."""


class Assembly(Upload):
    """An upload that takes objects too; what is held in memory is one part."""

    def __init__(self, key: str, content_type: str) -> None:
        super().__init__(key, content_type)
        self._copying = ThreadPoolExecutor(COPIES_AT_ONCE)
        self._copies: list[Future[None]] = []

    def append(self, source: str, size: int, *, start: int = 0) -> None:
        """Add bytes [start, size) of an object of the same bucket."""
        position = start
        while position < size:
            left = size - position
            if left >= MIN_PART_BYTES and (not self._buffer or len(self._buffer) >= MIN_PART_BYTES):
                if self._buffer:
                    self._send_part()
                taken = min(left, MAX_COPY_BYTES)
                self._copy_part(source, position, taken)
            else:
                # What is small is read; before a large one the buffer is filled up until it makes a part.
                taken = left if left < MIN_PART_BYTES else MIN_PART_BYTES - len(self._buffer)
                self.write(get(source, start=position, length=taken))
            position += taken

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._copying.shutdown(cancel_futures=kind is not None)
        if kind is None:
            try:
                for copy in self._copies:
                    copy.result()
            except BaseException as failed:
                super().__exit__(type(failed), failed, failed.__traceback__)
                raise
        super().__exit__(kind, error, trace)

    def _copy_part(self, source: str, start: int, length: int) -> None:
        part: CompletedPartTypeDef = {"PartNumber": len(self._parts) + 1, "ETag": ""}
        self._parts.append(part)
        self._copies.append(self._copying.submit(self._copy, part, self._begun(), source, (start, length)))

    def _copy(self, part: "CompletedPartTypeDef", upload_id: str, source: str, run: tuple[int, int]) -> None:
        start, length = run
        copied = clients.s3().upload_part_copy(
            **self._place,
            UploadId=upload_id,
            PartNumber=part["PartNumber"],
            CopySource={"Bucket": bucket(), "Key": source},
            CopySourceRange=f"bytes={start}-{start + length - 1}",
        )
        part["ETag"] = copied["CopyPartResult"]["ETag"]
