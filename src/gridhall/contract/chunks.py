"""Chunks: the pieces in which an app streams a message. Source of the figures: the reference page of chat.appendStream."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from gridhall.contract.blocks.elements import UrlSource
from gridhall.contract.blocks.parts import Filled, The, Typed

Upto256 = Annotated[str, Meta(min_length=1, max_length=256)]

Status = Literal["pending", "in_progress", "complete", "error"]


class _Chunk(Typed, forbid_unknown_fields=False, tag=""):
    """One piece. A field that is not known changes nothing: clients for newer kinds send more."""


class MarkdownText(_Chunk, tag="markdown_text"):
    """More text, in standard Markdown."""

    text: Filled


class TaskUpdate(_Chunk, tag="task_update", kw_only=True):
    """A new task, or what has come of the one with this id: title and status replace what was there, the rest adds to it."""

    id: Upto256
    title: Upto256
    status: Status
    details: str | UnsetType = UNSET
    output: str | UnsetType = UNSET
    sources: list[The[UrlSource]] | UnsetType = UNSET


class PlanUpdate(_Chunk, tag="plan_update"):
    """What the plan of all tasks is called from now on."""

    title: Upto256


class Blocks(_Chunk, tag="blocks"):
    """Blocks, of which this says nothing yet."""

    blocks: list[dict[str, Any]]


Chunk = MarkdownText | TaskUpdate | PlanUpdate | Blocks
