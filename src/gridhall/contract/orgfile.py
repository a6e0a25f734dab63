"""The organization file: what a database can be filled with, as types.

The types are the one truth of the format: the reader checks files against them, and the published JSON Schema derives from
them. A key that is left out is `UNSET` where the server makes the value or finds it from other keys; everything else has its
default here. What only the whole file can tell (an id that nothing bears) is `domain.orgfile.check`'s.
"""

import inspect
import re
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands: the document's index, then keys and indexes, as in `(0, "users", 3, "email")`."""

MAX_SECONDS = 253_402_300_799
"""The last second of the year 9999: no later time can be written as a date."""


class Mistake(Exception):
    """The documents say something that cannot be.

    Arguments:
        path: where; the first element is the document's index.
        message: why, in one line without the place.
    """

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(path, message)
        self.path = path
        # What is quoted from the file may hold anything.
        self.message = "".join(character if character.isprintable() else " " for character in message)[:300]

    def __str__(self) -> str:
        return f"{spell(self.path)}: {self.message}" if len(self.path) > 1 else self.message


def spell(path: Path) -> str:
    """A path as it is told: `users[3].email`. The document is left out, since the line tells it."""
    text = ""
    for step in path[1:]:
        if isinstance(step, int):
            text += f"[{step}]"
        elif re.fullmatch(r"[\w:+-]+", step):
            text += f".{step}"
        else:
            text += f"[{msgspec.json.encode(step).decode()}]"
    return text.removeprefix(".")


def _about(description: str) -> Meta:
    return Meta(description=description)


def _shape(pattern: str, told: str) -> Meta:
    """Texts of one pattern; `told` is what the reader says to who breaks it."""
    return Meta(pattern=pattern, extra={"told": told})


def _id(prefix: str, told: str) -> Meta:
    return _shape(f"^{prefix}[A-Z0-9]+$", f"must be {told} and then capital letters and digits")


EnterpriseId = Annotated[str, _id("E", "E")]
TeamId = Annotated[str, _id("T", "T")]
UserId = Annotated[str, _id("[UW]", "U or W")]
AppId = Annotated[str, _id("A", "A")]
BotId = Annotated[str, _id("B", "B")]
ConversationId = Annotated[str, _id("[CDG]", "C, D or G")]
FieldId = Annotated[str, _id("Xf", "Xf")]
AppRequestId = Annotated[str, _id("Ar", "Ar")]

Filled = Annotated[str, Meta(min_length=1)]
Handle = Annotated[str, Meta(max_length=80), _shape(r"^\S+$", "must be one word")]
Word = Annotated[str, _shape("^[a-z_]+$", "must be one word in small letters")]
Domain = Annotated[str, _shape("^[a-z0-9][a-z0-9-]*$", "must be small letters, digits and hyphens")]
UnfurlDomain = Annotated[
    str,
    Meta(max_length=253),
    _shape(
        r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$",
        "must be a domain alone, in small letters, as in example.com",
    ),
]
Email = Annotated[str, _shape(r"^[^@\s]+@[^@\s]+$", "must be an e-mail address")]
Locale = Annotated[str, _shape("^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", "must be a language tag such as en-GB")]
Base32 = Annotated[str, _shape("^[A-Z2-7]+=*$", "must be Base32: capital letters and the digits 2 to 7")]
TokenText = Annotated[
    str,
    _shape(
        r"^(xoxb|xoxp|xapp|xoxs|xoxe\.xoxb|xoxe\.xoxp)-[!-~]+$",
        "must start with xoxb-, xoxp-, xapp-, xoxs-, xoxe.xoxb- or xoxe.xoxp-, and hold no spaces; xoxc- come from signing in",
    ),
]
Ts = Annotated[str, _shape(r"^[0-9]{1,12}\.[0-9]{6}$", "must be seconds and six decimals, as in 1569520591.000500")]
Seconds = Annotated[int, Meta(ge=0, le=MAX_SECONDS)]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Days = Annotated[int, Meta(ge=0, le=36_500)]

