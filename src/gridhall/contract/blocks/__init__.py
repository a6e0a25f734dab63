"""Block Kit, as far as messages carry it: an object's fields, their types and their bounds.

A place says itself what may stand there, so that msgspec refuses the rest and tells where it is; what lies between several
fields of an object is in its `__post_init__`. What counts for a message as a whole is not here. Source of all figures: the
platform's reference pages, and where these say nothing its SDKs.
"""

from gridhall.contract.blocks.cards import Card, Carousel, Container, Plan, TaskCard
from gridhall.contract.blocks.data import DataTable, DataVisualization, Table
from gridhall.contract.blocks.layout import (
    Actions,
    Call,
    Context,
    ContextActions,
    Divider,
    Header,
    Image,
    Input,
    Markdown,
    Section,
    Video,
)
from gridhall.contract.blocks.rich_text import RichText

Block = (
    Section
    | Divider
    | Header
    | Image
    | Actions
    | Context
    | ContextActions
    | Input
    | Markdown
    | Video
    | Call
    | RichText
    | Table
    | DataTable
    | DataVisualization
    | Card
    | Carousel
    | Container
    | Plan
    | TaskCard
)
"""Whatever a message may hold."""

__all__ = ["Block"]
