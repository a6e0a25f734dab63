"""Blocks of every kind, made up from what their types declare: whole ones come back as they were sent, broken ones are refused
where they are broken."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from domain.kit import Json, changed, pointers, read, rich
from gridhall.contract.addresses import HARMLESS
from gridhall.contract.blocks import Block
from gridhall.domain import blocks
from gridhall.domain.source import Source, SystemClock
from harness.live import Live

SOURCE = Source(SystemClock())

KINDS: dict[str, inspect.StructType] = {
    f"{kind.tag} {kind.cls.__name__}": kind
    for kind in inspect.type_info(Block).types  # type: ignore[attr-defined]
}


# Whole blocks.

MADE = {
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z": st.dates().map(lambda day: day.isoformat()),
    r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z": st.times().map(lambda time: time.strftime("%H:%M")),
    r"\Ahttps://": st.from_regex(r"\Ahttps://[a-z]{1,9}\.test/[a-z]{0,9}\Z"),
    HARMLESS: st.sampled_from(["https://pier.example/?a=<b>|c", "mailto:a@pier.example", "pier://b", "a b", "/data:"]),
    r"\A[A-Z0-9]+\Z": st.from_regex(r"\A[A-Z0-9]{1,12}\Z"),
    r"\A[^\s<>&|]+\Z": st.sampled_from(["wave", "+1::skin-tone-2", "名前", "a-b_c'd"]),
}
"""What forms a string may have to have, and such strings."""

MISFORMED = dict.fromkeys(MADE, "<x>") | {HARMLESS: "\tjava\nscript\x01:x"}
CHARACTERS = st.characters(exclude_categories=["Cs"])


def is_decoy(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.StructType) and kind.tag == ""


_known: dict[int, st.SearchStrategy[Any]] = {}


def values(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """What a type declares, kept small."""
    if id(kind) not in _known:
        _known[id(kind)] = _values(kind)
    return _known[id(kind)]


def _values(kind: inspect.Type) -> st.SearchStrategy[Any]:
    match kind:
        case inspect.StructType():
            return st.builds(complete, st.just(kind.cls.__name__), objects(kind))
        case inspect.UnionType():
            return st.one_of([values(one) for one in kind.types if not is_decoy(one)])
        case inspect.ListType():
            least = kind.min_length or 0
            return st.lists(values(kind.item_type), min_size=least, max_size=min(kind.max_length or 9, least + 2))
        case inspect.StrType(pattern=str(pattern)):
            return MADE[pattern]
        case inspect.StrType():
            short = st.text(CHARACTERS, min_size=kind.min_length or 0, max_size=min(kind.max_length or 9, 9))
            # Now and then as long as it may be.
            return st.one_of([short] * 7 + [st.just("é" * kind.max_length)] if kind.max_length else [short])
        case inspect.IntType():
            least = kind.ge if kind.ge is not None else (kind.gt or 0) + 1
            return st.integers(least, kind.le if kind.le is not None else least + 99)
        case inspect.FloatType():
            return st.floats(0.5, 99)
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.DictType():
            return st.dictionaries(st.text(CHARACTERS, max_size=3), st.none() | st.integers(0, 9) | st.lists(st.booleans()))
    raise AssertionError(kind)


def objects(kind: inspect.StructType) -> st.SearchStrategy[Json]:
    required = {field.name: values(field.type) for field in kind.fields if field.required}
    optional = {field.name: values(field.type) for field in kind.fields if not field.required}
    if kind.tag is not None:
        required["type"] = st.just(kind.tag)
    return st.fixed_dictionaries(required, optional=optional)


def complete(name: str, made: Json) -> Json:
    """The object with what its rules between fields ask for."""
    match name:
        case "Section" if made["type"] == "section" and made.keys().isdisjoint({"text", "fields"}):
            made["text"] = {"type": "mrkdwn", "text": "x"}
        case "Image":
            made.pop("image_url" if "slack_file" in made else "slack_file", None)
            if "slack_file" not in made:
                made.setdefault("image_url", "x")
        case "SlackFile":
            made.pop("url" if "id" in made else "id", None)
            if "id" not in made:
                made.setdefault("url", "x")
        case "ConversationFilter":
            made = made or {"exclude_bot_users": True}
        case "StaticSelect" | "MultiStaticSelect":
            made.pop("options" if "option_groups" in made else "option_groups", None)
            if "option_groups" not in made:
                made.setdefault("options", [{"text": {"type": "plain_text", "text": "x"}, "value": "1"}])
            choices = made.get("options") or made["option_groups"][-1]["options"]
            choose(made, choices)
        case "Checkboxes" | "RadioButtons":
            choose(made, made["options"])
        case "PlainTextInput" if {"min_length", "max_length"} <= made.keys():
            made["min_length"], made["max_length"] = sorted((made["min_length"], made["max_length"]))
            made["max_length"] = made["max_length"] or 1
        case "Card":
            made.pop("icon" if "slack_icon" in made else "slack_icon", None)
            if made.keys().isdisjoint({"hero_image", "title", "body"}):
                made["title"] = {"type": "plain_text", "text": "x"}
        case "Container":
            if "rich_text_title" not in made:
                made.setdefault("title", {"type": "plain_text", "text": "x"})
            tables = [one for one in made["child_blocks"] if one["type"] == "table"]
            made["child_blocks"] = [one for one in made["child_blocks"] if one["type"] != "table" or one is tables[0]]
        case "DataTable":
            width = min(map(len, made["rows"]))
            made["rows"] = [row[:width] for row in made["rows"]]
            made["rows"][0] = [{"type": "raw_text", "text": "x"} for _ in range(width)]
            if "row_header_column_index" in made:
                made["row_header_column_index"] = width - 1
        case "Bar" | "Area" | "Line":
            for number, series in enumerate(made["series"]):
                series["name"] = str(number)
                series["data"] = [{"label": one, "value": number} for one in reversed(made["axis_config"]["categories"])]
    return made


def choose(made: Json, options: list[Json]) -> None:
    if "initial_option" in made:
        made["initial_option"] = options[-1]
    if "initial_options" in made:
        made["initial_options"] = options[-1:]


def set_apart(made: Any, number: Iterator[int]) -> Any:
    """The same with ids that differ, and no element that has the cursor."""
    if isinstance(made, list):
        return [set_apart(one, number) for one in made]
    if not isinstance(made, dict):
        return made
    ids = {name: str(next(number)) for name in ("block_id", "action_id") if name in made and "type" in made}
    return {name: False if name == "focus_on_load" else set_apart(value, number) for name, value in made.items()} | ids


def of_kind(kind: inspect.StructType) -> st.SearchStrategy[Json]:
    # Through JSON, so that no two places are one object.
    return values(kind).map(lambda made: set_apart(json.loads(json.dumps(made)), iter(range(10**6))))


def without_made(made: Any, sent: Any) -> Any:
    if isinstance(sent, list):
        return [without_made(one, other) for one, other in zip(made, sent, strict=True)]
    if not isinstance(sent, dict):
        return made
    return {
        name: without_made(value, sent.get(name))
        for name, value in made.items()
        if name in sent or name not in ("block_id", "action_id")
    }


QUICK = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])


@pytest.mark.parametrize("kind", KINDS)
def test_whole_blocks_come_back_as_they_were_sent(kind: str) -> None:
    @QUICK
    @given(of_kind(KINDS[kind]))
    def holds(sent: Json) -> None:
        taken = read(sent)
        made = msgspec.json.decode(blocks.written(taken, SOURCE))
        assert without_made(made, [sent]) == [sent]
        assert made[0]["block_id"] is not None
        again = read(*made)
        assert msgspec.json.decode(blocks.written(again, SOURCE)) == made
        assert 0 < len(blocks.fallback(taken)) <= 3000

    holds()


# Broken ones.


@dataclass(frozen=True)
class Place:
    """Somewhere in a block: what is there, and what is declared to be."""

    pointer: str
    value: Any
    kind: inspect.Type


def places(value: Any, kind: inspect.Type, pointer: str = "") -> Iterator[Place]:
    """All places of a block, each with the type that its value is of."""
    if isinstance(kind, inspect.UnionType):
        kind = next(one for one in kind.types if is_of(value, one))
    yield Place(pointer, value, kind)
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            if field.name in value:
                yield from places(value[field.name], field.type, f"{pointer}/{field.name}")
    elif isinstance(kind, inspect.ListType):
        for number, one in enumerate(value):
            yield from places(one, kind.item_type, f"{pointer}/{number}")


def is_of(value: Any, kind: inspect.Type) -> bool:
    match kind:
        case inspect.StructType():
            return isinstance(value, dict) and value.get("type", kind.tag) == kind.tag and not is_decoy(kind)
        case inspect.StrType() | inspect.LiteralType(values=(str(), *_)):
            return isinstance(value, str)
        case inspect.BoolType():
            return isinstance(value, bool)
        case inspect.IntType():
            return isinstance(value, int) and not isinstance(value, bool)
        case inspect.FloatType():
            return isinstance(value, float)
        case inspect.LiteralType():
            return isinstance(value, int)
        case inspect.ListType():
            return isinstance(value, list)
        case inspect.DictType():
            return isinstance(value, dict)
        case inspect.NoneType():
            return value is None
    return False


Break = tuple[str, Any, str]
"""Where something is put, what, and where that is told; `GONE` where something is taken away."""

GONE = object()


def missing(place: Place) -> Iterator[Break]:
    if isinstance(place.kind, inspect.StructType):
        for field in place.kind.fields:
            if field.required:
                yield f"{place.pointer}/{field.name}", GONE, place.pointer
        if place.kind.tag is not None and place.kind.cls.__name__ != "PlannedTask":
            yield f"{place.pointer}/type", GONE, place.pointer


def unknown(place: Place) -> Iterator[Break]:
    if isinstance(place.kind, inspect.StructType):
        for name in ("x", "", "/~", "a` - at `$[3]", "Type"):
            yield f"{place.pointer}/{name.replace('~', '~0').replace('/', '~1')}", 1, place.pointer


def of_another_type(place: Place) -> Iterator[Break]:
    if place.pointer:
        wrong: list[Any] = [None, True, 1, "x", [], {}, -0.5]
        if isinstance(place.kind, inspect.FloatType) or place.pointer.endswith("/value"):
            wrong = [None, True, [], {}]
            if not isinstance(place.kind, inspect.StrType):
                wrong.append("x")
        elif isinstance(place.kind, inspect.StructType | inspect.DictType):
            wrong.remove({})
        elif isinstance(place.kind, inspect.ListType):
            wrong.remove([])
        elif isinstance(place.kind, inspect.BoolType):
            wrong = [None, 1, "x", [], {}, -0.5]
        elif isinstance(place.kind, inspect.IntType) or isinstance(place.value, int):
            wrong = [None, True, "x", [], {}, -0.5]
        elif isinstance(place.kind, inspect.StrType | inspect.LiteralType):
            wrong.remove("x")
        if "/column_settings/" in place.pointer and place.pointer.count("/") == 2:
            wrong = [True, 1, "x", []]
        for value in wrong:
            yield place.pointer, value, place.pointer


def out_of_bounds(place: Place) -> Iterator[Break]:
    kind = place.kind
    if isinstance(kind, inspect.StrType):
        if kind.max_length is not None:
            yield place.pointer, "https://" + "x" * (kind.max_length - 7), place.pointer
        if kind.min_length or kind.pattern not in (None, HARMLESS):
            yield place.pointer, "", place.pointer
        if kind.pattern:
            yield place.pointer, MISFORMED[kind.pattern], place.pointer
    elif isinstance(kind, inspect.ListType):
        if kind.max_length is not None and place.value:
            yield place.pointer, place.value[:1] * (kind.max_length + 1), place.pointer
        if kind.min_length:
            yield place.pointer, place.value[: kind.min_length - 1], place.pointer
    elif isinstance(kind, inspect.IntType):
        for bound, past in ((kind.ge, -1), (kind.gt, 0), (kind.le, 1)):
            if bound is not None:
                yield place.pointer, bound + past, place.pointer
    elif isinstance(kind, inspect.LiteralType):
        yield place.pointer, "no" if isinstance(kind.values[0], str) else 99, place.pointer


def of_unknown_type(place: Place) -> Iterator[Break]:
    if isinstance(place.kind, inspect.StructType) and place.kind.tag is not None:
        for name in ("", "x", "alert", f"{place.kind.tag} ", str(place.kind.tag).upper()):
            yield f"{place.pointer}/type", name, f"{place.pointer}/type"


PLAIN = {"type": "plain_text", "text": "x"}
ALIEN = {"text": PLAIN, "value": "none of them"}


def against_rules(place: Place) -> Iterator[Break]:
    """What each field may be, and not all of them together."""
    kind, at, sent = place.kind, place.pointer, place.value
    if not isinstance(kind, inspect.StructType):
        return

    def without(*names: str) -> Json:
        return {name: value for name, value in sent.items() if name not in names}

    names = {field.name for field in kind.fields}
    if {"initial_option", "options"} <= names:
        yield f"{at}/initial_option", ALIEN, f"{at}/initial_option"
    if {"initial_options", "options"} <= names:
        yield f"{at}/initial_options", [ALIEN], f"{at}/initial_options/0"
    if "option_groups" in names:
        yield at, without("options", "option_groups"), at
        yield at, sent | {"options": [ALIEN], "option_groups": [{"label": PLAIN, "options": [ALIEN]}]}, at
    if {"image_url", "slack_file"} <= names:
        yield at, without("image_url", "slack_file"), at
        yield at, sent | {"image_url": "x", "slack_file": {"id": "F1"}}, at
    if "initial_date" in names:
        yield f"{at}/initial_date", "2026-02-30", f"{at}/initial_date"
    if {"min_length", "max_length"} <= names:
        yield at, sent | {"min_length": 2, "max_length": 1}, f"{at}/min_length"
    match kind.cls.__name__:
        case "Section" if kind.tag == "section":
            yield at, without("text", "fields"), f"{at}/type"
        case "SlackFile":
            yield at, {}, at
            yield at, {"id": "F1", "url": "x"}, at
        case "ConversationFilter":
            yield at, {}, at
        case "Card":
            yield at, without("hero_image", "title", "actions", "body"), at
            icons = {
                "icon": {"type": "image", "image_url": "x", "alt_text": "x"},
                "slack_icon": {"type": "icon", "name": "star"},
            }
            yield at, sent | icons, f"{at}/slack_icon"
        case "Container":
            yield at, without("title", "rich_text_title"), at
        case "DataTable":
            last = len(sent["rows"]) - 1
            yield f"{at}/rows/{last}", [*sent["rows"][last], {"type": "raw_text", "text": "x"}], f"{at}/rows/{last}"
            yield f"{at}/rows/0/0", rich(), f"{at}/rows/0/0/type"
            yield f"{at}/row_header_column_index", len(sent["rows"][0]), f"{at}/row_header_column_index"
        case "Bar" | "Area" | "Line":
            yield f"{at}/series", [sent["series"][0]] * 2, f"{at}/series/1/name"
            other = {"label": "none of them", "value": 1}
            yield f"{at}/series/0/data/0", other, f"{at}/series/0/data"


BREAKS = [missing, unknown, of_another_type, out_of_bounds, of_unknown_type, against_rules]


def broken(sent: Json, where: str, value: Any) -> Json:
    if value is GONE:
        return changed(sent, where)
    if not where:
        whole: Json = value
        return whole
    made: Json = json.loads(json.dumps(sent))
    *path, last = (step.replace("~1", "/").replace("~0", "~") for step in where.split("/")[1:])
    place: Any = made
    for step in path:
        place = place[int(step) if isinstance(place, list) else step]
    place[int(last) if isinstance(place, list) else last] = value
    return made


@pytest.mark.parametrize("breaking", BREAKS)
def test_blocks_broken_in_one_place_are_refused_there(breaking: Callable[[Place], Iterator[Break]]) -> None:
    @settings(QUICK, max_examples=25)
    @given(st.sampled_from(sorted(KINDS)).flatmap(lambda name: st.tuples(st.just(name), of_kind(KINDS[name]))), st.data())
    def holds(made: tuple[str, Json], data: st.DataObject) -> None:
        name, sent = made
        breaks = [one for place in places(sent, KINDS[name]) for one in breaking(place)]
        # Making up a block takes longer than breaking it a few times.
        step = len(breaks) // 12 + 1
        for where, value, told in breaks[data.draw(st.integers(0, step - 1)) :: step]:
            assert pointers({"type": "divider"}, broken(sent, where, value)) == [f"/blocks/1{told}"]

    holds()


def test_messages_of_blocks_are_posted_or_refused_where_they_are_broken(sqlite_server: Live) -> None:
    def post(*sent: Json) -> Json:
        return sqlite_server.call("chat.postMessage", "xoxb-east-desk", channel="C0GENERAL01", blocks=json.dumps(sent))

    @settings(QUICK, max_examples=25)
    @given(st.sampled_from(sorted(KINDS)).flatmap(lambda name: st.tuples(st.just(name), of_kind(KINDS[name]))), st.data())
    def holds(made: tuple[str, Json], data: st.DataObject) -> None:
        name, sent = made
        # No request may hold it.
        assume("\\u0000" not in json.dumps(sent))
        answer = post(sent)
        assert without_made(answer["message"]["blocks"], [sent]) == [sent]
        breaks = [one for place in places(sent, KINDS[name]) for breaking in BREAKS for one in breaking(place)]
        where, value, told = data.draw(st.sampled_from(breaks))
        refused = post({"type": "divider"}, broken(sent, where, value))
        assert (refused["error"], len(refused["errors"])) == ("invalid_blocks", 1)
        assert refused["errors"][0].endswith(f" [json-pointer:/blocks/1{told}]")

    holds()


@settings(QUICK, max_examples=15)
@given(st.sampled_from(sorted(KINDS)).flatmap(lambda name: of_kind(KINDS[name])), st.data())
def test_an_id_that_is_there_twice_is_refused_where_it_comes_again(sent: Json, data: st.DataObject) -> None:
    sent = set_apart(sent | {"block_id": "x"}, iter(range(10**6)))
    before = [{"type": "divider"}] * data.draw(st.integers(0, 2))
    between = [{"type": "divider"}] * data.draw(st.integers(0, 2))
    later = {"type": "divider", "block_id": sent["block_id"]}
    assert pointers(*before, sent, *between, later) == [f"/blocks/{len(before) + 1 + len(between)}/block_id"]
    assert pointers(*before, later, *between, sent) == [f"/blocks/{len(before) + 1 + len(between)}/block_id"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(CHARACTERS, max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "text", "elements", "x"]), inner),
    max_leaves=5,
)


@settings(QUICK, max_examples=30)
@given(st.lists(st.dictionaries(st.sampled_from(["type", "text", "elements", "rows", "x"]), JSON), max_size=3))
def test_anything_is_read_or_refused(sent: list[Json]) -> None:
    told = pointers(*sent)
    for pointer in told:
        # Up to its last step it leads to something that was sent.
        place: Any = sent
        for step in pointer.split("/")[2:]:
            assert isinstance(place, dict | list)
            place = place[int(step)] if isinstance(place, list) else place[step]
