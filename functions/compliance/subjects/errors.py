"""What can go wrong with requests of data subjects."""

from pentarch.platform.errors import ConflictError, NotFoundError


class RequestNotFoundError(NotFoundError):
    """The tenant has no such request."""

    def __init__(self) -> None:
        super().__init__("there is no such request of a data subject")


class LastAdminError(ConflictError):
    """Without the person nobody could administer the tenant."""

    def __init__(self) -> None:
        super().__init__("the person is the tenant's last administrator; give another user the role admin first")


class OpenRequestError(ConflictError):
    """The person's earlier request of the same kind is not answered yet."""

    def __init__(self, request_id: str | None = None) -> None:
        msg = "a request of this kind for the same person is being worked on"
        super().__init__(msg, details=None if request_id is None else {"request_id": request_id})


class MovedError(ConflictError):
    """The request has left the state that it was seen in."""

    def __init__(self, request_id: str) -> None:
        super().__init__("the request has moved on", details={"request_id": request_id})


class StillWorkingError(ConflictError):
    """A worker is at its last input of a cancelled job; what it writes has to be erased after it."""

    def __init__(self, jobs: int) -> None:
        super().__init__("work that was cancelled has yet to end", details={"jobs": jobs}, retry_after=30)