Role: TypeAlias = Literal["primary_owner", "owner", "admin", "member"]


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the entries have in common: they do not change, and refuse keys that they do not know."""


class Retention(Entry, frozen=True, kw_only=True):
    """What an Enterprise organization keeps of conversations that have no retention of their own."""

    messages_days: Annotated[Days, _about("Days that messages are kept; 0 keeps them for ever.")] = 0
    keep_edits: Annotated[bool, _about("Whether earlier wordings of edited messages are kept.")] = True
    keep_deletes: Annotated[bool, _about("Whether deleted messages are kept.")] = True
    override_allowed: Annotated[bool, _about("Whether a conversation may have a retention of its own.")] = True


class LoneRetention(Entry, frozen=True, kw_only=True):
    """What a workspace without an Enterprise organization keeps."""

    messages_days: Annotated[Days, _about("Days that messages are kept; 0 keeps them for ever.")] = 0
    keep_edits: Annotated[bool, _about("Whether earlier wordings of edited messages are kept.")] = False
    keep_deletes: Annotated[bool, _about("Whether deleted messages are kept.")] = False
    override_allowed: Annotated[bool, _about("Whether a conversation may have a retention of its own.")] = True


Networks = Annotated[
    list[str], _about("CIDR blocks that requests may come from, such as 203.0.113.0/24; with none, every network may.")
]


class EnterpriseSettings(Entry, frozen=True, kw_only=True):
    """Settings of an Enterprise organization."""

    session_duration: Annotated[Seconds, _about("Seconds after which everyone signs in again; 0 sets no limit.")] = 0
    desktop_app_browser_quit: Annotated[bool, _about("Whether quitting the desktop app or the browser ends a session.")] = False
    two_factor_required: Annotated[bool, _about("Whether people need a second factor; bots never do.")] = False
    network_allowlist: Networks = []
    app_approval_required: Annotated[bool, _about("Whether an app must be approved before it is installed.")] = False
    oversight_access: Annotated[bool, _about("Whether the oversight methods exist for this organization.")] = True
    typed_trigger_permissions: Annotated[bool, _about("Whether triggers' permissions are set by trigger type.")] = False


class EnterpriseState(Entry, frozen=True, kw_only=True):
    """Conditions that an Enterprise organization can be put in."""

    ekm_access_withdrawn: Annotated[bool, _about("Whether the organization's encryption key was withdrawn.")] = False
    maintenance: Annotated[bool, _about("Whether the organization is closed for maintenance.")] = False


class EnterpriseEntry(Entry, frozen=True, kw_only=True):
    """The Enterprise organization that everything else in its document belongs to."""

    id: Annotated[EnterpriseId | UnsetType, _about("Identifies the organization; made where left out.")] = UNSET
    name: Annotated[Filled, _about("What the organization is called.")]
    domain: Annotated[Domain | UnsetType, _about("The organization's own subdomain; made from the name where left out.")] = (
        UNSET
    )
    retention: Annotated[Retention, _about("What is kept, and for how long.")] = Retention()
    settings: Annotated[EnterpriseSettings, _about("Settings for the whole organization.")] = EnterpriseSettings()
    state: Annotated[EnterpriseState, _about("Conditions to try clients against.")] = EnterpriseState()


class TeamSettings(Entry, frozen=True, kw_only=True):
    """Settings of a workspace."""

    two_factor_required: Annotated[bool, _about("Whether the workspace's people need a second factor; bots never do.")] = False
    network_allowlist: Networks = []
    limit_required_over: Annotated[Count, _about("How many people there may be before listing them needs a limit.")] = 10_000
    who_can_post_general: Annotated[
        Literal["everyone", "regular", "admins", "owners"],
        _about("Who may post in the general channel: `regular` is everyone but guests."),
    ] = "everyone"
    session_duration: Annotated[
        Seconds | UnsetType,
        _about("Seconds after which everyone signs in again, 0 (default) for no limit; lone workspaces only."),
    ] = UNSET
    desktop_app_browser_quit: Annotated[
        bool | UnsetType,
        _about("Whether quitting the desktop app or the browser ends a session (default: no); lone workspaces only."),
    ] = UNSET


class TeamState(Entry, frozen=True, kw_only=True):
    """Conditions that a workspace can be put in."""

    ekm_access_withdrawn: Annotated[bool, _about("Whether the workspace's encryption key was withdrawn.")] = False


class ProfileFieldEntry(Entry, frozen=True, kw_only=True):
    """A field that a workspace adds to its people's profiles."""

    id: Annotated[FieldId | UnsetType, _about("Identifies the field; made where left out.")] = UNSET
    label: Annotated[Filled, _about("What the field is called.")]
    type: Annotated[Word, _about("The kind of value, such as text, date, link or user.")] = "text"


