"""What is in force, as the code that obeys it asks for it."""

import pytest
from botocore.exceptions import EndpointConnectionError

from pentarch.configuration import accessor, store
from pentarch.configuration.accessor import Accessor
from pentarch.configuration.model import ConfigType
from support.configurations import PATH, create, slo, update
from support.gateway import aws_calls
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant


@pytest.fixture
def reader() -> Accessor:
    """Another function's process: the gate of the one that changes configurations has a memory of its own."""
    return Accessor()


def test_nothing_set_is_none(api: Caller, reader: Accessor) -> None:
    create(api)
    assert reader.current("acme", ConfigType.BUDGET) is None
    assert reader.current("acme", ConfigType.SLO) is None
    assert reader.current("acme", ConfigType.SLO, label="shop") == {"p95_ms": 500}
    assert reader.current("acme", ConfigType.SLO, "another", label="shop") is None


def test_without_a_name_it_is_the_first_by_name(api: Caller, reader: Accessor) -> None:
    create(api, tenant_id="acme", name="b", value={"p95_ms": 2})
    create(api, tenant_id="acme", name="a", value={"p95_ms": 1})
    assert reader.current("acme", ConfigType.SLO) == {"p95_ms": 1}
    assert reader.current("acme", ConfigType.SLO, "b") == {"p95_ms": 2}


def test_a_minute_of_use_costs_one_query(api: Caller, reader: Accessor, clock: StoppedClock) -> None:
    create(api, tenant_id="acme")
    with aws_calls() as calls:
        for _ in range(59):
            for config_type in ConfigType:
                reader.current("acme", config_type, bucket_key="somebody")
            clock.advance(seconds=1)
    assert calls == {"Query": 1}


def test_a_change_is_seen_within_a_minute(api: Caller, reader: Accessor, clock: StoppedClock) -> None:
    made = create(api, tenant_id="acme")
    assert reader.current("acme", ConfigType.SLO) == {"p95_ms": 500}
    update(api, made, {"p95_ms": 1})
    clock.advance(seconds=59)
    assert reader.current("acme", ConfigType.SLO) == {"p95_ms": 500}
    clock.advance(seconds=1)
    assert reader.current("acme", ConfigType.SLO) == {"p95_ms": 1}
    api.delete(f"{PATH}/{made['config_id']}").expect(200)
    clock.advance(seconds=60)
    assert reader.current("acme", ConfigType.SLO) is None


def test_what_waits_for_approval_is_not_in_force(api: Caller, reader: Accessor) -> None:
    create(api, tenant_id="acme", config_type="approval", value={"required": True})
    api.post(PATH, slo(tenant_id="acme")).expect(202)
    assert reader.current("acme", ConfigType.SLO) is None


def test_another_tenants_are_not_seen(api: Caller, reader: Accessor) -> None:
    create(api.using(make_tenant("other")), tenant_id="acme")
    assert reader.current("acme", ConfigType.SLO) is None
    assert reader.current("other", ConfigType.SLO, label="acme") == {"p95_ms": 500}


def test_in_an_outage_what_is_known_stays_in_force(
    api: Caller, reader: Accessor, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(api, tenant_id="acme")
    assert reader.current("acme", ConfigType.SLO) == {"p95_ms": 500}

    def unreachable(tenant: str) -> None:
        raise EndpointConnectionError(endpoint_url=tenant)

    clock.advance(seconds=60)
    with monkeypatch.context() as patch:
        patch.setattr(store, "all_of", unreachable)
        assert reader.current("acme", ConfigType.SLO) == {"p95_ms": 500}
        with pytest.raises(EndpointConnectionError):
            reader.current("another", ConfigType.SLO)
    with aws_calls() as calls:
        reader.current("acme", ConfigType.SLO)
        clock.advance(seconds=accessor.RETRY_AFTER_S)
        reader.current("acme", ConfigType.SLO)
    assert calls == {"Query": 1}
