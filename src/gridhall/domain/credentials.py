"""What people prove with who they are: a password, one-time codes, recovery codes."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

import msgspec

from gridhall.contract.roles import Role
from gridhall.domain import audit, second_factor, sessions
from gridhall.domain.people import standing
from gridhall.domain.signals import AuthorityChanged

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.audit import Doer
    from gridhall.domain.organizations import Organization
    from gridhall.domain.people import Person
    from gridhall.domain.work import Work


ONE_TIME_CODE, RECOVERY_CODE = "one_time_code", "recovery_code"
"""Second factors, as the audit log tells them."""


class Credentials(msgspec.Struct, gc=False):
    """What is stored of them, in the order of the table's columns.

    `password_hash` is argon2id's, None for who cannot sign in; `two_factor_secret` is in Base32, None without a second factor;
    `two_factor_step` is the time step of the last one-time code that was taken.
    """

    organization: str
    person: str
    password_hash: str | None
    two_factor_secret: str | None
    two_factor_step: int


class CredentialsStorage(Protocol):
    """Storage of credentials."""

    async def find(self, organization: str, person: str) -> Credentials | None: ...

    async def save_password(self, organization: str, person: str, password_hash: str) -> None: ...

    async def save_two_factor(self, organization: str, person: str, secret: str | None, *, step: int) -> None:
        """Set up a second factor or, with None, take it away; the person's row tells of it too."""
        ...

    async def take_step(self, organization: str, person: str, step: int) -> bool:
        """Use up one-time codes up to this time step; False where it was used up already."""
        ...

    async def replace_recovery_codes(self, organization: str, person: str, hashes: Collection[str]) -> None: ...

    async def take_recovery_code(self, organization: str, person: str, hash: str) -> bool:
        """Use up a recovery code; False where there is no such one."""
        ...

    async def count_recovery_codes(self, organization: str, person: str) -> int: ...


async def hold(work: "Work", organization: str, person: str) -> Credentials:
    """Somebody's credentials, held so that nobody else changes them until this unit ends.

    Whoever signs in holds them as well: a session begins before they change, and ends with the others, or after.
    """
    await work.people.lock(organization, person)
    return await work.credentials.find(organization, person) or Credentials(organization, person, None, None, 0)


async def set_password(
    work: "Work", person: "Person", password_hash: str, *, actor: "Actor | Doer | None", goes_on: int | None = None
) -> None:
    """Give somebody another password. Whoever is signed in as them has to sign in anew.

    Arguments:
        goes_on: the session that sets it, which does not end.
    """
    await work.people.lock(person.organization, person.id)
    await work.credentials.save_password(person.organization, person.id, password_hash)
    await sessions.end_of(work, person.organization, [person.id], other_than=goes_on)
    await audit.write(work, person.organization, "user_password_changed", entity=audit.user(person), actor=actor)


async def take_code(work: "Work", held: Credentials, code: str) -> str | None:
    """Use up a one-time code, or a recovery code; gives which it is, None for neither."""
    if held.two_factor_secret is None:
        return None
    step = second_factor.step_of(held.two_factor_secret, code, work.source.seconds())
    if step is not None:
        return ONE_TIME_CODE if await work.credentials.take_step(held.organization, held.person, step) else None
    hash = second_factor.hash_of(code)
    return RECOVERY_CODE if await work.credentials.take_recovery_code(held.organization, held.person, hash) else None


async def set_two_factor(work: "Work", person: "Person", secret: str, step: int, *, actor: "Actor | Doer | None") -> list[str]:
    """Set up somebody's second factor, in place of the one before; gives its recovery codes.

    Arguments:
        secret: in Base32.
        step: the time step of the code by which it was confirmed.
    """
    await work.credentials.save_two_factor(person.organization, person.id, secret, step=step)
    codes = await _renew_recovery_codes(work, person)
    await audit.write(work, person.organization, "user_two_factor_set_up", entity=audit.user(person), actor=actor)
    work.signal(AuthorityChanged(person.organization))
    return codes


async def remove_two_factor(work: "Work", person: "Person", *, actor: "Actor | Doer | None") -> bool:
    """Take away somebody's second factor with its recovery codes; False where there is none."""
    if (await hold(work, person.organization, person.id)).two_factor_secret is None:
        return False
    await work.credentials.save_two_factor(person.organization, person.id, None, step=0)
    await work.credentials.replace_recovery_codes(person.organization, person.id, ())
    await audit.write(work, person.organization, "user_two_factor_removed", entity=audit.user(person), actor=actor)
    work.signal(AuthorityChanged(person.organization))
    return True


async def reset_two_factor(work: "Work", person: "Person", *, actor: "Actor | Doer | None") -> bool:
    """Take away a second factor that somebody lost; False where there is none. Their sessions end.

    Arguments:
        actor: who stands over them (see `may_reset_two_factor`); None for the operator at the command line.
    """
    removed = await remove_two_factor(work, person, actor=actor)
    if removed:
        await sessions.end_of(work, person.organization, [person.id])
    return removed


async def new_recovery_codes(work: "Work", person: "Person", *, actor: "Actor | Doer | None") -> list[str]:
    """Recovery codes in place of those before; none where there is no second factor."""
    if (await hold(work, person.organization, person.id)).two_factor_secret is None:
        return []
    codes = await _renew_recovery_codes(work, person)
    await audit.write(work, person.organization, "user_recovery_codes_renewed", entity=audit.user(person), actor=actor)
    return codes


async def _renew_recovery_codes(work: "Work", person: "Person") -> list[str]:
    codes = second_factor.new_recovery_codes(work.source)
    hashes = [second_factor.hash_of(code) for code in codes]
    await work.credentials.replace_recovery_codes(person.organization, person.id, hashes)
    return codes


async def administers_two_factor(work: "Work", organization: "Organization", person: "Person") -> bool:
    """Whether somebody may take away others' second factors: an owner of the Enterprise organization, or of the workspace where
    it has none above it."""
    return await _standing(work, organization, person) >= Role.OWNER


async def may_reset_two_factor(work: "Work", organization: "Organization", owner: "Person", person: "Person") -> bool:
    """Whether an owner may take away this person's second factor: that of everybody but themselves and who stands higher."""
    if person.id == owner.id or person.deleted or person.is_bot:
        return False
    own, theirs = await _standing(work, organization, owner), await _standing(work, organization, person)
    return own >= Role.OWNER and theirs <= own


async def _standing(work: "Work", organization: "Organization", person: "Person") -> Role:
    roles = {} if organization.enterprise else await work.people.roles(organization.id, person.id)
    return standing(person.org_role, roles.get(organization.id), person.guest)
