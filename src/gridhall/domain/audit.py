"""The audit log: who did what to whom, written in the transaction that did it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.work import Work


class Entry(msgspec.Struct, gc=False):
    """One act. `at` is in Unix microseconds; `details` is JSON text. The operator of the command line is of kind `operator`."""

    organization: str
    id: str
    at: int
    action: str
    actor_kind: str
    actor: str
    entity_kind: str
    entity: str
    details: str


class Audit(Protocol):
    """Storage of the audit log."""

    async def add(self, entry: Entry) -> None: ...

    async def add_all(self, entries: Sequence[Entry]) -> None: ...

    async def list(self, organization: str) -> list[Entry]: ...


OPERATOR = "operator"


async def write(
    work: "Work",
    organization: str,
    action: str,
    *,
    entity: tuple[str, str],
    actor: "Actor | None",
    details: dict[str, object] | None = None,
) -> None:
    """Write one act into the log.

    Arguments:
        entity: the kind and the id of what was acted on.
        actor: who acted; None for the operator at the command line.
        details: what else to tell; never a secret. The log of another organization than the actor's tells the actor's too.
    """
    await work.audit.add(_entry(work, organization, action, entity, actor, details or {}))


async def write_at_both(
    work: "Work",
    organization: str,
    action: str,
    *,
    entity: tuple[str, str],
    actor: "Actor",
    details: dict[str, object],
) -> None:
    """Write one act into the log of an organization, and into the actor's own where that is another."""
    for log in dict.fromkeys((organization, actor.organization)):
        await write(work, log, action, entity=entity, actor=actor, details=details)


async def write_all(
    work: "Work",
    organization: str,
    acts: Sequence[tuple[str, dict[str, object]]],
    *,
    entity: tuple[str, str],
    actor: "Actor | None",
) -> None:
    """Write several acts on one entity into the log.

    Arguments:
        acts: each action with its details.
    """
    if len(acts) == 1:
        await write(work, organization, acts[0][0], entity=entity, actor=actor, details=acts[0][1])
    else:
        await work.audit.add_all([_entry(work, organization, action, entity, actor, details) for action, details in acts])


def _entry(
    work: "Work",
    organization: str,
    action: str,
    entity: tuple[str, str],
    actor: "Actor | None",
    details: dict[str, object],
) -> Entry:
    if actor is not None and actor.organization != organization:
        details = {**details, "actor_organization": actor.organization}
    return Entry(
        organization=organization,
        id=work.source.id("Au"),
        at=work.source.micros(),
        action=action,
        actor_kind="user" if actor else OPERATOR,
        actor=(actor.user or actor.token) if actor else OPERATOR,
        entity_kind=entity[0],
        entity=entity[1],
        details=msgspec.json.encode(details).decode(),
    )
