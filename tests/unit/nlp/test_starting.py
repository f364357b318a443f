"""What is there before a function's first event."""

import os
import subprocess
import sys

import pytest

TOLD = "import nlp.api; from nlp.local import language; print(language._identifier.cache_info().currsize)"


@pytest.mark.parametrize(("given", "there"), [({"AWS_LAMBDA_FUNCTION_NAME": "nlp"}, "1"), ({}, "0")])
def test_the_model_of_languages_is_loaded_while_lambda_starts(given: dict[str, str], there: str) -> None:
    """A new environment has more CPU until its handler is there; elsewhere an import has to be quick."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)} | given
    done = subprocess.run([sys.executable, "-c", TOLD], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == there
