"""Blocks as the SDK for Python writes them: one of each of its classes is posted and comes back unchanged but for new ids."""

import inspect
from typing import Any

import pytest
from slack_bolt import App, BoltRequest, Say
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import basic_components, block_elements
from slack_sdk.models.blocks import blocks as block_classes
from slack_sdk.models.blocks.basic_components import (
    ConfirmObject,
    DispatchActionConfig,
    FeedbackButtonObject,
    MarkdownTextObject,
    Option,
    OptionGroup,
    PlainTextObject,
    RawNumberObject,
    RawTextObject,
    SlackFile,
    TableBlockColumnSettings,
    TextObject,
    Workflow,
    WorkflowTrigger,
)
from slack_sdk.models.blocks.block_elements import (
    BlockElement,
    ButtonElement,
    ChannelMultiSelectElement,
    ChannelSelectElement,
    CheckboxesElement,
    ConversationFilter,
    ConversationMultiSelectElement,
    ConversationSelectElement,
    DatePickerElement,
    DateTimePickerElement,
    EmailInputElement,
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    FeedbackButtonsElement,
    FileInputElement,
    IconButtonElement,
    ImageElement,
    InputInteractiveElement,
    InteractiveElement,
    LinkButtonElement,
    NumberInputElement,
    OverflowMenuElement,
    PlainTextInputElement,
    RadioButtonsElement,
    RichTextElement,
    RichTextElementParts,
    RichTextInputElement,
    RichTextListElement,
    RichTextPreformattedElement,
    RichTextQuoteElement,
    RichTextSectionElement,
    SelectElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    TimePickerElement,
    UrlInputElement,
    UrlSourceElement,
    UserMultiSelectElement,
    UserSelectElement,
    WorkflowButtonElement,
)
from slack_sdk.models.blocks.blocks import (
    ActionsBlock,
    AlertBlock,
    AuthProviderBlock,
    Block,
    CallBlock,
    CardBlock,
    CarouselBlock,
    ContainerBlock,
    ContextActionsBlock,
    ContextBlock,
    DividerBlock,
    FileBlock,
    HeaderBlock,
    ImageBlock,
    InputBlock,
    MarkdownBlock,
    PlanBlock,
    RichTextBlock,
    SectionBlock,
    TableBlock,
    TaskCardBlock,
    VideoBlock,
)

from harness.live import Live
from sdk.harbour import ANN, PIER, SIGNING_SECRET
from sdk.test_bolt import event, mention, web

PICTURE = "https://pier.example/a.png"
OPTIONS = [Option(value="1", text="One"), Option(value="2", text="Two", description="The second")]
MARKED = [Option(value="1", text=MarkdownTextObject(text="*One*")), Option(value="2", text="Two")]
CONFIRM = ConfirmObject(title="Really?", text="It is *far*.", confirm="Sail", deny="Stay", style="danger")
IMAGE = ImageElement(image_url=PICTURE, alt_text="A pier")
STYLE = RichTextElementParts.TextStyle(bold=True, italic=True, strike=True, code=False, underline=True)
LINE = RichTextSectionElement(elements=[RichTextElementParts.Text(text="Words", style=STYLE)])
RICH = RichTextBlock(elements=[LINE])
BUTTON = ButtonElement(
    text="Sail",
    action_id="sail",
    url="https://pier.example",
    value="1",
    style="primary",
    confirm=CONFIRM,
    accessibility_label="Set sail",
    agent_prompt="Sail",
    agent_prompt_display="Sailing",
    visible_to_user_ids=[ANN],
)
FILTER = ConversationFilter(include=["im", "public"], exclude_bot_users=True, exclude_external_shared_channels=False)
CELLS = [RawTextObject(text="One"), RawNumberObject(value=1.5, text="1.50"), RichTextBlock(elements=[LINE])]
TASK = TaskCardBlock(
    task_id="1",
    title="Look",
    details=RICH,
    output=RICH,
    sources=[UrlSourceElement(url="https://pier.example", text="Pier")],
    status="complete",
)
CARD = CardBlock(hero_image=IMAGE, icon=IMAGE, title="Title", subtitle="Subtitle", body="Body", actions=[BUTTON])

