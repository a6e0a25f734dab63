"""Messages as one caller sees them: what is stored ready, and spliced into it what depends on others and on the reader."""

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from gridhall.contract.messages import BotProfile
from gridhall.contract.timestamps import ts_text
from gridhall.domain.imaging import default_hash
from gridhall.domain.messages import BROADCAST, Message
from gridhall.domain.site import BOT_ICON_SIDES

if TYPE_CHECKING:
    from gridhall.domain.apps import App
    from gridhall.domain.call import Call

_encode = msgspec.json.Encoder().encode


async def show(call: "Call", messages: list[Message], *, permalinks: bool = False) -> list[str]:
    """The JSON of messages of one conversation, each complete.

    Arguments:
        permalinks: whether each tells its address.
    """
    profiles: dict[str, str] = {}
    followed: dict[int, str] | None = None
    shown: list[str] = []
    for message in messages:
        if not permalinks and _is_plain(message):
            shown.append(message.content)
            continue
        parts = [message.content[:-1]]
        if message.app is not None:
            profile = profiles.get(message.app)
            if profile is None:
                profile = profiles[message.app] = await _profile_part(call, message)
            parts.append(profile)
        if message.thread is not None:
            if followed is None:
                followed = await _followed(call, messages)
            thread_ts = "" if message.thread_ts is not None else f',"thread_ts":"{ts_text(message.ts)}"'
            parts.append(f"{thread_ts},{message.thread}{followed.get(message.ts, _NOT_FOLLOWED)}")
        if message.reactions is not None:
            parts.append(f',"reactions":{message.reactions}')
        if message.pinned:
            parts.append(f',"pinned_to":["{message.conversation}"]')
        if message.subtype == BROADCAST:
            parts.append(await _root_part(call, message))
        if permalinks:
            parts.append(f',"permalink":{_encode(permalink(call, message)).decode()}')
        parts.append("}")
        shown.append("".join(parts))
    return shown


def _is_plain(message: Message) -> bool:
    """Whether there is nothing to splice in."""
    return (
        message.app is None
        and message.thread is None
        and message.reactions is None
        and not message.pinned
        and message.subtype != BROADCAST
    )


async def show_one(call: "Call", message: Message, *, permalinks: bool = False) -> str:
    """The JSON of one message."""
    return (await show(call, [message], permalinks=permalinks))[0]


_NOT_FOLLOWED = ',"subscribed":false'


async def _followed(call: "Call", messages: list[Message]) -> dict[int, str]:
    """What to tell of the threads that the caller follows, by the parent's `ts`."""
    actor = call.actor
    if actor.user is None:
        return {}
    parents = [message.ts for message in messages if message.thread is not None]
    first = messages[0]
    parts = await call.work.threads.parts_of(
        first.organization,
        first.conversation,
        actor.organization,
        actor.user,
        oldest=min(parents),
        latest=max(parents),
    )
    return {
        part.thread_ts: f',"subscribed":true,"last_read":"{ts_text(part.last_read or part.thread_ts)}"'
        for part in parts
        if part.subscribed
    }


async def _root_part(call: "Call", message: Message) -> str:
    """The parent of a broadcast reply; nothing where it is gone."""
    assert message.thread_ts is not None
    parent = await call.work.messages.find(message.organization, message.conversation, message.thread_ts)
    return f',"root":{await show_one(call, parent)}' if parent is not None else ""


async def _profile_part(call: "Call", message: Message) -> str:
    assert message.app is not None
    app = await call.work.apps.find(message.app)
    if app is None or app.bot_id is None:
        return ""
    return f',"bot_profile":{_encode(bot_profile(call, app, message.read().team or message.person_organization)).decode()}'


def bot_profile(call: "Call", app: "App", team: str) -> BotProfile:
    """An app's bot, as messages tell of it."""
    assert app.bot_id is not None
    picture = default_hash(app.organization, app.bot_user or app.id)
    return BotProfile(
        id=app.bot_id,
        app_id=app.id,
        user_id=app.bot_user or UNSET,
        name=app.bot_name or app.name,
        icons={f"image_{side}": call.context.site.picture(picture, side) for side in BOT_ICON_SIDES},
        deleted=app.removed,
        updated=app.updated,
        team_id=team,
    )


def permalink(call: "Call", message: Message) -> str:
    """The address of a message, below that of the workspace that is meant; of a reply it names the thread as well."""
    site, actor = call.context.site, call.actor
    base = site.workspace(call.standing.domain) if call.standing else site.organization(actor.organization_domain)
    address = f"{base}archives/{message.conversation}/p{message.ts}"
    if message.thread_ts is not None:
        return f"{address}?thread_ts={ts_text(message.thread_ts)}&cid={message.conversation}"
    if message.thread is not None:
        return f"{address}?thread_ts={ts_text(message.ts)}&cid={message.conversation}"
    return address
