"""AWS clients: making one takes as long as a hundred calls, so each is made once."""

import pytest

from pentarch.platform import clients


@pytest.mark.usefixtures("aws")
def test_each_client_is_made_once() -> None:
    for make in (
        clients.dynamodb,
        clients.s3,
        lambda: clients.prediction_functions(10),
        lambda: clients.bedrock_runtime(60),
        lambda: clients.comprehend("eu-west-1", 19.5),
        lambda: clients.inspection("cloudwatch"),
    ):
        assert make() is make()
