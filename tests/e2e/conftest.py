"""The deployed stack, once per session; every test here may use sockets."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.driver import Driver
from local.place import CHECKOUT, Place, free_port
from local.progress import Progress
from local.target import Target

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.enable_socket)
            item.add_marker(pytest.mark.xdist_group("stack"))  # one worker has the stack, whatever the others do


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The whole template on an emulator of its own: a free port, no state of the developer's.

    PENTARCH_TARGET names the target file of a stack that is up already, for quick rounds while working on one test.
    """
    given = os.environ.get("PENTARCH_TARGET")
    if given:
        yield json.loads(Path(given).read_text())
        return
    place = Place(template=CHECKOUT / "template.yaml", home=tmp_path_factory.mktemp("stack"), port=free_port())
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    driver = Driver(place, environ, Progress())
    try:
        yield driver.up()
    finally:
        driver.down()
