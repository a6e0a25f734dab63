"""Channels: how they are made and named, what they are about, and how they are archived."""

import json
import re
import unicodedata
from typing import TYPE_CHECKING

import msgspec

from gridhall.contract.errors import (
    AccessDenied,
    AlreadyArchived,
    CantArchiveGeneral,
    InvalidNameMaxlength,
    InvalidNamePunctuation,
    InvalidNameRequired,
    InvalidNameSpecials,
    IsArchived,
    MethodNotSupportedForChannelType,
    NameTaken,
    NotArchived,
    NotAuthorized,
    NotInChannel,
    RestrictedAction,
    TooLong,
    UserIsRestricted,
)
from gridhall.contract.roles import Role
from gridhall.contract.scopes import IM, PRIVATE, PUBLIC
from gridhall.domain import audit, conversations, membership, messages, notices, roles
from gridhall.domain.actions import Written
from gridhall.domain.conversations import Conversation, Hold, Seen
from gridhall.domain.messages import Author
from gridhall.domain.work import Conflict

if TYPE_CHECKING:
    from gridhall.contract.messages import Content
    from gridhall.domain.call import Call

LONGEST_NAME = 80
LONGEST_NOTE = 250
"""Characters of a topic or a purpose. Source: the reference pages of conversations.setTopic and setPurpose."""

_CREATED: dict[str, Written] = {PUBLIC: "public_channel_created", PRIVATE: "private_channel_created"}
_ARCHIVED: dict[str, Written] = {PUBLIC: "public_channel_archive", PRIVATE: "private_channel_archive"}
_UNARCHIVED: dict[str, Written] = {PUBLIC: "public_channel_unarchive", PRIVATE: "private_channel_unarchive"}

_BLANKS = re.compile(r"\s+")

# Letters that have no case or are small, the marks that go with them, and digits.
_LETTERS = frozenset({"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"})


def check_name(name: str) -> None:
    """Ask whether a channel can have a name. Source: the reference page of conversations.create.

    Raises:
        InvalidNameRequired: there is none.
        InvalidNameMaxlength: it has more than 80 characters.
        InvalidNamePunctuation: there is no letter or digit in it.
        InvalidNameSpecials: there is something else in it than small letters, digits, hyphens and underscores.
    """
    if not name:
        raise InvalidNameRequired
    if len(name) > LONGEST_NAME:
        raise InvalidNameMaxlength
    categories = {unicodedata.category(character) for character in name if character not in "-_"}
    if all(category.startswith("P") for category in categories):
        raise InvalidNamePunctuation
    if not categories <= _LETTERS:
        raise InvalidNameSpecials


async def see(call: "Call", id: str) -> Seen:
    """The channel that a caller names, held in order to be changed.

    Raises:
        MethodNotSupportedForChannelType: it is a direct or a group conversation.
        Refusal: see `conversations.see`.
    """
    found = await conversations.see(call, id, Hold.CHANGING)
    if found.is_direct:
        raise MethodNotSupportedForChannelType
    return found


async def create(call: "Call", name: str, *, private: bool) -> str:
    """Make a channel in the workspace that is meant, with the caller as its only member; gives its id.

    Raises:
        RestrictedAction: the caller is a guest, or is not in that workspace.
        InvalidNameRequired, InvalidNameMaxlength, InvalidNamePunctuation, InvalidNameSpecials: see `check_name`.
        NameTaken: another channel in the workspace has this name, be it archived, or another organization's.
    """
    work, actor, kind = call.work, call.actor, PRIVATE if private else PUBLIC
    assert call.team is not None
    assert actor.user is not None
    conversations.require_scope(call, kind)
    if actor.role is Role.GUEST or call.team not in await work.people.roles(actor.organization, actor.user):
        raise RestrictedAction
    check_name(name)
    channel = conversations.new(work, actor, kind, name=name, workspace=call.team)
    await work.conversations.hold_names(actor.organization, everywhere=False)
    if await work.conversations.namesakes(actor.organization, name, [call.team]):
        raise NameTaken
    if not await work.conversations.claim_name(actor.organization, call.team, channel.id, name):
        raise NameTaken
    await work.conversations.add(channel, people_key=None)
    await work.members.enter(channel, actor.organization, [actor.user], at=channel.created, open=True)
    await work.conversations.count_members(channel.organization, channel.id, 1)
    await _audit(call, channel, _CREATED[kind])
    return channel.id