class TeamEntry(Entry, frozen=True, kw_only=True):
    """A workspace."""

    id: Annotated[TeamId | UnsetType, _about("Identifies the workspace; made where left out.")] = UNSET
    name: Annotated[Filled, _about("What the workspace is called.")]
    domain: Annotated[Domain | UnsetType, _about("The workspace's own subdomain; made from the name where left out.")] = UNSET
    migration: Annotated[
        Literal["none", "started", "login_required"],
        _about(
            "How far a move into an organization is: while `started` calls answer team_added_to_org, then org_login_required."
        ),
    ] = "none"
    deleted: Annotated[bool, _about("Whether the workspace was deleted.")] = False
    retention: Annotated[LoneRetention | UnsetType, _about("What is kept; lone workspaces only.")] = UNSET
    settings: Annotated[TeamSettings, _about("Settings of the workspace.")] = TeamSettings()
    profile_fields: Annotated[list[ProfileFieldEntry], _about("Fields added to the profiles, in the order shown.")] = []
    state: Annotated[TeamState, _about("Conditions to try clients against.")] = TeamState()
    general: Annotated[
        str | UnsetType, _about("The general channel's id; the same as `general: true` there, and there need be none.")
    ] = UNSET


class TwoFactorEntry(Entry, frozen=True, kw_only=True):
    """A second factor that a person has set up."""

    secret: Annotated[Base32, _about("The secret that one-time codes are computed from, in Base32.")]


class StatusEntry(Entry, frozen=True, kw_only=True):
    """What a person says they are doing."""

    text: Annotated[str, _about("The status in words.")] = ""
    emoji: Annotated[str, _about("An emoji's name between colons.")] = ""
    expiration: Annotated[Seconds, _about("When the status ends, in Unix seconds; 0 for never.")] = 0


class FieldValueEntry(Entry, frozen=True, kw_only=True):
    """What a person entered in one of the workspace's profile fields."""

    value: Annotated[str, _about("The value.")]
    alt: Annotated[str, _about("The words shown in the value's place, as for a link.")] = ""


class SessionSettingsEntry(Entry, frozen=True, kw_only=True):
    """Session settings applied to one person, which go before the organization's."""

    duration: Annotated[Seconds | UnsetType, _about("Seconds after which the person signs in again; 0 sets no limit.")] = UNSET
    desktop_app_browser_quit: Annotated[
        bool | UnsetType, _about("Whether quitting the desktop app or the browser ends the person's sessions.")
    ] = UNSET


