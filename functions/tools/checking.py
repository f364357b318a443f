"""Asking MCP servers again what they have, when somebody looks and the last time was a while ago."""

import json
import os
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from pentarch.events.actor import Actor
from pentarch.platform import clients
from pentarch.platform.observability import logger
from pentarch.tools import store
from pentarch.tools.client import FUNCTION, READ_TIMEOUT_S
from pentarch.tools.own import Server

FRESH_FOR = timedelta(minutes=10)
CLAIMED_FOR = timedelta(minutes=2)


def ask_again(actor: Actor, server: Server, at: datetime) -> None:
    """Have the server asked behind the request that is at hand, by one of all who look at it at a time."""
    if at - server.checked_at < FRESH_FOR or not store.claim_check(server, at, CLAIMED_FOR):
        return
    asked = {"check": {"tenant": actor.tenant, "server_id": server.id, "correlation_id": actor.correlation_id}}
    try:
        clients.prediction_functions(READ_TIMEOUT_S).invoke(
            FunctionName=os.environ[FUNCTION], InvocationType="Event", Payload=json.dumps(asked).encode()
        )
    except (BotoCoreError, ClientError):
        logger().warning("a server could not be asked again", exc_info=True, server=server.id)
