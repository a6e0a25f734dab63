"""Profiles: who may change whose, and what a change may hold.

Source, throughout: the reference page of users.profile.set.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from gridhall.contract.errors import (
    CannotUpdateAdminUser,
    EmailTaken,
    InvalidEmojiNotAllowed,
    InvalidProfile,
    InvalidStartsWithAt,
    MustClearBothStatusTextAndStatusEmoji,
    NameNotAllowed,
    NotAdmin,
    NotAppAdmin,
    ProfileSetFailed,
    ReservedName,
    TooLong,
)
from gridhall.contract.roles import Role
from gridhall.domain import audit
from gridhall.domain.actions import Written
from gridhall.domain.people import Person
from gridhall.domain.work import Conflict

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.work import Work

REFUSALS = (
    CannotUpdateAdminUser,
    EmailTaken,
    InvalidEmojiNotAllowed,
    InvalidProfile,
    InvalidStartsWithAt,
    MustClearBothStatusTextAndStatusEmoji,
    NameNotAllowed,
    NotAdmin,
    NotAppAdmin,
    ProfileSetFailed,
    ReservedName,
    TooLong,
)
"""Everything that a change can be refused with."""

MOST_FIELDS = 50
LONGEST_FIELD_NAME = 255
LONGEST = {
    "title": 255,
    "phone": 255,
    "pronouns": 255,
    "real_name": 80,
    "first_name": 80,
    "last_name": 80,
    "display_name": 80,
    "email": 255,
    "status_text": 100,
    "status_emoji": 255,
}
"""Characters at the most. The platform tells those of the status and the display name; the others are chosen."""

AUDITED = ("real_name", "first_name", "last_name", "display_name", "pronouns", "title")
"""Fields of which the audit log tells, besides the address and the picture. Source: the page on the log's actions."""

LONGEST_CUSTOM = {"long_text": 5000}
LONGEST_CUSTOM_OTHERWISE = 256

NAMES = frozenset({"real_name", "first_name", "last_name", "display_name"})
RESERVED = frozenset({"slackbot"})
NOT_ALLOWED = frozenset({"channel", "everyone", "group", "here", "slackbot"})

DEFAULT_STATUS_EMOJI = ":speech_balloon:"

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_STATUS_EMOJI = re.compile(r":[^\s:]+:(:skin-tone-[2-6]:)?")
_EMOJI = re.compile("[\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")
_LINK = re.compile(r"https?://\S+")

LATEST = 2**40
"""The latest expiration of a status, in Unix seconds: some tens of thousands of years on."""

Change = Mapping[str, object]


async def change(work: "Work", id: str, wanted: Change, *, workspace: str | None, actor: "Actor") -> Person:
    """Change a person's profile; gives the person as they are then.

    Arguments:
        wanted: new values by field; custom fields below `fields`, or by their own ids. Unknown fields are ignored.
        workspace: the workspace that is meant, whose roles and custom fields count; None for the organization's.

    Raises:
        NotAdmin, NotAppAdmin, CannotUpdateAdminUser, ProfileSetFailed: the caller may not, or the person is not there.
        InvalidProfile, TooLong, EmailTaken and what names are refused with: a value that cannot be.
    """
    if len(wanted) > MOST_FIELDS or any(len(name) > LONGEST_FIELD_NAME for name in wanted):
        raise InvalidProfile
    await _may_change(work, id, wanted, workspace, actor)
    person = await work.people.lock(actor.organization, id)
    assert person is not None
    now = work.source.seconds()
    values = _values(person, wanted)
    if "email" in values and await work.people.find_owner_of(actor.organization, values["email"]) not in (None, id):
        raise EmailTaken
    if custom := _custom(wanted):
        values["fields"] = await _with_custom(work, person, custom, workspace)
    changed = msgspec.structs.replace(person, **values, **_status(person, wanted, now), updated=now)
    try:
        await work.people.save_profile(changed)
    except Conflict as conflict:
        # Somebody else took the address since it was looked for.
        raise EmailTaken from conflict
    await _note(work, "user_profile_updated", AUDITED, person, changed, workspace, actor)
    await _note(work, "user_email_updated", ("email",), person, changed, workspace, actor)
    return changed


async def _note(
    work: "Work",
    action: Written,
    names: tuple[str, ...],
    before: Person,
    after: Person,
    workspace: str | None,
    actor: "Actor",
) -> None:
    """Have the audit log tell which of these fields changed, if any did."""
    previous = {name: value for name in names if (value := getattr(before, name)) != getattr(after, name)}
    if previous:
        new = {name: getattr(after, name) for name in previous}
        details: dict[str, object] = {"previous_profile": previous, "new_profile": new}
        await audit.write(work, actor.organization, action, entity=audit.user(after, workspace), actor=actor, details=details)