class UserEntry(Entry, frozen=True, kw_only=True):
    """A person."""

    id: Annotated[UserId | UnsetType, _about("Identifies the person; made where left out.")] = UNSET
    name: Annotated[Handle, _about("The short name, one word and the only one of its kind in the organization.")]
    real_name: Annotated[str | UnsetType, _about("The full name; the short one where left out.")] = UNSET
    first_name: Annotated[str | UnsetType, _about("The first name; the full name's first word where left out.")] = UNSET
    last_name: Annotated[str | UnsetType, _about("The last name; the rest of the full name where left out.")] = UNSET
    display_name: Annotated[str, _about("The name that the person chose to be shown by.")] = ""
    email: Annotated[Email | UnsetType, _about("The e-mail address, nobody else's in the organization whatever its case.")] = (
        UNSET
    )
    email_confirmed: Annotated[bool, _about("Whether the address was confirmed.")] = True
    password: Annotated[Filled | UnsetType, _about("What the person signs in with; without one they cannot.")] = UNSET
    two_factor: Annotated[TwoFactorEntry | UnsetType, _about("The second factor; not set up where left out.")] = UNSET
    org_role: Annotated[Role, _about("The role in the Enterprise organization.")] = "member"
    teams: Annotated[
        list[str], _about("Ids of the workspaces that the person is in; outside an Enterprise the document's first by default.")
    ] = []
    team_roles: Annotated[dict[str, Role], _about("Roles by workspace id; a member where nothing is said.")] = {}
    guest: Annotated[Literal["none", "single_channel", "multi_channel"], _about("Whether the person is a guest.")] = "none"
    guest_channels: Annotated[list[str], _about("Ids of the conversations that a guest is confined to and a member of.")] = []
    deleted: Annotated[bool, _about("Whether the account was deactivated.")] = False
    tz: Annotated[str, _about("The time zone's name in the IANA database.")] = "America/Los_Angeles"
    locale: Annotated[Locale, _about("The language and region, as an IETF tag.")] = "en-US"
    title: Annotated[str, _about("What the person does.")] = ""
    phone: Annotated[str, _about("The telephone number, in any form.")] = ""
    pronouns: Annotated[str, _about("The person's pronouns.")] = ""
    status: Annotated[StatusEntry, _about("The status.")] = StatusEntry()
    fields: Annotated[dict[str, FieldValueEntry], _about("Values of the workspaces' profile fields, by field id.")] = {}
    presence: Annotated[Literal["auto", "away"], _about("Whether presence follows activity or the person chose away.")] = "auto"
    last_activity: Annotated[Seconds, _about("When the person was last active, in Unix seconds; 0 for never.")] = 0
    photo: Annotated[str | None, _about("The picture's path, relative to the file and not above it.")] = None
    created: Annotated[Seconds | UnsetType, _about("When the account was made, in Unix seconds; when loaded by default.")] = (
        UNSET
    )
    session_settings: Annotated[SessionSettingsEntry | UnsetType, _about("Session settings of the person's own.")] = UNSET


class BotEntry(Entry, frozen=True, kw_only=True):
    """The bot user of an app."""

    name: Annotated[Handle, _about("The bot's short name.")]
    id: Annotated[UserId | UnsetType, _about("Identifies the bot as a user; made where left out.")] = UNSET
    bot_id: Annotated[BotId | UnsetType, _about("Identifies the bot as a bot; made where left out.")] = UNSET


class AppEntry(Entry, frozen=True, kw_only=True):
    """An app, and where it is installed."""

    id: Annotated[AppId | UnsetType, _about("Identifies the app; made where left out.")] = UNSET
    name: Annotated[Filled, _about("What the app is called.")]
    description: Annotated[str, _about("What the app does.")] = ""
    client_id: Annotated[Filled | UnsetType, _about("The OAuth client id; made where left out.")] = UNSET
    client_secret: Annotated[Filled | UnsetType, _about("The OAuth client secret; without one OAuth is refused.")] = UNSET
    signing_secret: Annotated[Filled | UnsetType, _about("What requests to the app are signed with; made where left out.")] = (
        UNSET
    )
    distribution: Annotated[
        Literal["internal", "distributed", "directory"],
        _about("Whether the app is for one organization, for others outside the directory, or in the directory."),
    ] = "internal"
    reduced_history_limits: Annotated[
        bool, _about("Whether history and replies give 15 objects and one call a minute at most.")
    ] = False
    token_rotation: Annotated[bool, _about("Whether the app's tokens expire and are renewed.")] = False
    developer: Annotated[str | UnsetType, _about("The id of the person who made the app.")] = UNSET
    collaborators: Annotated[list[str], _about("Ids of the people who work on the app.")] = []
    bot: Annotated[BotEntry | UnsetType, _about("The app's bot user; none where left out.")] = UNSET
    bot_scopes: Annotated[list[str], _about("Scopes that the app's bot asks for.")] = []
    user_scopes: Annotated[list[str], _about("Scopes that the app asks of people.")] = []
    redirect_uris: Annotated[list[str], _about("Addresses that OAuth may send people back to.")] = []
    unfurl_domains: Annotated[
        list[UnfurlDomain],
        _about("Domains to whose links, and to those of their subdomains, the app adds previews."),
    ] = []
    org_deploy: Annotated[
        bool | UnsetType, _about("Whether the app may be installed on an organization; by default where it is.")
    ] = UNSET
    installed_on: Annotated[list[str], _about("Ids of the workspaces and organizations that the app is installed on.")] = []
    granted_teams: Annotated[
        list[str] | UnsetType,
        _about("Ids of the workspaces that an installation on an organization reaches; by default every one."),
    ] = UNSET
    removed: Annotated[bool, _about("Whether the app was removed, which ends its tokens.")] = False


