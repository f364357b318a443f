"""Fetching from a Git repository that somebody named: over https alone, guarded, and bounded in what comes back."""

import base64
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from dulwich.client import FetchPackResult, HTTPUnauthorized, Urllib3HttpGitClient
from dulwich.errors import GitProtocolError, HangupException, NotGitRepository
from dulwich.objects import Commit, ObjectID, Tag
from dulwich.refs import Ref, check_ref_format
from dulwich.repo import Repo
from urllib3 import BaseHTTPResponse, HTTPSConnectionPool, PoolManager, Retry
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError

from pentarch.platform import egress
from pentarch.platform.egress import EgressError, NotAllowedError, Reach
from tools.failures import Code, ToolFailedError

MAX_FETCHED_BYTES = 64 * 1024 * 1024
"""Of everything that a server sends for one run."""
_COMMIT = re.compile(r"[0-9a-f]{40}")
_CONNECT_TIMEOUT_S = 10
_TIMEOUT_S = 60
"""Between two bytes; the run as a whole is bounded outside."""


class Fetched(NamedTuple):
    repository: Repo
    commits: tuple[Commit, ...]
    """Of the revisions that were asked for, in their order."""
    branches: tuple[str, ...]
    default_branch: str | None


def fetch(
    url: str,
    revisions: Sequence[str | None],
    place: Path,
    *,
    depth: int,
    reach: Reach = Reach.PUBLIC,
    authorization: str | None = None,
) -> Fetched:
    """Fetch revisions (None: the default branch) with so many commits of history into an empty place."""
    for revision in revisions:
        check_revision(revision)
    _check_address(url)
    wanted: list[ObjectID] = []

    def wants(refs: Mapping[Ref, ObjectID], depth: int | None = None) -> list[ObjectID]:  # noqa: ARG001 (dulwich's)
        wanted.extend(_resolved(revision, refs) for revision in revisions)
        return list(dict.fromkeys(wanted))

    repository = Repo.init_bare(str(place), mkdir=True)
    with ExitStack() as stack:
        stack.callback(repository.close)
        found = _told_by(_Client(url, reach, authorization), repository, wants, depth)
        commits = tuple(_commit(repository, one) for one in wanted)
        stack.pop_all()  # whoever reads it closes it
    head = found.symrefs.get(Ref(b"HEAD"), b"")
    return Fetched(
        repository,
        commits,
        tuple(sorted(_text(name[11:]) for name in found.refs if name.startswith(b"refs/heads/"))),
        _text(head.removeprefix(b"refs/heads/")) or None,
    )


def _told_by(client: "_Client", repository: Repo, wants: Any, depth: int) -> FetchPackResult:  # noqa: ANN401 (dulwich's)
    try:
        return client.fetch("", repository, determine_wants=wants, depth=depth)
    except NotAllowedError as error:
        msg = f"the address is refused: {error}"
        raise ToolFailedError(Code.REFUSED, msg) from error
    except EgressError as error:
        msg = f"the repository cannot be reached: {error}"
        raise ToolFailedError(Code.UPSTREAM, msg) from error
    except HTTPUnauthorized as error:
        msg = "the repository asks for a credential, or refuses the one that it was given"
        raise ToolFailedError(Code.CREDENTIAL, msg) from error
    except NotGitRepository as error:
        msg = "there is no such repository, or it takes a credential to see it"
        raise ToolFailedError(Code.NOT_FOUND, msg) from error
    except (GitProtocolError, HangupException, HTTPError, OSError, ValueError, KeyError, AssertionError) as error:
        msg = f"the repository does not answer as it should ({type(error).__name__})"
        raise ToolFailedError(Code.UPSTREAM, msg) from error


