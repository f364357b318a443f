"""What is learned: from a public table, from text, without labels, and from a log of actions."""

import io
import json
from typing import Any

import numpy as np
import pytest
from sklearn import datasets

from specialists import store, trainings, working
from support.lambdas import Caller
from support.specialists import PATH, SpecialistStack, data_url, deploy, praise_and_complaint, propose, train, training


def table(name: str) -> str:
    """One of the data sets that scikit-learn brings, as CSV."""
    found = getattr(datasets, f"load_{name}")()
    text = io.StringIO()
    columns = [f"f{n}" for n in range(found.data.shape[1])]
    text.write(",".join([*columns, "label"]) + "\n")
    for row, label in zip(found.data, found.target, strict=True):
        text.write(",".join([*(repr(float(value)) for value in row), str(found.target_names[label])]) + "\n")
    return text.getvalue()


def learned(
    stack: SpecialistStack, caller: Caller, dataset: str, kind: str = "supervised", **parameters: Any
) -> tuple[str, dict[str, Any]]:
    ident = propose(caller, validation_criteria={})
    job = train(caller, ident, dataset, kind, **parameters)
    stack.run()
    found = training(caller, ident, job)
    assert found["status"] == "completed", found["error"]
    return ident, found


@pytest.mark.parametrize(("name", "accuracy"), [("breast_cancer", 0.95), ("wine", 0.9), ("digits", 0.9), ("iris", 0.8)])
def test_a_public_table_is_learned_to_a_sensible_accuracy(
    stack: SpecialistStack, acme: Caller, name: str, accuracy: float
) -> None:
    _, found = learned(stack, acme, data_url(table(name)), epochs=15)
    metrics = found["metrics"]
    assert metrics["accuracy"] >= accuracy
    assert metrics["macro_f1"] >= accuracy - 0.1
    matrix = np.array(metrics["confusion_matrix"]["rows"])
    assert matrix.sum() == metrics["measured_on"]["rows"]
    assert metrics["accuracy"] == pytest.approx(matrix.trace() / matrix.sum(), abs=1e-6)


def test_a_table_is_asked_by_the_names_of_its_columns_or_in_their_order(stack: SpecialistStack, acme: Caller) -> None:
    ident, _ = learned(stack, acme, data_url(table("iris")), epochs=5)
    deploy(acme, ident)
    stack.run()
    one = [5.1, 3.5, 1.4, 0.2]
    in_order = acme.post(f"{PATH}/{ident}/predict", {"features": one}).expect(200).data
    named = {f"f{n}": value for n, value in enumerate(one)}
    by_name = acme.post(f"{PATH}/{ident}/predict", {"features": named}).expect(200).data
    assert in_order["prediction"] == by_name["prediction"] == "setosa"
    assert sum(in_order["scores"].values()) == pytest.approx(1, abs=1e-5)
    del named["f2"]
    acme.post(f"{PATH}/{ident}/predict", {"features": named}).expect(400)
    acme.post(f"{PATH}/{ident}/predict", {"features": one[:3]}).expect(400)


def test_the_same_data_and_parameters_make_the_same_model(stack: SpecialistStack, acme: Caller) -> None:
    other = stack.tenant("other")
    versions = []
    for caller, tenant in ((acme, "acme"), (other, "other")):
        ident, _ = learned(stack, caller, data_url(praise_and_complaint()), epochs=2, hash_bits=10)
        versions.append(store.version(tenant, ident, 1))
    first, second = versions
    assert first is not None
    assert second is not None
    assert (first.model_hash, first.dataset_hash) == (second.model_hash, second.dataset_hash)

    ident, _ = learned(stack, acme, data_url(praise_and_complaint()), epochs=2, hash_bits=10, seed=1)
    third = store.version("acme", ident, 1)
    assert third is not None
    assert third.model_hash != first.model_hash
    assert third.dataset_hash == first.dataset_hash


def test_learning_ends_early_when_it_does_not_get_better(stack: SpecialistStack, acme: Caller) -> None:
    stopping = {"patience": 2, "min_improvement": 0.5}
    _, found = learned(stack, acme, data_url(praise_and_complaint()), epochs=50, early_stopping=stopping)
    assert found["stopped_early"]
    assert found["current_epoch"] == 3
    assert (found["total_epochs"], found["progress"]) == (50, 1.0)


def test_what_is_noticed_of_a_dataset_is_told(stack: SpecialistStack, acme: Caller) -> None:
    text = praise_and_complaint() + "\n" + "1: the battery is lovely and pleasant,positive\n" * 2
    _, found = learned(stack, acme, data_url(text), epochs=1)
    report = found["dataset"]
    assert (report["rows"], report["empty_rows"], report["empty_lines"]) == (62, 1, [62])
    assert (report["duplicates"], report["duplicate_lines"]) == (1, [64])
    assert report["labels"] == {"negative": 30, "positive": 32}
    assert sum(report["splits"].values()) == 62
    assert len(report["warnings"]) == 2


SUBJECTS = {
    "space": ["rocket", "orbit", "planet", "telescope", "astronaut", "galaxy", "launch", "satellite"],
    "cooking": ["oven", "butter", "recipe", "flour", "bake", "sugar", "kitchen", "dough"],
    "football": ["goal", "referee", "stadium", "striker", "league", "penalty", "coach", "match"],
}


def texts(count: int = 240) -> str:
    """Sentences that mix the words of one subject each."""
    rng = np.random.default_rng(0)
    lines = ["text"]
    for n in range(count):
        words = list(SUBJECTS.values())[n % 3]
        lines.append(" ".join(rng.choice(words, size=6)))
    return "\n".join(lines) + "\n"