class TokenEntry(Entry, frozen=True, kw_only=True):
    """A token, whose kind its prefix tells."""

    token: Annotated[
        TokenText,
        _about("The token, by prefix: xoxb- bot, xoxp- person, xapp- app, xoxe.xoxb- and xoxe.xoxp- rotating, xoxs- legacy."),
    ]
    app: Annotated[str | UnsetType, _about("The id of the token's app; only a person's token can be without.")] = UNSET
    team: Annotated[
        str | UnsetType, _about("The id of the workspace that the token is for; by default the app's first installation.")
    ] = UNSET
    enterprise: Annotated[str | UnsetType, _about("The id of the organization that an org-level token is for.")] = UNSET
    user: Annotated[
        str | UnsetType, _about("The id of the person or bot that the token acts as; the app's bot by default.")
    ] = UNSET
    scopes: Annotated[list[str] | UnsetType, _about("What the token may do; by default the app's scopes for its kind.")] = UNSET
    expires_at: Annotated[Seconds, _about("When the token expires, in Unix seconds; 0 for never.")] = 0
    revoked_at: Annotated[Seconds, _about("When the token was revoked, in Unix seconds; 0 for never.")] = 0


class ChosenPosters(Entry, frozen=True, kw_only=True):
    """A choice of people."""

    users: Annotated[list[str], _about("Their ids.")]


Posting: TypeAlias = Literal["everyone", "admins"] | ChosenPosters


class MemberEntry(Entry, frozen=True, kw_only=True):
    """A member of a conversation, with more to say than their id."""

    user: Annotated[str, _about("The id of the person or bot.")]
    joined: Annotated[Seconds | UnsetType, _about("When they joined, in Unix seconds; with the conversation by default.")] = (
        UNSET
    )
    left: Annotated[Seconds, _about("When they left, in Unix seconds; 0 while they are in.")] = 0
    last_read: Annotated[Ts | UnsetType, _about("The last message that they read; nothing yet where left out.")] = UNSET
    open: Annotated[bool, _about("Whether they have it open, where it is a direct or group conversation.")] = True


class ConversationEntry(Entry, frozen=True, kw_only=True):
    """A channel, or a conversation between people."""

    id: Annotated[ConversationId | UnsetType, _about("Identifies the conversation; made where left out.")] = UNSET
    name: Annotated[Handle | UnsetType, _about("The channel's name; needed but for `im` and `mpim`.")] = UNSET
    team: Annotated[str | UnsetType, _about("The id of the channel's workspace; the document's first by default.")] = UNSET
    teams: Annotated[
        list[str] | UnsetType, _about("Ids of the workspaces that share the channel; the first one's organization is the host.")
    ] = UNSET
    im: Annotated[list[str] | UnsetType, _about("Ids of the two people of a direct conversation; one for somebody's own.")] = (
        UNSET
    )
    mpim: Annotated[list[str] | UnsetType, _about("Ids of the three or more people of a group conversation.")] = UNSET
    creator: Annotated[str | UnsetType, _about("The id of who made it; the first member by default.")] = UNSET
    created: Annotated[Seconds | UnsetType, _about("When it was made, in Unix seconds; when loaded by default.")] = UNSET
    general: Annotated[bool, _about("Whether this is its workspace's general channel.")] = False
    private: Annotated[bool, _about("Whether the channel is private.")] = False
    archived: Annotated[bool, _about("Whether it was archived.")] = False
    deleted: Annotated[bool, _about("Whether it was deleted and is on its way out.")] = False
    deleted_at: Annotated[Seconds, _about("When it was deleted, in Unix seconds; when loaded by default.")] = 0
    org_wide: Annotated[bool, _about("Whether the channel is in every workspace of the organization.")] = False
    topic: Annotated[str, _about("What is being talked about.")] = ""
    purpose: Annotated[str, _about("What the channel is for.")] = ""
    previous_names: Annotated[list[str], _about("Names that the channel had before.")] = []
    posting: Annotated[Posting, _about("Who may post: `everyone`, `admins`, or the people chosen.")] = "everyone"
    threads: Annotated[Posting, _about("Who may reply in threads: `everyone`, `admins`, or the people chosen.")] = "everyone"
    retention_days: Annotated[Days, _about("Days that messages are kept here; 0 follows the organization.")] = 0
    ekm_access_withdrawn: Annotated[bool, _about("Whether the conversation's encryption key was withdrawn.")] = False
    members: Annotated[list[str | MemberEntry], _about("Who is in it: ids, or entries with more to say.")] = []


