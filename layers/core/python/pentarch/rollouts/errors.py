"""What can go wrong with the records of roll-outs."""

from pentarch.platform.errors import ConflictError


class TransitionError(ConflictError):
    """A roll-out that stands so cannot come to stand so."""

    def __init__(self, before: str | None, after: str) -> None:
        msg = (
            f"a roll-out cannot begin as {after}"
            if before is None
            else f"a roll-out that is {before} cannot be {after}"
        )
        super().__init__(msg, details={"status": before})
