"""Whatever becomes of a configuration, the records of its roll-outs tell the same."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from configurations import changes, rollouts
from configurations.changes import Author, Change, Identity, Wish
from pentarch.configuration.model import ConfigType, Configuration, Content, Origin, State
from pentarch.rollouts.model import Action, Status, TenantRollout, check_transition

ANA, BEN = "user:ana", "user:ben"


class Recorded(RuleBasedStateMachine):
    """A configuration that anything may be done with, and its records as a store would keep them."""

    def __init__(self) -> None:
        super().__init__()
        self.at = datetime(2026, 11, 22, tzinfo=UTC)
        self.one: Configuration = self.created(1).subject
        self.records: dict[str, TenantRollout] = {}
        self.gone = False

    def by(self, subject: str) -> Author:
        self.at += timedelta(seconds=1)
        return Author(subject, self.at)

    def created(self, number: int) -> Change:
        identity = Identity("acme", "slo-1", "shop", ConfigType.SLO, "latency")
        return changes.create(identity, Content({}), self.by(ANA), needs_approval=False, number=number)

    def take(self, change: Change, author: Author) -> None:
        known = {name: self.records[name] for name in rollouts.named(change)}
        for one in rollouts.told(change, author, known):
            before = self.records.get(one.id)
            check_transition(None if before is None else before.status, one.status)
            assert one.revision == (0 if before is None else before.revision + 1)
            self.records[one.id] = one
        self.gone = change.after is None
        self.one = change.subject

    @precondition(lambda self: not self.gone and self.one.state is State.ACTIVE)
    @rule(share=st.integers(1, 100), guarded=st.booleans(), back=st.booleans())
    def change(self, share: int, *, guarded: bool, back: bool) -> None:
        wish = (
            Wish(Content({"n": share}), Origin.ROLLBACK, 1) if back else Wish(Content({"n": share}), percentage=share)
        )
        author = self.by(ANA)
        self.take(changes.update(self.one, wish, author, needs_approval=guarded), author)

    @precondition(lambda self: not self.gone and self.one.pending is not None)
    @rule(good=st.booleans())
    def decide(self, *, good: bool) -> None:
        assert self.one.pending is not None
        author = self.by(BEN)
        decided = (changes.approve if good else changes.reject)(self.one, self.one.pending.version, author)
        self.take(decided, author)

    @precondition(lambda self: not self.gone and self.one.state is State.ROLLING_OUT)
    @rule(share=st.integers(0, 100))
    def move(self, share: int) -> None:
        author = self.by(BEN)
        self.take(changes.move_rollout(self.one, share, author), author)

    @precondition(lambda self: not self.gone and self.one.state is not State.PENDING_APPROVAL)
    @rule()
    def delete(self) -> None:
        author = self.by(BEN)
        self.take(changes.delete(self.one, author, needs_approval=False), author)

    @precondition(lambda self: self.gone)
    @rule()
    def come_back(self) -> None:
        self.take(self.created(self.one.latest + 1), self.by(ANA))

    @invariant()
    def what_is_rolled_out_is_recorded_so_and_nothing_else(self) -> None:
        rollout = None if self.gone else self.one.rollout
        under_way = [one for one in self.records.values() if not one.has_ended]
        assert [one.id for one in under_way] == ([] if rollout is None else [rollout.id])
        if rollout is not None:
            assert (under_way[0].status, under_way[0].progress) == (Status.DEPLOYING, rollout.percentage / 100)

    @invariant()
    def what_is_in_force_by_a_rollout_is_complete(self) -> None:
        if not self.gone and self.one.brought_by is not None:
            brought = self.records[self.one.brought_by]
            assert (brought.status, brought.version) == (Status.COMPLETED, str(self.one.active))

    @invariant()
    def what_was_undone_is_named_by_what_undid_it(self) -> None:
        for one in self.records.values():
            if one.action is Action.ROLLBACK:
                assert self.records[one.undoes or ""].status is Status.ROLLED_BACK


Recorded.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestRecorded = Recorded.TestCase
