"""The code in README and docs, run as a reader runs it: in order, page by page, against the deployed stack."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.target import Target
from support import deployed, documented, node
from support.documented import Block, Command
from support.template import ROOT

TRIES = 120
PAUSE_S = 0.5
PLACEHOLDERS = ("https://your-stack.example.com", "https://api.example.com/prod")
KEYS = ("your-api-key", "pk_...")
WANTED = [block for block in documented.blocks() if block.not_run is None]
PAGES = sorted({block.page for block in WANTED})
PRD = "# Bench supply\n\n- Output: 0 to 30 V, 3 A\n- Ripple: below 5 mV\n- Cost: below 120 EUR\n"


class Reader:
    """Who follows a page: a folder like a checkout, a tenant of their own, a shell that remembers."""

    def __init__(self, stack: Target, folder: Path) -> None:
        made = deployed.new_tenant(stack, "docs")
        self.folder = folder
        self.key = made["api_key"]
        self.base = str(stack["base_url"])
        self.names: dict[str, str] = {}
        """Ids that came, by those that the page shows."""
        (folder / ".local").mkdir()
        (folder / ".local" / "target.json").write_text(json.dumps({**stack, "api_key": self.key}))
        (folder / "PRD.md").write_text(PRD)
        for name in ("pentarch", ".venv"):
            (folder / name).symlink_to(ROOT / name)
        self.environment = {
            **os.environ,
            "B": self.base,
            "K": self.key,
            "BASE": self.base,
            "URL": self.base,
            "KEY": self.key,
            "PENTARCH_URL": self.base,
            "PENTARCH_API_KEY": self.key,
            "PENTARCH_WEBSOCKET_URL": str(stack["websocket_url"]),
        }
        self.begun: list[str] = []
        """Assignments so far: each command has a shell of its own."""

    def follow(self, block: Block) -> None:
        if block.language == "console":
            for command in documented.commands(block):
                self.type(command)
        elif block.language == "javascript":
            self.run(node.node(), "block.mjs", self.named(block.text))
        else:
            msg = "a page's Python is one program"
            raise ValueError(msg)

    def type(self, command: Command) -> None:
        """Run a command until its output is what the page shows, as far as that can be; what only reads is repeated."""
        text = self.named(command.text)
        if re.match(r"[A-Z]+=", text):
            self.begun.append(text)
        for _ in range(TRIES if command.only_reads else 1):
            done = self.shell(text)
            differs = documented.difference(command.output, done.stdout + done.stderr)
            if differs is None:
                break
            time.sleep(PAUSE_S)
        told = f"{text}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        assert differs is None, f"{differs}:\n{told}"
        assert done.returncode == 0 or command.output.strip(), told
        self.names |= documented.ids(command.output, done.stdout)

    def shell(self, text: str) -> subprocess.CompletedProcess[str]:
        script = "\n".join([*self.begun, text])
        return subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def run(self, program: str, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        done = subprocess.run(
            [program, name],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def named(self, text: str) -> str:
        for shown, came in self.names.items():
            text = text.replace(shown, came)
        for placeholder in PLACEHOLDERS:
            text = text.replace(placeholder, self.base)
        for placeholder in KEYS:
            text = text.replace(placeholder, self.key)
        return text


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_works_as_it_is_written(page: str, stack: Target, tmp_path: Path) -> None:
    reader = Reader(stack, tmp_path)
    mine = [block for block in WANTED if block.page == page]
    if any(block.language == "javascript" for block in mine):
        link = tmp_path / "node_modules" / "@pentarch" / "client"
        link.parent.mkdir(parents=True)
        link.symlink_to(node.FOLDER)
    python = [block.text for block in mine if block.language == "python"]
    for block in mine:
        if block.language != "python":
            reader.follow(block)
    if python:
        begin = f"B, K, KEY = {reader.base!r}, {reader.key!r}, {reader.key!r}\n"
        reader.run(sys.executable, "block.py", begin + reader.named("\n".join(python)))
