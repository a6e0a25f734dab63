"""One block of each kind with every field that it can have, and how one place in it is changed."""

import json
from typing import Any

from gridhall.contract.blocks import Block
from gridhall.contract.errors import InvalidAttachments, InvalidBlocks
from gridhall.domain import blocks

Json = dict[str, Any]


def plain(text: str = "Words") -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def marked(text: str = "*Words*") -> Json:
    return {"type": "mrkdwn", "text": text, "verbatim": False}


CONFIRM = {"title": plain(), "text": marked(), "confirm": plain(), "deny": plain(), "style": "danger"}
PICTURE = {"type": "image", "image_url": "https://pier.example/a.png", "alt_text": "A pier"}
OPTION = {"text": plain(), "value": "1", "description": plain()}
MARKED_OPTION = {"text": marked(), "value": "1", "description": marked()}
GROUP = {"label": plain(), "options": [OPTION]}
FILTER = {"include": ["im", "public"], "exclude_external_shared_channels": True, "exclude_bot_users": False}


def menu(kind: str, **more: Any) -> Json:
    common = {"type": kind, "action_id": "a", "placeholder": plain(), "confirm": CONFIRM, "focus_on_load": False}
    return common | more


ELEMENTS: dict[str, Json] = {
    "button": {
        "type": "button",
        "action_id": "a",
        "text": plain(),
        "url": "https://pier.example",
        "value": "1",
        "style": "primary",
        "confirm": CONFIRM,
        "accessibility_label": "Words",
        "agent_prompt": "Words",
        "agent_prompt_display": "Words",
        "visible_to_user_ids": ["U1"],
    },
    "workflow_button": {
        "type": "workflow_button",
        "action_id": "a",
        "text": plain(),
        "workflow": {
            "trigger": {
                "url": "https://pier.example",
                "customizable_input_parameters": [{"name": "a", "value": "b"}],
            }
        },
        "style": "danger",
        "confirm": CONFIRM,
        "accessibility_label": "Words",
    },
    "overflow": {
        "type": "overflow",
        "action_id": "a",
        "options": [OPTION | {"url": "https://pier.example"}],
        "confirm": CONFIRM,
    },
    "checkboxes": {
        "type": "checkboxes",
        "action_id": "a",
        "options": [MARKED_OPTION],
        "initial_options": [MARKED_OPTION],
        "confirm": CONFIRM,
        "focus_on_load": True,
    },
    "radio_buttons": {
        "type": "radio_buttons",
        "action_id": "a",
        "options": [MARKED_OPTION],
        "initial_option": MARKED_OPTION,
        "confirm": CONFIRM,
        "focus_on_load": True,
    },
    "datepicker": menu("datepicker", initial_date="2024-02-29"),
    "timepicker": menu("timepicker", initial_time="23:59", timezone="Europe/Rome"),
    "static_select": menu("static_select", options=[OPTION], initial_option=OPTION),
    "static_select, grouped": menu("static_select", option_groups=[GROUP], initial_option=OPTION),
    "multi_static_select": menu("multi_static_select", options=[OPTION], initial_options=[OPTION], max_selected_items=2),
    "multi_static_select, grouped": menu("multi_static_select", option_groups=[GROUP], initial_options=[OPTION]),
    "external_select": menu("external_select", initial_option=OPTION, min_query_length=0),
    "multi_external_select": menu("multi_external_select", initial_options=[OPTION], min_query_length=3, max_selected_items=1),
    "users_select": menu("users_select", initial_user="U1"),
    "multi_users_select": menu("multi_users_select", initial_users=["U1"], max_selected_items=1),
    "conversations_select": menu(
        "conversations_select",
        initial_conversation="C1",
        default_to_current_conversation=True,
        response_url_enabled=True,
        filter=FILTER,
    ),
    "multi_conversations_select": menu(
        "multi_conversations_select",
        initial_conversations=["C1"],
        default_to_current_conversation=True,
        filter=FILTER,
        max_selected_items=1,
    ),
    "channels_select": menu("channels_select", initial_channel="C1", response_url_enabled=False),
    "multi_channels_select": menu("multi_channels_select", initial_channels=["C1"], max_selected_items=1),
}
"""Those that stand beside a section's text. In actions and inputs, where most of them may stand too, a few more may."""

DATE_TIME = {
    "type": "datetimepicker",
    "action_id": "a",
    "initial_date_time": 1_700_000_000,
    "confirm": CONFIRM,
    "focus_on_load": True,
}
TEXT_INPUT = {
    "type": "plain_text_input",
    "action_id": "a",
    "initial_value": "",
    "multiline": True,
    "min_length": 0,
    "max_length": 3000,
    "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]},
    "focus_on_load": True,
    "placeholder": plain(),
}
RATING = {"text": plain(), "value": "1", "accessibility_label": "Words"}
FEEDBACK = {"type": "feedback_buttons", "action_id": "a", "positive_button": RATING, "negative_button": RATING}
ICON_BUTTON = {
    "type": "icon_button",
    "action_id": "b",
    "icon": "trash",
    "text": plain(),
    "value": "1",
    "confirm": CONFIRM,
    "accessibility_label": "Words",
    "visible_to_user_ids": ["U1"],
}

