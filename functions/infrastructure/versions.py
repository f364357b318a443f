"""Old versions of functions go some day: each roll-out and each deployment of the template leaves one behind.

What traffic goes to stays, and what it may have to go back to: the versions of the latest roll-outs, those that the
template's own resources name (CloudFormation goes back to them), and the newest ones of each function.
"""

import os
from collections.abc import Collection, Iterable

from botocore.exceptions import ClientError

from infrastructure import functions, store
from pentarch.platform import clients
from pentarch.platform.observability import logger

KEPT = 5
"""The newest versions of each function, whatever they were made for."""
REMEMBERED = 50
"""Roll-outs whose versions stay, so that one may go back."""
MOST = 200
"""Versions that go in one run; the next day brings the next run."""


def superfluous(published: Iterable[str], needed: Collection[str], kept: int = KEPT) -> list[str]:
    """Of one function's versions those that may go, the oldest first."""
    newest_first = sorted((one for one in published if one.isdecimal()), key=int, reverse=True)
    return sorted((one for one in newest_first[kept:] if one not in needed), key=int)


def remove(most: int = MOST) -> int:
    """Remove what nobody needs any more; how many versions went. None do while a roll-out is under way."""
    if store.any_active():
        return 0
    named = functions.of_stack(os.environ["STACK_NAME"])
    needed = _of_rollouts() | functions.published_by_template(os.environ["STACK_NAME"])
    gone = 0
    for physical in sorted(named.values()):
        in_use = functions.with_traffic(physical) | {number for name, number in needed if name == physical}
        for number in superfluous(functions.published(physical), in_use)[: most - gone]:
            if _remove(physical, number):
                gone += 1
    if gone:
        logger().info("old versions of functions were removed", count=gone)
    return gone


def _of_rollouts() -> set[tuple[str, str]]:
    return {
        (part.physical, number)
        for one in store.newest_first(REMEMBERED)
        for part in one.parts.values()
        for number in (part.old, part.new)
        if number
    }


def _remove(physical: str, number: str) -> bool:
    """Lambda itself refuses a version that an alias names: somebody may have changed one meanwhile."""
    client = clients.lambda_functions()
    try:
        client.delete_function(FunctionName=physical, Qualifier=number)
    except ClientError as error:
        if error.response["Error"].get("Code") not in {"ResourceConflictException", "ResourceNotFoundException"}:
            raise
        return False
    logger().info("a version was removed", function=physical, version=number)
    return True