class EditEntry(Entry, frozen=True, kw_only=True):
    """One edit of a message."""

    ts: Annotated[Ts, _about("When it was edited.")]
    user: Annotated[str, _about("The id of who edited it.")]
    text: Annotated[str, _about("The wording after the edit.")]
    marked: Annotated[bool, _about("Whether the message tells from then on that it was edited.")] = True


class DeletionEntry(Entry, frozen=True, kw_only=True):
    """The deletion of a message."""

    ts: Annotated[Ts, _about("When it was deleted.")]
    user: Annotated[str, _about("The id of who deleted it.")]


Objects = list[dict[str, Any]]


class ReplacedEntry(Entry, frozen=True, kw_only=True):
    """Words that stood in a message's place before others did."""

    content: Annotated[str, _about("The words.")]
    ts: Annotated[Ts, _about("When others took their place.")]
    user: Annotated[str, _about("The id of who put those there.")]


class TombstoneEntry(Entry, frozen=True, kw_only=True):
    """What stands in the place of a message that oversight took out of sight."""

    ts: Annotated[Ts, _about("When it was taken out of sight.")]
    user: Annotated[str, _about("The id of who did it.")]
    content: Annotated[str, _about("The words shown in the message's place.")] = "This message was removed."
    attachments: Annotated[Objects | None, _about("The attachments shown there.")] = None
    before: Annotated[list[ReplacedEntry], _about("The words shown there before, oldest first.")] = []


class MessageEntry(Entry, frozen=True, kw_only=True):
    """A message."""

    conversation: Annotated[str, _about("The id of the conversation that it was posted in.")]
    user: Annotated[str, _about("The id of the person or bot that posted it.")]
    ts: Annotated[Ts, _about("When it was posted, which also identifies it in its conversation.")]
    text: Annotated[str, _about("The wording as it was posted, before any edit.")] = ""
    thread_ts: Annotated[Ts | None, _about("The `ts` of the message that it replies to.")] = None
    subtype: Annotated[str | None, _about("What kind of message it is, where it is no ordinary one.")] = None
    blocks: Annotated[Objects | None, _about("The message's blocks.")] = None
    attachments: Annotated[Objects | None, _about("The message's attachments.")] = None
    metadata: Annotated[
        dict[str, Any] | None, _about("What its app attached: `event_type` with `event_payload`, `entities`, or both.")
    ] = None
    unfurl_links: Annotated[bool, _about("Whether links to texts may be previewed.")] = True
    unfurl_media: Annotated[bool, _about("Whether links to media may be previewed.")] = True
    client_msg_id: Annotated[
        str | None, _about("The id that the client gave the message; no other message of the same person has it.")
    ] = None
    app: Annotated[str | UnsetType, _about("The id of the app through which a person posted it; a bot's is its own.")] = UNSET
    username: Annotated[str | UnsetType, _about("The name that its app posted it under, in place of the bot's.")] = UNSET
    icons: Annotated[
        dict[str, str] | UnsetType, _about("The picture that its app posted it under: an `emoji`, or addresses as `image_64`.")
    ] = UNSET
    streaming_state: Annotated[
        Literal["completed", "errored"] | UnsetType,
        _about("How it came to its end, where an app streamed it; exported while it is streamed, it ends there."),
    ] = UNSET
    reactions: Annotated[dict[str, list[str]], _about("Ids of the people who reacted, by the emoji's name.")] = {}
    topic: Annotated[str | None, _about("The topic that it tells of, where its kind is to tell of one.")] = None
    purpose: Annotated[str | None, _about("The purpose that it tells of.")] = None
    name: Annotated[str | None, _about("The channel's new name that it tells of.")] = None
    old_name: Annotated[str | None, _about("The name that the channel had before.")] = None
    inviter: Annotated[str | UnsetType, _about("The id of who let in the one that it tells of.")] = UNSET
    pinned_by: Annotated[
        str | UnsetType, _about("The id of who pinned it; not pinned where left out, and no more once it was deleted.")
    ] = UNSET
    edits: Annotated[list[EditEntry], _about("The edits, oldest first.")] = []
    deleted: Annotated[DeletionEntry | None, _about("The deletion, where there was one.")] = None
    tombstone: Annotated[TombstoneEntry | None, _about("What stands in its place, where it was taken out of sight.")] = None


