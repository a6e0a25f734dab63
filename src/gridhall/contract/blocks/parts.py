"""What all objects of Block Kit are made of: closed objects that are told apart by their `type`, and texts."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Generic, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gridhall.contract.addresses import HARMLESS


class Wrong(ValueError):
    """A rule between fields is broken.

    Arguments:
        why: what a caller is told.
        at: the pointer to what is wrong, from the object that has the rule.
    """

    def __init__(self, why: str, at: str = "") -> None:
        super().__init__(why)
        self.at = at


class Closed(msgspec.Struct, forbid_unknown_fields=True):
    """An object without a type. A field that it does not have is refused, and so is null where a value belongs."""


class Typed(Closed, tag_field="type", tag=""):
    """An object that its `type` tells from others in the same place."""


class _Nameless(msgspec.Struct, tag_field="type", tag=""):
    def __post_init__(self) -> None:
        raise Wrong("must be of a type that can be here, not ''", "/type")


T = TypeVar("T")

if TYPE_CHECKING:
    The = Annotated[T, "of this type alone"]
else:
    # Where a place takes one type only, msgspec would let an object pass that does not tell its type.
    The = T | _Nameless

Id = Annotated[str, Meta(max_length=255)]
"""A `block_id` or an `action_id`."""

Filled = Annotated[str, Meta(min_length=1)]
Upto20 = Annotated[str, Meta(min_length=1, max_length=20)]
Upto30 = Annotated[str, Meta(min_length=1, max_length=30)]
Upto49 = Annotated[str, Meta(min_length=1, max_length=49)]
Upto50 = Annotated[str, Meta(min_length=1, max_length=50)]
Upto75 = Annotated[str, Meta(min_length=1, max_length=75)]
Upto100 = Annotated[str, Meta(min_length=1, max_length=100)]
Upto150 = Annotated[str, Meta(min_length=1, max_length=150)]
Upto199 = Annotated[str, Meta(min_length=1, max_length=199)]
Upto200 = Annotated[str, Meta(min_length=1, max_length=200)]
Upto300 = Annotated[str, Meta(min_length=1, max_length=300)]
Upto2000 = Annotated[str, Meta(min_length=1, max_length=2000)]
Upto3000 = Annotated[str, Meta(min_length=1, max_length=3000)]
Upto4000 = Annotated[str, Meta(min_length=1, max_length=4000)]
Address = Annotated[str, Meta(min_length=1, max_length=3000, pattern=HARMLESS)]

Words = TypeVar("Words", bound=str)


class PlainText(Typed, Generic[Words], tag="plain_text"):
    """Text as it stands. How long it may be is a matter of its place. `verbatim` has no effect on it, and apps send it."""

    text: Words
    emoji: bool | UnsetType = UNSET
    verbatim: bool | UnsetType = UNSET


class Mrkdwn(Typed, Generic[Words], tag="mrkdwn"):
    """Text with the platform's markup. It takes no `emoji`: reports of apps show that the platform refuses it."""

    text: Words
    verbatim: bool | UnsetType = UNSET


Plain = The[PlainText[Words]]
Text = PlainText[Words] | Mrkdwn[Words]


class Laid(Typed, tag=""):
    """A block.

    Fields:
        ACTING: the field that holds the elements that act, or the one that does.
        NESTED: the field that holds further blocks.
    """

    ACTING: ClassVar[str] = ""
    NESTED: ClassVar[str] = ""

    block_id: Id | UnsetType = UNSET


class Element(Typed, tag=""):
    """What a block is made of."""


class Acting(Element, tag=""):
    """An element that people act on."""

    action_id: Id | UnsetType = UNSET
