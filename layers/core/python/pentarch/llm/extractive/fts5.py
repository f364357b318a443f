"""SQLite's full-text index, in memory. Apart from the search so that asking whether it is there loads nothing else."""

import sqlite3

from pentarch.llm.errors import UpstreamUnavailableError


def connect() -> sqlite3.Connection:
    """A database with an empty index: `passage`, of a title and a body. To be closed."""
    database = sqlite3.connect(":memory:")
    try:
        database.execute("CREATE VIRTUAL TABLE passage USING fts5(title, body, tokenize = 'porter unicode61')")
    except sqlite3.OperationalError as error:
        database.close()
        message = "this Python's SQLite has no FTS5, which pentarch/extractive searches with"
        raise UpstreamUnavailableError(message) from error
    return database


def available() -> bool:
    try:
        connect().close()
    except UpstreamUnavailableError:
        return False
    return True
