"""The metrics as Prometheus reads them, and the dashboard that shows them."""

import json
import re

from prometheus_client.parser import text_string_to_metric_families

from ops import exposition
from ops.exposition import Queue, Readings
from pentarch.usage.model import Consumption
from pentarch.usage.requests import Histogram, bucket, outcome
from support.template import ROOT

DASHBOARD = ROOT / "infra" / "grafana" / "pentarch.json"
FULL = Readings(
    requests={("llm", "success"): Histogram([1] * 13, 1_500_000), ("llm", "server_error"): Histogram()},
    models={'odd "name"\n': Consumption(5, 2, 10, 20, 1_500_000_000)},
    jobs={"queued": 3, "failed": 2},
    provider_errors={"openai": 4},
    queues=[Queue("llm", 7, 1, 12.0), Queue("jobs", 0, 0, None)],
    stopped=["nlp"],
)


def samples() -> dict[str, float]:
    families = text_string_to_metric_families(exposition.text(FULL).decode())
    return {f"{one.name}{sorted(one.labels.values())}": one.value for family in families for one in family.samples}


def test_every_figure_arrives_as_it_is() -> None:
    found = samples()
    assert found["aisemble_requests_total['llm', 'success']"] == 13
    assert found["aisemble_request_duration_seconds_bucket['0.01', 'llm', 'success']"] == 2
    assert found["aisemble_request_duration_seconds_sum['llm', 'success']"] == 1.5
    assert found["aisemble_cost_usd_total['odd \"name\"\\n']"] == 1.5
    assert found["aisemble_model_calls_total['odd \"name\"\\n']"] == 3
    assert found["aisemble_jobs['queued']"] == 3
    assert found["aisemble_jobs_ended_total['failed']"] == 2
    assert found["aisemble_queue_age_seconds['llm']"] == 12
    assert "aisemble_queue_age_seconds['jobs']" not in found
    assert found["aisemble_service_stopped['nlp']"] == 1


def test_every_metric_has_help_and_its_name_follows_the_custom() -> None:
    """What `promtool check metrics` looks at: help, base units, `_total` for counters alone."""
    lines = exposition.text(FULL).decode().splitlines()
    types = dict(line.split()[2:4] for line in lines if line.startswith("# TYPE"))
    helps = {line.split()[2] for line in lines if line.startswith("# HELP")}
    assert helps == set(types)
    assert {name for name, kind in types.items() if kind == "counter"} == {n for n in types if n.endswith("_total")}
    assert not [name for name in types if re.search(r"milliseconds|minutes|percent|_count$|_sum$", name)]


def test_the_dashboard_shows_metrics_that_there_are() -> None:
    text = exposition.text(FULL).decode()
    known = {line.split("{")[0].split(" ")[0] for line in text.splitlines() if not line.startswith("#")}
    asked = set(re.findall(r"aisemble_\w+", json.dumps(json.loads(DASHBOARD.read_text())["panels"])))
    assert asked
    assert asked <= known


def test_a_request_falls_into_the_first_bucket_that_holds_it() -> None:
    assert [bucket(one) for one in (0, 5, 5.01, 30_000, 30_001)] == [0, 0, 1, 11, 12]
    assert [outcome(one) for one in (200, 304, 400, 499, 500, 0)] == [
        "success", "success", "client_error", "client_error", "server_error", "server_error",
    ]  # fmt: skip
