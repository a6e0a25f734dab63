"""reactions.*"""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import OrgToken, method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    AccessDenied,
    AlreadyReacted,
    BadTimestamp,
    ChannelNotFound,
    FileCommentNotFound,
    FileNotFound,
    InvalidArguments,
    InvalidCursor,
    InvalidName,
    IsArchived,
    MessageNotFound,
    NoAccess,
    NoItemSpecified,
    NoReaction,
    NotReactable,
    Refusal,
    TooManyEmoji,
    TooManyReactions,
    UserNotFound,
)
from gridhall.contract.messages import Message, ready
from gridhall.contract.rates import Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, Paging, page
from gridhall.domain import conversations, items, reactions, reading
from gridhall.domain.call import Call
from gridhall.domain.conversations import Hold, Seen
from gridhall.domain.messages import Message as Stored
from gridhall.domain.people import Person, find_visible
from gridhall.domain.reactions import NEWEST, Given, Item

MOST_LISTED = 1000
"""The largest page of reactions.list. Source: its reference page; a larger one counts as it."""

MOST_PAGES = 100
"""The last page of reactions.list that goes by a number. Source: its reference page; a later one counts as it."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Given).decode


class AddArgs(msgspec.Struct, frozen=True):
    """Arguments of reactions.add."""

    channel: Annotated[str, Arg("Where the message is.", missing=NoItemSpecified, example="C1234567890")]
    name: Annotated[str, Arg("The emoji's name, without colons.", missing=InvalidName, example="thumbsup")]
    timestamp: Annotated[str, Arg("The message's `ts`.", missing=NoItemSpecified, example="1234567890.123456")]
    file: Annotated[str | None, Arg("A file: nobody can react to one any more.")] = None
    file_comment: Annotated[str | None, Arg("A comment on a file: nobody can react to one any more.")] = None


class RemoveArgs(msgspec.Struct, frozen=True):
    """Arguments of reactions.remove."""

    name: Annotated[str, Arg("The emoji's name, without colons.", missing=InvalidName, example="thumbsup")]
    channel: Annotated[str | None, Arg("Where the message is.", example="C1234567890")] = None
    timestamp: Annotated[str | None, Arg("The message's `ts`.", example="1234567890.123456")] = None
    file: Annotated[str | None, Arg("A file.", example="F1234567890")] = None
    file_comment: Annotated[str | None, Arg("A comment on a file.", example="Fc1234567890")] = None


class GetArgs(msgspec.Struct, frozen=True):
    """Arguments of reactions.get."""

    channel: Annotated[str | None, Arg("Where the message is.", example="C0NF841BK")] = None
    timestamp: Annotated[str | None, Arg("The message's `ts`.", example="1524523204.000192")] = None
    file: Annotated[str | None, Arg("A file.", example="F1234567890")] = None
    file_comment: Annotated[str | None, Arg("A comment on a file.", example="Fc1234567890")] = None
    full: Annotated[bool, Arg("Tell everybody who reacted, as is done in any case.")] = False


class GetResult(Ok, kw_only=True):
    """The message with its reactions."""

    type: str = "message"
    channel: str
    message: Message


class ListArgs(msgspec.Struct, frozen=True):
    """Arguments of reactions.list."""

    user: Annotated[str | None, Arg("Whose reactions; by default the caller's own.", example="W1234567890")] = None
    full: Annotated[bool, Arg("Tell everybody who reacted, as is done in any case.")] = False
    count: Annotated[int, Arg("How many items a page has, up to 1,000.", least=1, example="20")] = 100
    page: Annotated[int, Arg("Which page, up to 100.", least=1, example="2")] = 1
    cursor: Annotated[str | None, Arg("Where the page before ended.", example="dXNlcjpVMDYxTkZUVDI=")] = None
    limit: Annotated[int, Arg("How many items at the most, up to 1,000; 0 for pages by number.", least=0, example="20")] = 0
    team_id: Annotated[str | None, Arg("The workspace, where the token is org-level.")] = None


class ListedItem(msgspec.Struct, kw_only=True):
    """One item that somebody reacted to."""

    type: str = "message"
    channel: str
    message: Message


class ListResult(Ok, kw_only=True):
    """The items, newest reaction first; `paging` where the page goes by its number."""

    items: list[ListedItem]
    paging: Paging | UnsetType = UNSET


@method(
    "reactions.add",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("reactions:write"),
    rate=Tier.THREE,
    errors=(
        AlreadyReacted,
        BadTimestamp,
        ChannelNotFound,
        InvalidName,
        IsArchived,
        MessageNotFound,
        NoAccess,
        NoItemSpecified,
        NotReactable,
        TooManyEmoji,
        TooManyReactions,
    ),
    writes=True,
)
async def add(call: Call, args: AddArgs) -> Ok:
    """React to a message."""
    if args.file or args.file_comment:
        raise NotReactable
    conversation = await _conversation(call, args.channel, Hold.STEADY, NoAccess)
    if conversation.archived:
        raise IsArchived
    message = await items.find_in_sight(call, conversation, args.timestamp, held=True)
    await reactions.add(call.work, message, args.name, actor=call.actor)
    return Ok()


@method(
    "reactions.remove",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("reactions:write"),
    rate=Tier.TWO,
    errors=(
        BadTimestamp,
        ChannelNotFound,
        FileCommentNotFound,
        FileNotFound,
        InvalidName,
        MessageNotFound,
        NoAccess,
        NoItemSpecified,
        NoReaction,
    ),
    writes=True,
)
async def remove(call: Call, args: RemoveArgs) -> Ok:
    """Take a reaction of one's own away."""
    channel, timestamp = _item_of(args)
    conversation = await _conversation(call, channel, Hold.STEADY, NoAccess)
    message = await items.find_in_sight(call, conversation, timestamp, held=True)
    await reactions.remove(call.work, message, args.name, actor=call.actor)
    return Ok()


