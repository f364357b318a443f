"""Links to reports: good for whoever holds them, for a while, as they were made, and until they are withdrawn."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from compliance.api import handler
from compliance.reports import links, service
from pentarch.limits.model import COMPLIANCE
from support.assessments import Auditor, run
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock
from support.tenants import make_key

CHECKS = "/api/v1/compliance/checks"
LINKS = "/api/v1/compliance/links"


@pytest.fixture
def anybody(api: Caller) -> Caller:  # noqa: ARG001 (the stack that it asks)
    return Caller(handler, {})


@pytest.fixture
def link(api: Caller) -> str:
    return str(run(api)["report_url"])


def changed(link: str, **parts: str) -> str:
    address = urlsplit(link)
    return f"{address.path}?{urlencode(dict(parse_qsl(address.query)) | parts)}"


def refusal(anybody: Caller, link: str) -> str:
    error = anybody.get(link).expect(403).json()["error"]
    assert error["code"] == "AUTHORIZATION_ERROR"
    return str(error["message"])


def test_whoever_holds_a_link_gets_the_report_and_the_log_tells_of_it(api: Caller, anybody: Caller, link: str) -> None:
    reply = anybody.get(link).expect(200)

    assert reply.headers["content-type"] == "application/pdf"
    assert reply.text.startswith("%PDF")
    [event] = events_of("acme", "report.downloaded")
    asked_by = api.get(CHECKS).data["checks"][0]["requested_by"]
    assert (event.actor, event.data["issued_to"], event.data["format"]) == ("link", asked_by, "pdf")
    assert event.data["bytes"] == len(reply.text)
    assert event.resource in link


def test_every_place_that_shows_an_assessment_has_a_link_that_works(api: Caller, anybody: Caller, link: str) -> None:
    [listed] = api.get(CHECKS).data["checks"]
    whole = api.get(f"{CHECKS}/{listed['check_id']}").data
    path = f"{CHECKS}/{listed['check_id']}/report"
    passed_on = api.get(path, query={"link": "true", "format": "csv"}).data["report_url"]

    for one in (link, listed["report_url"], whole["report_url"]):
        assert anybody.get(one).expect(200).text.startswith("%PDF")
    assert anybody.get(passed_on).expect(200).headers["content-type"].startswith("text/csv")


def test_a_link_ends_with_its_time(anybody: Caller, link: str, clock: StoppedClock) -> None:
    clock.advance(seconds=3599)
    anybody.get(link).expect(200)
    clock.advance(seconds=1)
    assert "expired" in refusal(anybody, link)


def test_the_deployment_says_how_long_a_link_works_but_never_more_than_an_hour(
    api: Caller, anybody: Caller, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORT_LINK_MINUTES", "15")
    short = str(run(api)["report_url"])
    monkeypatch.setenv("REPORT_LINK_MINUTES", "9999")
    assert links.lifetime() == links.LONGEST
    clock.advance(minutes=15)
    assert "expired" in refusal(anybody, short)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("tenant", "other"),
        ("format", "csv"),
        ("expires", "9999999999"),
        ("series", "1"),
        ("issued_to", "key:another"),
        ("signature", "0" * 64),
        ("signature", "é"),
    ],
)
def test_a_link_that_was_changed_gives_nothing_and_tells_nothing(
    anybody: Caller, link: str, part: str, value: str
) -> None:
    assert "signature" in refusal(anybody, changed(link, **{part: value}))
    assert events_of("acme", "report.downloaded") == []


def test_a_link_to_one_check_opens_no_other(api: Caller, anybody: Caller, link: str) -> None:
    other = str(run(api)["check_id"])
    mine = urlsplit(link).path.rpartition("/")[2]
    assert "signature" in refusal(anybody, link.replace(mine, other))


def test_a_link_without_its_parts_is_a_bad_request(anybody: Caller, link: str) -> None:
    anybody.get(urlsplit(link).path).expect(400)
    anybody.get(changed(link, expires="soon")).expect(400)


def test_withdrawn_links_end_at_once_and_new_ones_work(
    api: Caller, auditor: Auditor, anybody: Caller, link: str
) -> None:
    of_another = str(run(auditor.tenant("other"))["report_url"])
    api.delete(LINKS).expect(204)

    assert "withdrawn" in refusal(anybody, link)
    [listed] = api.get(CHECKS).data["checks"]
    anybody.get(listed["report_url"]).expect(200)
    anybody.get(of_another).expect(200)
    assert len(events_of("acme", "report.links_withdrawn")) == 1


def test_only_who_may_write_withdraws_links(api: Caller, anybody: Caller) -> None:
    api.using(make_key("acme", "viewer")).delete(LINKS).expect(403)
    anybody.delete(LINKS).expect(401)


def test_a_link_that_went_astray_is_not_answered_without_end_and_uses_up_nobody_s_own(
    api: Caller, anybody: Caller, link: str
) -> None:
    for _ in range(COMPLIANCE.per_minute):
        anybody.get(link).expect(200)
    anybody.get(link).expect(429)
    api.get(CHECKS).expect(200)


def test_a_report_too_large_for_a_reply_is_fetched_from_the_bucket(
    anybody: Caller, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_BYTES_AT_ONCE", 100)
    assert "exports/acme/reports/" in anybody.get(link).expect(303).headers["location"]