def check_revision(revision: str | None) -> None:
    """A branch, a tag, a whole reference or a whole commit id, and nothing that Git would compute with."""
    if revision is None or revision == "HEAD" or _COMMIT.fullmatch(revision):
        return
    try:
        is_name = check_ref_format(Ref(f"refs/heads/{revision}".encode()))
    except UnicodeError:
        is_name = False
    if not is_name or revision.startswith("-"):
        msg = f"{revision[:100]!r} is no branch, tag or commit"
        raise ToolFailedError(Code.BAD_PARAMETERS, msg)


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme == "https" and bool(parts.hostname) and not parts.query and not parts.fragment
    except ValueError:
        is_plain = False
    if not is_plain:
        msg = "a repository is named by its https address: https://host/path"
        raise ToolFailedError(Code.BAD_PARAMETERS, msg)


def _resolved(revision: str | None, refs: Mapping[Ref, ObjectID]) -> ObjectID:
    name = b"HEAD" if revision is None else revision.encode()
    for candidate in (b"refs/heads/" + name, b"refs/tags/" + name, name):
        found = refs.get(Ref(candidate))
        if found is not None:
            return found
    if revision is not None and _COMMIT.fullmatch(revision):
        return ObjectID(name)
    msg = "the repository is empty" if revision is None else f"the repository has no branch or tag {revision!r}"
    raise ToolFailedError(Code.NOT_FOUND, msg)


def _commit(repository: Repo, name: ObjectID) -> Commit:
    try:
        found: Any = repository[name]
        while isinstance(found, Tag):
            found = repository[found.object[1]]
    except KeyError as error:
        msg = "the repository has no such commit"
        raise ToolFailedError(Code.NOT_FOUND, msg) from error
    if not isinstance(found, Commit):
        msg = "the revision is no commit"
        raise ToolFailedError(Code.BAD_PARAMETERS, msg)
    return found


def basic(authorization: str) -> str:
    """Git's hosts take tokens as the password of a user whose name they do not look at."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return authorization
    return f"Basic {base64.b64encode(f'x-access-token:{token.strip()}'.encode()).decode()}"


def _text(name: bytes) -> str:
    return name.decode(errors="replace")


class _Client(Urllib3HttpGitClient):
    """Counts what comes in, and ends where it is too much."""

    def __init__(self, url: str, reach: Reach, authorization: str | None) -> None:
        super().__init__(url, pool_manager=_guarded(reach), timeout=_TIMEOUT_S, quiet=True)
        self._authorization = authorization
        self._left = MAX_FETCHED_BYTES

    def _http_request(
        self,
        url: str,
        headers: dict[str, str] | None = None,
        data: bytes | Iterator[bytes] | None = None,
        raise_for_status: bool = True,  # noqa: FBT001, FBT002 (dulwich's)
    ) -> tuple[Any, Callable[[int], bytes]]:
        sent = dict(headers or {})
        if self._authorization is not None and self._origin(url) == self._origin(self._base_url):
            sent["Authorization"] = basic(self._authorization)
        response, read = super()._http_request(url, sent, data, raise_for_status)

        def counted(size: int) -> bytes:
            piece = read(size)
            self._left -= len(piece)
            if self._left < 0:
                msg = f"the repository sends more than {MAX_FETCHED_BYTES} bytes: ask for less history"
                raise ToolFailedError(Code.TOO_LARGE, msg)
            return piece

        return response, counted


def _guarded(reach: Reach) -> PoolManager:
    """Connections go to judged addresses alone, and redirects are not followed."""

    class Connection(HTTPSConnection):
        def _new_conn(self) -> Any:  # noqa: ANN401 (a socket)
            host = f"[{self.host}]" if ":" in self.host else self.host
            sock = egress.connect(f"https://{host}:{self.port}/", timeout_s=_CONNECT_TIMEOUT_S, reach=reach)
            sock.settimeout(_TIMEOUT_S)
            return sock

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    class Manager(PoolManager):
        def urlopen(self, method: str, url: str, redirect: bool = True, **kw: Any) -> BaseHTTPResponse:  # type: ignore[override]  # noqa: ANN401, ARG002, FBT001, FBT002 (urllib3's)
            return super().urlopen(method, url, redirect=False, **kw)

    manager = Manager(ssl_context=ssl.create_default_context(), retries=Retry(0))
    manager.pool_classes_by_scheme = {"https": Pool}
    return manager
