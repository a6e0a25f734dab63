"""How a person appears in answers."""

import json
import unicodedata
import zlib
from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from gridhall.contract.objects import EnterpriseUser, Profile, ProfileField, User
from gridhall.contract.roles import BY_NAME, Role
from gridhall.domain.imaging import default_hash
from gridhall.domain.people import Member, Person, standing
from gridhall.domain.timezones import at

if TYPE_CHECKING:
    from gridhall.domain.actor import Actor
    from gridhall.domain.call import Call

# The colours that the platform's clients paint names in are its own; these are ours, told apart by eye.
COLOURS = (
    "9f69e7",
    "4bbe2e",
    "e7392d",
    "3c989f",
    "674b1b",
    "e96699",
    "e0a729",
    "684b6c",
    "5b89d5",
    "2b6836",
    "99a949",
    "df3dc0",
)

EMAIL_SCOPE = "users:read.email"


def user(call: "Call", person: Person, *, locale: bool = False, stranger: bool = False) -> User:
    """A person as the caller may see them.

    The address is shown to tokens with `users:read.email` (and to people with their own), the second factor to the person
    and to administrators. A stranger is a person of another organization. Source: the reference page of the user object.
    """
    actor = call.actor
    now = call.work.source.seconds()
    label, offset = at(person.tz, now)
    role = person.role if isinstance(person, Member) else None
    high = standing(person.org_role, role, person.guest)
    is_self = person.id == actor.user and not stranger
    shows_factor = not person.is_bot and (is_self or (actor.role >= Role.ADMIN and not stranger))
    return User(
        id=person.id,
        team_id=person.organization if stranger else call.team or actor.organization,
        name=person.name,
        deleted=person.deleted,
        color=COLOURS[zlib.crc32(person.id.encode()) % len(COLOURS)],
        real_name=person.real_name,
        tz=person.tz,
        tz_label=label,
        tz_offset=offset,
        profile=profile(call, person, shows_email=EMAIL_SCOPE in actor.scopes, in_user=True),
        is_admin=high >= Role.ADMIN,
        is_owner=high >= Role.OWNER,
        is_primary_owner=high is Role.PRIMARY_OWNER,
        is_restricted=person.guest != "none",
        is_ultra_restricted=person.guest == "single_channel",
        is_bot=person.is_bot,
        is_app_user=False,
        is_email_confirmed=person.email_confirmed,
        updated=person.updated,
        has_2fa=person.has_two_factor if shows_factor else UNSET,
        two_factor_type="app" if shows_factor and person.has_two_factor else UNSET,
        locale=person.locale if locale else UNSET,
        is_stranger=True if stranger else UNSET,
        enterprise_user=_enterprise_user(actor, person) if actor.enterprise and not stranger else UNSET,
    )


def profile(
    call: "Call", person: Person, *, shows_email: bool, in_user: bool = False, labels: dict[str, str] | None = None
) -> Profile:
    """A person's profile.

    Arguments:
        shows_email: whether the caller may read the address.
        in_user: as part of a user object, which names the workspace and leaves custom fields to users.profile.get.
        labels: the custom fields' labels by id, to be told with their values.
    """
    hash = person.photo or default_hash(person.organization, person.id)
    base = f"{call.context.site.pictures}{hash}_"
    custom = person.photo is not None
    text, emoji, expiration = status(person, call.work.source.seconds())
    bot: bool = person.is_bot
    return Profile(
        title=person.title,
        phone=person.phone,
        skype="",
        real_name=person.real_name,
        real_name_normalized=normalized(person.real_name),
        display_name=person.display_name,
        display_name_normalized=normalized(person.display_name),
        first_name=person.first_name,
        last_name=person.last_name,
        status_text=text,
        status_emoji=emoji,
        status_emoji_display_info=[],
        status_expiration=expiration,
        status_text_canonical="",
        avatar_hash=hash,
        image_24=f"{base}24.png",
        image_32=f"{base}32.png",
        image_48=f"{base}48.png",
        image_72=f"{base}72.png",
        image_192=f"{base}192.png",
        image_512=f"{base}512.png",
        image_1024=f"{base}1024.png" if custom else UNSET,
        image_original=f"{base}original.png" if custom else UNSET,
        is_custom_image=True if custom else UNSET,
        pronouns=person.pronouns or UNSET,
        email=person.email if shows_email and person.email else UNSET,
        team=(call.team or call.actor.organization) if in_user else UNSET,
        api_app_id=person.app or UNSET,
        bot_id=person.bot_id or UNSET,
        always_active=True if bot else UNSET,
        fields=UNSET if in_user else _fields(person, labels),
    )


def status(person: Person, now: int) -> tuple[str, str, int]:
    """Text, emoji and expiration of the status that is in force; one that has expired is none."""
    if person.status_expiration and person.status_expiration <= now:
        return "", "", 0
    return person.status_text, person.status_emoji, person.status_expiration


def normalized(name: str) -> str:
    """A name without its accents. Source: the user object's page, which keeps Latin characters only."""
    if name.isascii():
        return name
    return "".join(character for character in unicodedata.normalize("NFKD", name) if not unicodedata.combining(character))


def _fields(person: Person, labels: dict[str, str] | None) -> dict[str, ProfileField]:
    if person.fields == "{}":
        return {}
    fields: dict[str, dict[str, str]] = json.loads(person.fields)
    return {
        id: ProfileField(
            value=field.get("value", ""), alt=field.get("alt", ""), label=labels.get(id, "") if labels is not None else UNSET
        )
        for id, field in fields.items()
    }


def _enterprise_user(actor: "Actor", person: Person) -> EnterpriseUser | UnsetType:
    teams = person.teams if isinstance(person, Member) else None
    role = BY_NAME[person.org_role]
    return EnterpriseUser(
        id=person.id,
        enterprise_id=actor.organization,
        enterprise_name=actor.organization_name,
        is_admin=role >= Role.ADMIN,
        is_owner=role >= Role.OWNER,
        is_primary_owner=role is Role.PRIMARY_OWNER,
        teams=sorted(teams.split(",")) if teams else [],
    )