def test_topics_are_found_and_named_by_their_terms(stack: SpecialistStack, acme: Caller) -> None:
    ident, found = learned(stack, acme, data_url(texts()), "unsupervised", clusters=3, epochs=5, top_terms=5)
    metrics = found["metrics"]
    assert metrics["silhouette"] > 0.1
    named = [set(cluster["top_terms"]) for cluster in metrics["clusters"]]
    assert all(any(terms <= set(words) for words in SUBJECTS.values()) for terms in named)
    assert len(found["loss_curve"]) == 5

    deploy(acme, ident)
    stack.run()
    asked = {"inputs": ["the astronaut and the rocket", "a recipe with butter", "the referee of the match"]}
    answers = acme.post(f"{PATH}/{ident}/predict", asked).expect(200).data["predictions"]
    assert len({answer["prediction"] for answer in answers}) == 3
    assert set(answers[0]["top_terms"]) <= set(SUBJECTS["space"])


def test_numbers_without_labels_are_grouped(stack: SpecialistStack, acme: Caller) -> None:
    rng = np.random.default_rng(0)
    rows = [f"{x + rng.normal():.4f},{y + rng.normal():.4f}" for x, y in [(0, 0), (20, 0), (0, 20)] * 40]
    _, found = learned(stack, acme, data_url("\n".join(["x,y", *rows])), "unsupervised", clusters=3, epochs=4)
    assert found["metrics"]["silhouette"] > 0.7
    centres = sorted((round(c["centre"]["x"], -1), round(c["centre"]["y"], -1)) for c in found["metrics"]["clusters"])
    assert centres == [(0, 0), (0, 20), (20, 0)]


def a_log(count: int = 600) -> str:
    """Of two actions the first pays where x > 0 and the second elsewhere; both were taken at random."""
    rng = np.random.default_rng(0)
    lines = []
    for _ in range(count):
        x, first = float(rng.normal()), bool(rng.random() < 0.7)
        pays = (x > 0) == first
        said = {
            "context": {"x": x},
            "action": "a" if first else "b",
            "reward": 1.0 if pays else 0.0,
            "propensity": 0.7 if first else 0.3,
        }
        lines.append(json.dumps(said))
    return "\n".join(lines)


def test_a_policy_is_learned_from_a_log_and_its_worth_estimated(stack: SpecialistStack, acme: Caller) -> None:
    rows = data_url(a_log(), "application/jsonl")
    ident, found = learned(stack, acme, rows, "reinforcement")
    worth = found["metrics"]["policy_value"]
    for estimate in ("ips", "snips", "dr"):
        assert worth[estimate]["low"] <= worth[estimate]["value"] <= worth[estimate]["high"]
    assert worth["dr"]["low"] > worth["logged"]["value"]
    assert (found["current_epoch"], found["total_epochs"]) == (1, 1)

    deploy(acme, ident)
    stack.run()
    asked = {"inputs": [{"features": {"context.x": 2.0}}, {"context.x": -2.0}, [2.0]]}
    answers = acme.post(f"{PATH}/{ident}/predict", asked).expect(200).data["predictions"]
    assert [answer["prediction"] for answer in answers] == ["a", "b", "a"]


def test_without_async_the_answer_comes_when_the_training_has_ended(
    stack: SpecialistStack, acme: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("specialists.routes.training.time.sleep", lambda _: stack.run())
    ident = propose(acme)
    data = {"type": "supervised", "dataset": data_url(praise_and_complaint()), "parameters": {"epochs": 1}}
    told = acme.post(f"{PATH}/{ident}/train", {"training_data": data, "async": False}).expect(200).data
    assert (told["status"], told["progress"]) == ("completed", 1.0)

    data["dataset"] = data_url(praise_and_complaint() + "x" * 1024 * 1024 + ",positive\n")
    refused = acme.post(f"{PATH}/{ident}/train", {"training_data": data, "async": False}).expect(400).json()
    assert "1048576 bytes at most" in refused["error"]["message"]


def test_many_labels_and_long_rows_fit_into_items_and_replies(stack: SpecialistStack, acme: Caller) -> None:
    """400 KB an item, 6 MB a reply."""
    labels = [f"{n:03}" + "x" * 250 for n in range(200)]
    lines = [f"word{n % 200} {'filler ' * 300}{n},{labels[n % 200]}" for n in range(600)]
    ident, found = learned(stack, acme, data_url("\n".join(["text,label", *lines])), epochs=1, hash_bits=10)
    assert len(found["dataset"]["labels"]) == 200
    assert "confusion_matrix" not in found["metrics"]
    deploy(acme, ident)
    stack.run()
    reply = acme.post(f"{PATH}/{ident}/predict", {"inputs": ["word1"] * 1000}).expect(200)
    assert len(reply.data["predictions"][0]["scores"]) == 20
    assert len(reply.text) < 6 * 1024 * 1024


def test_how_long_a_training_will_take_is_learned_from_those_before(
    stack: SpecialistStack, acme: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "_TELLING_BYTES", 1)
    assert trainings.pace("acme") is None
    _, found = learned(stack, acme, data_url(praise_and_complaint()), epochs=2)
    measured = sum(epoch["seconds"] for epoch in found["loss_curve"]) / 2 / len(praise_and_complaint())
    pace = trainings.pace("acme")
    assert pace is not None
    assert pace.epoch == pytest.approx(measured, rel=0.01)
    assert pace.look > 0
    assert found["estimated_completion"] is None
