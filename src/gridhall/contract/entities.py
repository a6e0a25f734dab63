"""Work Objects: what an app keeps elsewhere (a task, a file, an incident) and shows in messages, as it describes them.

Only what a mistake would spoil is declared: keys beyond these are the app's own. Source: the platform's page on implementing
Work Objects, and the types of its SDKs.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gridhall.contract.addresses import HARMLESS, Harmless

Text = Annotated[str, Meta(min_length=1)]
Address = Annotated[str, Meta(min_length=1, pattern=HARMLESS)]
Length = Annotated[int, Meta(ge=0, le=3000)]

PREFIX = "slack#/types/"
KINDS = frozenset(
    {
        *("string", "integer", "boolean", "array"),
        *("date", "timestamp", "image", "file", "channel_id", "user", "entity_ref", "link", "email"),
    }
)
"""What a field's value may be. All but the first four are written with the prefix; apps are seen to leave it out."""

LISTED = frozenset({"string", "integer", "channel_id", "user", "entity_ref"})
"""What the items of an array may be."""


class _Part(msgspec.Struct):
    """A part of an entity. What is null counts as left out."""


class ExternalRef(_Part):
    """What the app's own system calls the thing; `type` where the id alone does not tell."""

    id: Text
    type: str | None = None


class SlackFile(_Part):
    """A file of the workspace, by its id or its address."""

    id: Text | None = None
    url: Address | None = None

    def __post_init__(self) -> None:
        if self.id is None and self.url is None:
            raise ValueError("needs the field `id` or `url`")


class Icon(_Part):
    """A small picture."""

    alt_text: Text
    url: Address | None = None
    slack_file: SlackFile | None = None

    def __post_init__(self) -> None:
        if self.url is None and self.slack_file is None:
            raise ValueError("needs the field `url` or `slack_file`")


class PlainText(_Part):
    """The text of an option, or of a hint."""

    text: Text


class Option(_Part):
    """One choice."""

    value: Annotated[str, Meta(min_length=1, max_length=150)]
    text: PlainText


class EditSelect(_Part):
    """How choices are edited."""

    current_value: str | None = None
    current_values: list[str] | None = None
    static_options: list[Option] | None = None
    fetch_options_dynamically: bool | None = None
    min_query_length: int | None = None


class EditNumber(_Part):
    """How a number is edited."""

    is_decimal_allowed: bool | None = None
    min_value: float | None = None
    max_value: float | None = None


class EditText(_Part):
    """How a text is edited."""

    min_length: Length | None = None
    max_length: Length | None = None


class EditBoolean(_Part):
    """How a boolean is edited."""

    input_type: Literal["checkbox", "radio", "select"] | None = None


class Edit(_Part):
    """Whether and how people edit a field."""

    enabled: bool
    placeholder: PlainText | None = None
    hint: PlainText | None = None
    optional: bool | None = None
    select: EditSelect | None = None
    number: EditNumber | None = None
    text: EditText | None = None
    boolean: EditBoolean | None = None


class User(_Part):
    """A person: of the workspace, or one that only has a name."""

    user_id: Text | None = None
    text: Text | None = None
    url: Harmless | None = None
    email: str | None = None
    icon: Icon | None = None

    def __post_init__(self) -> None:
        if self.user_id is None and self.text is None:
            raise ValueError("needs the field `user_id` or `text`")


class EntityRef(_Part):
    """Another entity of the same app."""

    entity_url: Address
    external_ref: ExternalRef
    title: str | None = None
    display_type: str | None = None
    icon: Icon | None = None


class Boolean(_Part):
    """How a boolean is shown: as a box to tick, or in words. The words are not looked at: an SDK sends some in lists."""

    type: Literal["checkbox", "text"]


class Item(_Part):
    """A field's value, or one item of an array."""

    value: str | int | float | bool | list["Item"] | None = None
    type: str | None = None
    label: str | None = None
    link: Harmless | None = None
    icon: Icon | None = None
    long: bool | None = None
    format: Literal["markdown"] | None = None
    image_url: Harmless | None = None
    slack_file: SlackFile | None = None
    alt_text: str | None = None
    edit: Edit | None = None
    tag_color: Literal["red", "yellow", "green", "gray", "blue"] | None = None
    user: User | None = None
    entity_ref: EntityRef | None = None
    boolean: Boolean | None = None
    item_type: str | None = None

    def __post_init__(self) -> None:
        if self.type is not None and self.type.removeprefix(PREFIX) not in KINDS:
            raise ValueError("unsupported type")
        if self.item_type is not None and self.item_type.removeprefix(PREFIX) not in LISTED:
            raise ValueError("unsupported item_type")
        if self.type == "array" and self.item_type is None:
            raise ValueError("needs the field `item_type`")


class CustomField(Item, kw_only=True):
    """A field that the kind of entity does not know."""

    key: Text
    label: Text
    type: Text


class ProcessingState(_Part):
    """What a button shows while the app is at work."""

    enabled: bool
    interstitial_text: str | None = None


class Action(_Part):
    """A button."""

    text: Text
    action_id: Annotated[str, Meta(min_length=1, max_length=255)]
    value: Annotated[str, Meta(max_length=2000)] | None = None
    style: Literal["primary", "danger"] | None = None
    url: Annotated[str, Meta(max_length=3000, pattern=HARMLESS)] | None = None
    accessibility_label: Annotated[str, Meta(max_length=75)] | None = None
    processing_state: ProcessingState | None = None


class Actions(_Part):
    """The buttons, those in sight and those in the menu."""

    primary_actions: Annotated[list[Action], Meta(max_length=2)] | None = None
    overflow_actions: Annotated[list[Action], Meta(max_length=5)] | None = None


class PreviewError(_Part):
    """Why there is no preview."""

    code: Literal["file_not_supported", "file_size_exceeded", "custom"]
    message: str | None = None


class FullSizePreview(_Part):
    """A large picture of the thing."""

    is_supported: bool
    preview_url: Harmless | None = None
    mime_type: str | None = None
    error: PreviewError | None = None


class Title(_Part):
    """What the thing is called."""

    text: Text
    edit: Edit | None = None


class Attributes(_Part):
    """What heads an entity."""

    title: Title
    display_type: str | None = None
    display_id: str | None = None
    product_icon: Icon | None = None
    product_name: str | None = None
    locale: str | None = None
    full_size_preview: FullSizePreview | None = None
    metadata_last_modified: int | None = None


class Payload(_Part):
    """What an entity shows. `fields` are `Item`s by name, each checked on its own, so that a mistake tells which it is in."""

    attributes: Attributes
    fields: dict[str, Any] | None = None
    custom_fields: list[CustomField] | None = None
    slack_file: SlackFile | None = None
    display_order: list[str] | None = None
    actions: Actions | None = None


class Entity(_Part):
    """One Work Object. `app_unfurl_url` is the link that it stands in for, where it does."""

    entity_type: Literal[
        "slack#/entities/task",
        "slack#/entities/file",
        "slack#/entities/item",
        "slack#/entities/incident",
        "slack#/entities/content_item",
        "slack#/entities/tableau_analytics",
        "slack#/entities/calendar_event",
    ]
    entity_payload: Payload
    external_ref: ExternalRef
    url: Address
    app_unfurl_url: Address | None = None
