"""What depends on the conversation that is meant: the scope for its kind, and its own encryption key."""

import pytest

from gridhall.catalogue.method import Method
from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC
from surface.causes import METHODS
from surface.sound import caller, sound
from surface.stage import Stage, call

# One of each kind that Mia is in, and a token of hers that has scopes, though none for this kind.
KINDS = {
    PUBLIC: ("C0HALL00001", "xoxp-private-only"),
    PRIVATE: ("C0CLOSET001", "xoxp-public-only"),
    IM: ("D0MIAADA001", "xoxp-public-only"),
    MPIM: ("G0THREE0001", "xoxp-public-only"),
}

ABOUT_ONE = [method for method in METHODS.values() if any(argument.name == "channel" for argument in method.arguments)]


def needs_of(method: Method, kind: str) -> tuple[str, ...]:
    return method.scopes.by_kind.of(kind) if method.scopes.by_kind is not None else ()


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        # A method that serves one kind only has no scope that would serve another.
        pytest.param(method, kind, id=f"{method.name}-{kind}")
        for method in ABOUT_ONE
        for kind in KINDS
        if needs_of(method, kind) and method.name != "conversations.join"
    ],
)
def test_a_scope_for_another_kind_of_conversation_does_not_serve(method: Method, kind: str, stage: Stage) -> None:
    id, token = KINDS[kind]
    answer = call(stage.open, method.name, token, {**sound(stage.open, method.name), "channel": id})
    assert (answer["error"], answer["needed"]) == ("missing_scope", needs_of(method, kind)[0])


@pytest.mark.parametrize("method", [method for method in ABOUT_ONE if method.scopes.by_kind], ids=lambda method: method.name)
def test_who_lacks_the_scope_is_not_told_of_what_they_cannot_see(method: Method, stage: Stage) -> None:
    arguments = {**sound(stage.open, method.name), "channel": "C0VAULT0001"}
    assert call(stage.open, method.name, "xoxp-public-only", arguments)["error"] == "channel_not_found"


@pytest.mark.parametrize(
    ("method", "arguments", "needed"),
    [
        ("conversations.create", {"name": "new", "is_private": "true"}, "groups:write"),
        ("conversations.list", {"types": "public_channel,private_channel"}, "groups:read"),
        ("conversations.open", {"users": "W0ADA000001"}, "im:write"),
        ("conversations.open", {"users": "W0ADA000001,W0OWEN00001"}, "mpim:write"),
    ],
)
def test_a_scope_for_another_kind_than_is_asked_for_does_not_serve(
    method: str, arguments: dict[str, str], needed: str, stage: Stage
) -> None:
    answer = call(stage.open, method, "xoxp-public-only", arguments)
    assert (answer["error"], answer["needed"]) == ("missing_scope", needed)


@pytest.mark.parametrize("method", ABOUT_ONE, ids=lambda method: method.name)
def test_a_conversation_whose_key_was_withdrawn_is_closed(method: Method, stage: Stage) -> None:
    arguments = {**sound(stage.open, method.name), "channel": "C0SEALED001"}
    assert call(stage.open, method.name, caller(method), arguments)["error"] == "ekm_access_denied"
