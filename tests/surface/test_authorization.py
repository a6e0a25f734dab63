"""Who may call what, by the catalogue and the role rules, and as a server answers it."""

from pathlib import Path

import pytest

from harness.databases import Databases
from surface.authorization import CALLERS, CASES, METHODS, SCOPES, Case, expected
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
        for caller in CALLERS
        for scopes in SCOPES
        if (outcome := outcomes[case.title, caller, scopes]) != (should := expected(case, caller, scopes))
    }
    assert wrong == {}


def test_every_method_is_called() -> None:
    assert {case.method for case in CASES} == METHODS.keys()


def test_the_page_is_what_the_generator_writes(outcomes: Outcomes) -> None:
    assert PAGE.read_text() == page(outcomes)
