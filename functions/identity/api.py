"""The identity API: logging in, tokens, and the keys, users and clients of a tenant."""

import os

from fastapi import FastAPI

from identity.routes import clients, keys, oauth, sessions, users
from identity.settings import Settings
from identity.signing import Signer
from pentarch.web.app import build_app, lambda_handler


def make_app() -> FastAPI:
    app = build_app("Pentarch identity", sessions.router, oauth.router, keys.router, users.router, clients.router)
    app.state.signer = Signer()
    app.state.settings = lambda: Settings.read(os.environ)
    return app


handler = lambda_handler(make_app())
