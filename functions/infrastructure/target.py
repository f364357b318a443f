"""What a roll-out does to what it changes: the steps are the same for functions of the stack and for ECS services."""

from typing import NamedTuple, Protocol

from infrastructure.model import Note, Rollout


class Progress(NamedTuple):
    """What an act came to. One that takes its time is asked for once, and looked at again until it is there."""

    rollout: Rollout
    notes: tuple[Note, ...] = ()
    is_there: bool = True


class Target(Protocol):
    """Each act may come again, also after a death in the middle of it, and then changes nothing more.

    RolloutFailedError: the new version cannot be had, and the way back is due.
    """

    def planned(self, one: Rollout) -> Progress:
        """See what runs and that the change can be made: batches, parts, the version before. Changes nothing."""
        ...

    def prepared(self, one: Rollout, names: tuple[str, ...]) -> Progress:
        """Make the new version of a batch, which no traffic reaches yet."""
        ...

    def shifted(self, one: Rollout, names: tuple[str, ...], weight: int) -> Progress:
        """Have `weight` percent of the traffic go to the new version."""
        ...

    def check(self, one: Rollout, names: tuple[str, ...]) -> None:
        """RolloutFailedError when the new version, which has traffic by now, is not well."""
        ...

    def finished(self, one: Rollout) -> Progress:
        """Put away what only the roll-out needed."""
        ...

    def returned(self, one: Rollout) -> Progress:
        """Send all traffic to the version that had it. RolloutFailedError: there is none to go back to."""
        ...

    def alarms(self, one: Rollout) -> tuple[str, ...]:
        """The alarms that are off now, of those that a roll-out heeds."""
        ...
