"""Result or refusal to the wire's shape."""

from dataclasses import dataclass

import msgspec
from msgspec import UNSET

from gridhall.contract.errors import InternalError, Ratelimited, Refusal
from gridhall.contract.wire import Ok, ResponseMetadata
from gridhall.pipeline.rooms import OF_ROOMS

JSON = (b"content-type", b"application/json; charset=utf-8")

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Answer:
    """What goes over the wire, and what the log says of it.

    Arguments:
        outcome: `ok` or the code of the refusal.
        id: the request's id.
        took: seconds from the first room to the last.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    outcome: str
    id: str = ""
    took: float = 0.0


def seal(result: Ok, warnings: tuple[str, ...], headers: list[tuple[bytes, bytes]]) -> Answer:
    """An answer that says yes."""
    if warnings:
        _warn(result, warnings)
    body = _encode(result)
    headers.append((b"content-length", b"%d" % len(body)))
    return Answer(200, headers, body, "ok" if result.ok else "echoed")


def seal_refusal(refusal: Refusal, warnings: tuple[str, ...], headers: list[tuple[bytes, bytes]]) -> Answer:
    """An answer that says no: HTTP 200 all the same, except for rate limiting. Source: the platform's page on its Web API."""
    answer: dict[str, object] = {"ok": False, "error": refusal.code, **refusal.fields}
    metadata: dict[str, object] = {}
    if refusal.messages:
        metadata["messages"] = list(refusal.messages)
    if warnings:
        answer["warning"] = ",".join(warnings)
        metadata["warnings"] = list(warnings)
    if metadata:
        answer["response_metadata"] = metadata
    status = 200
    if isinstance(refusal, Ratelimited):
        status = 429
        headers.append((b"retry-after", b"%d" % refusal.retry_after))
    body = _encode(answer)
    headers.append((b"content-length", b"%d" % len(body)))
    return Answer(status, headers, body, refusal.code)


def declared_or_defect(refusal: Refusal, declared: frozenset[type[Refusal]]) -> Refusal:
    """The refusal, where the method or a room declares it; else a defect, which is no caller's business."""
    kind = type(refusal)
    return refusal if kind in declared or kind in OF_ROOMS else InternalError()


def _warn(result: Ok, warnings: tuple[str, ...]) -> None:
    own = () if result.warning is UNSET else tuple(result.warning.split(","))
    every = [*own, *warnings]
    result.warning = ",".join(every)
    metadata = ResponseMetadata() if result.response_metadata is UNSET else result.response_metadata
    metadata.warnings = every
    result.response_metadata = metadata
