"""Who may call what, by the catalogue and the role rules, and as a server answers it."""

from pathlib import Path

import pytest

from harness.databases import Databases
from surface.authorization import CASES, METHODS, NEEDED, Case, expected
from surface.authorization.callers import ALL, ORGANIZATION_ADMINS, OUTSIDERS
from surface.authorization.observe import Outcomes, observe, serve
from surface.authorization.page import PAGE, page


@pytest.fixture(scope="module")
def outcomes(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    folder: Path = tmp_path_factory.mktemp("authorization")
    with serve(sqlite_databases, folder) as server:
        return observe(server)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_who_may_call_it(case: Case, outcomes: Outcomes) -> None:
    wrong = {
        (caller.label, caller.standing, scopes): (outcome, should)
        for caller in case.callers
        for scopes in case.scopes
        if (outcome := outcomes[case.title, caller, scopes]) != (should := expected(case, caller, scopes))
    }
    assert wrong == {}


def test_every_method_is_called() -> None:
    assert {case.method for case in CASES} == METHODS.keys()


def test_what_administers_or_oversees_is_tried_from_elsewhere() -> None:
    named = {name for name in METHODS if name.startswith(("admin.", "oversight."))}
    assert {case.method for case in CASES if set(OUTSIDERS) <= set(case.callers)} == named


def test_nobody_below_an_administrator_of_the_organization_administers_or_oversees(outcomes: Outcomes) -> None:
    above = {
        (case.method, caller.label, caller.standing, scopes)
        for case in CASES
        if case.method.startswith(("admin.", "oversight."))
        for caller in case.callers
        for scopes in case.scopes
        if outcomes[case.title, caller, scopes] == "ok"
    }
    methods = {case.method for case in CASES if case.method.startswith(("admin.", "oversight."))}
    assert {(label, standing) for _, label, standing, _ in above if not label.endswith("another organization")} == {
        (f"org-level {kind}", standing) for kind in ("user", "rotating user") for standing in ORGANIZATION_ADMINS
    }
    assert {scopes for *_, scopes in above} == {NEEDED, ALL}
    # Who administers another organization reaches what is theirs, where nothing of this one is named.
    assert {method for method, label, *_ in above if label.endswith("another organization")} == {
        "oversight.enterprise.info",
        "oversight.users.list",
        "oversight.conversations.list",
    }
    assert {method for method, *_ in above} == methods


def test_the_page_is_what_the_generator_writes(outcomes: Outcomes) -> None:
    assert PAGE.read_text() == page(outcomes)
