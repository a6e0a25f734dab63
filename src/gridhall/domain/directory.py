"""The directory: which conversations there are, and who is in them, page by page."""

from collections.abc import Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

import msgspec

from gridhall.domain.conversations import Listed


class Insider(NamedTuple):
    """Somebody in a conversation, and the organization that they are there from."""

    organization: str
    person: str


class Stay(msgspec.Struct, gc=False):
    """That somebody is or was in a conversation.

    `joined` is when they last came and `left` when they went then, 0 while they are in, both in Unix seconds. `workspace` is
    the channel's own, `wide` whether it is in several, whosever; `connected` tells whether other organizations share it.
    """

    organization: str
    id: str
    kind: str
    workspace: str | None
    wide: bool
    connected: bool
    joined: int
    left: int

    def team_at(self, organization: str) -> str:
        """The workspace that a channel is in, the organization where it is not in one alone, or no channel.

        Source: the page on the Admin Oversight API, of direct and group conversations.
        """
        here = self.organization == organization and not self.wide
        return self.workspace if here and self.workspace is not None else organization


class _Found(Protocol):
    id: str


FoundT = TypeVar("FoundT", bound=_Found)


class Stretch(NamedTuple, Generic[FoundT]):
    """Conversations by id, as far as one look went.

    `end` is the id that the look ended at, None where there is nothing behind it. A look takes in so many conversations at the
    most, whether it may tell of them or not, and so costs the same however many there are.
    """

    found: list[FoundT]
    end: str | None


class Directory(Protocol):
    """Storage of lists. `organization` and `workspace` are the caller's, and `seen_by` is the caller."""

    async def list_public(self, organization: str, workspace: str, *, seen_by: str, after: str, limit: int) -> Stretch[Listed]:
        """The public channels of a workspace after this id: its own, those shared with it, and those of every workspace."""
        ...

    async def list_of(
        self,
        person: Insider,
        organization: str,
        workspace: str,
        *,
        kinds: frozenset[str],
        seen_by: str,
        all_public: bool,
        exclude_archived: bool,
        after: str,
        limit: int,
    ) -> Stretch[Listed]:
        """The conversations after this id that a person is in.

        Channels are those of the workspace, as `seen_by` may see them there: those that they are in as well and, if
        `all_public`, every public one. Direct messages belong to no workspace.
        """
        ...

    async def list_stays(
        self,
        person: Insider,
        *,
        kinds: frozenset[str],
        include_left: bool,
        deleted_since: int,
        after: str,
        limit: int,
    ) -> Stretch[Stay]:
        """The conversations after this id that a person is in, whoever may see them, as their organization stands to them.

        Arguments:
            include_left: those as well that they have left.
            deleted_since: Unix seconds; what was deleted before is gone.
        """
        ...

    async def list_insiders(self, organization: str, conversation: str, *, after: Insider, limit: int) -> list[Insider]:
        """Who is in a conversation of a host organization after this one, by organization and id."""
        ...


def first_of(stretches: Sequence[Stretch[FoundT]], limit: int) -> tuple[list[FoundT], str]:
    """The first conversations of several stretches together.

    Arguments:
        limit: how many at the most; each stretch has one more where there are more.

    Returns:
        The conversations by id, and the id that the next page begins after: "" where there is none.
    """
    found = sorted((conversation for stretch in stretches for conversation in stretch.found), key=lambda one: one.id)
    # Behind the end of the shortest look there may be some that it has not come to.
    end = min((stretch.end for stretch in stretches if stretch.end is not None), default="")
    if end:
        found = [conversation for conversation in found if conversation.id <= end]
    if len(found) > limit:
        return found[:limit], found[limit - 1].id
    return found, end
