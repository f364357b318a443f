"""Who may change or look into the running stack: scopes let a role in, and one tenant of several operates the stack."""

import os

from pentarch.identity.errors import PermissionDeniedError
from pentarch.identity.model import Caller
from pentarch.platform.errors import ForbiddenError


class NotTheOperatorError(ForbiddenError):
    """The stack is shared by tenants, and this one does not operate it."""

    def __init__(self) -> None:
        super().__init__("only the tenant that operates this stack may do this (the template's OperatorTenant)")


def check(caller: Caller, scope: str) -> None:
    """All tenants run on the same functions, so an administrator of just any of them has no say in this."""
    if not caller.may(scope):
        raise PermissionDeniedError(scope)
    if caller.tenant != os.environ.get("OPERATOR_TENANT"):
        raise NotTheOperatorError
