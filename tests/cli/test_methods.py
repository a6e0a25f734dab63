"""`gridhall methods`, and the pages that are written from what it says."""

from typing import Any

import msgspec
import pytest

from cli.program import ROOT
from gridhall.__main__ import main
from gridhall.app import registry

NAMES = [method.name for method in registry()]


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = printed(capsys, "methods").strip().split("\n\n")
    assert [block.partition(" ")[0] for block in blocks] == NAMES
    block = next(block for block in blocks if block.startswith("users.conversations "))
    assert "exclude_archived: boolean, default False" in block
    assert "tokens: bot, user, legacy, client" in block
    assert "channels:read" in block
    assert "tier three, 50 in 60 s" in block
    assert "invalid_limit" in block


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    methods: list[dict[str, Any]] = msgspec.json.decode(printed(capsys, "methods", "--json"))
    assert [method["name"] for method in methods] == NAMES
    by_name = {method["name"]: method for method in methods}
    photo = by_name["users.setPhoto"]
    assert photo["tokens"] == ["user", "legacy", "client"]
    assert photo["scopes"] == ["users.profile:write"]
    assert photo["writes"] is True
    assert photo["limits"] == [{"name": "tier two", "calls": 20, "seconds": 60, "burst": 20}]
    assert {"bad_image", "too_large", "too_many_frames"} <= set(photo["errors"])
    assert [argument["name"] for argument in photo["arguments"]] == ["crop_x", "crop_y", "crop_w", "image"]
    info = by_name["users.info"]["arguments"][0]
    assert (info["name"], info["type"], info["required"]) == ("user", "string", True)
    assert by_name["api.test"]["tokens"] == []


@pytest.mark.parametrize(
    ("page", "command"), [("methods.md", ["methods", "--markdown"]), ("orgfile.schema.json", ["org", "schema"])]
)
def test_the_page_is_current(page: str, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == printed(capsys, *command), "run `make docs`"
