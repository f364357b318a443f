"""From a proposal to a prediction."""

from support.lambdas import Caller
from support.specialists import (
    PATH,
    SpecialistStack,
    deploy,
    propose,
    seen,
    train,
    training,
)


def test_a_proposal_is_trained_deployed_and_answers(stack: SpecialistStack, acme: Caller) -> None:
    ident = propose(acme)
    job = train(acme, ident, epochs=5)
    assert training(acme, ident, job)["status"] == "queued"

    stack.run()

    trained = training(acme, ident, job)
    assert trained["status"] == "completed", trained["error"]
    assert (trained["progress"], trained["current_epoch"], trained["total_epochs"]) == (1.0, 5, 5)
    assert trained["metrics"]["accuracy"] > 0.9
    assert len(trained["loss_curve"]) == 5

    deploy(acme, ident, "staging")
    stack.run()

    assert seen(acme, ident)["status"] == "ACTIVE"
    told = acme.post(f"{PATH}/{ident}/predict", {"text": "the screen is lovely and great"}).expect(200).data
    assert (told["prediction"], told["version"], told["environment"]) == ("positive", 1, "staging")
    stack.run()
    assert seen(acme, ident)["performance_metrics"]["requests_served"] == 1
