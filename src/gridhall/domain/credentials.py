"""What people prove with who they are: a password, one-time codes, recovery codes."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

import msgspec

from gridhall.domain import audit, sessions
from gridhall.domain.signals import AuthorityChanged

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.audit import Doer
    from gridhall.domain.people import Person
    from gridhall.domain.work import Work


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


async def set_password(
    work: "Work", person: "Person", password_hash: str, *, actor: "Actor | Doer | None", goes_on: int | None = None
) -> None:
    """Give somebody another password. Whoever is signed in as them has to sign in anew.

    Arguments:
        goes_on: the session that sets it, which does not end.
    """
    await work.credentials.save_password(person.organization, person.id, password_hash)
    await sessions.end_of(work, person.organization, [person.id], other_than=goes_on)
    await audit.write(work, person.organization, "user_password_changed", entity=audit.user(person), actor=actor)


async def set_two_factor(
    work: "Work", person: "Person", secret: str | None, *, step: int = 0, actor: "Actor | Doer | None"
) -> None:
    """Set up somebody's second factor or, with None, take it away with its recovery codes.

    Arguments:
        secret: in Base32.
        step: the time step of the code by which it was confirmed.
    """
    await work.credentials.save_two_factor(person.organization, person.id, secret, step=step)
    await work.credentials.replace_recovery_codes(person.organization, person.id, ())
    action = "user_two_factor_removed" if secret is None else "user_two_factor_set_up"
    await audit.write(work, person.organization, action, entity=audit.user(person), actor=actor)
    work.signal(AuthorityChanged(person.organization))
