"""What the pages say, held against the program."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest

from docs.pages import PAGES, ROOT, anchors, blocks, coded, links, read, tables
from gridhall.__main__ import main
from gridhall.app import registry
from gridhall.cli.banner import Place, announce
from gridhall.cli.options import DEFAULT_DATABASE
from gridhall.domain.actions import OWN, Written
from gridhall.jobs import KINDS
from gridhall.pipeline.rooms import ROOMS
from gridhall.server import client

METHODS = [method.name for method in registry()]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
NUMBER = re.compile("[0-9]{4}")
NAME = re.compile(r"[a-z]+(\.[a-zA-Z]+)*\.([a-zA-Z]+|\*)")


def covers(names: Sequence[str], method: str) -> bool:
    """Whether a method is among the names, or in one of the families `family.*`."""
    return any(method == name or (name.endswith(".*") and method.startswith(name[:-1])) for name in names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for words, link in links(page):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link
        assert not NUMBER.fullmatch(words) or target.name.startswith(words), f"{words} is said of {target.name}"


def test_the_index_lists_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / link.partition("#")[0]).resolve() for _, link in links(index)}
    assert {page for page in PAGES if page.parent != ROOT / "docs" / "decisions"} - {index} <= listed


def test_the_readme_shows_the_banner_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    address = "http://127.0.0.1:3400"
    announce(Place(address, address, DEFAULT_DATABASE), demo=True)
    (shown,) = [block.text for block in blocks("text") if block.page == ROOT / "README.md"]
    assert shown == capsys.readouterr().out


def test_the_readme_tells_every_option_of_serve(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    told = set(re.findall(r"(--[a-z-]+) .*?\[(GRIDHALL_[A-Z_]+)\]", capsys.readouterr().out, re.DOTALL))
    (rows,) = tables(read("README.md"), "option of `gridhall serve`")
    written = {(coded(option)[0].split()[0], coded(variable)[0]) for option, variable, *_ in rows}
    assert written == told


def test_the_readme_names_what_is_built_and_nothing_else() -> None:
    built, _, missing = read("README.md").partition("## What works today")[2].partition("\nNot there yet")
    named = [name for name in coded(built) if NAME.fullmatch(name)]
    assert [method for method in METHODS if not covers(named, method)] == []
    assert [name for name in named if not any(covers([name], method) for method in METHODS)] == []
    absent = [name for name in coded(missing.partition("\n## ")[0]) if NAME.fullmatch(name)]
    assert [method for method in METHODS if covers(absent, method)] == []


def test_the_changelog_names_every_method() -> None:
    named = coded(read("CHANGELOG.md"))
    assert [method for method in METHODS if not covers(named, method)] == []


def test_the_rooms_are_told_with_their_codes() -> None:
    (rows,) = tables(read("docs/architecture.md"), "room")
    told = {
        room: {code for code in coded(codes) if "_" in code or code in ("accesslimited", "ratelimited")}
        for room, _, codes in rows
    }
    wanted = {room: {code.code for code in codes} for room, codes in ROOMS.items()}
    assert {room: codes - {"team_id"} for room, codes in told.items() if room in wanted} == wanted
    assert [*ROOMS, "seal"] == [room for room, *_ in rows]


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    wanted = [project["project"]["dependencies"], project["dependency-groups"]["dev"]]
    told = tables(read("docs/decisions/0001-licence-and-dependencies.md"), "package")
    for packages, rows in zip(wanted, told, strict=True):
        assert [row[0] for row in rows] == [re.split(r"[<>=; ]", package)[0] for package in packages]


def test_every_kind_of_job_is_told() -> None:
    (rows,) = tables(read("docs/operations.md"), "kind")
    assert {coded(kind)[0] for kind, *_ in rows} == KINDS.keys()


def test_every_action_of_the_audit_log_is_told_and_those_of_our_own_apart() -> None:
    platform, own = ([name for row in rows for name in coded(row[0])] for rows in tables(read("docs/audit.md"), "action"))
    assert sorted(own) == sorted(OWN)
    assert sorted([*platform, *own]) == sorted(get_args(Written))


def test_refusals_of_native_clients_are_told_with_their_statuses() -> None:
    (rows,) = tables(read("docs/sign-in.md"), "code")
    told: dict[str, int] = {}
    for codes, statuses, _ in rows:
        names, numbers = coded(codes), [int(number) for number in statuses.split(", ")]
        # One for all of them, or one each.
        told |= zip(names, numbers * len(names) if len(numbers) == 1 else numbers, strict=True)
    assert told == client._STATUS


def test_decisions_are_numbered_and_listed() -> None:
    assert [int(decision.name[:4]) for decision in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for decision in DECISIONS:
        assert decision.read_text(encoding="utf-8").startswith(f"# {decision.name[:4]} ")
    (rows,) = tables(read("docs/decisions/README.md"), "number")
    assert [number for number, _ in rows] == [f"[{decision.name[:4]}]({decision.name})" for decision in DECISIONS]
    assert [title for _, title in rows] == [
        decision.read_text(encoding="utf-8").partition("\n")[0][len("# 0000 ") :] for decision in DECISIONS
    ]


def test_the_code_names_pages_that_are_there() -> None:
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py"), ROOT / "Makefile", ROOT / "pyproject.toml"]
    named = {page for file in files for page in re.findall(r"docs/[\w/.-]+\.(?:md|json)", file.read_text(encoding="utf-8"))}
    assert named
    assert [page for page in named if not (ROOT / page).exists()] == []


def test_choices_are_of_methods_that_there_are() -> None:
    found = list(tables(read("docs/choices.md"), "method"))
    assert found
    for rows in found:
        for row in rows:
            method, *said = row
            assert len(said) == 3, row
            assert all(said), row
            names = [name for name in coded(method) if NAME.fullmatch(name)]
            # Other surfaces go by their paths.
            assert method in ("every method", "audit log", "second factors", "sign-in") or method.startswith("`/") or names, row
            assert [name for name in names if not any(covers([name], built) for built in METHODS)] == [], row
