"""The scopes of roll-outs, and the check that the caller operates the stack."""

from pentarch.identity.operators import check

__all__ = ["ADMIN", "READ", "WRITE", "check"]

READ = "infrastructure:read"
WRITE = "infrastructure:write"
ADMIN = "infrastructure:admin"
