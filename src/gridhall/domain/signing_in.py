"""Signing in and out: what follows once somebody has proved who they are, or has failed to; each with its audit entry."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from gridhall.domain import audit, credentials, places, sessions
from gridhall.domain.audit import Act, Doer
from gridhall.domain.devices import Device
from gridhall.domain.people import Person
from gridhall.domain.places import Place
from gridhall.domain.secrets import hash_of
from gridhall.domain.sessions import Secrets, Session

if TYPE_CHECKING:
    from gridhall.domain.work import Work


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody is signed in.

    Arguments:
        lasts: whether the cookie outlives the browser: False where the session is to end with its client.
        recovery_codes: told this once, where a second factor was set up.
    """

    session: Session
    secrets: Secrets
    place: Place
    lasts: bool
    recovery_codes: list[str] = field(default_factory=list)


def doer_at(work: "Work", place: Place, person: Person, session: int | None) -> Doer:
    """Somebody who acts there, as the audit log tells them."""
    return audit.person_doer(work, person, place.location, session=session, team=place.id)


async def begin(
    work: "Work",
    place: Place,
    person: Person,
    *,
    client: str,
    device: Device,
    replaces: str | None,
    how: str,
    set_up: tuple[str, int] | None = None,
) -> SignedIn:
    """Sign somebody in who has proved who they are.

    Arguments:
        client: the kind of client.
        replaces: the cookie of the session that the same browser had before, which ends by it.
        how: by which second factor.
        set_up: the secret of a second factor that they set up by it, and the time step of its first code.
    """
    if replaces is not None:
        before = await work.sessions.find_by_cookie(hash_of(replaces), now=work.source.seconds())
        if before is not None:
            await out(work, before)
    organization = place.organization
    session, secrets = await sessions.begin(work, organization, person, workspace=place.id, client=client, device=device)
    doer, entity = doer_at(work, place, person, session.id), audit.user(person, place.id)
    details: dict[str, object] = {"client": client, "second_factor": how}
    codes = []
    if set_up is not None:
        codes = await credentials.set_two_factor(work, person, *set_up, actor=doer)
    elif how == credentials.RECOVERY_CODE:
        details["recovery_codes_left"] = await work.credentials.count_recovery_codes(organization.id, person.id)
    await audit.write(work, organization.id, "user_login", entity=entity, actor=doer, details=details)
    lasts = not await sessions.end_with_client(work, organization, person.id)
    return SignedIn(session, secrets, place, lasts, codes)


async def failed(work: "Work", place: Place, person: str, *, client: str, step: str) -> None:
    """Tell the audit log of a wrong password or code; not of attempts that were throttled, by which a flood would fill it."""
    who = await work.people.find(place.organization.id, person)
    if who is not None:
        doer, entity = doer_at(work, place, who, None), audit.user(who, place.id)
        details: dict[str, object] = {"client": client, "step": step}
        await audit.write(work, place.organization.id, "user_login_failed", entity=entity, actor=doer, details=details)


async def out(work: "Work", session: Session) -> None:
    """End a session because its own device asks for it."""
    place = await places.find(work, session.workspace)
    person = await work.people.find(session.organization, session.person)
    if await sessions.end(work, session.organization, [session.id]) and place is not None and person is not None:
        doer = doer_at(work, place, person, session.id)
        entity = audit.user(person, place.id)
        await audit.write(
            work, session.organization, "user_logout", entity=entity, actor=doer, details={"client": session.client}
        )


def ended(person: Person, session: Session, doer: Doer) -> Act:
    """What the audit log tells of a session that somebody ended: an administrator, or its person from another device."""
    device = msgspec.json.decode(session.recent_device or session.device, type=Device)
    details: dict[str, object] = {
        "session_id": str(session.id),
        "client": session.client,
        "device": msgspec.to_builtins(device),
    }
    return Act("user_session_invalidated", audit.user(person, session.workspace), doer, details)
