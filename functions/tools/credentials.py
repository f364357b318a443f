"""The tenant's stored credentials, as far as tools may use them: each for the host that it is named after.

Whoever may run a tool names the address that it asks, a model too. A credential that could go anywhere would be given
away by the first run that says so.
"""

from pentarch.services.credentials import CredentialUnreadableError, Reference
from tools.failures import Code, ToolFailedError

PARTING = "_"


def check(name: str, host: str) -> None:
    """`api.example.com` and `api.example.com_billing` go to api.example.com alone."""
    if not host or name.partition(PARTING)[0].lower() != host:
        example = host or "HOST"
        msg = (
            "a credential is sent to the host that it is named after and to no other: "
            f"name one {example}, or {example}{PARTING}PURPOSE"
        )
        raise ToolFailedError(Code.CREDENTIAL, msg)


def authorization(tenant: str, name: str, host: str) -> str:
    """The value of an Authorization header. Raises ToolFailedError."""
    check(name, host)
    try:
        return Reference(tenant, name).authorization()
    except CredentialUnreadableError as error:
        raise ToolFailedError(Code.CREDENTIAL, str(error)) from error