STYLE = dict.fromkeys(("bold", "italic", "strike", "underline", "code", "highlight", "client_highlight", "unlink"), True)
LEAVES: list[Json] = [
    {"type": "text", "text": "Words"},
    {
        "type": "link",
        "url": "https://pier.example",
        "text": "",
        "unsafe": True,
        "from_llm": True,
        "is_slack_url": False,
        "truncated": False,
    },
    {"type": "user", "user_id": "U1", "from_llm": True},
    {"type": "usergroup", "usergroup_id": "S1"},
    {"type": "team", "team_id": "T1"},
    {"type": "channel", "channel_id": "C1", "tab_id": "x", "from_llm": True},
    {"type": "emoji", "name": "wave", "unicode": "1f44b", "skin_tone": 2, "url": "https://pier.example/wave.png"},
    {"type": "broadcast", "range": "here"},
    {"type": "date", "timestamp": 1, "format": "{date}", "timezone": "UTC", "url": "https://pier.example", "fallback": "x"},
    {"type": "color", "value": "#F405B3"},
    {"type": "tag", "text": "new", "color": "green"},
    {
        "type": "attachment_mention",
        "url": "https://pier.example",
        "text": "x",
        "app_id": "A1",
        "entity_id": "x",
        "icon_url": "x",
        "channel_id": "C1",
        "ts": "1.1",
        "full_size_preview_enabled": True,
        "icon_name": "x",
        "reference_object_type": "x",
        "product_name": "x",
    },
    {
        "type": "canvas",
        "file_id": "F1",
        "label": "x",
        "hide_title": True,
        "section_id": "x",
        "text": "x",
        "url": "x",
        "is_skill_invocation": False,
    },
    {"type": "canvas_message_unfurl", "root_message_ts": "1.1", "root_message_channel": "C1"},
    {"type": "canvas_user_mention", "user_id": "U1", "thread_id": "x"},
    {
        "type": "citation",
        "url": "https://pier.example",
        "text": "x",
        "index": 1,
        "details": {"citation_type": "web", "more": [None]},
        "from_llm": True,
        "is_slack_url": False,
    },
    {"type": "file", "file_id": "F1", "text": "x", "url": "x", "is_skill_invocation": False},
    {"type": "list_record", "file_id": "F1", "record_id": "x", "view_id": "x", "text": "x", "url": "x"},
    {
        "type": "message_mention",
        "channel_id": "C1",
        "message_ts": "1.1",
        "author_id": "U1",
        "thread_ts": "1.1",
        "text": "x",
        "url": "x",
    },
    {
        "type": "salesforce_data_field",
        "salesforce_record_id": "x",
        "salesforce_field_label": "x",
        "salesforce_field_api_name": "x",
        "salesforce_include_field_label": True,
    },
    {
        "type": "work_object_mention",
        "entity_id": "x",
        "app_id": "A1",
        "text": "x",
        "url": "x",
        "icon_url": "x",
        "full_size_preview_enabled": False,
        "product_name": "x",
    },
    {
        "type": "workflow_mention",
        "workflow_id": "W1",
        "function_trigger_id": "x",
        "text": "x",
        "url": "x",
        "channel_id": "C1",
        "ts": "1.1",
    },
]
LEAVES = [leaf | {"style": STYLE} for leaf in LEAVES]


