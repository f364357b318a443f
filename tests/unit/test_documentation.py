"""The documentation: its site builds without a warning, and its code is run or says why it is not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support import documented
from support.template import ROOT


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert (tmp_path / "site" / "laws.html").exists()


def test_a_reason_for_not_running_stands_above_a_block_that_would_run() -> None:
    said = sum(len(re.findall(r"^<!-- not run: .+ -->$", page.read_text(), re.MULTILINE)) for page in documented.PAGES)
    assert said == sum(block.not_run is not None for block in documented.blocks())


def test_every_console_block_has_a_command() -> None:
    empty = [
        (one.page, one.line)
        for one in documented.blocks()
        if one.language == "console" and not documented.commands(one)
    ]
    assert empty == []


COMMANDS = """\
$ curl -s $B/jobs -d '{"name": "greetings",
    "type": "x"}'
{"job_id":"job_01a1fdee053d781588338de20f87be7e",
"status":"queued",...}
$ ls \\
    -l
"""


def test_a_command_goes_on_while_a_quotation_or_a_backslash_is_open() -> None:
    block = documented.Block("page", 1, "console", COMMANDS.rstrip(), None)
    first, second = documented.commands(block)
    assert first.text.endswith('"type": "x"}\'')
    assert first.output.count("\n") == 2
    assert (second.text, second.output) == ("ls \\\n    -l", "")


@pytest.mark.parametrize(
    ("shown", "came", "differs"),
    [
        ('{"success":true,"data":{...}}', '{"success":true,"data":{"a":1}}', False),
        ('{"success":true,...}', '{"success":false,"error":{"code":"X"}}', True),
        ('{"success":false,"error":{"code":"X"}}', '{"success":true}', True),
        ('{"status":"queued",...}', '{"status":"failed"}', True),
        ("the trail holds: 143 events", "the trail holds: 5 events", False),
        ("the trail holds: 143 events", "event 5 was changed", True),
        ("...", "anything", False),
    ],
)
def test_an_output_differs_where_it_is_a_refusal_another_state_or_other_words(
    shown: str, came: str, *, differs: bool
) -> None:
    assert (documented.difference(shown, came) is not None) == differs


def test_an_id_of_the_page_stands_for_the_one_that_came() -> None:
    shown = '{"job_id":"job_01a1fdee053d781588338de20f87be7e","status":"queued"}'
    came = '{"job_id":"job_01b2", "status":"queued"}'
    assert documented.ids(shown, came) == {"job_01a1fdee053d781588338de20f87be7e": "job_01b2"}
