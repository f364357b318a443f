"""ECS services by what people call them."""

import os

from botocore.exceptions import BotoCoreError, ClientError

from infrastructure import services
from infrastructure.errors import UnknownServiceError
from infrastructure.inventory import containers, reading
from infrastructure.inventory.model import Resource
from pentarch.platform.errors import InvalidInputError, UnavailableError


def named(name: str) -> Resource:
    """The one of the stack's with this id in the inventory, or with this name if it is the only one."""
    try:
        known = containers.resources(reading.TAG, os.environ["STACK_NAME"])
    except (BotoCoreError, ClientError) as error:
        msg = f"{name!r} is no service of the stack itself, and ECS could not be asked for one"
        raise UnavailableError(msg) from error
    found = [one for one in known if one.id == name] or [one for one in known if one.name == name]
    if len(found) > 1:
        ids = {str(one.details["cluster"]): one.id for one in found}
        msg = f"several clusters have a service {name!r}: give the id of one"
        raise InvalidInputError(msg, field="service", details={"ids": ids})
    if not found:
        raise UnknownServiceError(name, [*services.SLICES, *sorted({one.name for one in known})])
    return found[0]
