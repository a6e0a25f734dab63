"""oversight.conversations.*"""

import json
from typing import Annotated

import msgspec

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import ChannelNotFound, InvalidArgs, TeamNotFound
from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC
from gridhall.contract.wire import Ok
from gridhall.domain import audit, oversight, retention
from gridhall.domain.appearance import normalized
from gridhall.domain.call import Call
from gridhall.domain.conversations import Conversation
from gridhall.domain.directory import Stretch, first_of
from gridhall.domain.oversight import Glimpse, Overseen
from gridhall.methods.oversight.declare import Paged, entries, go_on, overseeing

READ = needs("admin.conversations:read")

EXT_SHARED = "ext_shared"
FILTERS = {EXT_SHARED: None, "im": IM, "mpim": MPIM, "private": PRIVATE, "public": PUBLIC}
"""The kind that each filter keeps; None where that is not what it goes by."""

Channel = Annotated[str, Arg("The conversation.", example="C0123ABC456")]
Team = Annotated[
    str | None,
    Arg(
        "The workspace that the conversation has to be in; the organization's id, or none, where it may be anywhere.",
        example="T0123ABC456",
    ),
]
Cursor = Annotated[str | None, Arg("Where the page before ended.", example="dXNlcjpVMDYxTkZUVDI=")]


class Note(msgspec.Struct, kw_only=True):
    """A topic or purpose: its text, who set it and when (Unix seconds); both empty where nobody did."""

    text: str
    set_by: str
    date_set: int


class ListArgs(msgspec.Struct, frozen=True):
    """Arguments of oversight.conversations.list."""

    cursor: Cursor = None
    limit: Annotated[int, Arg("How many conversations at the most.", least=0, example="500")] = oversight.MOST
    offset: Annotated[str | None, Arg("The same as `cursor`.", example="G0QPJB83S")] = None
    only_ext_shared: Annotated[bool, Arg("List channels alone that organizations share.")] = False
    only_im: Annotated[bool, Arg("List direct messages alone.")] = False
    only_mpim: Annotated[bool, Arg("List group conversations alone.")] = False
    only_private: Annotated[bool, Arg("List private channels alone.")] = False
    only_public: Annotated[bool, Arg("List public channels alone.")] = False
    team: Annotated[
        str | None,
        Arg(
            "A workspace, for the channels that are in it alone; the organization's id, or none, for direct and group"
            " conversations and for the channels of several workspaces.",
            example="T0123ABC456",
        ),
    ] = None


class ListedConversation(msgspec.Struct, kw_only=True):
    """What a list tells of a conversation. A direct message says so twice, as the platform's pages name it both ways.

    The name of a direct message is its id, and that of a group conversation `mpdm-` and its people's, with two hyphens between.
    """

    id: str
    name: str
    created: int
    is_ext_shared: bool
    is_private: bool
    is_im: bool
    is_mpim: bool
    is_dm: bool
    is_deleted: bool
    is_archived: bool
    is_general: bool
    topic: Note
    purpose: Note


class ListResult(Paged, kw_only=True):
    """The conversations by id, and where the next page begins. Any page may have fewer than asked for, or none."""

    channels: list[ListedConversation]


@overseeing("oversight.conversations.list", scopes=READ, errors=(InvalidArgs, TeamNotFound))
async def list_conversations(call: Call, args: ListArgs) -> ListResult:
    """List the conversations of one workspace alone, or those that belong to no single one.

    An entry has the fields of the Discovery API's method of that name: the platform's page has no example. It tells of a
    direct message as `is_im` and `is_dm`, since the two pages call it differently.
    """
    asked = [name for name in FILTERS if getattr(args, f"only_{name}")]
    if len(asked) > 1:
        raise InvalidArgs
    only = asked[0] if asked else None
    workspace = oversight.workspace_of(call, args.team)
    listing = call.listing("oversight.conversations.list", workspace or "", only or "")
    after = oversight.position(call, listing, cursor=args.cursor, offset=args.offset, or_refuse=InvalidArgs)
    limit = entries(args.limit)
    shown, next_after = first_of(await _stretches(call, workspace, only, after=after, limit=limit + 1), limit)
    result = ListResult(channels=[_listed(conversation) for conversation in shown])
    go_on(call, result, listing, next_after or None)
    await oversight.look_at_all(
        call,
        "oversight_conversations_listed",
        team=workspace,
        only=only,
        conversations=len(shown),
    )
    return result


