"""Every request is counted: each function that answers HTTP hands the lines of its requests over."""

import json

from support.template import resources, routes

COUNTER = "OpsRequestsFunction"


def test_every_function_that_answers_http_has_its_requests_counted() -> None:
    groups = {
        name: json.dumps(resource["Properties"]["LoggingConfig"]["LogGroup"])
        for name, resource in resources("AWS::Serverless::Function").items()
    }
    heard = {
        json.dumps(one["Properties"]["LogGroupName"])
        for one in resources("AWS::Logs::SubscriptionFilter").values()
        if COUNTER in json.dumps(one["Properties"]["DestinationArn"])
    }
    answering = {route.function for route in routes()}
    missing = sorted(name for name in answering if groups[name] not in heard)
    assert missing == [], "give each a RequestsFilter, as the others have it"


def test_what_counts_does_not_count_itself() -> None:
    """A line about lines would beget the next one."""
    own = json.dumps(resources()[COUNTER]["Properties"]["LoggingConfig"]["LogGroup"])
    assert own not in {
        json.dumps(one["Properties"]["LogGroupName"]) for one in resources("AWS::Logs::SubscriptionFilter").values()
    }


def test_the_dashboard_is_json_of_widgets_that_do_not_overlap() -> None:
    [dashboard] = resources("AWS::CloudWatch::Dashboard").values()
    body = dashboard["Properties"]["DashboardBody"]
    widgets = json.loads(body if isinstance(body, str) else body["Fn::Sub"])["widgets"]
    assert len({(one["x"], one["y"]) for one in widgets}) == len(widgets)
    assert all(one["properties"]["metrics"] for one in widgets)
