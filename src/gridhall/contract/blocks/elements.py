"""The elements that sections, actions and inputs are made of."""

import datetime
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gridhall.contract.blocks.composition import (
    Confirm,
    ConversationFilter,
    DispatchConfig,
    Groups,
    MarkedOption,
    Option,
    Options,
    OverflowOption,
    SlackFile,
    Style,
    Workflow,
)
from gridhall.contract.blocks.parts import (
    Acting,
    Address,
    Closed,
    Element,
    Filled,
    Plain,
    Upto75,
    Upto150,
    Upto2000,
    Upto4000,
    Wrong,
)

DATE, TIME = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z"

People = list[Filled]
Marked = Annotated[list[MarkedOption], Meta(min_length=1, max_length=10)]
OneOrMore = Annotated[int, Meta(ge=1)]
Chosen = Annotated[list[Option], Meta(min_length=1)]


class Confirmed(Acting, tag=""):
    """What may ask whether people mean it."""

    confirm: Confirm | UnsetType = UNSET


class Entered(Confirmed, tag=""):
    """What may be the first to have the cursor: a notion of views, which messages carry."""

    focus_on_load: bool | UnsetType = UNSET


class Empty(Entered, tag=""):
    """What says something while nothing is chosen."""

    placeholder: Plain[Upto150] | UnsetType = UNSET


# Buttons.


class Button(Confirmed, tag="button", kw_only=True):
    """A button. `agent_prompt`, its display and `visible_to_user_ids` are known from the platform's SDK."""

    text: Plain[Upto75]
    url: Address | UnsetType = UNSET
    value: Upto2000 | UnsetType = UNSET
    style: Style | UnsetType = UNSET
    accessibility_label: Upto75 | UnsetType = UNSET
    agent_prompt: Upto4000 | UnsetType = UNSET
    agent_prompt_display: Filled | UnsetType = UNSET
    visible_to_user_ids: People | UnsetType = UNSET


class WorkflowButton(Confirmed, tag="workflow_button", kw_only=True):
    """A button that starts a workflow."""

    text: Plain[Upto75]
    workflow: Workflow
    style: Style | UnsetType = UNSET
    accessibility_label: Upto75 | UnsetType = UNSET


class Feedback(Closed):
    """One of the two buttons that rate an answer."""

    text: Plain[Upto75]
    value: Upto2000
    accessibility_label: Upto75 | UnsetType = UNSET


class FeedbackButtons(Acting, tag="feedback_buttons", kw_only=True):
    """Two buttons that rate an answer."""

    positive_button: Feedback
    negative_button: Feedback


class IconButton(Confirmed, tag="icon_button", kw_only=True):
    """A button that shows an icon."""

    icon: Literal["trash"]
    text: Plain[Upto75]
    value: Upto2000 | UnsetType = UNSET
    accessibility_label: Upto75 | UnsetType = UNSET
    visible_to_user_ids: People | UnsetType = UNSET


class Overflow(Confirmed, tag="overflow", kw_only=True):
    """A menu behind three dots."""

    options: Annotated[list[OverflowOption], Meta(min_length=1, max_length=5)]


# Choices that are in sight.


