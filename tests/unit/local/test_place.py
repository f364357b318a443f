from pathlib import Path

import pytest

from local import emulator
from local.errors import LocalStackError
from local.place import CHECKOUT, Place, place_from


def test_the_environment_may_move_the_port_and_the_home(tmp_path: Path) -> None:
    place = place_from({"PENTARCH_PORT": "4600", "PENTARCH_HOME": str(tmp_path)})

    assert place.endpoint == "http://127.0.0.1:4600"
    assert place.target_file == tmp_path / "target.json"
    assert place.template == CHECKOUT / "template.yaml"


def test_an_endpoint_of_somebody_else_is_used_as_it_is() -> None:
    assert place_from({"PENTARCH_ENDPOINT": "http://localhost:4566/"}).endpoint == "http://localhost:4566"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PENTARCH_PORT", "http"),
        ("PENTARCH_PORT", "0"),
        ("PENTARCH_PORT", "65536"),
        ("PENTARCH_PORT", "-1"),
        ("PENTARCH_HOST", "0.0.0.0"),  # noqa: S104 - refused, which is the point
        ("PENTARCH_HOST", "localhost"),
        ("PENTARCH_ENDPOINT", "localhost:4566"),
        ("PENTARCH_ENDPOINT", "http://"),
    ],
)
def test_a_setting_that_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(LocalStackError, match=name):
        place_from({name: value})


def test_two_checkouts_never_share_their_scratch_space(tmp_path: Path) -> None:
    one, other = (Place(template=tmp_path, home=tmp_path / name) for name in ("one", "other"))

    assert one.scratch != other.scratch


def test_functions_learn_nothing_of_the_developers_environment(tmp_path: Path) -> None:
    developers = {"AWS_PROFILE": "work", "AWS_ENDPOINT_URL": "http://x", "OPENAI_API_KEY": "secret", "PATH": "/bin"}

    seen = emulator.environment(Place(template=tmp_path, home=tmp_path), developers)

    assert seen["PATH"] == "/bin"
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL", "OPENAI_API_KEY"} & seen.keys()
    assert seen["BIND_HOST"] == "127.0.0.1"


def test_an_emulator_that_listens_elsewhere_tells_its_functions_where(tmp_path: Path) -> None:
    place = place_from({"PENTARCH_HOST": "172.17.0.1", "PENTARCH_HOME": str(tmp_path)})

    seen = emulator.environment(place, {})

    assert (seen["BIND_HOST"], seen["AWS_ENDPOINT_URL"]) == ("172.17.0.1", "http://172.17.0.1:4566")
    assert seen["NO_PROXY"] == "127.0.0.1,localhost,172.17.0.1"


def test_nothing_runs_and_no_state_is_kept_where_nothing_was_started(tmp_path: Path) -> None:
    place = Place(template=tmp_path, home=tmp_path)

    assert emulator.running(place) is None
    assert emulator.last_stop(place) is None
