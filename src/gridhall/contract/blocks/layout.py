"""The blocks that messages have had from the beginning, and a few that are as plain."""

from typing import Annotated, Any, ClassVar

from msgspec import UNSET, Meta, UnsetType

from gridhall.contract.blocks import elements
from gridhall.contract.blocks.composition import SlackFile
from gridhall.contract.blocks.elements import (
    Button,
    Choice,
    DateTimePicker,
    FeedbackButtons,
    IconButton,
    Overflow,
    PlainTextInput,
    WorkflowButton,
    require_one_source,
)
from gridhall.contract.blocks.parts import (
    Address,
    Filled,
    Laid,
    Mrkdwn,
    Plain,
    PlainText,
    Text,
    Upto49,
    Upto150,
    Upto199,
    Upto2000,
    Upto3000,
    Wrong,
)

HTTPS = r"\Ahttps://"


class Section(Laid, tag="section"):
    """Text, or fields in two columns, or both, and an element beside them."""

    ACTING: ClassVar[str] = "accessory"

    text: Text[Upto3000] | UnsetType = UNSET
    fields: Annotated[list[Text[Upto2000]], Meta(min_length=1, max_length=10)] | UnsetType = UNSET
    accessory: elements.Image | Button | WorkflowButton | Overflow | Choice | UnsetType = UNSET
    expand: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.text is UNSET and self.fields is UNSET:
            raise Wrong("needs either `text` or `fields`", "/type")


class Divider(Laid, tag="divider"):
    """A line."""


class Header(Laid, tag="header", kw_only=True):
    """Large text."""

    text: Plain[Upto150]
    level: Annotated[int, Meta(ge=1, le=4)] | UnsetType = UNSET


class Image(Laid, tag="image", kw_only=True):
    """A picture."""

    alt_text: Upto2000
    image_url: Address | UnsetType = UNSET
    slack_file: SlackFile | UnsetType = UNSET
    title: Plain[Upto2000] | UnsetType = UNSET

    def __post_init__(self) -> None:
        require_one_source(self.image_url, self.slack_file)


class Actions(Laid, tag="actions", kw_only=True):
    """Elements that people act on."""

    ACTING: ClassVar[str] = "elements"

    elements: Annotated[list[Button | WorkflowButton | Overflow | Choice | DateTimePicker], Meta(min_length=1, max_length=25)]


class Context(Laid, tag="context", kw_only=True):
    """Small text and pictures."""

    elements: Annotated[list[PlainText[Upto3000] | Mrkdwn[Upto3000] | elements.Image], Meta(min_length=1, max_length=10)]


class ContextActions(Laid, tag="context_actions", kw_only=True):
    """What people do with an app's answer."""

    ACTING: ClassVar[str] = "elements"

    elements: Annotated[list[FeedbackButtons | IconButton], Meta(min_length=1, max_length=5)]


class Input(Laid, tag="input", kw_only=True):
    """A field under a label. The fields for addresses, numbers, files and rich text are for views only."""

    ACTING: ClassVar[str] = "element"

    label: Plain[Upto2000]
    element: PlainTextInput | Choice | DateTimePicker
    hint: Plain[Upto2000] | UnsetType = UNSET
    optional: bool | UnsetType = UNSET
    dispatch_action: bool | UnsetType = UNSET


class Markdown(Laid, tag="markdown", kw_only=True):
    """Text in standard Markdown."""

    text: Annotated[str, Meta(min_length=1, max_length=12_000)]


class Video(Laid, tag="video", kw_only=True):
    """A player."""

    alt_text: Filled
    title: Plain[Upto199]
    thumbnail_url: Address
    video_url: Annotated[str, Meta(pattern=HTTPS, max_length=3000)]
    title_url: Annotated[str, Meta(pattern=HTTPS, max_length=3000)] | UnsetType = UNSET
    description: Plain[Upto199] | UnsetType = UNSET
    author_name: Upto49 | UnsetType = UNSET
    provider_name: Filled | UnsetType = UNSET
    provider_icon_url: Address | UnsetType = UNSET


class Call(Laid, tag="call", kw_only=True):
    """A call. What it is about is told by its id; what else comes with it is kept."""

    call_id: Filled
    api_decoration_available: bool | UnsetType = UNSET
    call: dict[str, Any] | UnsetType = UNSET
