"""The JavaScript client against the deployed stack: its own tests, and the examples that the references print."""

import base64
import json
from pathlib import Path

import pytest

from local.target import Target
from support import deployed, node

EXAMPLES = node.FOLDER / "examples"
NAMES = ("@pentarch/client", "@metaforge/client", "@aisemble/client", "metaqore-sdk")
"""By which the references import it; a project gives it such a name in its package.json."""
LOCAL = ("https://your-stack.example.com", "https://your-domain.com/api/v2", "http://localhost:3000")
KEYS = ("your-api-key", "your_api_key")

PICTURE = bytes.fromhex(  # a PNG of one pixel
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
IN_A_FUNCTION = "const imageBuffer = Buffer.from('{picture}', 'base64');\n(async () => {{\n{text}\n}})();\n"
"""CommonJS has no `await` outside of functions; the example also leaves it to the reader where the picture is from."""


def where(stack: Target, key: str) -> dict[str, str]:
    return {
        "PENTARCH_URL": str(stack["base_url"]),
        "PENTARCH_API_KEY": key,
        "PENTARCH_WEBSOCKET_URL": str(stack["websocket_url"]),
    }


def test_the_javascript_client_works_with_the_stack(stack: Target) -> None:
    key = deployed.new_tenant(stack, "js")["api_key"]
    tests = node.FOLDER / "test" / "stack" / "stack.test.js"
    told = node.run("--experimental-websocket", "--test", tests, env=where(stack, key), timeout_s=300)
    assert "# skipped 0" in told


@pytest.mark.parametrize(
    ("name", "last_line"),
    [
        ("metaqore.mjs", r" 0"),
        ("metaforge.mjs", "completed"),
        ("meta-agents.mjs", "completed"),
        ("caio.mjs", "true model:pentarch.extractive true"),
        ("aisemble.cjs", "}"),
    ],
)
def test_the_references_examples_run_as_they_are_written(
    name: str, last_line: str, stack: Target, tmp_path: Path
) -> None:
    key = deployed.new_tenant(stack, "js")["api_key"]
    with deployed.api(stack, key) as api:
        api.put("/api/v1/workspace/PRD.md", content=b"# Lamp\n\n- Output: 0 to 30 V, 3 A\n").raise_for_status()
    for package in NAMES:
        link = tmp_path / "node_modules" / package
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(node.FOLDER)
    text = (EXAMPLES / name).read_text()
    for placeholder in LOCAL:
        text = text.replace(placeholder, str(stack["base_url"]))
    for placeholder in KEYS:
        text = text.replace(placeholder, key)
    if name.endswith(".cjs"):
        text = IN_A_FUNCTION.format(picture=base64.b64encode(PICTURE).decode(), text=text)
    file = tmp_path / name
    file.write_text(text)
    told = node.run(file, env=where(stack, key))
    assert told.strip().endswith(last_line), json.dumps(told)
