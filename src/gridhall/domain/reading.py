"""Messages as one caller sees them: what is stored ready, and spliced into it what depends on others and on the reader."""

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from gridhall.contract.messages import BotProfile, all_ready, ready
from gridhall.contract.messages import Message as MessageObject
from gridhall.contract.objects import Conversation as ConversationObject
from gridhall.contract.timestamps import ts_text
from gridhall.domain import conversations
from gridhall.domain.conversations import Listed
from gridhall.domain.imaging import default_hash
from gridhall.domain.messages import BROADCAST, Message, Page
from gridhall.domain.metadata import EVENT_TYPE, Asked, told
from gridhall.domain.site import BOT_ICON_SIDES, Site
from gridhall.domain.threads import TOMBSTONE

if TYPE_CHECKING:
    from gridhall.domain.call import Call

_encode = msgspec.json.Encoder().encode

MOST_MADE = 3
"""Ways that one page was made in which are kept: most readers of a channel see the same."""

MOST_UNREAD = 1000
"""Messages that are looked at to count the unread: whoever has more unread is told fewer, whatever the channel's length."""


async def state_of(call: "Call", conversation: Listed) -> ConversationObject:
    """A conversation as it appears to the caller, and for a member the newest message and how many they have not read."""
    shown = conversations.appearance(call, conversation)
    if conversation.last_read is None or call.actor.user is None:
        return shown
    organization, id, messages = conversation.organization, conversation.id, call.work.messages
    latest = await messages.find_latest(organization, id)
    shown.latest = ready(await show_one(call, latest)) if latest is not None else None
    shown.unread_count, shown.unread_count_display = await messages.count_unread(
        organization, id, after=conversation.last_read, reader=call.actor.user, most=MOST_UNREAD
    )
    return shown


async def show_thread(
    call: "Call", parent: Message, replies: list[Message], *, metadata: Asked = EVENT_TYPE
) -> list[MessageObject]:
    """A parent and replies to it. To who follows the thread, the parent tells what of it they have not read."""
    shown = await show(call, [parent, *replies], metadata=metadata)
    shown[0] = f"{shown[0][:-1]}{await _unread_part(call, parent)}}}"
    return all_ready(shown)


async def show_page(call: "Call", page: Page, limit: int, *, metadata: Asked = EVENT_TYPE) -> list[MessageObject]:
    """The first messages of a page: made once for all who follow the same of its threads, for as long as the page is good.

    It is made each time where a broadcast reply tells of a message elsewhere, and for who asks for keys of their own.
    """
    if not page.metadata and page.bots is not None:
        metadata = EVENT_TYPE
    if page.bots is None or metadata.keys:
        return all_ready(await show(call, page[:limit], metadata=metadata))
    followed = await _followed(call, page) if page.threads else frozenset()
    key = (limit, followed, metadata.whole, *[await _profile_part(call, app, team) for app, team in page.bots])
    made: list[MessageObject] | None = page.ready.get(key)
    if made is None:
        if len(page.ready) >= MOST_MADE:
            page.ready.clear()
        made = page.ready[key] = all_ready(await show(call, page[:limit], followed=followed, metadata=metadata))
    return made


async def show(
    call: "Call",
    messages: list[Message],
    *,
    permalinks: bool = False,
    followed: frozenset[int] | None = None,
    metadata: Asked = EVENT_TYPE,
) -> list[str]:
    """The JSON of messages of one conversation, each complete.

    Arguments:
        permalinks: whether each tells its address.
        followed: the `ts` of those whose threads the caller follows, where they are known already.
        metadata: how much each tells of what its app attached.
    """
    profiles: dict[tuple[str, str], str] = {}
    roots: dict[int, str] = {}
    shown: list[str] = []
    for message in messages:
        if not permalinks and _is_plain(message):
            shown.append(message.content)
            continue
        parts = [message.content[:-1]]
        if message.app is not None and message.subtype != TOMBSTONE:
            bot = (message.app, message.team)
            profile = profiles.get(bot)
            if profile is None:
                profile = profiles[bot] = await _profile_part(call, *bot)
            parts.append(profile)
        if message.metadata is not None and (attached := told(message.metadata, metadata)):
            parts.append(f',"metadata":{attached}')
        if message.visible_thread is not None:
            if followed is None:
                followed = await _followed(call, messages)
            thread_ts = "" if message.thread_ts is not None else f',"thread_ts":"{ts_text(message.ts)}"'
            parts.append(f'{thread_ts},{message.visible_thread},"subscribed":{"true" if message.ts in followed else "false"}')
        if message.reactions is not None:
            parts.append(f',"reactions":{message.reactions}')
        if message.pinned:
            parts.append(f',"pinned_to":["{message.conversation}"]')
        if message.subtype == BROADCAST and message.thread_ts is not None:
            if message.thread_ts not in roots:
                roots[message.thread_ts] = await _root_part(call, message, message.thread_ts, metadata)
            parts.append(roots[message.thread_ts])
        if permalinks:
            parts.append(f',"permalink":{_encode(permalink(call, message)).decode()}')
        parts.append("}")
        shown.append("".join(parts))
    return shown


