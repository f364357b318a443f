"""A Git repository served over https on this machine, by dulwich's own server."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from wsgiref.simple_server import WSGIServer, make_server

from dulwich.index import commit_tree
from dulwich.object_store import iter_tree_contents
from dulwich.objects import Blob, Commit
from dulwich.refs import Ref
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import WSGIRequestHandlerLogger, make_wsgi_chain

from support.certificates import self_signed
from support.served import Served

LONG_AGO = 1_767_225_600


class _Quiet(WSGIRequestHandlerLogger):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(WSGIServer):
    def handle_error(self, *_: object) -> None:
        """A client that goes away is its own business."""


class GitServer(Served):
    """`commit` adds to a branch what each file shall hold; `requests` are the paths that were asked for."""

    def __init__(self, place: Path) -> None:
        self.repository = Repo.init_bare(str(place / "served"), mkdir=True)
        self.certificate = place / "certificate.pem"
        self.certificate.write_bytes(self_signed("localhost"))
        self.requests: list[str] = []
        self.authorizations: list[str | None] = []
        self.answer: tuple[str, list[tuple[str, str]], bytes] | None = None
        """In place of Git's own: status, headers, body."""
        backend: dict[str, Any] = {"/": self.repository}
        self._git = make_wsgi_chain(DictBackend(backend))
        self._clock = LONG_AGO
        self._server = make_server("127.0.0.1", 0, self._app, server_class=_Server, handler_class=_Quiet)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        super().__init__(self._server)

    @property
    def url(self) -> str:
        return f"https://localhost:{self._server.server_port}/"

    def commit(
        self, message: str, files: Mapping[str, bytes | None], *, branch: str = "main", author: str = "Ada <ada@a.test>"
    ) -> str:
        """A commit on a branch, a new one of which begins where main is; None removes a file."""
        store, refs = self.repository.object_store, self.repository.refs
        name = Ref(f"refs/heads/{branch}".encode())
        parent = refs.as_dict().get(name) or refs.as_dict().get(Ref(b"refs/heads/main"))
        held: dict[bytes, tuple[Any, int]] = {}
        if parent is not None:
            before = self.repository[parent]
            assert isinstance(before, Commit)
            for entry in iter_tree_contents(store, before.tree):
                assert entry.path is not None
                held[entry.path] = (entry.sha, entry.mode or 0)
        for path, content in files.items():
            if content is None:
                del held[path.encode()]
                continue
            blob = Blob.from_string(content)
            store.add_object(blob)
            held[path.encode()] = (blob.id, 0o100644)
        commit = Commit()
        commit.tree = commit_tree(store, [(path, sha, mode) for path, (sha, mode) in sorted(held.items())])
        commit.author = commit.committer = author.encode()
        commit.author_time = commit.commit_time = self._clock
        commit.author_timezone = commit.commit_timezone = 0
        commit.message = message.encode()
        commit.parents = [] if parent is None else [parent]
        store.add_object(commit)
        refs[name] = commit.id
        refs.set_symbolic_ref(Ref(b"HEAD"), Ref(b"refs/heads/main"))
        self._clock += 3600
        return commit.id.decode()

    def _app(self, environ: dict[str, Any], start: Any) -> Any:
        self.requests.append(environ["PATH_INFO"])
        self.authorizations.append(environ.get("HTTP_AUTHORIZATION"))
        if self.answer is None:
            return self._git(environ, start)
        status, headers, body = self.answer
        start(status, headers)
        return [body]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self.repository.close()
