"""The page of costs: its sums are what is computed, and the sums are right."""

import re
from typing import Any

import pytest

from costs import page
from costs.model import Running, Use, idle, of_request

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
PRICES = {
    "lambda_request": 1.0,
    "lambda_gb_second_arm64": 8.0,
    "api_gateway_request": 10.0,
    "dynamodb_write_unit": 100.0,
    "dynamodb_read_unit": 1000.0,
    "sqs_request": 1.0,
    "s3_put": 10_000.0,
    "kms_sign": 100_000.0,
    "log_gb": 0.0,
    "secret_month": 0.4,
    "kms_key_month": 1.0,
    "alarm_month": 0.1,
}


def test_the_page_has_the_sums_that_are_computed() -> None:
    """To half a dollar: an alarm more is ten cents, and no reason to say that the page is wrong."""
    known, made = page.PAGE.read_text(), page.page()
    assert NUMBER.split(known) == NUMBER.split(made), "run `make costs`"
    numbers = [[float(one.replace(",", "")) for one in NUMBER.findall(text)] for text in (known, made)]
    assert numbers[0] == pytest.approx(numbers[1], abs=0.5, rel=0.25), "run `make costs`"


def test_a_request_costs_its_gateway_its_run_and_what_it_uses() -> None:
    use = Use(calls=3, write_units=2, read_units=0.5, puts=1, signatures=1)
    run = Running(milliseconds=500, memory_mb=512)
    assert of_request(use, run, PRICES) == pytest.approx(10 + 1 + 0.25 * 8 + 200 + 500 + 10_000 + 100_000)


def test_what_costs_by_the_month_is_counted_in_the_template() -> None:
    kinds = ["AWS::SecretsManager::Secret"] * 2 + ["AWS::CloudWatch::Alarm"] * 3 + ["AWS::DynamoDB::Table"]
    resources: dict[str, dict[str, Any]] = {
        str(number): {"Type": kind, "At": "rate(1 day)"} for number, kind in enumerate(kinds)
    }
    worker = {"Events": {"Low": {"Type": "SQS"}, "High": {"Type": "SQS"}, "Sweep": {"Type": "ScheduleV2"}}}
    resources["Worker"] = {"Type": "AWS::Serverless::Function", "Properties": worker}
    found = idle(resources, PRICES, Running(milliseconds=0, memory_mb=512))
    assert found == [
        ("sweeps by the clock", 180, 180.0),
        ("looks into empty queues", 1_296_000, 1_296_000.0),
        ("secrets", 2, 0.8),
        ("KMS keys", 0, 0.0),
        ("alarms", 3, pytest.approx(0.3)),
    ]
