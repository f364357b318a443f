"""Who may change the running stack: scopes let a role in, and one tenant of several operates the stack."""

import os

from infrastructure.errors import NotTheOperatorError
from pentarch.identity.errors import PermissionDeniedError
from pentarch.identity.model import Caller

READ = "infrastructure:read"
WRITE = "infrastructure:write"
ADMIN = "infrastructure:admin"


def check(caller: Caller, scope: str) -> None:
    """All tenants run on the same functions, so an administrator of just any of them has no say in this."""
    if not caller.may(scope):
        raise PermissionDeniedError(scope)
    if caller.tenant != os.environ.get("OPERATOR_TENANT"):
        raise NotTheOperatorError