BLOCKS: dict[type, list[Block]] = {
    SectionBlock: [SectionBlock(text="*Words*", fields=["one", PlainTextObject(text="two")], accessory=IMAGE, expand=True)],
    DividerBlock: [DividerBlock(block_id="line")],
    ImageBlock: [
        ImageBlock(alt_text="A pier", image_url=PICTURE, title="Title"),
        ImageBlock(alt_text="x", slack_file={"id": "F1"}),
    ],
    ActionsBlock: [ActionsBlock(elements=[BUTTON])],
    ContextBlock: [ContextBlock(elements=[IMAGE, PlainTextObject(text="one"), MarkdownTextObject(text="two")])],
    ContextActionsBlock: [
        ContextActionsBlock(elements=[IconButtonElement(icon="trash", text="Away", action_id="away", confirm=CONFIRM)])
    ],
    InputBlock: [InputBlock(label="Name", element=PlainTextInputElement(), hint="Yours", dispatch_action=True, optional=True)],
    CallBlock: [CallBlock(call_id="R1", api_decoration_available=True, call={"v1": {"id": "R1"}})],
    HeaderBlock: [HeaderBlock(text="Words")],
    MarkdownBlock: [MarkdownBlock(text="**Words**")],
    VideoBlock: [
        VideoBlock(
            alt_text="A film",
            video_url="https://pier.example/film",
            thumbnail_url=PICTURE,
            title="Film",
            title_url="https://pier.example/about",
            description="At sea",
            provider_icon_url=PICTURE,
            provider_name="Pier",
            author_name="Ann",
        )
    ],
    RichTextBlock: [RICH],
    TableBlock: [
        TableBlock(
            rows=[[cell.to_dict() for cell in CELLS]],
            column_settings=[TableBlockColumnSettings(align="right", is_wrapped=True), None],
        )
    ],
    TaskCardBlock: [TASK],
    PlanBlock: [PlanBlock(title="Look", tasks=[TASK])],
    CardBlock: [CARD],
    ContainerBlock: [
        ContainerBlock(
            child_blocks=[DividerBlock(), SectionBlock(text="Words")],
            title="Title",
            rich_text_title=RICH,
            subtitle="Subtitle",
            width="full",
            icon=IMAGE,
            is_collapsible=True,
            default_collapsed=True,
        )
    ],
    CarouselBlock: [CarouselBlock(elements=[CARD, CARD])],
}

