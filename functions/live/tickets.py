"""Tickets: what a browser connects with, as it can set no header. One lasts a minute and is good for one connection."""

import json
import re
import secrets
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from live.table import TicketItem, tickets_partition
from pentarch.identity.credentials import hash_secret
from pentarch.identity.errors import AuthenticationError
from pentarch.identity.model import Caller, Kind, Tier
from pentarch.platform import clients

LIFETIME = timedelta(seconds=60)
_FORM = re.compile(r"wt_([a-z0-9][a-z0-9-]{0,39})_([0-9a-f]{64})")


def issue(caller: Caller, at: datetime) -> str:
    """A ticket that stands for its caller; only its hash is stored."""
    secret = secrets.token_hex(32)
    ttl = int((at + LIFETIME).timestamp())
    TicketItem(tickets_partition(caller.tenant), hash_secret(secret), caller=asdict(caller), ttl=ttl).save()
    return f"wt_{caller.tenant}_{secret}"


def redeem(ticket: str, at: datetime) -> Caller:
    """The caller that a ticket stands for, once; AuthenticationError for any other text."""
    found = _FORM.fullmatch(ticket)
    if found is None:
        raise AuthenticationError
    client = clients.dynamodb()
    try:
        answer = client.delete_item(
            TableName=str(TicketItem.Meta.table_name),
            Key={"partition": {"S": tickets_partition(found[1])}, "key": {"S": hash_secret(found[2])}},
            ConditionExpression="#ttl >= :now",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":now": {"N": str(int(at.timestamp()))}},
            ReturnValues="ALL_OLD",
        )
    except client.exceptions.ConditionalCheckFailedException as error:
        raise AuthenticationError from error
    return _to_caller(json.loads(answer["Attributes"]["caller"]["S"]))


def _to_caller(kept: dict[str, Any]) -> Caller:
    return Caller(
        **kept
        | {
            "kind": Kind(kept["kind"]),
            "tier": Tier(kept["tier"]),
            "roles": tuple(kept["roles"]),
            "scopes": tuple(kept["scopes"]),
        }
    )
