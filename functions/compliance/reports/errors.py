"""What can go wrong with exports."""

from pentarch.platform.errors import ConflictError, InvalidInputError, NotFoundError


class ExportMovedError(ConflictError):
    """Somebody else began, finished or gave up the export in between."""

    def __init__(self) -> None:
        super().__init__("the export is no longer in the state that it was in; ask for it again", retry_after=1)


class ExportNotFoundError(NotFoundError):
    """The tenant has no such export, or no longer."""

    def __init__(self) -> None:
        super().__init__("there is no such export; exports are kept for a day")


class TooManyEventsError(InvalidInputError):
    """More events than a file of this form can be made of while one worker runs."""

    def __init__(self, form: str, count: int, bound: int) -> None:
        msg = f"a {form} export holds {bound:,} events at most, and these are {count:,}: take a shorter range"
        super().__init__(msg, field="format", details={"events": count, "maximum": bound})