class DeviceEntry(Entry, frozen=True, kw_only=True):
    """A device as it was when somebody signed in with it, or as it was last seen."""

    device_hardware: Annotated[str, _about("The make of the device.")] = ""
    os: Annotated[str, _about("The operating system.")] = ""
    os_version: Annotated[str, _about("The operating system's version.")] = ""
    slack_client_version: Annotated[str, _about("The client's version.")] = ""
    ip: Annotated[str, _about("The address that the request came from.")] = ""


class SessionEntry(Entry, frozen=True, kw_only=True):
    """A device that somebody is signed in with."""

    id: Annotated[
        Annotated[int, Meta(ge=1, le=2**53 - 1)] | UnsetType, _about("Identifies the session; made where left out.")
    ] = UNSET
    user: Annotated[str, _about("The id of who is signed in.")]
    team: Annotated[str | UnsetType, _about("The id of the workspace signed in to; the person's first by default.")] = UNSET
    enterprise: Annotated[
        str | UnsetType, _about("The id of the organization, where it is the whole of it that was signed in to.")
    ] = UNSET
    client: Annotated[Literal["desktop", "mobile", "web"], _about("The kind of client.")] = "web"
    created: Annotated[DeviceEntry, _about("The device at sign-in.")] = DeviceEntry()
    recent: Annotated[DeviceEntry | None, _about("The device as last seen, where something changed since sign-in.")] = None
    signed_in_at: Annotated[Seconds | UnsetType, _about("When, in Unix seconds; when loaded by default.")] = UNSET
    last_activity: Annotated[Seconds | UnsetType, _about("When last active, in Unix seconds; at sign-in by default.")] = UNSET
    expires_at: Annotated[Seconds, _about("When the session ends, in Unix seconds; 0 for never.")] = 0


class AppRequestEntry(Entry, frozen=True, kw_only=True):
    """Somebody's request to have an app approved."""

    id: Annotated[AppRequestId | UnsetType, _about("Identifies the request; made where left out.")] = UNSET
    app: Annotated[str, _about("The id of the app.")]
    user: Annotated[str, _about("The id of who asks.")]
    team: Annotated[str | UnsetType, _about("The id of the workspace asked for; the person's first by default.")] = UNSET
    scopes: Annotated[list[str] | UnsetType, _about("Scopes asked for; by default all that the app asks for.")] = UNSET
    message: Annotated[str, _about("What the person says about it.")] = ""


class OrgDocument(Entry, frozen=True, kw_only=True):
    """An Enterprise organization, or lone workspaces where it names no enterprise, and everything in them.

    A file holds one document or several, separated by lines of `---`; references reach from any document to any other.
    """

    enterprise: Annotated[
        EnterpriseEntry | UnsetType, _about("The Enterprise organization; without one each workspace stands alone.")
    ] = UNSET
    teams: Annotated[list[TeamEntry], _about("Workspaces.")] = []
    users: Annotated[list[UserEntry], _about("People.")] = []
    apps: Annotated[list[AppEntry], _about("Apps.")] = []
    tokens: Annotated[list[TokenEntry], _about("Tokens.")] = []
    conversations: Annotated[list[ConversationEntry], _about("Channels, and conversations between people.")] = []
    messages: Annotated[list[MessageEntry], _about("Messages.")] = []
    sessions: Annotated[list[SessionEntry], _about("Signed-in devices.")] = []
    app_requests: Annotated[list[AppRequestEntry], _about("Requests to have apps approved.")] = []


def schema() -> dict[str, Any]:
    """The format's JSON Schema (draft 2020-12), for editors and for other programs."""
    _, definitions = msgspec.json.schema_components([OrgDocument], ref_template="#/$defs/{name}")
    document = definitions.pop("OrgDocument")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **document,
        "title": "Gridhall organization file",
        "description": inspect.cleandoc(OrgDocument.__doc__ or ""),
        "$defs": definitions,
    }
