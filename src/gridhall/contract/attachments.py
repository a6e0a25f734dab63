"""Attachments as callers send them: what is known of each field.

These types check; what is stored is what was sent, so that fields which are not known here stay. Source of fields and figures:
the platform's guides to secondary attachments and to interactive messages of old; the links of services are known from previews
that the platform makes.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gridhall.contract.addresses import HARMLESS

MOST_ACTIONS = 5
MOST_OPTIONS = 100
LONGEST_VALUE = 2_000

Number = int | float

Address = Annotated[str, Meta(pattern=HARMLESS)]
Value = Annotated[str, Meta(max_length=LONGEST_VALUE)]


class Field(msgspec.Struct, frozen=True, gc=False):
    """A line of a table. Bots say in many ways whether two lines stand side by side."""

    title: str | None = None
    value: str | None = None
    short: bool | Number | str | None = None


class Confirm(msgspec.Struct, frozen=True, gc=False):
    """What a person is asked before an action counts."""

    text: str
    title: str | None = None
    ok_text: str | None = None
    dismiss_text: str | None = None


class Option(msgspec.Struct, frozen=True, gc=False):
    """What a menu offers."""

    text: str
    value: Value
    description: str | None = None


Options = Annotated[list[Option], Meta(max_length=MOST_OPTIONS)]


class OptionGroup(msgspec.Struct, frozen=True, gc=False):
    """Options under a heading."""

    text: str
    options: Options


class Button(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="button"):
    """A button; one with a `url` is a link and needs no name."""

    text: str
    name: str | None = None
    value: Value | None = None
    url: Address | None = None
    style: Literal["", "default", "primary", "danger"] | None = None
    confirm: Confirm | None = None


class Menu(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="select"):
    """A menu of options of its own, or of what the data source has."""

    name: str
    text: str | None = None
    data_source: Literal["static", "channels", "conversations", "users", "external"] | None = None
    options: Options | None = None
    option_groups: Annotated[list[OptionGroup], Meta(max_length=MOST_OPTIONS)] | None = None
    selected_options: Options | None = None
    min_query_length: int | None = None
    confirm: Confirm | None = None


class Attachment(msgspec.Struct, frozen=True, gc=False):
    """One attachment. `blocks` are checked as blocks are; `ts` is in Unix seconds."""

    fallback: str | None = None
    color: str | None = None
    pretext: str | None = None
    author_name: str | None = None
    author_subname: str | None = None
    author_link: Address | None = None
    author_icon: Address | None = None
    title: str | None = None
    title_link: Address | None = None
    text: str | None = None
    fields: list[Field] | None = None
    image_url: Address | None = None
    thumb_url: Address | None = None
    video_url: Address | None = None
    audio_url: Address | None = None
    service_icon: Address | None = None
    service_link: Address | None = None
    from_url: Address | None = None
    original_url: Address | None = None
    footer: str | None = None
    footer_icon: Address | None = None
    ts: str | Number | None = None
    mrkdwn_in: list[str] | None = None
    callback_id: str | None = None
    attachment_type: str | None = None
    actions: Annotated[list[Button | Menu], Meta(max_length=MOST_ACTIONS)] | None = None
    blocks: list[dict[str, Any]] | None = None
