"""Logging in and out."""

import sys
import time
from typing import Annotated

import typer

from pentarch_client import Pentarch, settings
from pentarch_client.cli import kept, output
from pentarch_client.credentials import Tokens


def add_to(app: typer.Typer) -> None:
    for command in (login, logout, whoami):
        app.command()(command)


def login(
    url: Annotated[str, typer.Option("--url", envvar=settings.BASE_URL, prompt="Base URL", help="Where the API is.")],
    username: Annotated[str | None, typer.Option("--username", "-u", help="Log in as a user.")] = None,
    websocket_url: Annotated[
        str | None, typer.Option(envvar=settings.WEBSOCKET_URL, help="Where events are told, if not at /ws.")
    ] = None,
    *,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the password or key from standard input.")] = False,
) -> None:
    """Log in, as a user or with an API key, and keep that for the other commands.

    Without --username an API key is asked for. What is kept is readable by you alone.
    """
    asked = "Password" if username else "API key"
    secret = sys.stdin.readline().strip() if stdin else typer.prompt(asked, hide_input=True)
    place = settings.address(url, websocket_url)
    if username:
        with Pentarch(url) as client:
            pair = client.auth.login(username, secret)
        found = kept.Login(place.base_url, websocket_url, tokens=Tokens.of(pair, time.time()))
    else:
        with Pentarch(url, secret) as client:
            client.sessions.ticket()  # what everybody may ask for who shows a credential that holds
        found = kept.Login(place.base_url, websocket_url, api_key=secret)
    output.say(f"logged in at {place.base_url}; kept in {kept.save(found)}")


def logout() -> None:
    """End the session, and forget the credential."""
    found = kept.load()
    if found is not None and found.tokens is not None and found.tokens.refresh is not None:
        with kept.client() as client:
            client.auth.logout(found.tokens.refresh)
    output.say("logged out" if kept.forget() else "was not logged in")


def whoami(*, json: output.Json = False) -> None:
    """Say where the API is, how you are known there, and whether it is well."""
    with kept.client() as client:
        login = kept.load()
        told = {
            "base_url": client.base_url,
            "credential": "user" if login is not None and login.tokens is not None else "API key",
            "health": client.system.alive().status,
            "version": client.system.version().version,
        }
    output.as_json(told) if json else output.facts(told)