class Checkboxes(Entered, tag="checkboxes", kw_only=True):
    """Choices of which several may be made."""

    options: Marked
    initial_options: Annotated[list[MarkedOption], Meta(min_length=1)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.initial_options is not UNSET:
            _require_among(self.initial_options, self.options)


class RadioButtons(Entered, tag="radio_buttons", kw_only=True):
    """Choices of which one may be made."""

    options: Marked
    initial_option: MarkedOption | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.initial_option is not UNSET and self.initial_option not in self.options:
            raise Wrong("must be one of the options", "/initial_option")


# Times.


class DatePicker(Empty, tag="datepicker"):
    """A choice of a day."""

    initial_date: Annotated[str, Meta(pattern=DATE)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.initial_date is not UNSET:
            try:
                datetime.date.fromisoformat(self.initial_date)
            except ValueError:
                raise Wrong("must be a day that there is", "/initial_date") from None


class TimePicker(Empty, tag="timepicker"):
    """A choice of a time of day."""

    initial_time: Annotated[str, Meta(pattern=TIME)] | UnsetType = UNSET
    timezone: Filled | UnsetType = UNSET


class DateTimePicker(Entered, tag="datetimepicker"):
    """A choice of a time, in Unix seconds of ten digits."""

    initial_date_time: Annotated[int, Meta(ge=1_000_000_000, le=9_999_999_999)] | UnsetType = UNSET


# Menus.


class _StaticMenu(Empty, tag=""):
    options: Options | UnsetType = UNSET
    option_groups: Groups | UnsetType = UNSET

    def _choices(self) -> list[Option]:
        if self.options is not UNSET:
            if self.option_groups is not UNSET:
                raise Wrong("takes either `options` or `option_groups`, not both")
            return self.options
        if self.option_groups is UNSET:
            raise Wrong("needs either `options` or `option_groups`")
        return [option for group in self.option_groups for option in group.options]


class StaticSelect(_StaticMenu, tag="static_select"):
    """A menu of choices that come with it."""

    initial_option: Option | UnsetType = UNSET

    def __post_init__(self) -> None:
        choices = self._choices()
        if self.initial_option is not UNSET and self.initial_option not in choices:
            raise Wrong("must be one of the options", "/initial_option")


class MultiStaticSelect(_StaticMenu, tag="multi_static_select"):
    """The same, of which several may be chosen."""

    initial_options: Chosen | UnsetType = UNSET
    max_selected_items: OneOrMore | UnsetType = UNSET

    def __post_init__(self) -> None:
        choices = self._choices()
        if self.initial_options is not UNSET:
            _require_among(self.initial_options, choices)


class ExternalSelect(Empty, tag="external_select"):
    """A menu whose choices the app gives when it is asked."""

    initial_option: Option | UnsetType = UNSET
    min_query_length: Annotated[int, Meta(ge=0)] | UnsetType = UNSET


class MultiExternalSelect(Empty, tag="multi_external_select"):
    """The same, of which several may be chosen."""

    initial_options: Chosen | UnsetType = UNSET
    min_query_length: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    max_selected_items: OneOrMore | UnsetType = UNSET


class UsersSelect(Empty, tag="users_select"):
    """A menu of people."""

    initial_user: Filled | UnsetType = UNSET


class MultiUsersSelect(Empty, tag="multi_users_select"):
    """The same, of which several may be chosen."""

    initial_users: People | UnsetType = UNSET
    max_selected_items: OneOrMore | UnsetType = UNSET


class ConversationsSelect(Empty, tag="conversations_select"):
    """A menu of conversations. `response_url_enabled` has no effect in a message."""

    initial_conversation: Filled | UnsetType = UNSET
    default_to_current_conversation: bool | UnsetType = UNSET
    response_url_enabled: bool | UnsetType = UNSET
    filter: ConversationFilter | UnsetType = UNSET


class MultiConversationsSelect(Empty, tag="multi_conversations_select"):
    """The same, of which several may be chosen."""

    initial_conversations: People | UnsetType = UNSET
    default_to_current_conversation: bool | UnsetType = UNSET
    filter: ConversationFilter | UnsetType = UNSET
    max_selected_items: OneOrMore | UnsetType = UNSET


class ChannelsSelect(Empty, tag="channels_select"):
    """A menu of public channels. `response_url_enabled` has no effect in a message."""

    initial_channel: Filled | UnsetType = UNSET
    response_url_enabled: bool | UnsetType = UNSET


class MultiChannelsSelect(Empty, tag="multi_channels_select"):
    """The same, of which several may be chosen."""

    initial_channels: People | UnsetType = UNSET
    max_selected_items: OneOrMore | UnsetType = UNSET


# What is neither.


class PlainTextInput(Acting, tag="plain_text_input"):
    """A field for text."""

    initial_value: str | UnsetType = UNSET
    multiline: bool | UnsetType = UNSET
    min_length: Annotated[int, Meta(ge=0, le=3000)] | UnsetType = UNSET
    max_length: Annotated[int, Meta(ge=1, le=3000)] | UnsetType = UNSET
    dispatch_action_config: DispatchConfig | UnsetType = UNSET
    focus_on_load: bool | UnsetType = UNSET
    placeholder: Plain[Upto150] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.min_length is not UNSET and self.max_length is not UNSET and self.min_length > self.max_length:
            raise Wrong("must be no more than `max_length`", "/min_length")


class Image(Element, tag="image"):
    """A picture."""

    alt_text: Upto2000
    image_url: Address | UnsetType = UNSET
    slack_file: SlackFile | UnsetType = UNSET

    def __post_init__(self) -> None:
        require_one_source(self.image_url, self.slack_file)


class UrlSource(Element, tag="url"):
    """Where a task's knowledge comes from."""

    url: Address
    text: Filled


def require_one_source(image_url: object, slack_file: object) -> None:
    """Refuse a picture from nowhere or from two places."""
    if (image_url is UNSET) is (slack_file is UNSET):
        raise Wrong("needs either `image_url` or `slack_file`")


def _require_among(initial: Iterable[object], options: list[Option] | list[MarkedOption]) -> None:
    # As JSON they are looked up, so that many take no longer than they are long.
    known = set(map(msgspec.json.encode, options))
    for number, option in enumerate(initial):
        if msgspec.json.encode(option) not in known:
            raise Wrong("must be one of the options", f"/initial_options/{number}")


Menu = (
    StaticSelect
    | MultiStaticSelect
    | ExternalSelect
    | MultiExternalSelect
    | UsersSelect
    | MultiUsersSelect
    | ConversationsSelect
    | MultiConversationsSelect
    | ChannelsSelect
    | MultiChannelsSelect
)
Choice = Menu | Checkboxes | RadioButtons | DatePicker | TimePicker
