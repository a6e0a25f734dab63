"""Rich text: a block that says of each run of text what it is."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from gridhall.contract.addresses import HARMLESS
from gridhall.contract.blocks.parts import Closed, Filled, Laid, The, Typed

Address = Annotated[str, Meta(min_length=1, pattern=HARMLESS)]
AnyAddress = Annotated[str, Meta(pattern=HARMLESS)]
"""An address, which may be empty."""

ID, NAME = r"\A[A-Z0-9]+\Z", r"\A[^\s<>&|]+\Z"

Id = Annotated[str, Meta(pattern=ID)]
"""The id of a person, a group, a workspace or a channel."""

Name = Annotated[str, Meta(pattern=NAME)]
"""The name of an emoji."""


class Style(Closed):
    """How a run of text looks."""

    bold: bool | UnsetType = UNSET
    italic: bool | UnsetType = UNSET
    strike: bool | UnsetType = UNSET
    underline: bool | UnsetType = UNSET
    code: bool | UnsetType = UNSET
    highlight: bool | UnsetType = UNSET
    client_highlight: bool | UnsetType = UNSET
    unlink: bool | UnsetType = UNSET


class Run(Typed, tag=""):
    """A piece of a line."""

    style: Style | UnsetType = UNSET


class Words(Run, tag="text", kw_only=True):
    """Text."""

    text: Filled


class Link(Run, tag="link", kw_only=True):
    """A link."""

    url: Address
    text: str | UnsetType = UNSET
    unsafe: bool | UnsetType = UNSET
    from_llm: bool | UnsetType = UNSET
    is_slack_url: bool | UnsetType = UNSET
    truncated: bool | UnsetType = UNSET


class User(Run, tag="user", kw_only=True):
    """A person is mentioned."""

    user_id: Id
    from_llm: bool | UnsetType = UNSET


class Usergroup(Run, tag="usergroup", kw_only=True):
    """A group of people is mentioned."""

    usergroup_id: Id


class Team(Run, tag="team", kw_only=True):
    """A workspace is mentioned."""

    team_id: Id


class Channel(Run, tag="channel", kw_only=True):
    """A channel is mentioned."""

    channel_id: Id
    tab_id: str | UnsetType = UNSET
    from_llm: bool | UnsetType = UNSET


class Emoji(Run, tag="emoji", kw_only=True):
    """An emoji, by its name without colons."""

    name: Name
    unicode: str | UnsetType = UNSET
    skin_tone: int | UnsetType = UNSET
    url: AnyAddress | UnsetType = UNSET


class Broadcast(Run, tag="broadcast", kw_only=True):
    """Everybody is mentioned who is in some place."""

    range: Literal["here", "channel", "everyone"]


class Date(Run, tag="date", kw_only=True):
    """A time in Unix seconds, which each reader sees in their own zone."""

    timestamp: int
    format: Filled
    timezone: str | UnsetType = UNSET
    url: AnyAddress | UnsetType = UNSET
    fallback: str | UnsetType = UNSET


class Color(Run, tag="color", kw_only=True):
    """A colour, as hexadecimal digits."""

    value: Filled


class Tag(Run, tag="tag", kw_only=True):
    """A short coloured label."""

    text: Filled
    color: Literal["gray", "brown", "purple", "indigo", "blue", "green", "yellow", "orange", "red"] | UnsetType = UNSET


class AttachmentMention(Run, tag="attachment_mention", kw_only=True):
    """Something that is attached is mentioned."""

    url: Address
    text: str | UnsetType = UNSET
    app_id: str | UnsetType = UNSET
    entity_id: str | UnsetType = UNSET
    icon_url: AnyAddress | UnsetType = UNSET
    channel_id: str | UnsetType = UNSET
    ts: str | UnsetType = UNSET
    full_size_preview_enabled: bool | UnsetType = UNSET
    icon_name: str | UnsetType = UNSET
    reference_object_type: str | UnsetType = UNSET
    product_name: str | UnsetType = UNSET


class Canvas(Run, tag="canvas", kw_only=True):
    """A canvas is mentioned."""

    file_id: Filled
    label: str | UnsetType = UNSET
    hide_title: bool | UnsetType = UNSET
    section_id: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    url: AnyAddress | UnsetType = UNSET
    is_skill_invocation: bool | UnsetType = UNSET


class CanvasMessageUnfurl(Run, tag="canvas_message_unfurl", kw_only=True):
    """A message is shown in a canvas."""

    root_message_ts: Filled
    root_message_channel: Filled


class CanvasUserMention(Run, tag="canvas_user_mention", kw_only=True):
    """A person is mentioned in a canvas."""

    user_id: Id
    thread_id: str | UnsetType = UNSET


class Citation(Run, tag="citation", kw_only=True):
    """Where something is taken from."""

    url: Address
    text: Filled
    index: int
    details: dict[str, Any]
    from_llm: bool | UnsetType = UNSET
    is_slack_url: bool | UnsetType = UNSET


class File(Run, tag="file", kw_only=True):
    """A file is mentioned."""

    file_id: Filled
    text: str | UnsetType = UNSET
    url: AnyAddress | UnsetType = UNSET
    is_skill_invocation: bool | UnsetType = UNSET


class ListRecord(Run, tag="list_record", kw_only=True):
    """A record of a list is mentioned."""

    file_id: Filled
    record_id: str | UnsetType = UNSET
    view_id: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    url: AnyAddress | UnsetType = UNSET


class MessageMention(Run, tag="message_mention", kw_only=True):
    """A message is mentioned."""

    channel_id: Id
    message_ts: Filled
    author_id: str | UnsetType = UNSET
    thread_ts: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    url: AnyAddress | UnsetType = UNSET


class SalesforceDataField(Run, tag="salesforce_data_field", kw_only=True):
    """A field of a record elsewhere."""

    salesforce_record_id: Filled
    salesforce_field_label: str | UnsetType = UNSET
    salesforce_field_api_name: str | UnsetType = UNSET
    salesforce_include_field_label: bool | UnsetType = UNSET


class WorkObjectMention(Run, tag="work_object_mention", kw_only=True):
    """An object of another product is mentioned."""

    entity_id: Filled
    app_id: Filled
    text: Filled
    url: Address
    icon_url: AnyAddress | UnsetType = UNSET
    full_size_preview_enabled: bool | UnsetType = UNSET
    product_name: str | UnsetType = UNSET


class WorkflowMention(Run, tag="workflow_mention", kw_only=True):
    """A workflow is mentioned."""

    workflow_id: Filled
    function_trigger_id: Filled
    text: Filled
    url: AnyAddress | UnsetType = UNSET
    channel_id: str | UnsetType = UNSET
    ts: str | UnsetType = UNSET


Leaf = (
    Words
    | Link
    | User
    | Usergroup
    | Team
    | Channel
    | Emoji
    | Broadcast
    | Date
    | Color
    | Tag
    | AttachmentMention
    | Canvas
    | CanvasMessageUnfurl
    | CanvasUserMention
    | Citation
    | File
    | ListRecord
    | MessageMention
    | SalesforceDataField
    | WorkObjectMention
    | WorkflowMention
)

Border = Literal[0, 1]


class Section(Typed, tag="rich_text_section"):
    """A paragraph."""

    elements: list[Leaf]


class List(Typed, tag="rich_text_list", kw_only=True):
    """A list, at one depth: a list within another comes after it with a larger `indent`."""

    style: Literal["bullet", "ordered"]
    elements: Annotated[list[The[Section]], Meta(min_length=1)]
    indent: Annotated[int, Meta(ge=0, le=8)] | UnsetType = UNSET
    offset: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    border: Border | UnsetType = UNSET


class Quote(Typed, tag="rich_text_quote"):
    """What somebody else said."""

    elements: list[Leaf]
    border: Border | UnsetType = UNSET


class Preformatted(Typed, tag="rich_text_preformatted"):
    """Text whose line breaks and blanks count."""

    elements: list[Words | Link]
    border: Border | UnsetType = UNSET
    language: str | UnsetType = UNSET


Part = Section | List | Quote | Preformatted


class RichText(Laid, tag="rich_text", kw_only=True):
    """Rich text."""

    elements: Annotated[list[Part], Meta(min_length=1)]
