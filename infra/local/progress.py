import sys
import time
from contextlib import suppress
from typing import TextIO


class Progress:
    """Short lines with the seconds since the start, for whoever waits.

    A reader that went away (a closed terminal, `| head`) must not keep the driver from stopping the emulator in good
    order, so failing to tell is no failure.
    """

    def __init__(self) -> None:
        self._started = time.monotonic()

    def say(self, text: str) -> None:
        self._tell(text, sys.stdout)

    def warn(self, text: str) -> None:
        self._tell(text, sys.stderr)

    def _tell(self, text: str, stream: TextIO) -> None:
        elapsed = time.monotonic() - self._started
        with suppress(OSError):
            print(f"[{elapsed:5.1f} s] {text}", file=stream, flush=True)