def _is_plain(message: Message) -> bool:
    """Whether there is nothing to splice in."""
    return (
        message.app is None
        and message.metadata is None
        and message.thread is None
        and message.reactions is None
        and not message.pinned
        and message.subtype != BROADCAST
    )


async def show_one(call: "Call", message: Message, *, permalinks: bool = False, metadata: Asked = EVENT_TYPE) -> str:
    """The JSON of one message."""
    return (await show(call, [message], permalinks=permalinks, metadata=metadata))[0]


async def _followed(call: "Call", messages: list[Message]) -> frozenset[int]:
    """The `ts` of those of these messages whose threads the caller follows."""
    actor = call.actor
    if actor.user is None:
        return frozenset()
    parents = [message.ts for message in messages if message.thread is not None]
    first = messages[0]
    parts = await call.work.threads.parts_of(
        first.organization, first.conversation, actor.organization, actor.user, threads=parents
    )
    return frozenset(part.thread_ts for part in parts if part.subscribed)


async def _unread_part(call: "Call", parent: Message) -> str:
    """How far the caller has read the thread and how many replies there are beyond; nothing where they do not follow it."""
    actor, organization, id, ts = call.actor, parent.organization, parent.conversation, parent.ts
    if actor.user is None or parent.visible_thread is None:
        return ""
    parts = await call.work.threads.parts_of(organization, id, actor.organization, actor.user, threads=[ts])
    if not parts or not parts[0].subscribed:
        return ""
    last_read = parts[0].last_read
    unread = await call.work.messages.count_replies(organization, id, ts, after=last_read, most=MOST_UNREAD)
    return f',"last_read":"{ts_text(last_read or ts)}","unread_count":{unread}'


async def _root_part(call: "Call", message: Message, thread_ts: int, metadata: Asked) -> str:
    """The parent of a broadcast reply; nothing where it is gone."""
    parent = await call.work.messages.find(message.organization, message.conversation, thread_ts)
    return f',"root":{await show_one(call, parent, metadata=metadata)}' if parent is not None else ""


async def _profile_part(call: "Call", id: str, team: str) -> str:
    """The bot of an app through which somebody posted for a workspace, nothing where there is none any more."""
    app = await call.work.apps.find(id)
    if app is None or app.bot_id is None:
        return ""
    return _ready_profile(
        call.context.site,
        app.organization,
        app.id,
        app.bot_id,
        app.bot_user,
        app.bot_name or app.name,
        app.removed,
        app.updated,
        team,
    )


@lru_cache(maxsize=4096)
def _ready_profile(
    site: Site, organization: str, app: str, bot_id: str, user: str | None, name: str, removed: bool, updated: int, team: str
) -> str:
    """The JSON of a bot's profile: kept, since every message of a bot tells it."""
    picture = default_hash(organization, user or app)
    profile = BotProfile(
        id=bot_id,
        app_id=app,
        user_id=user or UNSET,
        name=name,
        icons={f"image_{side}": site.picture(picture, side) for side in BOT_ICON_SIDES},
        deleted=removed,
        updated=updated,
        team_id=team,
    )
    return f',"bot_profile":{_encode(profile).decode()}'


def permalink(call: "Call", message: Message) -> str:
    """The address of a message, below that of the workspace that is meant; of a reply it names the thread as well."""
    site, actor = call.context.site, call.actor
    base = site.workspace(call.standing.domain) if call.standing else site.organization(actor.organization_domain)
    address = f"{base}archives/{message.conversation}/p{message.ts}"
    if message.thread_ts is not None:
        return f"{address}?thread_ts={ts_text(message.thread_ts)}&cid={message.conversation}"
    if message.visible_thread is not None:
        return f"{address}?thread_ts={ts_text(message.ts)}&cid={message.conversation}"
    return address
