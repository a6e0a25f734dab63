"""Every documented code has one cause, tried here for real, or one reason why it has none."""

import pytest

from gridhall.pipeline.rooms import OF_ROOMS
from surface.causes import (
    CAUSES,
    DOCUMENTED,
    METHODS,
    NO_CAUSES,
    OBSERVED,
    OURS,
    PAIRS,
    PAIRS_OBSERVED,
    Pair,
    causes_of,
    codes_of,
    reasons_against,
)
from surface.page import ERRORS, errors_page
from surface.sound import caller
from surface.stage import Stage, call, send

CAUSED = [pair for pair in (*PAIRS, *PAIRS_OBSERVED) if causes_of(pair)]


def spelt(pair: Pair) -> str:
    return "-".join(pair)


@pytest.mark.parametrize("pair", CAUSED, ids=spelt)
def test_a_real_state_answers_the_code(pair: Pair, stage: Stage) -> None:
    method, code = pair
    (cause,) = causes_of(pair)
    assert cause.bring(stage, METHODS[method])["error"] == code


@pytest.mark.parametrize("method", METHODS)
def test_without_such_a_state_the_method_answers_ok(method: str, stage: Stage) -> None:
    answer = call(stage.open, method, caller(METHODS[method]))
    assert answer["ok"], answer


def test_every_pair_has_one_cause_or_one_reason_against() -> None:
    counts = {pair: (len(causes_of(pair)), len(reasons_against(pair))) for pair in PAIRS}
    assert {pair: count for pair, count in counts.items() if sum(count) != 1} == {}


def test_what_was_observed_is_declared_has_a_cause_and_is_on_no_reference_page() -> None:
    for method, codes in OBSERVED.items():
        assert codes.keys() <= {error.code for error in METHODS[method].errors}
        assert codes.keys().isdisjoint(DOCUMENTED[method])
    assert [pair for pair in PAIRS_OBSERVED if len(causes_of(pair)) != 1] == []


def test_every_cause_and_every_reason_is_of_some_pair() -> None:
    claims = [(cause.code, cause.applies) for cause in CAUSES] + [(reason.code, reason.applies) for reason in NO_CAUSES]
    for code, applies in claims:
        methods = [method.name for method in METHODS.values() if applies(method)]
        assert methods, code
        assert all(code in codes_of(method) for method in methods), (code, methods)


def test_every_method_has_its_documented_codes() -> None:
    assert METHODS.keys() == DOCUMENTED.keys()


@pytest.mark.parametrize("method", METHODS)
def test_a_method_declares_documented_and_observed_codes_only(method: str) -> None:
    declared = {error.code for error in METHODS[method].errors}
    assert declared <= codes_of(method)


@pytest.mark.parametrize("method", METHODS)
def test_what_rooms_answer_is_documented_or_ours(method: str) -> None:
    rooms = {error.code for error in OF_ROOMS}
    assert rooms - set(DOCUMENTED[method]) == OURS.keys() - set(DOCUMENTED[method])


@pytest.mark.parametrize("method", METHODS)
def test_a_json_body_is_an_object(method: str, stage: Stage) -> None:
    assert send(stage.open, method, None, b"{", "application/json")["error"] == "invalid_json"
    assert send(stage.open, method, None, b"[]", "application/json")["error"] == "json_not_object"


def test_a_method_that_does_not_exist_is_told_so(stage: Stage) -> None:
    assert send(stage.open, "users.notHere", None, b"", None)["error"] == "unknown_method"


def test_the_page_is_what_the_generator_writes() -> None:
    assert ERRORS.read_text() == errors_page()
