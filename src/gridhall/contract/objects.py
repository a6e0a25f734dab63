"""The objects that answers are made of. Field names and types are the platform's; UNSET fields are left out of the answer."""

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.contract.messages import Message


class Picture(msgspec.Struct, kw_only=True):
    """The addresses of a profile picture in every size. `image_original` and `image_1024` exist for uploaded ones only."""

    image_24: str
    image_32: str
    image_48: str
    image_72: str
    image_192: str
    image_512: str
    image_1024: str | UnsetType = UNSET
    image_original: str | UnsetType = UNSET
    is_custom_image: bool | UnsetType = UNSET


class ProfileField(msgspec.Struct, kw_only=True):
    """The value of a custom profile field; `label` only where labels were asked for."""

    value: str
    alt: str
    label: str | UnsetType = UNSET


class Profile(Picture, kw_only=True):
    """What a person tells about themselves. `email` only for who may read addresses."""

    title: str
    phone: str
    skype: str
    real_name: str
    real_name_normalized: str
    display_name: str
    display_name_normalized: str
    first_name: str
    last_name: str
    status_text: str
    status_emoji: str
    status_emoji_display_info: list[str]
    status_expiration: int
    status_text_canonical: str
    avatar_hash: str
    pronouns: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    team: str | UnsetType = UNSET
    api_app_id: str | UnsetType = UNSET
    bot_id: str | UnsetType = UNSET
    always_active: bool | UnsetType = UNSET
    fields: dict[str, ProfileField] | UnsetType = UNSET


class EnterpriseUser(msgspec.Struct, kw_only=True):
    """What a person is in the organization, beyond one workspace."""

    id: str
    enterprise_id: str
    enterprise_name: str
    is_admin: bool
    is_owner: bool
    is_primary_owner: bool
    teams: list[str]


class User(msgspec.Struct, kw_only=True):
    """A person or a bot, as one caller may see them."""

    id: str
    team_id: str
    name: str
    deleted: bool
    color: str
    real_name: str
    tz: str
    tz_label: str
    tz_offset: int
    profile: Profile
    is_admin: bool
    is_owner: bool
    is_primary_owner: bool
    is_restricted: bool
    is_ultra_restricted: bool
    is_bot: bool
    is_app_user: bool
    is_email_confirmed: bool
    updated: int
    has_2fa: bool | UnsetType = UNSET
    two_factor_type: str | UnsetType = UNSET
    locale: str | UnsetType = UNSET
    is_stranger: bool | UnsetType = UNSET
    enterprise_user: EnterpriseUser | UnsetType = UNSET
    enterprise_id: str | UnsetType = UNSET
    enterprise_name: str | UnsetType = UNSET
    teams: list[str] | UnsetType = UNSET
    who_can_share_contact_card: str | UnsetType = UNSET


class Note(msgspec.Struct, kw_only=True):
    """A topic or purpose: its text, who set it and when (Unix seconds, 0 where never)."""

    value: str
    creator: str
    last_set: int


class Restriction(msgspec.Struct, kw_only=True):
    """Who may post, where not everyone may."""

    type: list[str]
    user: list[str] | UnsetType = UNSET


class Properties(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is special about a conversation."""

    posting_restricted_to: Restriction | UnsetType = UNSET
    threads_restricted_to: Restriction | UnsetType = UNSET


class Conversation(msgspec.Struct, kw_only=True):
    """A channel, a direct message or a group of them. Fields that only one kind has are absent from the others.

    `is_read_only`, `is_thread_only` and `is_non_threadable` tell what the caller cannot do in a channel: post and reply, post,
    reply. `last_read`, `latest`, `unread_count` and `unread_count_display` are the caller's as well.
    """

    id: str
    created: int
    is_archived: bool
    is_im: bool
    is_org_shared: bool
    context_team_id: str | UnsetType = UNSET
    updated: int
    name: str | UnsetType = UNSET
    name_normalized: str | UnsetType = UNSET
    is_channel: bool | UnsetType = UNSET
    is_group: bool | UnsetType = UNSET
    is_mpim: bool | UnsetType = UNSET
    is_private: bool | UnsetType = UNSET
    is_general: bool | UnsetType = UNSET
    is_shared: bool | UnsetType = UNSET
    is_global_shared: bool | UnsetType = UNSET
    is_ext_shared: bool | UnsetType = UNSET
    is_pending_ext_shared: bool | UnsetType = UNSET
    pending_shared: list[str] | UnsetType = UNSET
    pending_connected_team_ids: list[str] | UnsetType = UNSET
    parent_conversation: UnsetType | None = UNSET
    creator: str | UnsetType = UNSET
    unlinked: int | UnsetType = UNSET
    shared_team_ids: list[str] | UnsetType = UNSET
    internal_team_ids: list[str] | UnsetType = UNSET
    connected_team_ids: list[str] | UnsetType = UNSET
    conversation_host_id: str | UnsetType = UNSET
    enterprise_id: str | UnsetType = UNSET
    topic: Note | UnsetType = UNSET
    purpose: Note | UnsetType = UNSET
    properties: Properties | UnsetType = UNSET
    previous_names: list[str] | UnsetType = UNSET
    user: str | UnsetType = UNSET
    is_user_deleted: bool | UnsetType = UNSET
    is_member: bool | UnsetType = UNSET
    is_frozen: bool | UnsetType = UNSET
    is_read_only: bool | UnsetType = UNSET
    is_thread_only: bool | UnsetType = UNSET
    is_non_threadable: bool | UnsetType = UNSET
    is_open: bool | UnsetType = UNSET
    last_read: str | UnsetType = UNSET
    latest: Message | UnsetType | None = UNSET
    unread_count: int | UnsetType = UNSET
    unread_count_display: int | UnsetType = UNSET
    num_members: int | UnsetType = UNSET
    locale: str | UnsetType = UNSET
    priority: int | UnsetType = UNSET


class Opened(Conversation, kw_only=True):
    """A conversation that was opened: all of it, or its id alone."""

    created: int | UnsetType = UNSET  # type: ignore[assignment]
    is_archived: bool | UnsetType = UNSET  # type: ignore[assignment]
    is_im: bool | UnsetType = UNSET  # type: ignore[assignment]
    is_org_shared: bool | UnsetType = UNSET  # type: ignore[assignment]
    updated: int | UnsetType = UNSET  # type: ignore[assignment]


class NotInvited(msgspec.Struct, kw_only=True):
    """Somebody who could not be invited, and the code that says why."""

    user: str
    ok: bool
    error: str


class Bot(msgspec.Struct, kw_only=True):
    """An app's bot."""

    id: str
    deleted: bool
    name: str
    updated: int
    app_id: str
    user_id: str
    icons: dict[str, str]


class Icon(msgspec.Struct, kw_only=True):
    """A workspace's icon in every size; no workspace has one of its own yet, so `image_default` is true."""

    image_34: str
    image_44: str
    image_68: str
    image_88: str
    image_102: str
    image_132: str
    image_230: str
    image_default: bool


class Team(msgspec.Struct, kw_only=True):
    """A workspace, or an organization looked at as one."""

    id: str
    name: str
    domain: str
    email_domain: str
    url: str
    icon: Icon
    is_verified: bool
    avatar_base_url: str
    enterprise_id: str | UnsetType = UNSET
    enterprise_name: str | UnsetType = UNSET
    enterprise_domain: str | UnsetType = UNSET


class TeamEntry(msgspec.Struct, kw_only=True):
    """A workspace in a list."""

    id: str
    name: str
    icon: Icon | UnsetType = UNSET