def rich(**more: Any) -> Json:
    """A rich text of one line."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [LEAVES[0]]}]} | more


def raw(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


PLOT = {
    "series": [{"name": "ships", "data": [{"label": "Mon", "value": -1.5}, {"label": "Tue", "value": 4}]}],
    "axis_config": {"categories": ["Tue", "Mon"], "x_label": "Day", "y_label": "Ships"},
}
TASK = {
    "task_id": "1",
    "title": "Look",
    "status": "complete",
    "details": rich(),
    "output": rich(),
    "sources": [{"type": "url", "url": "https://pier.example", "text": "Pier"}],
    "icon": {"type": "icon", "name": "star"},
}
CARD = {
    "type": "card",
    "hero_image": PICTURE,
    "icon": PICTURE,
    "title": marked(),
    "subtitle": plain(),
    "body": marked(),
    "subtext": plain(),
    "actions": [ELEMENTS["button"]],
}

SAMPLES: dict[str, Json] = {
    "section": {
        "type": "section",
        "text": marked(),
        "fields": [marked(), plain()],
        "accessory": PICTURE,
        "expand": True,
    },
    "divider": {"type": "divider"},
    "header": {"type": "header", "text": plain() | {"verbatim": True}, "level": 4},
    "image": {"type": "image", "alt_text": "A pier", "image_url": "https://pier.example/a.png", "title": plain()},
    "image, file by id": {"type": "image", "alt_text": "A pier", "slack_file": {"id": "F1"}},
    "image, file by url": {"type": "image", "alt_text": "A pier", "slack_file": {"url": "https://pier.example"}},
    "actions": {"type": "actions", "elements": [ELEMENTS["button"], DATE_TIME | {"action_id": "b"}]},
    "context": {"type": "context", "elements": [marked(), plain(), PICTURE]},
    "context_actions": {"type": "context_actions", "elements": [FEEDBACK, ICON_BUTTON]},
    "input": {
        "type": "input",
        "label": plain(),
        "element": TEXT_INPUT,
        "hint": plain(),
        "optional": True,
        "dispatch_action": False,
    },
    "markdown": {"type": "markdown", "text": "# Words"},
    "video": {
        "type": "video",
        "alt_text": "A film",
        "title": plain(),
        "thumbnail_url": "https://pier.example/a.png",
        "video_url": "https://pier.example/film",
        "title_url": "https://pier.example/about",
        "description": plain(),
        "author_name": "Ann",
        "provider_name": "Pier",
        "provider_icon_url": "https://pier.example/i.png",
    },
    "call": {"type": "call", "call_id": "R1", "api_decoration_available": True, "call": {"v1": {"id": None}}},
    "rich_text": rich(
        elements=[
            {"type": "rich_text_section", "elements": LEAVES},
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [LEAVES[0]]}],
                "indent": 8,
                "offset": 1,
                "border": 0,
            },
            {"type": "rich_text_quote", "elements": [LEAVES[0]], "border": 1},
            {"type": "rich_text_preformatted", "elements": LEAVES[:2], "border": 0, "language": "json"},
        ]
    ),
    "table": {
        "type": "table",
        "rows": [[raw(), {"type": "raw_number", "value": 3.5, "text": "3.50"}, rich()]],
        "column_settings": [{"align": "left", "is_wrapped": True}, None],
    },
    "data_table": {
        "type": "data_table",
        "rows": [[raw(), raw()], [{"type": "raw_number", "value": 3}, rich()]],
        "caption": "Words",
        "page_size": 5,
        "row_header_column_index": 1,
    },
    "data_visualization": {
        "type": "data_visualization",
        "title": "Words",
        "chart": {"type": "pie", "segments": [{"label": "a", "value": 0.5}]},
    },
    "bar": {"type": "data_visualization", "title": "Words", "chart": {"type": "bar"} | PLOT},
    "area": {"type": "data_visualization", "title": "Words", "chart": {"type": "area"} | PLOT},
    "line": {"type": "data_visualization", "title": "Words", "chart": {"type": "line"} | PLOT},
    "card": CARD,
    "card, named icon": {"type": "card", "slack_icon": {"type": "icon", "name": "star"}, "title": plain()},
    "carousel": {"type": "carousel", "elements": [CARD]},
    "container": {
        "type": "container",
        "title": plain(),
        "rich_text_title": rich(),
        "subtitle": marked(),
        "child_blocks": [{"type": "divider"}, {"type": "section", "text": plain(), "accessory": ELEMENTS["button"]}],
        "width": "full",
        "icon": PICTURE,
        "is_collapsible": True,
        "default_collapsed": False,
        "has_header_divider": True,
    },
    "plan": {
        "type": "plan",
        "title": "Words",
        "tasks": [{"type": "task_card"} | TASK | {"status": "pending", "block_id": "y"}],
        "status": "x",
    },
    "task_card": {"type": "task_card"} | TASK,
    **{name: {"type": "section", "text": plain(), "accessory": element} for name, element in ELEMENTS.items()},
    "datetimepicker": {"type": "actions", "elements": [DATE_TIME]},
    "checkboxes, none chosen": {
        "type": "section",
        "text": plain(),
        "accessory": {"type": "checkboxes", "options": [MARKED_OPTION]},
    },
}
SAMPLES = {name: sample | {"block_id": "x"} for name, sample in SAMPLES.items()}


def changed(sample: Json, pointer: str, value: Any = None) -> Json:
    """The block with another value at this pointer, or without it."""
    made: Json = json.loads(json.dumps(sample))
    *path, last = pointer.split("/")[1:]
    place: Any = made
    for step in path:
        place = place[int(step) if isinstance(place, list) else step]
    key = int(last) if isinstance(place, list) else last
    if value is None:
        del place[key]
    else:
        place[key] = value
    return made


def at(sample: Json, pointer: str) -> Any:
    """What is at this pointer."""
    place: Any = sample
    for step in pointer.split("/")[1:]:
        place = place[int(step) if isinstance(place, list) else step]
    return place


def read(*sent: Any) -> list[Block]:
    return blocks.read(list(sent), two_tables=InvalidAttachments)


def pointers(*sent: Any) -> list[str]:
    """Where blocks are refused."""
    try:
        read(*sent)
    except (InvalidBlocks, InvalidAttachments) as refusal:
        return [message.split("[json-pointer:")[1].removesuffix("]") for message in refusal.messages]
    return []
