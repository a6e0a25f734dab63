"""What apps attach to messages: what is whole is kept as it is, what is broken is told of in its place."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridhall.contract.errors import InvalidMetadataFormat, InvalidMetadataSchema, MetadataTooLarge
from gridhall.domain import metadata
from gridhall.domain.metadata import EVENT_TYPE, WHOLE, Asked, Fault, Path

KEYS = st.text('aé"\\/~', max_size=4)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
EVENTS = st.fixed_dictionaries(
    {"event_type": st.text(min_size=1, max_size=8), "event_payload": st.dictionaries(KEYS, VALUES, max_size=4)}
)
TEXTS = st.text('aé"', min_size=1, max_size=5)
REFS = st.fixed_dictionaries({"id": TEXTS}, optional={"type": TEXTS})
ICONS = st.fixed_dictionaries({"alt_text": TEXTS, "url": TEXTS}) | st.fixed_dictionaries(
    {"alt_text": TEXTS, "slack_file": st.fixed_dictionaries({"id": TEXTS})}
)
FIELDS = st.fixed_dictionaries(
    {"value": TEXTS | st.integers(0, 9) | st.booleans()},
    optional={
        "type": st.sampled_from(["string", "slack#/types/date", "user"]),
        "icon": ICONS,
        "tag_color": st.sampled_from(["red", "blue"]),
        "long": st.booleans(),
        "user": st.fixed_dictionaries({"text": TEXTS}),
        "unheard_of": VALUES,
    },
)
ACTIONS = st.fixed_dictionaries({"text": TEXTS, "action_id": TEXTS}, optional={"style": st.sampled_from(["primary", "danger"])})
PAYLOADS = st.fixed_dictionaries(
    {"attributes": st.fixed_dictionaries({"title": st.fixed_dictionaries({"text": TEXTS})}, optional={"product_icon": ICONS})},
    optional={
        "fields": st.dictionaries(KEYS, FIELDS, max_size=2),
        "custom_fields": st.lists(
            st.fixed_dictionaries({"key": TEXTS, "label": TEXTS, "type": st.just("string"), "value": TEXTS}), max_size=2
        ),
        "display_order": st.lists(TEXTS, max_size=2),
        "actions": st.fixed_dictionaries({"primary_actions": st.lists(ACTIONS, max_size=2)}),
    },
)
ENTITIES = st.fixed_dictionaries(
    {
        "entity_type": st.sampled_from(["slack#/entities/task", "slack#/entities/item"]),
        "entity_payload": PAYLOADS,
        "external_ref": REFS,
        "url": TEXTS,
    }
)
LISTED = st.fixed_dictionaries({"entities": st.lists(ENTITIES, min_size=1, max_size=2)})
WHOLES = EVENTS | LISTED | st.builds(lambda event, listed: {**event, **listed}, EVENTS, LISTED)

TYPED = frozenset(
    {
        *("event_type", "event_payload", "entities", "entity_type", "entity_payload", "external_ref", "url", "attributes"),
        *("title", "text", "product_icon", "alt_text", "id", "slack_file", "fields", "custom_fields", "key", "label"),
        *("display_order", "actions", "primary_actions", "action_id", "style", "tag_color", "long", "user", "icon"),
    }
)
"""Keys whose value cannot be just any."""


def places(value: Any, path: Path = ()) -> list[Path]:
    """Every place in it where another kind of value is a mistake."""
    found: list[Path] = []
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if path[-1:] in (("event_payload",), ("unheard_of",)):
            break
        named = isinstance(step, str) and path[-1:] != ("fields",)
        if step in TYPED or not named:
            found.append((*path, step))
        found += places(inner, (*path, step))
    return found


def put(value: Any, path: Path, other: object) -> Any:
    """A copy with something else in one place."""
    changed = deepcopy(value)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = other
    return changed


@given(WHOLES)
def test_what_is_whole_is_kept_as_it_is(sent: dict[str, Any]) -> None:
    stored = metadata.written(sent)
    assert json.loads(stored) == sent
    assert metadata.told(stored, WHOLE) == stored
    assert metadata.shows(stored) == ("entities" in sent)


@given(WHOLES, st.data())
def test_what_is_broken_in_one_place_is_told_of_there(sent: dict[str, Any], data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(places(sent)))
    # No number, and no list of one, is ever what belongs there.
    broken = put(sent, place, [7])
    with pytest.raises(Fault) as caught:
        metadata.written(broken)
    at_once = place if place != ("entities",) and place[-1] not in LISTS else (*place, 0)
    assert (caught.value.code, caught.value.path) == (InvalidMetadataSchema, at_once)
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in at_once]
    assert caught.value.pointer == "/".join(["/metadata", *steps])


LISTS = frozenset({"custom_fields", "display_order", "primary_actions"})


@given(EVENTS, st.lists(KEYS, min_size=1, max_size=3))
def test_readers_get_what_they_ask_for(sent: dict[str, Any], keys: list[str]) -> None:
    stored, kind = metadata.written(sent), sent["event_type"]
    assert json.loads(metadata.told(stored, EVENT_TYPE)) == {"event_type": kind}
    some = {key: value for key, value in sent["event_payload"].items() if key in keys}
    for whole in (False, True):
        assert json.loads(metadata.told(stored, Asked(whole, frozenset(keys)))) == {"event_type": kind, "event_payload": some}


@given(LISTED, st.lists(KEYS, max_size=3))
def test_entities_are_for_who_asks_for_all(sent: dict[str, Any], keys: list[str]) -> None:
    stored = metadata.written(sent)
    assert metadata.told(stored, Asked(False, frozenset(keys))) == ""
    assert json.loads(metadata.told(stored, Asked(True, frozenset(keys)))) == sent


def test_no_text_passes_for_a_place() -> None:
    title = {"attributes": {"title": {"text": "a"}}}
    entity = {"entity_payload": title, "external_ref": {"id": "1"}, "url": "https://a.test", "entity_type": "x - at `$.y[5]`"}
    with pytest.raises(Fault) as caught:
        metadata.written({"entities": [entity]})
    assert caught.value.path == ("entities", 0, "entity_type")
    assert caught.value.why.startswith("must be one of 'slack#/entities/")


@pytest.mark.parametrize("part", [{"event_type": "a"}, {"event_payload": {}}, {"entities": []}, {"other": 1}])
def test_half_an_event_is_none(part: dict[str, Any]) -> None:
    with pytest.raises(Fault) as caught:
        metadata.written(part)
    assert (caught.value.code, caught.value.path) == (InvalidMetadataFormat, ())


@given(ENTITIES)
def test_what_stands_in_for_a_link_names_it(entity: dict[str, Any]) -> None:
    whole = entity | {"app_unfurl_url": "https://a.test"}
    assert json.loads(metadata.written({"entities": [whole]}, unfurled=True)) == {"entities": [whole]}
    with pytest.raises(Fault) as caught:
        metadata.written({"entities": [whole, entity]}, unfurled=True)
    assert (caught.value.code, caught.value.path) == (InvalidMetadataSchema, ("entities", 1))
    with pytest.raises(Fault) as caught:
        metadata.written({"event_type": "a", "event_payload": {}}, unfurled=True)
    assert (caught.value.code, caught.value.path) == (InvalidMetadataFormat, ())


@pytest.mark.parametrize("character", ["x", "é", '"'])
def test_there_is_an_end(character: str) -> None:
    frame = len('{"event_type":"a","event_payload":{"a":""}}')
    room = (metadata.LONGEST - frame) // {"x": 1, "é": 2, '"': 2}[character]
    metadata.written({"event_type": "a", "event_payload": {"a": character * room}})
    with pytest.raises(Fault) as caught:
        metadata.written({"event_type": "a", "event_payload": {"a": character * (room + 1)}})
    assert caught.value.code is MetadataTooLarge