async def _may_change(work: "Work", id: str, wanted: Change, workspace: str | None, actor: "Actor") -> None:
    """Roles decide: who is changed must stand lower than who changes; a bot belongs to owners and to its app's makers.

    In an organization a workspace's own administrators change display names only: the rest takes one of the organization.
    """
    rank = actor.role if actor.enterprise is None else actor.org_role
    if id == actor.user:
        if "email" in wanted and rank < Role.ADMIN:
            raise NotAdmin
        return
    member = await work.people.find_member(actor.organization, workspace, id)
    if member is not None and workspace is not None and member.role is None:
        member = None
    if member is not None and member.is_bot:
        if actor.role < Role.OWNER and actor.user not in await _makers(work, member):
            raise NotAppAdmin
        return
    if actor.role < Role.ADMIN:
        raise NotAdmin
    if member is None:
        raise ProfileSetFailed
    if member.standing() >= actor.role:
        raise CannotUpdateAdminUser
    if rank < Role.ADMIN and not wanted.keys() <= {"display_name"}:
        raise NotAdmin


async def _makers(work: "Work", bot: Person) -> set[str | None]:
    app = await work.apps.find(bot.app or "")
    return {app.developer, *json.loads(app.collaborators)} if app else set()


def _values(person: Person, wanted: Change) -> dict[str, str]:
    """The new values of the built-in fields but the status, with those that follow from others."""
    values = {name: _text(wanted[name]) for name in LONGEST if name in wanted}
    for name in NAMES & values.keys():
        values[name] = values[name].strip()
        _check_name(name, values[name])
    _join_names(person, values)
    if any(len(value) > LONGEST[name] for name, value in values.items()):
        raise TooLong
    if values.get("real_name") == "":
        raise InvalidProfile
    if "email" in values and (person.is_bot or not _EMAIL.fullmatch(values["email"])):
        raise InvalidProfile
    return {name: value for name, value in values.items() if not name.startswith("status_")}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidProfile
    return value


def _check_name(name: str, value: str) -> None:
    if _EMOJI.search(value):
        raise InvalidEmojiNotAllowed
    if name == "display_name":
        if value.startswith("@"):
            raise InvalidStartsWithAt
        if value.lower() in NOT_ALLOWED:
            raise NameNotAllowed
    elif RESERVED & set(value.lower().split()):
        raise ReservedName


def _join_names(person: Person, values: dict[str, str]) -> None:
    """The real name is the first and the last one: setting one sets the others."""
    if "real_name" in values:
        values["first_name"], values["last_name"] = (*values["real_name"].split(maxsplit=1), "", "")[:2]
    elif values.keys() & {"first_name", "last_name"}:
        first, last = values.get("first_name", person.first_name), values.get("last_name", person.last_name)
        values["real_name"] = f"{first} {last}".strip()


def _status(person: Person, wanted: Change, now: int) -> dict[str, str | int]:
    """The new status, put together from what is given and from the one that is in force."""
    given = [name for name in ("status_text", "status_emoji") if name in wanted]
    if not given and "status_expiration" not in wanted:
        return {}
    text, emoji, _ = person.status(now)
    text, emoji = _text(wanted.get("status_text", text)), _text(wanted.get("status_emoji", emoji))
    if len(given) == 1 and not text and not wanted[given[0]]:
        raise MustClearBothStatusTextAndStatusEmoji
    if emoji and not _STATUS_EMOJI.fullmatch(emoji):
        raise InvalidProfile
    if text and not emoji:
        emoji = DEFAULT_STATUS_EMOJI
    expiration = _expiration(wanted.get("status_expiration", 0))
    return {"status_text": text, "status_emoji": emoji, "status_expiration": expiration if text or emoji else 0}


def _expiration(value: object) -> int:
    """Unix seconds, 0 for never; forms send it as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(LATEST)):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LATEST:
        raise InvalidProfile
    return value


def _custom(wanted: Change) -> dict[str, object]:
    """Custom fields, below `fields` or by their own ids."""
    fields = wanted.get("fields", {})
    if not isinstance(fields, dict):
        raise InvalidProfile
    if len(fields) > MOST_FIELDS:
        raise InvalidProfile
    return {**fields, **{name: value for name, value in wanted.items() if name.startswith("Xf")}}


async def _with_custom(work: "Work", person: Person, custom: dict[str, object], workspace: str | None) -> str:
    types = await work.workspaces.field_types(person.organization, workspace)
    fields: dict[str, dict[str, str]] = json.loads(person.fields)
    for id, given in custom.items():
        if id not in types:
            raise InvalidProfile
        field = given if isinstance(given, dict) else {"value": given}
        value, alt = _text(field.get("value", "")), _text(field.get("alt") or "")
        _check_custom(types[id], value, alt)
        if value:
            fields[id] = {"value": value, "alt": alt}
        else:
            fields.pop(id, None)
    return json.dumps(fields)


def _check_custom(kind: str, value: str, alt: str) -> None:
    if len(value) > LONGEST_CUSTOM.get(kind, LONGEST_CUSTOM_OTHERWISE) or len(alt) > LONGEST_CUSTOM_OTHERWISE:
        raise TooLong
    if kind == "link" and value and not _LINK.fullmatch(value):
        raise InvalidProfile
    if kind == "date" and value and not _is_date(value):
        raise InvalidProfile


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
