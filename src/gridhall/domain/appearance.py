"""How a person appears in answers."""

import json
import unicodedata
import zlib
from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from gridhall.contract.objects import EnterpriseUser, Profile, ProfileField, User
from gridhall.contract.roles import BY_NAME, Role
from gridhall.domain.imaging import default_hash
from gridhall.domain.people import Member, Person
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


def user(call: "Call", person: Person, *, locale: bool = False, stranger: bool = False, email: bool = False) -> User:
    """A person as the caller may see them.

    The address is shown to tokens with `users:read.email`, the second factor to the person and to administrators. Who is of
    another workspace is told apart by `team_id`, and by `is_stranger` where nothing is shared with them; of who is of another
    organization the language is withheld. Source: the platform's pages on the user object and on Slack Connect.

    Arguments:
        locale: whether the language is asked for.
        stranger: see `people.Sight`.
        email: whether the address is shown to tokens without its scope as well.
    """
    actor, member = call.actor, person if isinstance(person, Member) else None
    now = call.work.source.seconds()
    label, offset = at(person.tz, now)
    role, home = _role(call, person, member), _home(call, person, member)
    caller = call.standing.role if call.standing else actor.role
    shows_factor = member is not None and not person.is_bot and (person.id == actor.user or caller >= Role.ADMIN)
    return User(
        id=person.id,
        team_id=home,
        name=person.name,
        deleted=person.deleted,
        color=COLOURS[zlib.crc32(person.id.encode()) % len(COLOURS)],
        real_name=person.real_name,
        tz=person.tz,
        tz_label=label,
        tz_offset=offset,
        profile=profile(call, person, stranger=stranger, email=email, team=home),
        is_admin=role >= Role.ADMIN,
        is_owner=role >= Role.OWNER,
        is_primary_owner=role is Role.PRIMARY_OWNER,
        is_restricted=person.guest != "none",
        is_ultra_restricted=person.guest == "single_channel",
        is_bot=person.is_bot,
        is_app_user=member is not None and member.authorized and not person.is_bot,
        is_email_confirmed=person.email_confirmed,
        updated=person.updated,
        has_2fa=person.has_two_factor if shows_factor else UNSET,
        two_factor_type="app" if shows_factor and person.has_two_factor else UNSET,
        locale=person.locale if locale and member is not None else UNSET,
        is_stranger=True if stranger else UNSET,
        enterprise_user=_enterprise_user(actor, member) if actor.enterprise and member is not None else UNSET,
    )


def _role(call: "Call", person: Person, member: Member | None) -> Role:
    """The role in the workspace that is meant; in the organization where none is."""
    if member is None or person.guest != "none":
        return Role.GUEST
    return BY_NAME[person.org_role if call.team is None else member.role or "member"]


def _home(call: "Call", person: Person, member: Member | None) -> str:
    """The workspace that is meant, for those who are in it; for others their organization."""
    return call.team if call.team is not None and member is not None and member.role is not None else person.organization


def profile(
    call: "Call",
    person: Person,
    *,
    stranger: bool = False,
    email: bool = False,
    team: str | UnsetType = UNSET,
    fields: dict[str, ProfileField] | UnsetType = UNSET,
) -> Profile:
    """A person's profile. The address of another organization's people is told only where something is shared with them.

    Arguments:
        stranger: see `people.Sight`.
        email: as for `user`.
        team: the person's workspace, which is told in user objects alone.
        fields: the custom fields, which user objects leave to users.profile.get.
    """
    hash = person.photo or default_hash(person.organization, person.id)
    base = f"{call.context.site.pictures}{hash}_"
    custom = person.photo is not None
    text, emoji, expiration = person.status(call.work.source.seconds())
    external = person.organization != call.actor.organization
    may_read = email or EMAIL_SCOPE in call.actor.scopes
    shows_email = person.email != "" and may_read and not (external and stranger)
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
        email=person.email if shows_email else UNSET,
        team=team,
        api_app_id=person.app or UNSET,
        bot_id=person.bot_id or UNSET,
        always_active=True if person.is_bot else UNSET,
        fields=fields,
    )


def normalized(name: str) -> str:
    """A name in Latin characters without their accents, and without any others. Source: the user object's page."""
    if name.isascii():
        return name
    plain = (
        each for each in unicodedata.normalize("NFKD", name) if each.isascii() or unicodedata.name(each, "").startswith("LATIN")
    )
    return " ".join("".join(plain).split())


def custom_fields(person: Person, labels: dict[str, str], *, labelled: bool) -> dict[str, ProfileField]:
    """The values of these custom fields, in their order, with or without their labels."""
    values: dict[str, dict[str, str]] = json.loads(person.fields)
    return {
        id: ProfileField(value=values[id]["value"], alt=values[id].get("alt", ""), label=label if labelled else UNSET)
        for id, label in labels.items()
        if id in values
    }


def _enterprise_user(actor: "Actor", member: Member) -> EnterpriseUser:
    role = BY_NAME[member.org_role]
    return EnterpriseUser(
        id=member.id,
        enterprise_id=actor.organization,
        enterprise_name=actor.organization_name,
        is_admin=role >= Role.ADMIN,
        is_owner=role >= Role.OWNER,
        is_primary_owner=role is Role.PRIMARY_OWNER,
        teams=sorted(member.teams.split(",")) if member.teams else [],
    )