async def _stretches(call: Call, workspace: str | None, only: str | None, *, after: str, limit: int) -> list[Stretch[Glimpse]]:
    storage, organization = call.work.oversight, call.actor.organization
    kind = FILTERS[only] if only is not None else None
    since = call.work.source.seconds() - oversight.READABLE_FOR
    if workspace is None:
        return await storage.list_of_organization(
            organization, kind=kind, connected=only == EXT_SHARED, deleted_since=since, after=after, limit=limit
        )
    if only in (EXT_SHARED, "im", "mpim"):
        # What is in one workspace alone is none of these.
        return []
    return [await storage.list_of_workspace(organization, workspace, kind=kind, deleted_since=since, after=after, limit=limit)]


def _listed(conversation: Glimpse) -> ListedConversation:
    return ListedConversation(
        id=conversation.id,
        name=_name(conversation),
        created=conversation.created,
        is_ext_shared=conversation.connected,
        is_private=conversation.kind != PUBLIC,
        is_im=conversation.kind == IM,
        is_mpim=conversation.kind == MPIM,
        is_dm=conversation.kind == IM,
        is_deleted=conversation.is_deleted,
        is_archived=conversation.archived,
        is_general=conversation.general,
        topic=_topic(conversation),
        purpose=_purpose(conversation),
    )


def _name(conversation: Conversation) -> str:
    if conversation.kind == IM:
        return conversation.id
    # The platform's number behind a group's people, which is there in ordinary answers, is not in those of the Discovery API.
    return conversation.name.removesuffix("-1") if conversation.kind == MPIM else conversation.name


def _topic(conversation: Conversation) -> Note:
    return Note(text=conversation.topic, set_by=conversation.topic_creator, date_set=conversation.topic_set)


def _purpose(conversation: Conversation) -> Note:
    return Note(text=conversation.purpose, set_by=conversation.purpose_creator, date_set=conversation.purpose_set)


class InfoArgs(msgspec.Struct, frozen=True):
    """Arguments of oversight.conversations.info."""

    channel: Channel
    team: Team = None


class Kept(msgspec.Struct, kw_only=True):
    """For how many days messages are kept, "0" for ever: the conversation's own days (`custom`), or those of its organization
    (`default`).
    """

    type: str
    duration: str


class Shared(msgspec.Struct, kw_only=True):
    """The workspaces that a channel is in: all of them, those of other organizations, and those of the caller's own where it is
    in more than one.
    """

    shared_team_ids: list[str]
    connected_team_ids: list[str]
    internal_team_ids: list[str]


class WholeConversation(msgspec.Struct, kw_only=True):
    """All that is told of a conversation but its messages. `unlinked` and `is_moved` are 0: nothing is unlinked or moved."""

    id: str
    name: str
    created: int
    is_archived: bool
    is_general: bool
    unlinked: int
    creator: str
    name_normalized: str
    is_moved: int
    is_shared: bool
    is_global_shared: bool
    is_org_default: bool
    is_org_mandatory: bool
    is_org_shared: bool
    is_private: bool
    is_mpim: bool
    is_dm: bool
    previous_names: list[str]
    is_deleted: bool
    member_count: int
    purpose: Note
    topic: Note
    retention: Kept
    shared: Shared


class InfoResult(Ok, kw_only=True):
    """The conversation, the only one in a list."""

    info: list[WholeConversation]


@overseeing("oversight.conversations.info", scopes=READ, errors=(ChannelNotFound, TeamNotFound))
async def info(call: Call, args: InfoArgs) -> InfoResult:
    """Tell about one conversation; about a deleted channel for 24 hours.

    `info` is an array with one object, as in the Discovery API's method of that name, and its `retention` has the days as
    a text: the platform's page has no example.
    """
    conversation = await oversight.find(call, args.channel, args.team)
    result = InfoResult(info=[await _whole(call, conversation)])
    oversight.look(call, "oversight_conversation_viewed", await audit.channel(call.work, conversation))
    return result


