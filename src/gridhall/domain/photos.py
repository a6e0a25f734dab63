"""Profile pictures: uploaded ones, kept in every size, and drawn ones for who has none."""

from typing import TYPE_CHECKING, Protocol

import msgspec

from gridhall.domain import audit
from gridhall.domain.imaging import SIZES, Rendered, default_hash
from gridhall.domain.people import Person
from gridhall.domain.site import Site

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.work import Work


class Photos(Protocol):
    """Storage of pictures."""

    async def find(self, hash: str, size: str) -> bytes | None:
        """The PNG of one size; sizes are `24` to `1024` and `original`."""
        ...

    async def replace(self, organization: str, person: str, hash: str, pictures: dict[str, bytes]) -> None:
        """Keep these pictures of a person and forget the ones before."""
        ...

    async def remove(self, organization: str, person: str) -> None: ...


async def choose(work: "Work", user: str, rendered: Rendered, *, site: Site, actor: "Actor") -> None:
    """Make this the person's picture."""
    # Of two pictures at once the later one counts, and the earlier one's files go.
    person = await work.people.lock(actor.organization, user)
    assert person is not None
    await work.photos.replace(actor.organization, user, rendered.hash, rendered.pictures)
    await _save(work, person, rendered.hash, site=site, actor=actor)


async def remove(work: "Work", user: str, *, site: Site, actor: "Actor") -> None:
    """Return to the drawn picture; who has it already is not changed."""
    person = await work.people.lock(actor.organization, user)
    if person is None or person.photo is None:
        return
    await work.photos.remove(actor.organization, user)
    await _save(work, person, None, site=site, actor=actor)


async def _save(work: "Work", person: Person, photo: str | None, *, site: Site, actor: "Actor") -> None:
    changed = msgspec.structs.replace(person, photo=photo)
    await work.people.save_photo(person.organization, person.id, photo, work.source.seconds())
    if photo != person.photo:
        details: dict[str, object] = {"previous_profile": _addresses(person, site), "new_profile": _addresses(changed, site)}
        entity = audit.user(person, actor.team)
        await audit.write(work, person.organization, "user_profile_updated", entity=entity, actor=actor, details=details)


def _addresses(person: Person, site: Site) -> dict[str, str]:
    """Where somebody's picture is, in every size that a profile links to."""
    if person.photo is None:
        hash = default_hash(person.organization, person.id)
        return {f"image_{size}": site.picture(hash, size) for size in SIZES[:-1]}
    return {f"image_{size}": site.picture(person.photo, size) for size in (*SIZES, "original")}