async def archive(call: "Call", channel: Seen) -> None:
    """Archive a channel. It is held.

    Raises:
        AlreadyArchived: it is archived.
        NotInChannel: the caller is not in it.
        RestrictedAction: the caller is a guest, or of another organization than the channel.
        CantArchiveGeneral: it is the general channel.
    """
    if channel.archived:
        raise AlreadyArchived
    if not channel.member:
        raise NotInChannel
    if not _is_ours(call, channel):
        raise RestrictedAction
    if channel.general:
        raise CantArchiveGeneral
    await _tell(call, channel, notices.archived(channel, _user(call)))
    await _save(call, channel, archived=True)
    await _audit(call, channel, _ARCHIVED[channel.kind])


async def unarchive(call: "Call", channel: Seen) -> None:
    """Take a channel out of the archive; the caller is in it afterwards. It is held.

    Where another channel goes by its name, as only data that was loaded or migrated has it, it comes back under another one.

    Raises:
        NotArchived: it is not archived.
        AccessDenied: the caller is a guest, or of another organization, or in no workspace that the channel is in.
    """
    if not channel.archived:
        raise NotArchived
    if not _is_ours(call, channel):
        raise AccessDenied
    if not channel.member:
        await membership.require_reached(call, channel)
    name = await _claim_free(call, channel)
    if not channel.member:
        await membership.enter(call, channel, [membership.caller(call)], told=False)
    await _save(call, channel, archived=False, name=name, previous_names=_names_before(channel, name))
    await _tell(call, channel, notices.unarchived(channel, _user(call)))
    await _audit(call, channel, _UNARCHIVED[channel.kind])
    if name != channel.name:
        await _tell_name(call, channel, name)


async def rename(call: "Call", channel: Seen, name: str) -> None:
    """Give a channel another name, in every workspace that it is in. It is held.

    Capitals become small letters and blanks hyphens; the rest has to be a name already (see `check_name`). Source: the page of
    conversations.rename, which speaks of such changes and of refusals.

    Raises:
        IsArchived: it is archived.
        NotInChannel: the caller is not in it.
        NotAuthorized: the caller neither made the channel nor is an administrator, or is of another organization.
        NameTaken: another channel has this name where this one is.
    """
    if channel.archived:
        raise IsArchived
    if not channel.member:
        raise NotInChannel
    user = _user(call)
    if not _is_ours(call, channel):
        raise NotAuthorized
    if channel.creator != user and await roles.at_home(call, channel) < Role.ADMIN:
        raise NotAuthorized
    name = _BLANKS.sub("-", name.strip().lower())
    check_name(name)
    if name == channel.name:
        return
    await _claim(call, channel, name)
    await _save(call, channel, name=name, previous_names=_names_before(channel, name))
    await _tell_name(call, channel, name)


def _names_before(channel: Seen, name: str) -> str:
    """What a channel was called before it got this name, as it is stored."""
    if name == channel.name:
        return channel.previous_names
    before = [old for old in json.loads(channel.previous_names) if old not in (name, channel.name)]
    return json.dumps([*before, channel.name])


async def _tell_name(call: "Call", channel: Seen, name: str) -> None:
    await _tell(call, channel, notices.renamed(channel, _user(call), old_name=channel.name, name=name))
    details: dict[str, object] = {"previous_value": channel.name, "new_value": name}
    await _audit(call, msgspec.structs.replace(channel, name=name), "channel_renamed", details)


Places = dict[str, list[str] | None]
"""The workspaces that a channel is in by their organization, in one order for everybody; None for all workspaces of one."""


async def _places(call: "Call", channel: Seen) -> Places:
    storage, host = call.work.conversations, channel.organization
    connected: dict[str, list[str]] = {}
    for organization, workspace in await storage.connected_to(host, channel.id):
        connected.setdefault(organization, []).append(workspace)
    own = None if channel.org_wide else await storage.workspaces_of(host, channel.id)
    return dict(sorted({host: own, **connected}.items()))


