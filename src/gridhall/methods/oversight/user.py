"""oversight.user.*"""

from typing import Annotated

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import InvalidArgs, InvalidEmail, UserNotFound
from gridhall.contract.objects import User
from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC
from gridhall.contract.wire import Ok
from gridhall.domain import audit, oversight
from gridhall.domain.call import Call
from gridhall.domain.directory import Insider, Stay, first_of
from gridhall.domain.people import is_email
from gridhall.methods.oversight.declare import Paged, entries, go_on, overseeing
from gridhall.methods.oversight.users import READ, overseen

KINDS = (PUBLIC, PRIVATE, IM, MPIM)


class InfoArgs(msgspec.Struct, frozen=True):
    """Arguments of oversight.user.info."""

    email: Annotated[str | None, Arg("The person's address, where `user` is not given.", example="name@example.com")] = None
    user: Annotated[str | None, Arg("The person or bot.", example="W0123ABC456")] = None


class InfoResult(Ok, kw_only=True):
    """One person or bot."""

    user: User


@overseeing("oversight.user.info", scopes=READ, errors=(InvalidArgs, InvalidEmail, UserNotFound))
async def info(call: Call, args: InfoArgs) -> InfoResult:
    """Tell about a person or a bot of the organization, deactivated or not.

    The answer is as the Discovery API's clients read it, a user under `user`: the platform's page has no example.
    """
    people, actor = call.work.people, call.actor
    id = args.user
    if id is None:
        if args.email is None:
            raise InvalidArgs
        email = args.email.strip()
        if not is_email(email):
            raise InvalidEmail
        id = await people.find_owner_of(actor.organization, email)
    member = await people.find_member(actor.organization, None, id, app=actor.app) if id is not None else None
    if member is None:
        raise UserNotFound
    oversight.look(call, "oversight_user_viewed", audit.user(member), by="user" if args.user is not None else "email")
    return InfoResult(user=overseen(call, member))


class ConversationsArgs(msgspec.Struct, frozen=True):
    """Arguments of oversight.user.conversations."""

    user: Annotated[str, Arg("Whose conversations.", example="W0MLS084A")]
    cursor: Annotated[str | None, Arg("Where the page before ended.")] = None
    include_historical: Annotated[bool, Arg("List those as well that they have left.")] = False
    limit: Annotated[int, Arg("How many conversations at the most.", least=0, example="500")] = oversight.MOST
    offset: Annotated[str | None, Arg("The same as `cursor`.", example="D0123ABC890")] = None
    only_im: Annotated[bool, Arg("List direct messages alone.")] = False
    only_mpim: Annotated[bool, Arg("List group conversations alone.")] = False
    only_private: Annotated[bool, Arg("List private channels alone.")] = False
    only_public: Annotated[bool, Arg("List public channels alone.")] = False


class OverseenStay(msgspec.Struct, kw_only=True):
    """A conversation, and when somebody last came and left (Unix seconds, 0 while they are in).

    `team_id` is a workspace, or the organization where the conversation is not in one alone.
    """

    id: str
    team_id: str
    date_joined: int
    date_left: int
    is_private: bool
    is_im: bool
    is_mpim: bool
    is_ext_shared: bool


class ConversationsResult(Paged, kw_only=True):
    """The conversations by id, and where the next page begins."""

    channels: list[OverseenStay]


@overseeing("oversight.user.conversations", scopes=needs("admin.conversations:read"), errors=(InvalidArgs, UserNotFound))
async def list_conversations(call: Call, args: ConversationsArgs) -> ConversationsResult:
    """List the conversations of every kind that a person of the organization is in, or was.

    An entry has the fields of the Discovery API's method of that name, which turns pages too: the platform's page has no
    example, and names no argument for where a page begins.
    """
    work, actor = call.work, call.actor
    asked = [kind for kind in KINDS if getattr(args, f"only_{kind}")]
    if len(asked) > 1:
        raise InvalidArgs
    person = await work.people.find(actor.organization, args.user)
    if person is None:
        raise UserNotFound
    listing = call.listing("oversight.user.conversations", person.id, str(args.include_historical), *asked)
    after = oversight.position(call, listing, cursor=args.cursor, offset=args.offset, or_refuse=InvalidArgs)
    limit = entries(args.limit)
    theirs = await work.directory.list_stays(
        Insider(person.organization, person.id),
        kinds=frozenset(asked or KINDS),
        include_left=args.include_historical,
        deleted_since=work.source.seconds() - oversight.READABLE_FOR,
        after=after,
        limit=limit + 1,
    )
    shown, next_after = first_of([theirs], limit)
    result = ConversationsResult(channels=[_stay(actor.organization, stay) for stay in shown])
    go_on(call, result, listing, next_after or None)
    oversight.look(
        call,
        "oversight_user_conversations_listed",
        audit.user(person),
        only=asked[0] if asked else None,
        include_historical=args.include_historical or None,
        conversations=len(shown),
    )
    return result


def _stay(organization: str, stay: Stay) -> OverseenStay:
    return OverseenStay(
        id=stay.id,
        team_id=stay.team_at(organization),
        date_joined=stay.joined,
        date_left=stay.left,
        is_private=stay.kind != PUBLIC,
        is_im=stay.kind == IM,
        is_mpim=stay.kind == MPIM,
        is_ext_shared=stay.connected,
    )