async def _whole(call: Call, conversation: Overseen) -> WholeConversation:
    own, others = await _places(call, conversation)
    name = _name(conversation)
    # Its host's general channel in all workspaces: nobody there is without it.
    default = conversation.general and conversation.org_wide
    return WholeConversation(
        id=conversation.id,
        name=name,
        created=conversation.created,
        is_archived=conversation.archived,
        is_general=conversation.general,
        unlinked=0,
        creator=conversation.creator,
        name_normalized=normalized(name),
        is_moved=0,
        is_shared=len(own) > 1 or bool(others) or conversation.org_wide,
        is_global_shared=conversation.org_wide,
        is_org_default=default,
        is_org_mandatory=default,
        is_org_shared=len(own) > 1 or conversation.org_wide,
        is_private=conversation.kind != PUBLIC,
        is_mpim=conversation.kind == MPIM,
        is_dm=conversation.kind == IM,
        previous_names=json.loads(conversation.previous_names),
        is_deleted=conversation.is_deleted,
        member_count=conversation.num_members,
        purpose=_purpose(conversation),
        topic=_topic(conversation),
        retention=await _retention(call, conversation),
        shared=Shared(
            shared_team_ids=sorted(own + others),
            connected_team_ids=others,
            internal_team_ids=own if len(own) > 1 or others else [],
        ),
    )


async def _places(call: Call, conversation: Conversation) -> tuple[list[str], list[str]]:
    """The workspaces that a channel is in: those of the caller's organization, and all others."""
    storage, asking = call.work.conversations, call.actor.organization
    host, id = conversation.organization, conversation.id
    places = [(host, workspace) for workspace in await storage.workspaces_of(host, id)]
    places += await storage.connected_to(host, id)
    own = [workspace for organization, workspace in places if organization == asking]
    return sorted(own), sorted(workspace for organization, workspace in places if organization != asking)


async def _retention(call: Call, conversation: Conversation) -> Kept:
    """How long messages are kept now, by the rules of the organization that hosts them."""
    host = await call.work.organizations.find(conversation.organization)
    assert host is not None
    custom = host.retention_override_allowed and conversation.retention_days > 0
    days = retention.days(host, conversation.retention_days)
    return Kept(type="custom" if custom else "default", duration=str(days))


class MembersArgs(msgspec.Struct, frozen=True):
    """Arguments of oversight.conversations.members."""

    channel: Channel
    cursor: Cursor = None
    include_member_left: Annotated[bool, Arg("List those as well who have left.")] = False
    limit: Annotated[int, Arg("How many people at the most.", least=0, example="1000")] = oversight.MOST
    offset: Annotated[str | None, Arg("The same as `cursor`.", example="W0123ABC456")] = None
    team: Team = None


class OverseenMember(msgspec.Struct, kw_only=True):
    """Somebody, and when they last came and left (Unix seconds, 0 while they are in)."""

    id: str
    date_joined: int
    date_left: int


class MembersResult(Paged, kw_only=True):
    """The people by id, and where the next page begins. Any page may have fewer than asked for, or none."""

    members: list[OverseenMember]


@overseeing("oversight.conversations.members", scopes=READ, errors=(ChannelNotFound, InvalidArgs, TeamNotFound))
async def members(call: Call, args: MembersArgs) -> MembersResult:
    """List who is in a conversation of any kind, whichever organizations they are of.

    Each member is an object with an `id`, as in the Discovery API's method of that name: the platform's page has no
    example, and names the two dates.
    """
    conversation = await oversight.find(call, args.channel, args.team)
    listing = call.listing("oversight.conversations.members", conversation.id, str(args.include_member_left))
    after = oversight.position(call, listing, cursor=args.cursor, offset=args.offset, or_refuse=InvalidArgs)
    found, next_after = await call.work.oversight.list_members(
        conversation, include_left=args.include_member_left, after=after, limit=entries(args.limit)
    )
    result = MembersResult(members=[OverseenMember(id=one.person, date_joined=one.joined, date_left=one.left) for one in found])
    go_on(call, result, listing, next_after or None)
    oversight.look(
        call,
        "oversight_members_listed",
        await audit.channel(call.work, conversation),
        include_member_left=args.include_member_left or None,
        members=len(found),
    )
    return result