ACTIONS: list[InteractiveElement] = [
    BUTTON,
    LinkButtonElement(text="Sail", url="https://pier.example", style="danger"),
    CheckboxesElement(options=MARKED, initial_options=MARKED[1:], confirm=CONFIRM),
    DatePickerElement(initial_date="2024-02-29", placeholder="When?", confirm=CONFIRM),
    TimePickerElement(initial_time="09:30", timezone="Europe/Rome", placeholder="When?"),
    DateTimePickerElement(initial_date_time=1_700_000_000, confirm=CONFIRM),
    StaticSelectElement(options=OPTIONS, initial_option=OPTIONS[1], placeholder="Which?"),
    StaticMultiSelectElement(
        option_groups=[OptionGroup(label="All", options=OPTIONS)], initial_options=OPTIONS, max_selected_items=2
    ),
    SelectElement(options=OPTIONS, initial_option=OPTIONS[0], placeholder="Which?"),
    ExternalDataSelectElement(initial_option=OPTIONS[0], min_query_length=0, placeholder="Which?"),
    ExternalDataMultiSelectElement(initial_options=OPTIONS, max_selected_items=2, placeholder="Which?"),
    UserSelectElement(initial_user=ANN, placeholder="Who?"),
    UserMultiSelectElement(initial_users=[ANN], max_selected_items=1, placeholder="Who?"),
    ConversationSelectElement(initial_conversation=PIER, response_url_enabled=True, filter=FILTER, placeholder="Where?"),
    ConversationMultiSelectElement(default_to_current_conversation=True, filter=FILTER, max_selected_items=1),
    ChannelSelectElement(initial_channel=PIER, response_url_enabled=False, placeholder="Where?"),
    ChannelMultiSelectElement(initial_channels=[PIER], max_selected_items=1, placeholder="Where?"),
    RadioButtonsElement(options=MARKED, initial_option=MARKED[0], confirm=CONFIRM),
    OverflowMenuElement(options=[*OPTIONS, Option(value="3", text="More", url="https://pier.example")], confirm=CONFIRM),
    WorkflowButtonElement(
        text="Sail",
        workflow=Workflow(
            trigger=WorkflowTrigger(
                url="https://pier.example/sail", customizable_input_parameters=[{"name": "to", "value": "sea"}]
            )
        ),
        style="primary",
        accessibility_label="Set sail",
    ),
]
LEAVES = [
    RichTextElementParts.Text(text="Words", style=STYLE),
    RichTextElementParts.Channel(channel_id=PIER, style=STYLE),
    RichTextElementParts.User(user_id=ANN, style=STYLE),
    RichTextElementParts.Emoji(name="wave", skin_tone=2, unicode="1f44b-1f3fc", style=STYLE),
    RichTextElementParts.Link(url="https://pier.example", text="Pier", style=STYLE),
    RichTextElementParts.Team(team_id="T0HARBOR001", style=STYLE),
    RichTextElementParts.UserGroup(usergroup_id="S1", style=STYLE),
    RichTextElementParts.Date(timestamp=1, format="{date}", url="https://pier.example", fallback="x", style=STYLE),
    RichTextElementParts.Broadcast(range="here", style=STYLE),
    RichTextElementParts.Color(value="#F405B3", style=STYLE),
]
RATINGS = FeedbackButtonsElement(
    positive_button=FeedbackButtonObject(text="Good", value="1", accessibility_label="A good answer"),
    negative_button={"text": {"type": "plain_text", "text": "Bad"}, "value": "0"},
)
INPUT = PlainTextInputElement(
    initial_value="x",
    multiline=True,
    min_length=0,
    max_length=9,
    dispatch_action_config=DispatchActionConfig(trigger_actions_on=["on_character_entered"]),
    placeholder="Name",
    focus_on_load=True,
)
AWAY = IconButtonElement(
    icon="trash",
    text="Away",
    action_id="away",
    value="1",
    accessibility_label="Away",
    visible_to_user_ids=[ANN],
    confirm=CONFIRM,
)
PARTS = [
    LINE,
    RichTextListElement(elements=[LINE], style="ordered", indent=1, offset=2, border=1),
    RichTextPreformattedElement(elements=[RichTextElementParts.Text(text="Words")], border=0),
    RichTextQuoteElement(elements=[RichTextElementParts.Text(text="Words")]),
]

PLACES: dict[type, list[Block]] = {
    **BLOCKS,
    **{type(element): [ActionsBlock(elements=[element])] for element in ACTIONS},
    **{type(leaf): [RichTextBlock(elements=[RichTextSectionElement(elements=[leaf])])] for leaf in LEAVES},
    **{type(part): [RichTextBlock(elements=[part])] for part in PARTS},
    FeedbackButtonsElement: [ContextActionsBlock(elements=[RATINGS])],
    IconButtonElement: [ContextActionsBlock(elements=[AWAY])],
    ImageElement: [SectionBlock(text="Words", accessory=IMAGE)],
    PlainTextInputElement: [InputBlock(label="Name", element=INPUT)],
    UrlSourceElement: [TASK],
    ConversationFilter: [ActionsBlock(elements=[ConversationSelectElement(filter=FILTER)])],
    PlainTextObject: [SectionBlock(text=PlainTextObject(text="Words", emoji=True))],
    MarkdownTextObject: [SectionBlock(text=MarkdownTextObject(text="Words", verbatim=True))],
    RawTextObject: BLOCKS[TableBlock],
    RawNumberObject: BLOCKS[TableBlock],
    TableBlockColumnSettings: BLOCKS[TableBlock],
    Option: [ActionsBlock(elements=[OverflowMenuElement(options=OPTIONS)])],
    OptionGroup: [ActionsBlock(elements=[StaticSelectElement(option_groups=[OptionGroup(label="All", options=OPTIONS)])])],
    ConfirmObject: [ActionsBlock(elements=[BUTTON])],
    DispatchActionConfig: [InputBlock(label="Name", element=INPUT)],
    FeedbackButtonObject: [ContextActionsBlock(elements=[RATINGS])],
    WorkflowTrigger: [ActionsBlock(elements=[ACTIONS[-1]])],
    Workflow: [ActionsBlock(elements=[ACTIONS[-1]])],
    SlackFile: [ImageBlock(alt_text="A pier", slack_file=SlackFile(url="https://files.pier.example/a.png"))],
}

