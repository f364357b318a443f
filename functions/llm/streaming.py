"""From the engine's blocking pieces to a streamed reply, and the end of the upstream call when nobody listens."""

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from anyio import to_thread
from starlette.responses import StreamingResponse

from pentarch.llm.call import Answer
from pentarch.llm.service import AnswerStream
from pentarch.platform.errors import PentarchError
from pentarch.platform.jsons import encoded
from pentarch.platform.observability import logger

Data = dict[str, Any]


def server_sent_events(
    stream: AnswerStream,
    *,
    piece: Callable[[str], Data],
    end: Callable[[Answer], Iterable[Data | str]],
    failure: Callable[[PentarchError], Data],
) -> StreamingResponse:
    """Reply with an event per piece and those that `end` gives; `failure` words what breaks a begun reply."""

    async def body() -> AsyncIterator[str]:
        # The pieces are waited for in a thread, so that the loop notices when the client goes away; it then cancels
        # this generator, and `stop` ends the upstream call that the thread still waits for.
        pieces = iter(stream)
        try:
            while (text := await to_thread.run_sync(next, pieces, None, abandon_on_cancel=True)) is not None:
                yield _event(piece(text))
        except PentarchError as error:
            logger().warning("stream broke", reason=type(error).__name__)
            stream.finish()
            yield _event(failure(error))
        else:
            for data in end(stream.finish()):
                yield _event(data)
        finally:
            stream.stop()
            stream.finish()

    return StreamingResponse(body(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _event(data: Data | str) -> str:
    text = data if isinstance(data, str) else encoded(data).decode()
    return f"data: {text}\n\n"