async def _is_free(call: "Call", channel: Seen, places: Places, name: str) -> bool:
    """Whether no other channel goes by a name anywhere that this one is."""
    for organization, workspaces in places.items():
        if await call.work.conversations.namesakes(organization, name, workspaces) - {channel.id}:
            return False
    return True


async def _claim(call: "Call", channel: Seen, name: str) -> None:
    """Have the channel go by a name that no other has where it is. A channel of every workspace is anybody's namesake.

    Raises:
        NameTaken: another has it.
    """
    storage, host, places = call.work.conversations, channel.organization, await _places(call, channel)
    for organization in places:
        # In the host's workspaces a unique key keeps names apart, but for a channel that is in all of them.
        await storage.hold_names(organization, everywhere=organization != host or channel.org_wide)
    if not await _is_free(call, channel, places, name):
        raise NameTaken
    try:
        await storage.rename(host, channel.id, name)
    except Conflict as conflict:
        raise NameTaken from conflict


async def _claim_free(call: "Call", channel: Seen) -> str:
    """Have the channel go by its own name, or by that with a number behind it where another has it; gives the name."""
    storage, places = call.work.conversations, await _places(call, channel)
    for organization in places:
        await storage.hold_names(organization, everywhere=True)
    name, number = channel.name, 1
    while not await _is_free(call, channel, places, name):
        number += 1
        name = f"{channel.name[: LONGEST_NAME - len(str(number)) - 1]}-{number}"
    await storage.rename(channel.organization, channel.id, name)
    return name


async def set_topic(call: "Call", conversation: Seen, topic: str) -> None:
    """Say what is being talked about; an empty topic is none. The conversation is held.

    Raises:
        Refusal: see `_require_noting`.
    """
    _require_noting(call, conversation, topic)
    if topic != conversation.topic:
        at = await _note(call, conversation, notices.topic_set(conversation, topic))
        await _save(call, conversation, topic=topic, topic_creator=_user(call), topic_set=at)


async def set_purpose(call: "Call", conversation: Seen, purpose: str) -> None:
    """Say what the conversation is for; an empty purpose is none. The conversation is held.

    Raises:
        Refusal: see `_require_noting`.
    """
    _require_noting(call, conversation, purpose)
    if purpose != conversation.purpose:
        at = await _note(call, conversation, notices.purpose_set(conversation, purpose))
        await _save(call, conversation, purpose=purpose, purpose_creator=_user(call), purpose_set=at)


def _require_noting(call: "Call", conversation: Seen, text: str) -> None:
    """Ask whether the caller may set a topic or a purpose.

    Raises:
        MethodNotSupportedForChannelType: two people's conversation has neither.
        IsArchived: the channel is archived.
        NotInChannel: the caller is not in it.
        UserIsRestricted: the caller is a guest.
        TooLong: there are more than 250 characters.
    """
    if conversation.kind == IM:
        raise MethodNotSupportedForChannelType
    if conversation.archived:
        raise IsArchived
    if not conversation.member:
        raise NotInChannel
    if call.actor.role is Role.GUEST:
        raise UserIsRestricted
    if len(text) > LONGEST_NOTE:
        raise TooLong


async def _note(call: "Call", conversation: Seen, content: "Content") -> int:
    """Have a channel tell of its new topic or purpose, which a group conversation does not; gives the second it is from."""
    if conversation.is_direct:
        return call.work.source.seconds()
    return await _tell(call, conversation, content) // 1_000_000


def _is_ours(call: "Call", channel: Seen) -> bool:
    """Whether the caller is a full member of the organization whose channel it is."""
    return call.actor.role is not Role.GUEST and call.actor.organization == channel.organization


def _user(call: "Call") -> str:
    assert call.actor.user is not None
    return call.actor.user


async def _tell(call: "Call", channel: Seen, content: "Content") -> int:
    message = await messages.tell(call.work, channel, content, author=Author.of(call.actor, call.team))
    return message.ts


async def _save(call: "Call", conversation: Seen, **changes: object) -> None:
    changed = msgspec.structs.replace(conversation, updated=call.work.source.seconds(), **changes)
    await call.work.conversations.save(changed)


async def _audit(call: "Call", channel: Conversation, action: Written, details: dict[str, object] | None = None) -> None:
    entity = await audit.channel(call.work, channel)
    await audit.write(call.work, channel.organization, action, entity=entity, actor=call.actor, details=details)