REFUSED: dict[type, tuple[Block, str]] = {
    AlertBlock: (AlertBlock(text="Words"), "/blocks/0/type"),
    AuthProviderBlock: (AuthProviderBlock(value="x", name="x", is_connected=True), "/blocks/0/type"),
    FileBlock: (FileBlock(external_id="x"), "/blocks/0/type"),
    **{
        type(element): (InputBlock(label="Name", element=element), "/blocks/0/element/type")
        for element in (
            EmailInputElement(),
            FileInputElement(),
            NumberInputElement(is_decimal_allowed=True),
            RichTextInputElement(),
            UrlInputElement(),
        )
    },
}
"""What apps cannot post: alerts and inputs of these kinds are for views; a file's block is the platform's own to add; and of
the block of a provider no page tells where it may stand."""

BASES = {
    Block,
    BlockElement,
    InputInteractiveElement,
    InteractiveElement,
    RichTextElement,
    RichTextElementParts,
    RichTextElementParts.TextStyle,
    TextObject,
}
"""Classes that are no object by themselves."""


def classes() -> set[type]:
    """All that the SDK has."""
    found = set()
    for module in (block_classes, block_elements, basic_components):
        outer = [one for _, one in inspect.getmembers(module, inspect.isclass)]
        inner = [one for each in outer for _, one in inspect.getmembers(each, inspect.isclass)]
        found |= {one for one in (*outer, *inner) if one.__module__ == module.__name__}
    return found


def unnamed(kept: Any, sent: Any) -> Any:
    """What is kept, but for the ids that were not sent."""
    if isinstance(sent, list):
        return [unnamed(one, other) for one, other in zip(kept, sent, strict=True)]
    if not isinstance(sent, dict):
        return kept
    return {
        name: unnamed(value, sent.get(name))
        for name, value in kept.items()
        if name in sent or name not in ("block_id", "action_id")
    }


def test_no_class_is_forgotten() -> None:
    assert classes() == PLACES.keys() | REFUSED.keys() | BASES


@pytest.mark.parametrize("kind", PLACES, ids=lambda kind: kind.__qualname__)
def test_what_the_sdk_writes_comes_back(harbour: Live, kind: type) -> None:
    client = web(harbour)
    posted = client.chat_postMessage(channel=PIER, text="Words", blocks=PLACES[kind])
    kept = client.conversations_history(channel=PIER, latest=posted["ts"], inclusive=True, limit=1)["messages"][0]
    sent = [block.to_dict() for block in PLACES[kind]]
    assert posted["message"]["blocks"] == kept["blocks"]
    assert unnamed(kept["blocks"], sent) == sent
    assert all(block["block_id"] for block in kept["blocks"])
    assert [block.to_dict() for block in Block.parse_all(kept["blocks"])] == kept["blocks"]


@pytest.mark.parametrize("kind", REFUSED, ids=lambda kind: kind.__qualname__)
def test_what_messages_cannot_hold_is_refused(harbour: Live, kind: type) -> None:
    block, pointer = REFUSED[kind]
    with pytest.raises(SlackApiError) as refusal:
        web(harbour).chat_postMessage(channel=PIER, text="Words", blocks=[block])
    answer = refusal.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"][0].endswith(f"[json-pointer:{pointer}]")


@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")
def test_a_listener_says_blocks(harbour: Live) -> None:
    """As Bolt's own first example does it."""
    app = App(client=web(harbour), signing_secret=SIGNING_SECRET, process_before_response=True)
    accessory = {"type": "button", "text": {"type": "plain_text", "text": "Press here"}, "action_id": "button_click"}

    @app.event("app_mention")
    def greet(event: dict[str, Any], say: Say) -> None:
        text = f"Good morning <@{event['user']}>!"
        section = {"type": "section", "text": {"type": "mrkdwn", "text": text}, "accessory": accessory}
        say(blocks=[section], text=text)
        say(blocks=[HeaderBlock(text="Weather"), SectionBlock(text="*Calm*")])

    called = mention(harbour)
    assert app.dispatch(BoltRequest(**event(called))).status == 200
    second, first = web(harbour).conversations_history(channel=called["channel"], limit=2)["messages"]
    assert first["blocks"][0]["accessory"] == accessory
    assert second["text"] == "Weather\n*Calm*"
    assert [block["type"] for block in second["blocks"]] == ["header", "section"]
