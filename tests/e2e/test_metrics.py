"""Requests are counted exactly, over every environment that answered some of them."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
from prometheus_client.parser import text_string_to_metric_families

from local.target import Target
from support.deployed import api

REQUESTS, THREADS = 1000, 20
PATIENCE_S = 20


def answered(client: httpx.Client) -> float:
    """Requests of paths that are nobody's, as the metrics tell: the function that answers them starts fastest."""
    families = text_string_to_metric_families(client.get("/api/v2/metrics").raise_for_status().text)
    wanted = {"service": "edge", "status": "client_error"}
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == "aisemble_requests_total" and sample.labels == wanted
    )


def test_a_thousand_requests_from_twenty_threads_are_exactly_a_thousand(stack: Target) -> None:
    with api(stack) as client, ThreadPoolExecutor(THREADS) as threads:
        before = answered(client)
        statuses = set(threads.map(lambda _: client.get("/api/v1/nobodys").status_code, range(REQUESTS)))
        assert statuses == {404}
        latest = time.monotonic() + PATIENCE_S
        while (counted := answered(client) - before) < REQUESTS and time.monotonic() < latest:
            time.sleep(0.2)
        assert counted == REQUESTS
