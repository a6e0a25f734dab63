"""Holds every answer against what its method declares."""

import msgspec

from gridhall.app import registry
from gridhall.pipeline.rooms import OF_ROOMS

METHODS = {method.name: method for method in registry()}
ROOM_CODES = frozenset(code.code for code in OF_ROOMS)
META = frozenset({"ok", "error", "warning", "response_metadata", "needed", "provided"})
AS_USER = frozenset({"chat.postEphemeral", "chat.postMessage", "chat.scheduleMessage"})
"""Methods that a bot may not send `as_user`, and whose refusal names it."""


class Undeclared(AssertionError):
    """A server answered something that its method does not declare."""


def check(name: str, status: int, body: bytes, *, forced: bool = False) -> dict[str, object]:
    """Raise `Undeclared` where an answer is none of the method's; gives the decoded answer.

    Arguments:
        forced: the error is told by the method's result: it was asked for (api.test), or something was done all the same.
    """
    answer: dict[str, object] = msgspec.json.decode(body)
    method = METHODS.get(name)
    if answer.get("ok") is True:
        if method is None or status != 200:
            raise Undeclared(f"{name} answered ok with HTTP {status}")
        _check_result(name, method.result, answer, body)
    elif forced and method is not None:
        _check_result(name, method.result, answer, body)
        code = answer.get("error")
        if name != "api.test" and code is not None and code not in {error.code for error in method.errors}:
            raise Undeclared(f"{name} told {code}, which it does not declare")
    else:
        _check_refusal(name, status, answer, {error.code for error in method.errors} if method else set())
    return answer


def _check_result(name: str, result: type, answer: dict[str, object], body: bytes) -> None:
    try:
        typed: object = msgspec.json.decode(body, type=result)
    except msgspec.ValidationError as error:
        raise Undeclared(f"{name} answered a field of the wrong type: {error}") from error
    if msgspec.to_builtins(typed) != answer:
        raise Undeclared(f"{name} answered fields that its result does not have: {body!r}")


def _check_refusal(name: str, status: int, answer: dict[str, object], own: set[str]) -> None:
    code = answer.get("error")
    if code not in own and code not in ROOM_CODES:
        raise Undeclared(f"{name} refused with {code}, which neither it nor a room declares")
    if code == "internal_error":
        raise Undeclared(f"{name} met a defect")
    if status != (429 if code == "ratelimited" else 200):
        raise Undeclared(f"{name} refused {code} with HTTP {status}")
    if extra := answer.keys() - META - {field for field, said in _own(name, answer).items() if answer.get(field) == said}:
        raise Undeclared(f"{name} refused with fields that refusals do not have: {extra}")


def _own(name: str, answer: dict[str, object]) -> dict[str, object]:
    """The fields that some refusals of some methods have besides, with what is in them."""
    match name, answer.get("error"), answer.get("response_metadata"):
        case "chat.postMessage", "invalid_blocks" | "invalid_attachments", {"messages": list(messages)}:
            return {"errors": [message.removeprefix("[ERROR] ") for message in messages]}
        case _, "invalid_arguments", _ if name in AS_USER:
            return {"deprecated_argument": "as_user"}
    return {}
