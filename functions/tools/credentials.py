"""The tenant's stored credentials, as far as tools may use them: each for the host that it is named after.

Whoever may run a tool names the address that it asks, a model too. A credential that could go anywhere would be given
away by the first run that says so.
"""

from tools.failures import Code, ToolFailedError

PARTING = "_"


def check(name: str, host: str) -> None:
    """`api.example.com` and `api.example.com_billing` go to api.example.com alone."""
    if not host or name.partition(PARTING)[0].lower() != host:
        msg = (
            f"a credential is sent to the host that it is named after and to no other: name one {host or 'HOST'}, "
            f"or {host or 'HOST'}{PARTING}PURPOSE"
        )
        raise ToolFailedError(Code.CREDENTIAL, msg)


def authorization(tenant: str, name: str, host: str) -> str:  # noqa: ARG001
    """The value of an Authorization header. Raises ToolFailedError."""
    check(name, host)
    msg = "no credential is stored by this name"
    raise ToolFailedError(Code.CREDENTIAL, msg)
