"""The blocks that hold several things together, and those that tell what an agent is at."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType

from gridhall.contract.blocks import elements
from gridhall.contract.blocks.composition import SlackIcon
from gridhall.contract.blocks.data import Table
from gridhall.contract.blocks.elements import Button, UrlSource
from gridhall.contract.blocks.layout import Actions, Context, Divider, Header, Image, Input, Section, Video
from gridhall.contract.blocks.parts import Filled, Laid, Plain, Text, The, Upto150, Upto200, Wrong
from gridhall.contract.blocks.rich_text import RichText


class Card(Laid, tag="card"):
    """A card."""

    ACTING: ClassVar[str] = "actions"

    hero_image: The[elements.Image] | UnsetType = UNSET
    icon: The[elements.Image] | UnsetType = UNSET
    slack_icon: The[SlackIcon] | UnsetType = UNSET
    title: Text[Upto150] | UnsetType = UNSET
    subtitle: Text[Upto150] | UnsetType = UNSET
    body: Text[Upto200] | UnsetType = UNSET
    subtext: Text[Upto200] | UnsetType = UNSET
    actions: Annotated[list[The[Button]], Meta(max_length=3)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.hero_image is self.title is self.body is UNSET and not self.actions:
            raise Wrong("needs one of `hero_image`, `title`, `actions` and `body`")
        if self.icon is not UNSET and self.slack_icon is not UNSET:
            raise Wrong("takes no `slack_icon` beside `icon`", "/slack_icon")


class Carousel(Laid, tag="carousel", kw_only=True):
    """Cards in a row."""

    NESTED: ClassVar[str] = "elements"

    elements: Annotated[list[The[Card]], Meta(min_length=1, max_length=10)]


Child = Actions | Context | Divider | Header | Image | Input | RichText | Section | Table | Video


class Container(Laid, tag="container", kw_only=True):
    """Blocks under a title."""

    NESTED: ClassVar[str] = "child_blocks"

    child_blocks: Annotated[list[Child], Meta(min_length=1, max_length=10)]
    title: Plain[Upto150] | UnsetType = UNSET
    rich_text_title: The[RichText] | UnsetType = UNSET
    subtitle: Text[Upto150] | UnsetType = UNSET
    width: Literal["narrow", "standard", "wide", "full"] | UnsetType = UNSET
    icon: The[elements.Image] | UnsetType = UNSET
    is_collapsible: bool | UnsetType = UNSET
    default_collapsed: bool | UnsetType = UNSET
    has_header_divider: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.title is UNSET and self.rich_text_title is UNSET:
            raise Wrong("needs either `title` or `rich_text_title`")


class _Task(Laid, tag="", kw_only=True):
    task_id: Filled
    title: Filled
    details: The[RichText] | UnsetType = UNSET
    output: The[RichText] | UnsetType = UNSET
    sources: list[The[UrlSource]] | UnsetType = UNSET
    icon: The[SlackIcon] | UnsetType = UNSET


class TaskCard(_Task, tag="task_card"):
    """A task that stands by itself, which is begun at least."""

    status: Literal["in_progress", "complete", "error"] | UnsetType = UNSET


class PlannedTask(_Task, tag="task_card"):
    """A task of a plan, which need not tell its type: the platform's own example leaves it out."""

    status: Literal["pending", "in_progress", "complete", "error"] | UnsetType = UNSET


class Plan(Laid, tag="plan", kw_only=True):
    """Tasks under a title. `status` is not documented; the platform takes it and does nothing with it."""

    NESTED: ClassVar[str] = "tasks"

    title: Filled
    tasks: list[PlannedTask] | UnsetType = UNSET
    status: str | UnsetType = UNSET
