"""The examples of all pages, run against a live server with the demonstration's organization."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.program import ROOT, environment
from docs.pages import Block, blocks
from gridhall.cli import main as command_line
from harness.live import CONTROL_KEY, Live

TIMEOUT = 60
ADDRESS, KEY = "http://127.0.0.1:3400", "a-key-of-yours"
NODE = ROOT / "tests" / "node"

COMMANDS = [block for block in blocks("bash") if block.text.startswith(("curl ", "gridhall "))]
LINES = [(block, line) for block in blocks("sh", "bash") for line in block.text.splitlines() if line.startswith("gridhall ")]


def here(text: str, server: Live) -> str:
    """An example with the server's address and key."""
    return text.replace(ADDRESS, server.url).replace(KEY, CONTROL_KEY)


@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_python(block: Block, demonstration: Live) -> None:
    # Empty lines before it let a traceback tell the page's own line.
    text = "\n" * block.line + here(block.text, demonstration)
    exec(compile(text, block.page, "exec"), {"__name__": "example"})


@pytest.mark.parametrize("block", COMMANDS, ids=str)
def test_commands(block: Block, demonstration: Live, database: str, tmp_path: Path) -> None:
    if "curl " in block.text and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    program = tmp_path / "bin" / "gridhall"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m gridhall "$@"\n')
    program.chmod(0o755)
    variables = environment(GRIDHALL_DATABASE=database, GRIDHALL_URL=demonstration.url)
    variables["PATH"] = f"{program.parent}{os.pathsep}{variables['PATH']}"
    ended = subprocess.run(
        ["sh", "-e"],
        input=here(block.text, demonstration),
        env=variables,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert ended.returncode == 0, ended.stderr
    assert '"error"' not in ended.stdout


@pytest.mark.parametrize("block", blocks("js"), ids=str)
def test_node(block: Block, demonstration: Live) -> None:
    missing = None
    if shutil.which("node") is None:
        missing = "node is not installed"
    elif not (NODE / "node_modules").is_dir():
        missing = "the Node clients are not installed: run `make setup-node`"
    if missing and os.environ.get("GRIDHALL_REQUIRE_NODE") == "1":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    program = ["node", "--input-type=module", "--eval", here(block.text, demonstration)]
    ended = subprocess.run(program, cwd=NODE, capture_output=True, text=True, timeout=TIMEOUT)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(("block", "line"), LINES, ids=[f"{block}: {line}" for block, line in LINES])
def test_the_command_line_takes_what_pages_write(block: Block, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GRIDHALL_"):
            monkeypatch.delenv(name)
    command_line._parser().parse_args(shlex.split(line, comments=True)[1:])
