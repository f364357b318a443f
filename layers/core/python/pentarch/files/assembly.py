"""One object made of others in order: S3 itself copies those that are large, so that nothing of them comes here."""

from pentarch.files.store import Upload, bucket, get
from pentarch.platform import clients

MIN_PART_BYTES = 5 * 1024 * 1024
"""S3 takes no smaller part of an upload but the last."""
MAX_COPY_BYTES = 5 * 1024 * 1024 * 1024
"""Of one copied part."""


class Assembly(Upload):
    """An upload that takes objects too; what is held in memory is one part."""

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

    def _copy_part(self, source: str, start: int, length: int) -> None:
        number = len(self._parts) + 1
        copied = clients.s3().upload_part_copy(
            **self._place,
            UploadId=self._begun(),
            PartNumber=number,
            CopySource={"Bucket": bucket(), "Key": source},
            CopySourceRange=f"bytes={start}-{start + length - 1}",
        )
        self._parts.append({"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]})
