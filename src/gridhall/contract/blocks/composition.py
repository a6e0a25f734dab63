"""The objects that elements are composed of."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from gridhall.contract.blocks.parts import (
    Address,
    Closed,
    Filled,
    Plain,
    Text,
    Typed,
    Upto30,
    Upto75,
    Upto100,
    Upto150,
    Upto300,
    Wrong,
)

Style = Literal["primary", "danger"]


class Option(Closed):
    """One choice of a menu."""

    text: Plain[Upto75]
    value: Upto150
    description: Plain[Upto75] | UnsetType = UNSET


class OverflowOption(Closed):
    """One choice of an overflow menu, which may lead somewhere."""

    text: Plain[Upto75]
    value: Upto150
    description: Plain[Upto75] | UnsetType = UNSET
    url: Address | UnsetType = UNSET


class MarkedOption(Closed):
    """One checkbox or radio button, whose texts may have markup."""

    text: Text[Upto75]
    value: Upto150
    description: Text[Upto75] | UnsetType = UNSET


Options = Annotated[list[Option], Meta(min_length=1, max_length=100)]


class OptionGroup(Closed):
    """Choices under a label."""

    label: Plain[Upto75]
    options: Options


Groups = Annotated[list[OptionGroup], Meta(min_length=1, max_length=100)]


class Confirm(Closed):
    """What asks people whether they mean it."""

    title: Plain[Upto100]
    text: Text[Upto300]
    confirm: Plain[Upto30]
    deny: Plain[Upto30]
    style: Style | UnsetType = UNSET


class ConversationFilter(Closed):
    """Which conversations a menu lists."""

    include: Annotated[list[Literal["im", "mpim", "private", "public"]], Meta(min_length=1)] | UnsetType = UNSET
    exclude_external_shared_channels: bool | UnsetType = UNSET
    exclude_bot_users: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.include is self.exclude_external_shared_channels is self.exclude_bot_users is UNSET:
            raise Wrong("needs one of `include`, `exclude_external_shared_channels` and `exclude_bot_users`")


class DispatchConfig(Closed):
    """When an input tells its app what was entered."""

    trigger_actions_on: (
        Annotated[list[Literal["on_enter_pressed", "on_character_entered"]], Meta(min_length=1, max_length=2)] | UnsetType
    ) = UNSET


class SlackFile(Closed):
    """A picture that is a file of the workspace."""

    id: Filled | UnsetType = UNSET
    url: Address | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.id is UNSET) is (self.url is UNSET):
            raise Wrong("needs either `id` or `url`")


class Parameter(Closed):
    """What a workflow is given."""

    name: Filled
    value: str


class Trigger(Closed):
    """What starts a workflow."""

    url: Address
    customizable_input_parameters: list[Parameter] | UnsetType = UNSET


class Workflow(Closed):
    """A workflow, by what starts it."""

    trigger: Trigger


class SlackIcon(Typed, tag="icon"):
    """One of the platform's own icons."""

    name: Literal[
        "archive",
        "book",
        "bookmark",
        "bot",
        "bug",
        "calendar",
        "call",
        "caret-left",
        "caret-right",
        "check",
        "clipboard",
        "code",
        "comment",
        "compass",
        "copy",
        "cube",
        "download",
        "edit",
        "email",
        "eye-closed",
        "eye-open",
        "file",
        "flag",
        "folder",
        "gear",
        "globe",
        "heart",
        "help",
        "image",
        "info",
        "key",
        "lightbulb",
        "link",
        "map",
        "mobile",
        "new-window",
        "pin",
        "plus",
        "refine",
        "refresh",
        "rocket",
        "save",
        "screen",
        "share",
        "sparkle",
        "star",
        "star-filled",
        "tag",
        "thumbs-down",
        "thumbs-up",
        "trash",
        "upload",
        "user",
        "warning",
    ]
