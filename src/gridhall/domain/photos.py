"""Profile pictures: uploaded ones, kept in every size, and drawn ones for who has none."""

from typing import TYPE_CHECKING, Protocol

from gridhall.domain.imaging import Rendered

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


async def choose(work: "Work", user: str, rendered: Rendered, *, actor: "Actor") -> None:
    """Make this the person's picture."""
    # Of two pictures at once the later one counts, and the earlier one's files go.
    await work.people.lock(actor.organization, user)
    await work.photos.replace(actor.organization, user, rendered.hash, rendered.pictures)
    await work.people.save_photo(actor.organization, user, rendered.hash, work.source.seconds())


async def remove(work: "Work", user: str, *, actor: "Actor") -> None:
    """Return to the drawn picture; who has it already is not changed."""
    person = await work.people.lock(actor.organization, user)
    if person is None or person.photo is None:
        return
    await work.photos.remove(actor.organization, user)
    await work.people.save_photo(actor.organization, user, None, work.source.seconds())
