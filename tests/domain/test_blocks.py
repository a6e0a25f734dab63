"""Blocks of messages: each bound just inside and just outside, and where it is told to be broken."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.kit import (
    CARD,
    DATE_TIME,
    ELEMENTS,
    FEEDBACK,
    LEAVES,
    MARKED_OPTION,
    OPTION,
    PICTURE,
    SAMPLES,
    TEXT_INPUT,
    Json,
    at,
    changed,
    marked,
    plain,
    pointers,
    raw,
    read,
    rich,
)
from gridhall.contract.blocks import Block
from gridhall.contract.errors import InvalidAttachments, InvalidBlocks, MsgBlocksTooLong
from gridhall.domain import blocks
from gridhall.domain.source import Source, SystemClock

EXAMPLES = Path(__file__).parents[1] / "data" / "blocks"
SOURCE = Source(SystemClock())


def stored(*sent: Json) -> list[Json]:
    made: list[Json] = msgspec.json.decode(blocks.written(read(*sent), SOURCE))
    return made


def without_made(made: Any, sent: Any) -> Any:
    """What is stored, but for the ids that were made because none was sent."""
    if isinstance(sent, list):
        return [without_made(one, other) for one, other in zip(made, sent, strict=True)]
    if not isinstance(sent, dict):
        return made
    return {
        name: without_made(value, sent.get(name))
        for name, value in made.items()
        if name in sent or name not in ("block_id", "action_id")
    }


def error(*sent: Any) -> str:
    """The only message of a refusal."""
    with pytest.raises(InvalidBlocks) as refusal:
        read(*sent)
    (message,) = refusal.value.messages
    return message


# What is taken.


@pytest.mark.parametrize("name", [path.stem for path in EXAMPLES.glob("*.json") if not path.stem.startswith("bad_")])
def test_examples_come_back_as_they_were_sent(name: str) -> None:
    sent = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    if name == "plan_tasks_untyped_doc_example":
        assert stored(*sent)[0]["tasks"][0].pop("type") == "task_card"
        return
    assert without_made(stored(*sent), sent) == sent


@pytest.mark.parametrize("name", SAMPLES)
def test_every_field_comes_back_as_it_was_sent(name: str) -> None:
    assert without_made(stored(SAMPLES[name]), [SAMPLES[name]]) == [SAMPLES[name]]


@pytest.mark.parametrize("name", [path.stem for path in EXAMPLES.glob("bad_*.json")])
def test_examples_of_mistakes_are_refused_where_they_are(name: str) -> None:
    example = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    with pytest.raises((InvalidBlocks, InvalidAttachments)) as refusal:
        read(*example["blocks"])
    assert refusal.value.code == example["code"]
    assert pointers(*example["blocks"]) == [example["pointer"]]


# Fields.

LENGTHS = [
    ("section", "/block_id", 0, 255),
    ("section", "/text/text", 1, 3000),
    ("section", "/fields/0/text", 1, 2000),
    ("section", "/fields/1/text", 1, 2000),
    ("section", "/accessory/alt_text", 1, 2000),
    ("section", "/accessory/image_url", 1, 3000),
    ("header", "/text/text", 1, 150),
    ("image", "/alt_text", 1, 2000),
    ("image", "/image_url", 1, 3000),
    ("image", "/title/text", 1, 2000),
    ("context", "/elements/0/text", 1, 3000),
    ("context", "/elements/1/text", 1, 3000),
    ("input", "/label/text", 1, 2000),
    ("input", "/hint/text", 1, 2000),
    ("input", "/element/placeholder/text", 1, 150),
    ("markdown", "/text", 1, 12_000),
    ("video", "/title/text", 1, 199),
    ("video", "/description/text", 1, 199),
    ("video", "/author_name", 1, 49),
    ("button", "/accessory/action_id", 0, 255),
    ("button", "/accessory/text/text", 1, 75),
    ("button", "/accessory/url", 1, 3000),
    ("button", "/accessory/value", 1, 2000),
    ("button", "/accessory/accessibility_label", 1, 75),
    ("button", "/accessory/agent_prompt", 1, 4000),
    ("button", "/accessory/confirm/title/text", 1, 100),
    ("button", "/accessory/confirm/text/text", 1, 300),
    ("button", "/accessory/confirm/confirm/text", 1, 30),
    ("button", "/accessory/confirm/deny/text", 1, 30),
    ("workflow_button", "/accessory/text/text", 1, 75),
    ("workflow_button", "/accessory/accessibility_label", 1, 75),
    ("overflow", "/accessory/options/0/text/text", 1, 75),
    ("overflow", "/accessory/options/0/value", 1, 150),
    ("overflow", "/accessory/options/0/description/text", 1, 75),
    ("overflow", "/accessory/options/0/url", 1, 3000),
    ("external_select", "/accessory/initial_option/text/text", 1, 75),
    ("external_select", "/accessory/initial_option/value", 1, 150),
    ("external_select", "/accessory/placeholder/text", 1, 150),
    ("static_select, grouped", "/accessory/option_groups/0/label/text", 1, 75),
    ("datepicker", "/accessory/placeholder/text", 1, 150),
    ("context_actions", "/elements/0/positive_button/text/text", 1, 75),
    ("context_actions", "/elements/0/positive_button/value", 1, 2000),
    ("context_actions", "/elements/0/negative_button/accessibility_label", 1, 75),
    ("context_actions", "/elements/1/text/text", 1, 75),
    ("context_actions", "/elements/1/value", 1, 2000),
    ("context_actions", "/elements/1/accessibility_label", 1, 75),
    ("card", "/hero_image/alt_text", 1, 2000),
    ("card", "/icon/image_url", 1, 3000),
    ("card", "/title/text", 1, 150),
    ("card", "/subtitle/text", 1, 150),
    ("card", "/body/text", 1, 200),
    ("card", "/subtext/text", 1, 200),
    ("carousel", "/elements/0/title/text", 1, 150),
    ("container", "/title/text", 1, 150),
    ("container", "/subtitle/text", 1, 150),
    ("container", "/child_blocks/1/text/text", 1, 3000),
    ("data_visualization", "/title", 1, 50),
    ("data_visualization", "/chart/segments/0/label", 1, 20),
    ("bar", "/chart/series/0/name", 1, 20),
    ("line", "/chart/axis_config/x_label", 1, 50),
    ("area", "/chart/axis_config/y_label", 1, 50),
    ("table", "/rows/0/0/text", 1, None),
    ("data_table", "/caption", 1, None),
    ("plan", "/title", 1, None),
    ("plan", "/tasks/0/title", 1, None),
    ("task_card", "/task_id", 1, None),
    ("rich_text", "/elements/0/elements/0/text", 1, None),
    ("external_select", "/accessory/initial_option/description/text", 1, 75),
    ("checkboxes, none chosen", "/accessory/options/0/text/text", 1, 75),
    ("checkboxes, none chosen", "/accessory/options/0/value", 1, 150),
    ("checkboxes, none chosen", "/accessory/options/0/description/text", 1, 75),
    ("workflow_button", "/accessory/workflow/trigger/url", 1, 3000),
    ("workflow_button", "/accessory/workflow/trigger/customizable_input_parameters/0/name", 1, None),
    ("button", "/accessory/agent_prompt_display", 1, None),
    ("timepicker", "/accessory/timezone", 1, None),
    ("video", "/alt_text", 1, None),
    ("video", "/thumbnail_url", 1, 3000),
    ("video", "/provider_icon_url", 1, 3000),
    ("video", "/provider_name", 1, None),
    ("image, file by url", "/slack_file/url", 1, 3000),
    ("image, file by id", "/slack_file/id", 1, None),
    ("call", "/call_id", 1, None),
    ("table", "/rows/0/1/text", 1, None),
    ("task_card", "/title", 1, None),
    ("task_card", "/sources/0/url", 1, 3000),
    ("task_card", "/sources/0/text", 1, None),
    ("plan", "/tasks/0/task_id", 1, None),
]


@pytest.mark.parametrize(("name", "pointer", "least", "most"), LENGTHS)
def test_texts_have_a_length(name: str, pointer: str, least: int, most: int | None) -> None:
    for length in (least, most or 5_000):
        assert pointers(changed(SAMPLES[name], pointer, "ä" * length)) == []
    outside = ([least - 1] if least else []) + ([most + 1] if most is not None else [])
    for length in outside:
        assert pointers(changed(SAMPLES[name], pointer, "ä" * length)) == [f"/blocks/0{pointer}"]


COUNTS = [
    ("section", "/fields", 1, 10),
    ("actions", "/elements", 1, 25),
    ("context", "/elements", 1, 10),
    ("context_actions", "/elements", 1, 5),
    ("overflow", "/accessory/options", 1, 5),
    ("checkboxes", "/accessory/options", 1, 10),
    ("radio_buttons", "/accessory/options", 1, 10),
    ("checkboxes", "/accessory/initial_options", 1, None),
    ("static_select", "/accessory/options", 1, 100),
    ("static_select, grouped", "/accessory/option_groups", 1, 100),
    ("static_select, grouped", "/accessory/option_groups/0/options", 1, 100),
    ("multi_static_select", "/accessory/options", 1, 100),
    ("multi_static_select, grouped", "/accessory/option_groups", 1, 100),
    ("multi_static_select", "/accessory/initial_options", 1, None),
    ("multi_external_select", "/accessory/initial_options", 1, None),
    ("conversations_select", "/accessory/filter/include", 1, None),
    ("input", "/element/dispatch_action_config/trigger_actions_on", 1, 2),
    ("table", "/rows", 1, 100),
    ("table", "/rows/0", 1, 20),
    ("table", "/column_settings", 0, 20),
    ("data_table", "/rows", 2, 201),
    ("data_visualization", "/chart/segments", 1, 12),
    ("card", "/actions", 0, 3),
    ("carousel", "/elements", 1, 10),
    ("container", "/child_blocks", 1, 10),
    ("rich_text", "/elements", 1, None),
    ("rich_text", "/elements/0/elements", 0, None),
    ("rich_text", "/elements/1/elements", 1, None),
    ("rich_text", "/elements/2/elements", 0, None),
    ("rich_text", "/elements/3/elements", 0, None),
    ("plan", "/tasks", 0, None),
    ("task_card", "/sources", 0, None),
]


@pytest.mark.parametrize(("name", "pointer", "least", "most"), COUNTS)
def test_arrays_have_a_number_of_items(name: str, pointer: str, least: int, most: int | None) -> None:
    one = unnamed(at(SAMPLES[name], pointer)[0])
    for count in (least, most or least + 1):
        assert pointers(changed(SAMPLES[name], pointer, [one] * count)) == []
    outside = ([least - 1] if least else []) + ([most + 1] if most is not None else [])
    for count in outside:
        assert pointers(changed(SAMPLES[name], pointer, [one] * count)) == [f"/blocks/0{pointer}"]


def unnamed(one: Any) -> Any:
    """The item without what may not be there twice."""
    if isinstance(one, dict):
        return {name: unnamed(value) for name, value in one.items() if name not in ("action_id", "focus_on_load")}
    return one


NUMBERS = [
    ("header", "/level", 1, 4),
    ("datetimepicker", "/elements/0/initial_date_time", 1_000_000_000, 9_999_999_999),
    ("multi_users_select", "/accessory/max_selected_items", 1, None),
    ("external_select", "/accessory/min_query_length", 0, None),
    ("multi_external_select", "/accessory/min_query_length", 0, None),
    ("multi_external_select", "/accessory/max_selected_items", 1, None),
    ("multi_static_select", "/accessory/max_selected_items", 1, None),
    ("input", "/element/min_length", 0, 3000),
    ("input", "/element/max_length", 1, 3000),
    ("rich_text", "/elements/1/indent", 0, 8),
    ("rich_text", "/elements/1/offset", 0, None),
    ("rich_text", "/elements/1/border", 0, 1),
    ("data_table", "/page_size", 1, 100),
    ("data_table", "/row_header_column_index", 0, 1),
    ("data_visualization", "/chart/segments/0/value", 1, None),
]


@pytest.mark.parametrize(("name", "pointer", "least", "most"), NUMBERS)
def test_numbers_have_bounds(name: str, pointer: str, least: int, most: int | None) -> None:
    other = {"/element/max_length": "/element/min_length", "/element/min_length": "/element/max_length"}.get(pointer)
    sample = changed(SAMPLES[name], other) if other else SAMPLES[name]
    for number in (least, most or 10**6):
        assert pointers(changed(sample, pointer, number)) == []
    for wrong in (least - 1, *([most + 1] if most else []), least + 0.5 if "value" not in pointer else "1", True, "1"):
        assert pointers(changed(sample, pointer, wrong)) == [f"/blocks/0{pointer}"]


ENUMS = [
    ("button", "/accessory/style", ["primary", "danger"], "default"),
    ("workflow_button", "/accessory/style", ["primary", "danger"], "default"),
    ("button", "/accessory/confirm/style", ["primary", "danger"], ""),
    ("context_actions", "/elements/1/icon", ["trash"], "star"),
    ("conversations_select", "/accessory/filter/include/0", ["im", "mpim", "private", "public"], "all"),
    (
        "input",
        "/element/dispatch_action_config/trigger_actions_on/0",
        ["on_enter_pressed", "on_character_entered"],
        "on_blur",
    ),
    ("rich_text", "/elements/0/elements/7/range", ["here", "channel", "everyone"], "all"),
    ("rich_text", "/elements/0/elements/10/color", ["gray", "orange"], "black"),
    ("rich_text", "/elements/1/style", ["bullet", "ordered"], "dash"),
    ("table", "/column_settings/0/align", ["left", "center", "right"], "top"),
    ("container", "/width", ["narrow", "standard", "wide", "full"], "small"),
    ("card, named icon", "/slack_icon/name", ["archive", "thumbs-up", "warning"], "cat"),
    ("task_card", "/status", ["in_progress", "complete", "error"], "pending"),
    ("plan", "/tasks/0/status", ["pending", "in_progress", "complete", "error"], "done"),
]


@pytest.mark.parametrize(("name", "pointer", "good", "bad"), ENUMS)
def test_choices_are_told(name: str, pointer: str, good: list[str], bad: str) -> None:
    for value in good:
        assert pointers(changed(SAMPLES[name], pointer, value)) == []
    assert pointers(changed(SAMPLES[name], pointer, bad)) == [f"/blocks/0{pointer}"]


REQUIRED = [
    *[(name, "/type") for name in ("section", "divider", "table", "rich_text")],
    ("section", "/text/type"),
    ("section", "/text/text"),
    ("section", "/accessory/type"),
    ("header", "/text"),
    ("header", "/text/type"),
    ("image", "/alt_text"),
    ("image", "/image_url"),
    ("section", "/accessory/alt_text"),
    ("section", "/accessory/image_url"),
    ("image, file by id", "/slack_file/id"),
    ("actions", "/elements"),
    ("context", "/elements"),
    ("context_actions", "/elements"),
    ("context_actions", "/elements/0/positive_button"),
    ("context_actions", "/elements/0/negative_button"),
    ("context_actions", "/elements/0/negative_button/value"),
    ("context_actions", "/elements/1/icon"),
    ("context_actions", "/elements/1/text"),
    ("input", "/label"),
    ("input", "/element"),
    ("markdown", "/text"),
    *[("video", f"/{field}") for field in ("alt_text", "title", "thumbnail_url", "video_url")],
    ("call", "/call_id"),
    ("rich_text", "/elements"),
    ("rich_text", "/elements/0/elements"),
    ("rich_text", "/elements/1/style"),
    ("rich_text", "/elements/1/elements"),
    ("rich_text", "/elements/1/elements/0/type"),
    ("rich_text", "/elements/2/elements"),
    ("rich_text", "/elements/3/elements"),
    ("table", "/rows"),
    ("table", "/rows/0/0/text"),
    ("table", "/rows/0/1/value"),
    ("data_table", "/rows"),
    ("data_table", "/caption"),
    ("data_visualization", "/title"),
    ("data_visualization", "/chart"),
    ("data_visualization", "/chart/segments"),
    ("data_visualization", "/chart/segments/0/label"),
    ("data_visualization", "/chart/segments/0/value"),
    ("bar", "/chart/series"),
    ("bar", "/chart/axis_config"),
    ("bar", "/chart/axis_config/categories"),
    ("bar", "/chart/series/0/name"),
    ("bar", "/chart/series/0/data/0/value"),
    ("card", "/icon/type"),
    ("card", "/actions/0/type"),
    ("card, named icon", "/slack_icon/name"),
    ("card, named icon", "/slack_icon/type"),
    ("carousel", "/elements"),
    ("carousel", "/elements/0/type"),
    ("container", "/child_blocks"),
    ("plan", "/title"),
    ("plan", "/tasks/0/task_id"),
    ("plan", "/tasks/0/title"),
    ("task_card", "/task_id"),
    ("task_card", "/title"),
    ("task_card", "/details/type"),
    *[("task_card", f"/sources/0/{field}") for field in ("type", "url", "text")],
    ("button", "/accessory/text"),
    *[("button", f"/accessory/confirm/{field}") for field in ("title", "text", "confirm", "deny")],
    ("workflow_button", "/accessory/text"),
    ("workflow_button", "/accessory/workflow"),
    ("workflow_button", "/accessory/workflow/trigger"),
    ("workflow_button", "/accessory/workflow/trigger/url"),
    ("workflow_button", "/accessory/workflow/trigger/customizable_input_parameters/0/value"),
    ("overflow", "/accessory/options"),
    ("overflow", "/accessory/options/0/text"),
    ("overflow", "/accessory/options/0/value"),
    ("checkboxes", "/accessory/options"),
    ("radio_buttons", "/accessory/options"),
    ("static_select", "/accessory/options"),
    ("static_select, grouped", "/accessory/option_groups"),
    ("static_select, grouped", "/accessory/option_groups/0/label"),
    ("multi_static_select", "/accessory/options"),
]


@pytest.mark.parametrize(("name", "pointer"), REQUIRED)
def test_what_is_needed_is_missed_in_its_object(name: str, pointer: str) -> None:
    assert pointers(changed(SAMPLES[name], pointer)) == [f"/blocks/0{pointer.rpartition('/')[0]}"]


@pytest.mark.parametrize("name", SAMPLES)
def test_objects_tell_their_type(name: str) -> None:
    for pointer in typed(SAMPLES[name]):
        if pointer != "/tasks/0":
            assert pointers(changed(SAMPLES[name], f"{pointer}/type")) == [f"/blocks/0{pointer}"]
            assert pointers(changed(SAMPLES[name], f"{pointer}/type", "")) == [f"/blocks/0{pointer}/type"]


def typed(value: Any, pointer: str = "") -> Iterator[str]:
    """Pointers to the objects that tell a type."""
    if isinstance(value, dict) and "type" in value:
        yield pointer
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from typed(one, f"{pointer}/{key}")


def test_all_else_may_be_left_out() -> None:
    for sample in (
        {"type": "section", "fields": [marked()]},
        {"type": "image", "alt_text": "x", "image_url": "x"},
        {
            "type": "actions",
            "elements": [{"type": "users_select"}, {"type": "datepicker"}, {"type": "button", "text": plain()}],
        },
        {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}},
        {"type": "data_table", "caption": "x", "rows": [[raw()], [{"type": "raw_number", "value": 1}]]},
        {"type": "card", "actions": [{"type": "button", "text": plain()}]},
        {"type": "card", "hero_image": PICTURE},
        {"type": "card", "body": plain()},
        {"type": "container", "rich_text_title": rich(), "child_blocks": [{"type": "divider"}]},
        {"type": "plan", "title": "x"},
        {"type": "task_card", "task_id": "1", "title": "x"},
        {"type": "video", "alt_text": "x", "title": plain(), "thumbnail_url": "x", "video_url": "https://x"},
    ):
        assert pointers(sample) == []


# What stands where.

EVERYWHERE = [name for name in ELEMENTS if name not in ("button", "workflow_button", "overflow")]
VIEWS_ONLY = ("email_text_input", "url_text_input", "number_input", "file_input", "rich_text_input")


@pytest.mark.parametrize("name", ELEMENTS)
def test_elements_stand_beside_sections_and_in_actions(name: str) -> None:
    assert pointers({"type": "actions", "elements": [ELEMENTS[name]]}) == []
    as_input = {"type": "input", "label": plain(), "element": ELEMENTS[name]}
    assert pointers(as_input) == ([] if name in EVERYWHERE else ["/blocks/0/element/type"])
    assert pointers({"type": "context", "elements": [ELEMENTS[name]]}) == ["/blocks/0/elements/0/type"]
    assert pointers({"type": "context_actions", "elements": [ELEMENTS[name]]}) == ["/blocks/0/elements/0/type"]


@pytest.mark.parametrize(
    ("element", "beside", "acting", "entered"),
    [
        (PICTURE, True, False, False),
        (DATE_TIME, False, True, True),
        (TEXT_INPUT, False, False, True),
        (FEEDBACK, False, False, False),
        (marked(), False, False, False),
        *[({"type": kind}, False, False, False) for kind in VIEWS_ONLY],
    ],
)
def test_some_elements_have_a_place(element: Json, beside: bool, acting: bool, entered: bool) -> None:
    assert pointers({"type": "section", "text": plain(), "accessory": element}) == (
        [] if beside else ["/blocks/0/accessory/type"]
    )
    assert pointers({"type": "actions", "elements": [element]}) == ([] if acting else ["/blocks/0/elements/0/type"])
    assert pointers({"type": "input", "label": plain(), "element": element}) == ([] if entered else ["/blocks/0/element/type"])


@pytest.mark.parametrize(
    "kind", ["alert", "file", "auth_provider", "share_shortcut", "Section", "", "event", "rich_text_section"]
)
def test_what_messages_cannot_hold(kind: str) -> None:
    assert pointers({"type": "divider"}, {"type": kind, "text": plain()}) == ["/blocks/1/type"]


NESTED = ["alert", "call", "card", "carousel", "container", "data_table", "data_visualization", "markdown", "plan", "task_card"]


@pytest.mark.parametrize("kind", NESTED)
def test_what_containers_cannot_hold(kind: str) -> None:
    sample = changed(SAMPLES["container"], "/child_blocks/0", SAMPLES.get(kind, {"type": kind}))
    assert pointers(sample) == ["/blocks/0/child_blocks/0/type"]


@pytest.mark.parametrize(
    ("name", "pointer"),
    [
        ("header", "/text"),
        ("image", "/title"),
        ("button", "/accessory/text"),
        ("button", "/accessory/confirm/title"),
        ("overflow", "/accessory/options/0/text"),
        ("static_select", "/accessory/options/0/description"),
        ("datepicker", "/accessory/placeholder"),
        ("container", "/title"),
    ],
)
def test_markup_has_its_places(name: str, pointer: str) -> None:
    assert pointers(changed(SAMPLES[name], pointer, marked())) == [f"/blocks/0{pointer}/type"]


SCRIPTS = [
    "javascript:alert(1)",
    "JavaScript://a%0aalert(1)",
    " vbscript:x",
    "data:text/html,x",
    "java\tscript:x",
    "java\nscript:x",
    "\x01javascript:x",
    "javascript\r\n:x",
    "\u00a0\ufeffdata :x",
]
PLACES = [
    ("button", "/accessory/url"),
    ("overflow", "/accessory/options/0/url"),
    ("workflow_button", "/accessory/workflow/trigger/url"),
    ("section", "/accessory/image_url"),
    ("image", "/image_url"),
    ("image, file by url", "/slack_file/url"),
    ("video", "/thumbnail_url"),
    ("video", "/provider_icon_url"),
    ("card", "/hero_image/image_url"),
    ("task_card", "/sources/0/url"),
    *(
        ("rich_text", f"/elements/0/elements/{at}/{name}")
        for at, leaf in enumerate(LEAVES)
        for name in ("url", "icon_url")
        if name in leaf
    ),
]


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(("name", "pointer"), PLACES)
def test_no_address_is_a_script_s(name: str, pointer: str, script: str) -> None:
    assert error(changed(SAMPLES[name], pointer, script)) == (
        f"[ERROR] must be an address that runs no script [json-pointer:/blocks/0{pointer}]"
    )


@pytest.mark.parametrize(
    "address", ["slack://app?id=A1", "vscode://file/a:1", "tel:+1", "//data:80/x", "a/b", "javascript", "é"]
)
@pytest.mark.parametrize(("name", "pointer"), PLACES)
def test_any_other_address_may_be_one(name: str, pointer: str, address: str) -> None:
    assert pointers(changed(SAMPLES[name], pointer, address)) == []


def test_a_mark_of_the_other_kind_of_text() -> None:
    """The platform was seen to refuse the one; of the other nobody tells."""
    marked_emoji = {"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}
    assert error(marked_emoji) == "[ERROR] must not have the field `emoji` [json-pointer:/blocks/0/text]"
    assert pointers({"type": "section", "text": {"type": "plain_text", "text": "x", "verbatim": True}}) == []


def test_a_list_holds_no_list() -> None:
    inner = at(SAMPLES["rich_text"], "/elements/1")
    sample = changed(SAMPLES["rich_text"], "/elements/1/elements/0", inner)
    assert pointers(sample) == ["/blocks/0/elements/1/elements/0/type"]
    mention = changed(SAMPLES["rich_text"], "/elements/3/elements/0", LEAVES[2])
    assert pointers(mention) == ["/blocks/0/elements/3/elements/0/type"]


# Rules between fields.


@pytest.mark.parametrize(
    ("sample", "pointer"),
    [
        (changed(changed(SAMPLES["section"], "/text"), "/fields"), "/type"),
        (changed(SAMPLES["image"], "/slack_file", {"id": "F1"}), ""),
        (changed(SAMPLES["section"], "/accessory/slack_file", {"id": "F1"}), "/accessory"),
        (changed(SAMPLES["image, file by id"], "/slack_file/url", "https://pier.example"), "/slack_file"),
        (
            changed(SAMPLES["static_select"], "/accessory/option_groups", [{"label": plain(), "options": [OPTION]}]),
            "/accessory",
        ),
        (changed(SAMPLES["static_select"], "/accessory/initial_option/value", "2"), "/accessory/initial_option"),
        (changed(SAMPLES["static_select, grouped"], "/accessory/initial_option/value", "2"), "/accessory/initial_option"),
        (changed(SAMPLES["multi_static_select"], "/accessory/initial_options/0/value", "2"), "/accessory/initial_options/0"),
        (changed(SAMPLES["checkboxes"], "/accessory/initial_options", [MARKED_OPTION, OPTION]), "/accessory/initial_options/1"),
        (changed(SAMPLES["radio_buttons"], "/accessory/initial_option", OPTION), "/accessory/initial_option"),
        (changed(SAMPLES["datepicker"], "/accessory/initial_date", "2023-02-29"), "/accessory/initial_date"),
        (changed(SAMPLES["datepicker"], "/accessory/initial_date", "20230228"), "/accessory/initial_date"),
        (changed(SAMPLES["datepicker"], "/accessory/initial_date", "2023-02-28\n"), "/accessory/initial_date"),
        (changed(SAMPLES["timepicker"], "/accessory/initial_time", "24:00"), "/accessory/initial_time"),
        (changed(SAMPLES["timepicker"], "/accessory/initial_time", "9:00"), "/accessory/initial_time"),
        (changed(SAMPLES["conversations_select"], "/accessory/filter", {}), "/accessory/filter"),
        (changed(changed(SAMPLES["input"], "/element/min_length", 3), "/element/max_length", 2), "/element/min_length"),
        (changed(SAMPLES["video"], "/video_url", "http://pier.example"), "/video_url"),
        (changed(SAMPLES["video"], "/title_url", "http://pier.example"), "/title_url"),
        (changed(SAMPLES["video"], "/video_url", "https://" + "x" * 2993), "/video_url"),
        (changed(SAMPLES["video"], "/title_url", "https://" + "x" * 2993), "/title_url"),
        (changed(SAMPLES["bar"], "/chart/series/0/data/0/label", "x" * 21), "/chart/series/0/data/0/label"),
        (changed(SAMPLES["bar"], "/chart/axis_config/categories/1", "x" * 21), "/chart/axis_config/categories/1"),
        (changed(SAMPLES["card, named icon"], "/icon", PICTURE), "/slack_icon"),
        (changed(SAMPLES["card, named icon"], "/title"), ""),
        ({"type": "card", "subtitle": plain(), "subtext": plain(), "icon": PICTURE, "actions": []}, ""),
        (changed(changed(SAMPLES["container"], "/title"), "/rich_text_title"), ""),
        (changed(SAMPLES["data_table"], "/rows/1", [raw()]), "/rows/1"),
        (changed(SAMPLES["data_table"], "/rows/0/1", rich()), "/rows/0/1/type"),
        (changed(SAMPLES["data_table"], "/row_header_column_index", 2), "/row_header_column_index"),
        (changed(SAMPLES["bar"], "/chart/series", at(SAMPLES["bar"], "/chart/series") * 2), "/chart/series/1/name"),
        (changed(SAMPLES["bar"], "/chart/series/0/data/0/label", "Wed"), "/chart/series/0/data"),
        (changed(SAMPLES["bar"], "/chart/series/0/data/0"), "/chart/series/0/data"),
        (changed(SAMPLES["bar"], "/chart/axis_config/categories", ["Mon"]), "/chart/series/0/data"),
        (changed(SAMPLES["bar"], "/chart/axis_config/categories", ["x"] * 21), "/chart/axis_config/categories"),
        (changed(SAMPLES["bar"], "/chart/axis_config/categories", []), "/chart/axis_config/categories"),
    ],
)
def test_rules_between_fields_point_at_one_of_them(sample: Json, pointer: str) -> None:
    assert pointers({"type": "divider"}, sample) == [f"/blocks/1{pointer}"]


@pytest.mark.parametrize("name", ["bar", "area", "line"])
@pytest.mark.parametrize(("count", "refused"), [(12, []), (13, ["/blocks/0/chart/series"])])
def test_charts_have_a_number_of_series(name: str, count: int, refused: list[str]) -> None:
    series = [at(SAMPLES[name], "/chart/series/0") | {"name": str(number)} for number in range(count)]
    assert pointers(changed(SAMPLES[name], "/chart/series", series)) == refused


@pytest.mark.parametrize(("count", "refused"), [(20, []), (21, ["/blocks/0/chart/series/0/data"])])
def test_series_have_a_number_of_points(count: int, refused: list[str]) -> None:
    names = [str(number) for number in range(count)]
    sample = changed(SAMPLES["bar"], "/chart/axis_config/categories", names)
    assert pointers(changed(sample, "/chart/series/0/data", [{"label": name, "value": 0} for name in names])) == refused


# The whole.


def test_a_message_has_fifty_blocks_at_the_most() -> None:
    assert pointers(*[{"type": "divider"}] * 50) == []
    assert pointers(*[{"type": "divider"}] * 51) == ["/blocks"]


def test_every_wrong_block_is_told() -> None:
    sent = [{"type": "divider"}, {}, {"type": "header"}, {"type": "markdown", "text": ""}, "text", None]
    assert pointers(*sent) == ["/blocks/1", "/blocks/2", "/blocks/3/text", "/blocks/4", "/blocks/5"]


def test_blocks_have_ids_of_their_own() -> None:
    def twice(*made: Json) -> list[str]:
        return pointers({"type": "divider", "block_id": "a"}, *made)

    again = {"type": "divider", "block_id": "a"}
    assert twice(again, again) == ["/blocks/1/block_id", "/blocks/2/block_id"]
    assert twice({"type": "divider", "block_id": "A"}) == []
    assert twice(changed(SAMPLES["container"], "/child_blocks/0/block_id", "a")) == ["/blocks/1/child_blocks/0/block_id"]
    assert twice({"type": "carousel", "elements": [CARD | {"block_id": "a"}]}) == ["/blocks/1/elements/0/block_id"]


def test_elements_have_ids_of_their_own_in_their_block() -> None:
    button = ELEMENTS["button"]
    assert pointers({"type": "actions", "elements": [button]}, {"type": "actions", "elements": [button]}) == []
    twice = {"type": "actions", "elements": [button, DATE_TIME, button]}
    assert pointers(twice) == ["/blocks/0/elements/1/action_id", "/blocks/0/elements/2/action_id"]
    assert pointers(CARD | {"actions": [button] * 2}) == ["/blocks/0/actions/1/action_id"]
    assert pointers({"type": "context_actions", "elements": [FEEDBACK] * 2}) == ["/blocks/0/elements/1/action_id"]


def test_no_more_faults_are_told_than_there_may_be_blocks() -> None:
    twice = {"type": "actions", "elements": [ELEMENTS["button"]] * 25}
    assert len(pointers(*[twice] * 5)) == 50


def test_one_element_has_the_cursor() -> None:
    first = {"type": "section", "text": plain(), "accessory": {"type": "users_select", "focus_on_load": True}}
    second = {"type": "input", "label": plain(), "element": {"type": "plain_text_input", "focus_on_load": True}}
    assert pointers(first, changed(second, "/element/focus_on_load", False)) == []
    assert pointers(first, second) == ["/blocks/1/element/focus_on_load"]
    assert pointers(second, first) == ["/blocks/1/accessory/focus_on_load"]


def test_markdown_counts_together() -> None:
    def long(count: int) -> Json:
        return {"type": "markdown", "text": "é" * count}

    assert pointers(long(6000), long(6000)) == []
    assert pointers(long(6000), {"type": "divider"}, long(6001)) == ["/blocks/2/text"]


def test_a_message_has_one_table() -> None:
    table, data_table = ({**SAMPLES[name], "block_id": name} for name in ("table", "data_table"))
    for pair in ((table, table | {"block_id": "y"}), (table, data_table), (data_table, table)):
        assert pointers(*pair) == ["/blocks/1"]
    inside = {"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}, table]}
    assert pointers(data_table, inside) == ["/blocks/1/child_blocks/1"]
    with pytest.raises(InvalidBlocks):
        blocks.read([table, data_table])


@pytest.mark.parametrize(("name", "most"), [("table", 10_000), ("data_table", 20_000)])
def test_tables_have_a_number_of_characters(name: str, most: int) -> None:
    def table(count: int) -> Json:
        words = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x" * 90}, *LEAVES[2:4]]}
        listed = {"type": "rich_text_list", "style": "bullet", "elements": [words]}
        link = {"type": "rich_text_quote", "elements": [{"type": "link", "url": "https://x"}, {"type": "text", "text": "&"}]}
        cells = [[raw()], [{"type": "rich_text", "elements": [listed, link]}], [raw("é" * (count - 103))]]
        cells.append([{"type": "raw_number", "value": 12}])
        return {"type": name, "rows": cells} | ({"caption": "x"} if name == "data_table" else {})

    assert pointers(table(most)) == []
    assert pointers(table(most + 1)) == ["/blocks/0/rows"]


def test_a_message_has_two_charts() -> None:
    charts = [{**SAMPLES["bar"], "block_id": str(number)} for number in range(3)]
    assert pointers(*charts[:2]) == []
    assert pointers(*charts) == ["/blocks/2"]


def test_blocks_have_a_length() -> None:
    def long(count: int) -> list[Json]:
        surrounding = len('[{"type":"plan","title":""}]')
        return [{"type": "plan", "title": "é" * (count - surrounding)}]

    assert blocks.read(long(100_000), too_long=MsgBlocksTooLong)
    with pytest.raises(MsgBlocksTooLong) as refusal:
        blocks.read(long(100_001), too_long=MsgBlocksTooLong)
    assert refusal.value.messages == ("[ERROR] must have no more than 100,000 characters as JSON [json-pointer:/blocks]",)


def test_blocks_elsewhere_are_told_with_the_place_and_code_of_theirs() -> None:
    with pytest.raises(InvalidAttachments) as refusal:
        blocks.read([{"type": "divider"}, {"type": "header"}], at="/attachments/3/blocks", code=InvalidAttachments)
    assert refusal.value.messages == ("[ERROR] needs the field `text` [json-pointer:/attachments/3/blocks/1]",)


# What is said.

PIE = SAMPLES["data_visualization"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "needs the field `type` @"),
        ({"type": "header"}, "needs the field `text` @"),
        ({"type": "divider", "url": ""}, "must not have the field `url` @"),
        ({"type": "x/~"}, "must be of a type that can be here, not 'x/~' @/type"),
        ({"type": "header", "text": {"type": "", "text": "x"}}, "must be of a type that can be here, not '' @/text/type"),
        ({"type": 1}, "must be a string @/type"),
        ({"type": "header", "text": "x"}, "must be an object @/text"),
        ({"type": "plan", "title": None}, "must be a string @/title"),
        ({"type": "context", "elements": {}}, "must be an array @/elements"),
        ({"type": "section", "expand": "yes"}, "must be a boolean @/expand"),
        (changed(SAMPLES["header"], "/level", "1"), "must be an integer @/level"),
        (changed(SAMPLES["table"], "/rows/0/1/value", "1"), "must be a number @/rows/0/1/value"),
        (changed(SAMPLES["table"], "/column_settings/0", 1), "must be an object or null @/column_settings/0"),
        (changed(SAMPLES["header"], "/level", 5), "must be no more than 4 @/level"),
        (changed(SAMPLES["header"], "/level", 0), "must be at least 1 @/level"),
        (changed(PIE, "/chart/segments/0/value", 0.0), "must be more than 0 @/chart/segments/0/value"),
        ({"type": "markdown", "text": ""}, "must have at least 1 character @/text"),
        ({"type": "markdown", "text": "x" * 12_001}, "must have no more than 12,000 characters @/text"),
        ({"type": "context", "elements": []}, "must have at least 1 item @/elements"),
        ({"type": "context", "elements": [plain()] * 11}, "must have no more than 10 items @/elements"),
        (
            changed(SAMPLES["container"], "/width", "x"),
            "must be one of 'full', 'narrow', 'standard', 'wide' @/width",
        ),
        (
            changed(SAMPLES["rich_text"], "/elements/1/border", 2),
            "must be one of 0, 1 @/elements/1/border",
        ),
        (
            changed(SAMPLES["card, named icon"], "/slack_icon/name", "x"),
            "must be one of the values for it @/slack_icon/name",
        ),
        (
            changed(SAMPLES["datepicker"], "/accessory/initial_date", "1.2.2026"),
            "must be a date as YYYY-MM-DD @/accessory/initial_date",
        ),
        (
            changed(SAMPLES["timepicker"], "/accessory/initial_time", "24:00"),
            "must be a time as HH:MM @/accessory/initial_time",
        ),
        (changed(SAMPLES["video"], "/video_url", "x"), "must be an address that begins with https:// @/video_url"),
        ({"type": "section"}, "needs either `text` or `fields` @/type"),
        ({"type": "section", "accessory": {"type": "static_select"}}, "needs either `options` or `option_groups` @/accessory"),
    ],
)  # fmt: skip
def test_refusals_say_what_is_wrong(sent: Json, said: str) -> None:
    why, _, pointer = said.partition(" @")
    assert error(sent) == f"[ERROR] {why} [json-pointer:/blocks/0{pointer}]"


@pytest.mark.parametrize("name", ["a` - at `$[9]", "a - at `$[9].x`", "\n", "~/", "x" * 50_000])
def test_names_that_were_sent_mislead_nobody(name: str) -> None:
    for sent, pointer in (({"type": "divider", name: 1}, ""), ({"type": name}, "/type")):
        message = error(sent)
        assert message.endswith(f" [json-pointer:/blocks/0{pointer}]")
        assert len(message) < 300


@pytest.mark.parametrize(
    "sent",
    [
        [{"type": "static_select", "options": [OPTION] * 10**4}] * 5,
        [{"type": "section", "text": "x" * 10**6}],
        [{str(number): 1 for number in range(10**5)}],
        [{}] * 10**5,
        [changed(SAMPLES["call"], "/call", {"a": [[]] * 300_000})],
        [changed(SAMPLES["rich_text"], "/elements/0/elements", [{"type": "text", "text": "x"}] * 2_500)],
        [changed(SAMPLES["rich_text"], "/elements/0/elements", [{"type": "text", "text": "x"}] * 2_500 + [{}])],
        [
            changed(
                changed(
                    SAMPLES["multi_static_select"], "/accessory/initial_options", [{"text": plain("x"), "value": "9"}] * 800
                ),
                "/accessory/options",
                [{"text": plain("x"), "value": str(number)} for number in range(100)],
            )
        ],
    ],
)
def test_no_blocks_take_long(sent: list[Any]) -> None:
    began = time.perf_counter()
    with suppress(InvalidBlocks):
        blocks.written(blocks.read(sent), SOURCE)
    assert time.perf_counter() - began < 0.2


# What is stored.


def test_blocks_and_elements_get_ids() -> None:
    button = {"type": "button", "text": plain()}
    made = stored(
        {"type": "divider"},
        {"type": "actions", "elements": [button, button | {"action_id": "mine"}, button], "block_id": "mine"},
        {"type": "section", "text": plain(), "accessory": {"type": "datepicker"}},
        {"type": "section", "text": plain(), "accessory": PICTURE},
        {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}},
        {"type": "context_actions", "elements": [changed(FEEDBACK, "/action_id")]},
        {"type": "carousel", "elements": [{"type": "card", "title": plain(), "actions": [button]}] * 2},
        {"type": "container", "title": plain(), "child_blocks": [{"type": "actions", "elements": [button]}]},
        {"type": "plan", "title": "x", "tasks": [{"task_id": "1", "title": "x"}]},
    )
    assert made[1]["block_id"] == made[1]["elements"][1]["action_id"] == "mine"
    assert "action_id" not in made[3]["accessory"]
    every = [*made, *made[6]["elements"], *made[7]["child_blocks"], *made[8]["tasks"]]
    acting = [
        *made[1]["elements"],
        made[2]["accessory"],
        made[4]["element"],
        *made[5]["elements"],
        *(card["actions"][0] for card in made[6]["elements"]),
        made[7]["child_blocks"][0]["elements"][0],
    ]
    ids = [block["block_id"] for block in every] + [element["action_id"] for element in acting]
    assert len(set(ids)) == len(ids) - 1
    assert all(0 < len(id_) <= 10 for id_ in ids)


def test_ids_that_are_made_are_nobody_s() -> None:
    """Even where the next one was sent."""

    class Sequel(Source):
        def __init__(self) -> None:
            super().__init__(SystemClock())
            self.next = iter("abcdef")

        def block_id(self) -> str:
            return next(self.next)

    sent = [{"type": "divider"}, {"type": "divider", "block_id": "a"}, {"type": "divider"}]
    made = msgspec.json.decode(blocks.written(blocks.read(sent), Sequel()))
    assert [block["block_id"] for block in made] == ["b", "a", "c"]


# What blocks say.


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ([{"type": "section", "text": marked("<@U1> & <b"), "fields": [plain("x < y")]}], "<@U1> &amp; &lt;b\nx &lt; y"),
        ([{"type": "header", "text": plain("Words")}, {"type": "divider"}, {"type": "image", **PICTURE}], "Words\nA pier"),
        ([{"type": "image", "title": plain("Title"), **PICTURE}], "Title"),
        ([{"type": "context", "elements": [plain("one"), PICTURE, marked("_two_")]}], "one A pier _two_"),
        ([SAMPLES["actions"]], "Words"),
        ([SAMPLES["button"]], "Words\nWords"),
        ([SAMPLES["section"] | {"fields": [plain("x")]}], "*Words*\nx\nA pier"),
        ([SAMPLES["markdown"], SAMPLES["video"] | {"block_id": "y"}], "# Words\nWords"),
        ([SAMPLES["input"]], "Words"),
        ([SAMPLES["table"]], "x | 3.50 | Words"),
        ([SAMPLES["data_table"]], "Words\nx | x\n3 | Words"),
        ([SAMPLES["bar"]], "Words"),
        ([SAMPLES["carousel"]], "*Words*\nWords\n*Words*\nWords\nWords"),
        ([SAMPLES["container"]], "Words\n*Words*\nWords\nWords"),
        ([changed(SAMPLES["container"], "/rich_text_title")], "Words\n*Words*\nWords\nWords"),
        ([SAMPLES["plan"]], "Words\nLook"),
        ([SAMPLES["task_card"]], "Look"),
        (
            [rich(elements=[{"type": "rich_text_section", "elements": LEAVES}])],
            "Words<https://pier.example><@U1><!subteam^S1><#C1>:wave:<!here>x#F405B3newxx<@U1>xxxxxx",
        ),
        ([SAMPLES["rich_text"] | {"elements": SAMPLES["rich_text"]["elements"][1:]}], "• Words\nWords\nWords<https://pier.example>"),
        ([{"type": "divider"}], "This content can't be displayed."),
        ([SAMPLES["call"], SAMPLES["context_actions"] | {"block_id": "y"}], "This content can't be displayed."),
    ],
)  # fmt: skip
def test_blocks_say_something(sent: list[Json], text: str) -> None:
    assert blocks.fallback(read(*sent)) == text


def test_what_blocks_say_has_an_end() -> None:
    assert blocks.fallback(read(*[{"type": "section", "text": plain("ä" * 2000)}] * 9)) == "ä" * 2000 + "\n" + "ä" * 999


def test_samples_are_of_every_kind_and_field() -> None:
    """So that no field is forgotten above."""
    declared: set[tuple[str, str]] = set()
    for kind in msgspec.inspect.multi_type_info([Block]):
        _collect(kind, declared)
    seen: set[tuple[str, str]] = set()
    for block in read_all():
        _see(block, seen)
    assert declared - seen == set()


def read_all() -> list[object]:
    return [block for sample in SAMPLES.values() for block in read(sample)]


def _collect(kind: Any, declared: set[tuple[str, str]]) -> None:
    if isinstance(kind, msgspec.inspect.StructType):
        fields = {(kind.cls.__name__, field.name) for field in kind.fields}
        if kind.cls.__name__ == "_Nameless" or (fields and fields <= declared):
            return
        declared |= fields
        for field in kind.fields:
            _collect(field.type, declared)
    elif isinstance(kind, msgspec.inspect.UnionType):
        for one in kind.types:
            _collect(one, declared)
    elif isinstance(kind, msgspec.inspect.ListType):
        _collect(kind.item_type, declared)


def _see(value: object, seen: set[tuple[str, str]]) -> None:
    if isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            held = getattr(value, field)
            if held is not msgspec.UNSET:
                seen.add((type(value).__name__, field))
                _see(held, seen)
    elif isinstance(value, list):
        for one in value:
            _see(one, seen)
