"""`gridhall methods`, and the pages that are written from what it says."""

from typing import Any

import msgspec
import pytest

from cli.program import ROOT
from gridhall.__main__ import main
from gridhall.app import registry
from gridhall.catalogue.method import method
from gridhall.catalogue.rates import Counted, per_organization
from gridhall.catalogue.registry import Registry
from gridhall.catalogue.scopes import needs_any
from gridhall.cli.methods import as_json, as_markdown, as_text
from gridhall.contract.rates import Limit
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain.call import Call

NAMES = [method.name for method in registry()]


class NoArgs(msgspec.Struct, frozen=True):
    """No arguments."""


@method(
    "probe.call",
    tokens=Token.USER,
    scopes=needs_any("probe:read", "probe:write"),
    rate=(Counted("probes", Limit(30, 1, 30), per_organization, shared=True),),
    on_request=True,
)
async def probe(call: Call, args: NoArgs) -> Ok:
    """Do nothing.

    What it answers
    is its own affair.
    """
    return Ok()


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
    assert photo["limits"] == [{"name": "tier two", "calls": 20, "seconds": 60, "burst": 20, "shared": False}]
    assert {"bad_image", "too_large", "too_many_frames"} <= set(photo["errors"])
    assert [argument["name"] for argument in photo["arguments"]] == ["crop_x", "crop_y", "crop_w", "image"]
    info = by_name["users.info"]["arguments"][0]
    assert (info["name"], info["type"], info["required"]) == ("user", "string", True)
    assert by_name["api.test"]["tokens"] == []


def test_scopes_of_which_one_is_enough_limits_that_are_shared_and_what_is_given_on_request() -> None:
    only = Registry([probe])
    (told,) = msgspec.json.decode(as_json(only))
    assert (told["scopes"], told["one_of_scopes"]) == (["probe:read", "probe:write"], ["probe:read", "probe:write"])
    assert (told["on_request"], told["limits"][0]["shared"]) == (True, True)
    assert (told["summary"], told["notes"]) == ("Do nothing.", "What it answers\nis its own affair.")
    text = as_text(only)
    assert "scopes: probe:read or probe:write" in text
    assert "probes, 30 in 1 s, together with others" in text
    page = as_markdown(only)
    assert "Do nothing.\n\nWhat it answers\nis its own affair.\n\n- Tokens" in page
    assert "- Scopes: one of `probe:read`, `probe:write`" in page
    assert "30 in 1 s, 30 at once, all methods with this limit together" in page
    assert "`oversight_access`" in page


@pytest.mark.parametrize(
    ("page", "command"), [("methods.md", ["methods", "--markdown"]), ("orgfile.schema.json", ["org", "schema"])]
)
def test_the_page_is_current(page: str, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == printed(capsys, *command), "run `make docs`"
