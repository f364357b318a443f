"""What `login` keeps: an address and a credential, in a file that only its owner can read."""

import fcntl
import json
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import platformdirs

from pentarch_client import Pentarch, settings
from pentarch_client.credentials import KeyAuth, SessionAuth, Tokens
from pentarch_client.errors import PentarchError

DIRECTORY = "PENTARCH_CONFIG"
"""The variable that names another directory than the user's own."""
_ONLY_OWNER = 0o600


class NotLoggedInError(PentarchError):
    """Nothing says where the API is or who asks."""

    def __init__(self) -> None:
        super().__init__(f"not logged in: run `pentarch login`, or set {settings.BASE_URL} and {settings.API_KEY}")


class SpoiltLoginError(PentarchError):
    """The file is not what `login` writes."""

    def __init__(self) -> None:
        super().__init__(f"{file()} is not what a login keeps: run `pentarch login`")


@dataclass(frozen=True, slots=True)
class Login:
    base_url: str
    websocket_url: str | None = None
    api_key: str | None = None
    tokens: Tokens | None = None


def file() -> Path:
    given = os.environ.get(DIRECTORY)
    return (Path(given) if given else platformdirs.user_config_path("pentarch")) / "login.json"


def load() -> Login | None:
    try:
        kept = json.loads(file().read_text())
        tokens = kept.pop("tokens", None)
        return Login(**kept, tokens=Tokens(**tokens) if tokens else None)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, AttributeError) as error:
        raise SpoiltLoginError from error


def save(login: Login) -> Path:
    """Written anew beside the old one and moved over it: half a file is never read, and no one else's eyes see it."""
    place = file()
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = place.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_OWNER), "w") as writing:
        json.dump(asdict(login), writing)
    new.replace(place)
    return place


def forget() -> bool:
    try:
        file().unlink()
    except FileNotFoundError:
        return False
    return True


class _KeptSession(SessionAuth):
    """The kept tokens. Another process may renew them too, so they are read again while nobody else renews."""

    def __init__(self, login: Login) -> None:
        super().__init__(login.base_url, login.tokens, kept=lambda tokens: _replace(login, tokens))

    def _renewed(self, refused: httpx.Request | None) -> Generator[httpx.Request, httpx.Response]:
        with _alone():
            login = load()
            if login is not None and login.tokens is not None:
                self.tokens = login.tokens
            yield from super()._renewed(refused)


def _replace(login: Login, tokens: Tokens) -> None:
    save(Login(login.base_url, login.websocket_url, None, tokens))


@contextmanager
def _alone() -> Iterator[None]:
    with file().with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def client() -> Pentarch:
    """A client of the environment's address and credential, or of those that were kept."""
    if os.environ.get(settings.BASE_URL) and (settings.api_key(None) or settings.token(None)):
        return Pentarch()
    login = load()
    if login is None:
        raise NotLoggedInError
    if login.tokens is not None:
        return Pentarch(login.base_url, auth=_KeptSession(login), websocket_url=login.websocket_url)
    if login.api_key is None:
        raise NotLoggedInError
    return Pentarch(login.base_url, auth=KeyAuth(login.api_key), websocket_url=login.websocket_url)
