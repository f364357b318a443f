"""The classifier of digits that a fresh stack gets: what it is made of, and that it knows digits it has not seen."""

import json
from hashlib import sha256
from pathlib import Path

import digits
from pentarch.models import sessions
from pentarch.models.manifest import Manifest
from support.pictures import drawn
from vision import answers
from vision.preparing import prepared


def test_the_classifier_is_as_its_manifest_says_and_knows_digits(tmp_path: Path) -> None:
    digits.build(tmp_path)

    content = (tmp_path / "digits.onnx").read_bytes()
    told = json.loads((tmp_path / "digits.json").read_text())
    manifest = Manifest.model_validate(told)
    assert (manifest.sha256, manifest.size_bytes) == (sha256(content).hexdigest(), len(content))
    assert float(told["description"].partition("; ")[2].partition("%")[0]) >= 95
    session = sessions.of_bytes(manifest, content)
    sessions.tried(session)
    for ink, ground in (("black", "white"), ("#ffe0a0", "#203060")):
        read = ""
        for digit in range(10):
            given = prepared(drawn(str(digit), size=(160, 200), ink=ink, ground=ground), manifest.input)
            [best] = answers.classes(session.run(given.values), manifest.labels, manifest.output, 1)
            read += best.name
        assert read == "0123456789"
