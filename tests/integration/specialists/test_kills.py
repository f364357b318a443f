"""A worker that dies at any call to AWS loses nothing: the training ends in the model that it would have ended in."""

from typing import Any

import pytest

from pentarch.files import store as files
from specialists import store, trainings
from specialists.model import Version
from specialists.table import VersionItem
from support.job_stack import told
from support.lambdas import Caller
from support.specialists import SpecialistStack, data_url, deploy, praise_and_complaint, propose, train, training

EPOCHS = 3
ROWS = data_url(praise_and_complaint(40))
SMALL: dict[str, Any] = {"hash_bits": 10, "epochs": EPOCHS, "early_stopping": {"patience": 50}}


def version(tenant: str, ident: str, number: int = 1) -> Version:
    found = store.version(tenant, ident, number)
    assert found is not None
    return found


@pytest.fixture
def undisturbed(stack: SpecialistStack, acme: Caller) -> str:
    """The hash of the model that nothing came in the way of."""
    ident = propose(acme)
    train(acme, ident, ROWS, **SMALL)
    stack.run()
    return version("acme", ident).model_hash


def test_killed_after_any_call_the_training_ends_in_the_same_model(
    stack: SpecialistStack, acme: Caller, undisturbed: str
) -> None:
    killed_in_epochs = set()
    for after in range(1, 200):
        ident = propose(acme)
        job = train(acme, ident, ROWS, **SMALL)
        stack.until("fanout")
        death = stack.kill("worker", after=after)
        stack.until("worker")
        standing = trainings.get("acme", ident, job)
        assert standing is not None
        killed_in_epochs.add(standing.current_epoch)
        stack.run()

        assert training(acme, ident, job)["status"] == "completed", f"killed after call {after} ({death.last_call})"
        assert version("acme", ident).model_hash == undisturbed, f"killed after call {after} ({death.last_call})"
        assert len(list(VersionItem.query("acme", VersionItem.key.startswith(f"version#{ident}")))) == 1
        trained = [event for event in told("acme", "specialist.trained") if event.resource == ident]
        assert len(trained) == 1
        if not death.happened:
            break
    else:
        pytest.fail("the worker makes more calls than were tried")
    assert killed_in_epochs == set(range(EPOCHS + 1))


def test_a_worker_without_time_leaves_the_next_epoch_to_the_next_message(
    stack: SpecialistStack, acme: Caller, undisturbed: str
) -> None:
    ident = propose(acme)
    job = train(acme, ident, ROWS, **SMALL)
    stack.hurry("worker", looks=2)  # the lease, then one epoch
    before = stack.invocations("worker")

    stack.run()

    assert stack.invocations("worker") - before == EPOCHS
    assert training(acme, ident, job)["status"] == "completed"
    assert version("acme", ident).model_hash == undisturbed


def test_a_paused_training_rests_and_goes_on_to_the_same_model(
    stack: SpecialistStack, acme: Caller, undisturbed: str
) -> None:
    ident = propose(acme)
    job = train(acme, ident, ROWS, **SMALL)
    stack.hurry("worker", looks=2)
    stack.until("worker", 1)
    stack.hurry("worker", looks=None)

    paused = acme.post(f"/api/v1/specialists/{ident}/training/{job}/pause").expect(200).data
    stack.run()
    assert (paused["status"], paused["current_epoch"], len(paused["loss_curve"])) == ("paused", 1, 1)
    assert training(acme, ident, job)["status"] == "paused"

    acme.post(f"/api/v1/specialists/{ident}/training/{job}/resume").expect(200)
    stack.run()
    assert training(acme, ident, job)["status"] == "completed"
    assert version("acme", ident).model_hash == undisturbed


def test_a_cancelled_training_makes_nothing(stack: SpecialistStack, acme: Caller) -> None:
    ident = propose(acme)
    job = train(acme, ident, ROWS, **SMALL)
    stack.hurry("worker", looks=2)
    stack.until("worker", 1)

    cancelled = acme.post(f"/api/v1/specialists/{ident}/training/{job}/cancel").expect(200).data
    assert cancelled["status"] == "cancelled"
    assert cancelled["completed_at"] is not None
    assert cancelled == training(acme, ident, job)
    stack.run()

    assert training(acme, ident, job)["version"] is None
    assert store.version("acme", ident, 1) is None
    refused = acme.post(f"/api/v1/specialists/{ident}/training/{job}/resume").expect(409).json()
    assert refused["error"]["code"] == "CONFLICT"


def test_a_deployment_whose_worker_is_killed_after_any_call_ends_once(
    stack: SpecialistStack, acme: Caller, undisturbed: str
) -> None:
    assert undisturbed
    [ident] = [one["id"] for one in acme.get("/api/v1/specialists").data["specialists"]]
    for after in range(1, 40):
        asked = deploy(acme, ident)
        stack.until("fanout")
        death = stack.kill("worker", after=after)
        stack.run()

        ended = acme.get(f"/api/v1/specialists/{ident}/deployments/{asked}").expect(200).data
        assert ended["status"] == "deployed", f"killed after call {after} ({death.last_call})"
        deployed = [one for one in told("acme", "specialist.deployed") if one.data["deployment_id"] == asked]
        assert len(deployed) == 1
        if not death.happened:
            return
    pytest.fail("the worker makes more calls than were tried")


def test_a_message_that_comes_twice_trains_once(stack: SpecialistStack, acme: Caller) -> None:
    ident = propose(acme)
    train(acme, ident, ROWS, **SMALL)
    stack.run()
    stack.replay_stream()
    stack.run()
    assert store.version("acme", ident, 2) is None


@pytest.mark.parametrize("name", ["checkpoints", "chunks"])
def test_a_training_whose_files_were_removed_or_changed_fails_and_says_so(
    stack: SpecialistStack, acme: Caller, name: str
) -> None:
    ident = propose(acme)
    job = train(acme, ident, ROWS, **SMALL)
    stack.hurry("worker", looks=2)
    stack.until("worker", 1)
    stack.hurry("worker", looks=None)
    for entry in list(files.entries(f"trainings/acme/{ident}/{job}/{name}")):
        files.put(entry.key, b"something else", "text/plain")

    stack.run()

    found = training(acme, ident, job)
    assert (found["status"], found["error"]["code"]) == ("failed", "FILES_LOST")
    assert store.version("acme", ident, 1) is None
