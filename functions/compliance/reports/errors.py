"""What can go wrong with exports."""

from pentarch.platform.errors import ConflictError, InvalidInputError, Meaning, NotFoundError, PentarchError


class ExportMovedError(ConflictError):
    """Somebody else began, finished or gave up the export in between."""

    def __init__(self) -> None:
        super().__init__("the export is no longer in the state that it was in; ask for it again", retry_after=1)


class ExportNotFoundError(NotFoundError):
    """The tenant has no such export, or no longer."""

    def __init__(self) -> None:
        super().__init__("there is no such export; exports are kept for a day")


class ExportEndedError(ConflictError):
    """What has ended cannot be cancelled."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the export is {state} already", details={"status": state})


class ExportOfOthersError(ConflictError):
    """Who did not ask for an export cannot take it from those who did."""

    def __init__(self) -> None:
        super().__init__("others asked for this export, and you did not")


class TooManyEventsError(InvalidInputError):
    """More events than a file of this form can be made of while one worker runs."""

    def __init__(self, form: str, count: int, bound: int) -> None:
        msg = f"a {form} export holds {bound:,} events at most, and these are {count:,}: take a shorter range"
        super().__init__(msg, field="format", details={"events": count, "maximum": bound})


class LinkError(PentarchError):
    """A link to a report gives nothing any more, or never did."""

    meaning = Meaning.FORBIDDEN


class LinkForgedError(LinkError):
    """Its signature is not ours, or not of what it says."""

    def __init__(self) -> None:
        super().__init__("the link's signature is not of what the link says: it was changed, or not made here")


class LinkEndedError(LinkError):
    """Its time is over."""

    def __init__(self) -> None:
        super().__init__("the link has expired; whoever may read the check is shown a new one")


class LinkWithdrawnError(LinkError):
    """Somebody ended all links that were given out so far."""

    def __init__(self) -> None:
        super().__init__("the link was withdrawn; whoever may read the check is shown a new one")