@method(
    "reactions.get",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("reactions:read"),
    rate=Tier.THREE,
    errors=(BadTimestamp, ChannelNotFound, FileCommentNotFound, FileNotFound, MessageNotFound, NoItemSpecified),
)
async def get(call: Call, args: GetArgs) -> GetResult:
    """Read the reactions to a message."""
    channel, timestamp = _item_of(args)
    conversation = await _conversation(call, channel, Hold.NOT, AccessDenied)
    message = await items.find_in_sight(call, conversation, timestamp)
    shown = await reading.show_one(call, message, permalinks=True)
    return GetResult(channel=conversation.id, message=ready(shown))


def _item_of(args: RemoveArgs | GetArgs) -> tuple[str, str]:
    """The channel and the timestamp of the item that is meant. There are no files yet, nor comments on them.

    Raises:
        FileNotFound, FileCommentNotFound: one of those is meant.
        NoItemSpecified: nothing is.
    """
    if args.channel and args.timestamp:
        return args.channel, args.timestamp
    if args.file:
        raise FileNotFound
    if args.file_comment:
        raise FileCommentNotFound
    raise NoItemSpecified


async def _conversation(call: Call, id: str, hold: Hold, closed: type[Refusal]) -> Seen:
    """The conversation that a caller names; `closed` is what they are refused with where they see it and do not read it."""
    conversation = await conversations.see(call, id, hold)
    if not conversations.readable_to(call, conversation):
        raise closed
    return conversation


@method(
    "reactions.list",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("reactions:read"),
    rate=Tier.TWO,
    errors=(UserNotFound,),
    org_token=OrgToken.NAMES_TEAM,
)
async def list_reactions(call: Call, args: ListArgs) -> ListResult:
    """List what somebody reacted to."""
    assert call.actor.user is not None
    sight = await find_visible(call.work, call.actor, call.team, args.user or call.actor.user)
    if sight is None or not sight.visible:
        raise UserNotFound
    person = sight.person
    listing = call.listing("reactions.list", person.organization, person.id)
    if not args.cursor and not args.limit:
        return await _numbered(call, listing, person, min(args.page, MOST_PAGES), min(args.count, MOST_LISTED))
    after = _opened(call, listing, args.cursor) if args.cursor else NEWEST
    found, last = await reactions.list_after(call, person, after, min(args.limit or args.count, MOST_LISTED))
    return ListResult(items=await _shown(call, found), response_metadata=page(_sealed(call, listing, last)))


async def _numbered(call: Call, listing: str, person: Person, number: int, count: int) -> ListResult:
    found, last, total = await reactions.list_page(call, person, number, count)
    return ListResult(
        items=await _shown(call, found),
        paging=Paging(count=count, total=total, page=number, pages=-(-total // count)),
        response_metadata=page(_sealed(call, listing, last)),
    )


async def _shown(call: Call, found: list[Item]) -> list[ListedItem]:
    """One item a reaction, so that a message with several of them is there as often."""
    by_conversation: dict[str, dict[int, Stored]] = {}
    for given, message in found:
        by_conversation.setdefault(given.conversation, {})[given.ts] = message
    shown = {
        (id, ts): text
        for id, messages in by_conversation.items()
        for ts, text in zip(messages, await reading.show(call, [*messages.values()], permalinks=True), strict=True)
    }
    return [ListedItem(channel=given.conversation, message=ready(shown[given.conversation, given.ts])) for given, _ in found]


def _sealed(call: Call, listing: str, last: Given | None) -> str:
    return call.context.cursors.seal(listing, _encode(last).decode()) if last is not None else ""


def _opened(call: Call, listing: str, cursor: str) -> Given:
    """What a cursor comes after. The method has no code of its own for one that is none."""
    try:
        return _decode(call.context.cursors.open(listing, cursor))
    except InvalidCursor as error:
        raise InvalidArguments("[ERROR] invalid cursor: cursor") from error
