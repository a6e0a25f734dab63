"""What messages are made of, and what comes of it where anything stands in one place."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from domain.kit import SAMPLES, Json
from surface import props

BLOCKS: list[Any] = [[block] for block in SAMPLES.values()]

ATTACHMENT: Json = {
    "fallback": "f",
    "pretext": "p",
    "text": "t",
    "title": "t",
    "title_link": "https://a.test",
    "color": "good",
    "ts": 1.5,
    "author_name": "a",
    "author_icon": "https://a.test/i",
    "footer": "f",
    "mrkdwn_in": ["text"],
    "callback_id": "c",
    "fields": [{"title": "t", "value": "v", "short": True}],
    "actions": [
        {"type": "button", "name": "n", "text": "Yes", "value": "1", "confirm": {"text": "Really?"}},
        {"type": "select", "name": "n", "text": "Which?", "option_groups": [{"text": "g", "options": [{"text": "o"}]}]},
    ],
}
ATTACHMENTS: list[Any] = [[ATTACHMENT], [{"blocks": [block]} for block in list(SAMPLES.values())[:3]]]

ENTITY: Json = {
    "entity_type": "slack#/entities/task",
    "url": props.LINK,
    "app_unfurl_url": props.LINK,
    "external_ref": {"id": "1"},
    "entity_payload": {
        "attributes": {"title": {"text": "A task"}, "product_icon": {"alt_text": "i", "url": "https://a.test/i"}},
        "fields": {"due": {"type": "slack#/types/date", "value": "2030-01-01", "edit": {"enabled": True}}},
        "custom_fields": [{"key": "k", "label": "l", "type": "array", "item_type": "string", "value": [{"value": "v"}]}],
        "actions": {"primary_actions": [{"text": "Do", "action_id": "do"}]},
    },
}
METADATA: list[Any] = [{"event_type": "done", "event_payload": {"a": [1, {"b": None}]}}, {"entities": [ENTITY]}]

CHUNKS: list[Any] = [
    [{"type": "markdown_text", "text": "# One\n\n- *two*"}],
    [
        {"type": "task_update", "id": "1", "title": "t", "status": "in_progress", "details": "d", "output": "o"},
        {
            "type": "task_update",
            "id": "1",
            "title": "t",
            "status": "complete",
            "sources": [{"type": "url", "url": "u", "text": "t"}],
        },
        {"type": "plan_update", "title": "p"},
    ],
    [{"type": "blocks", "blocks": [next(iter(SAMPLES.values()))]}],
]

PARTS: dict[str, list[Any]] = {
    "blocks": BLOCKS,
    "user_auth_blocks": BLOCKS,
    "attachments": ATTACHMENTS,
    "unfurled_attachments": ATTACHMENTS,
    "metadata": METADATA,
    "chunks": CHUNKS,
    "unfurls": [{props.LINK: ATTACHMENT}, {props.LINK: {"blocks": BLOCKS[0]}}],
}
"""Sound values by the arguments that they are for."""


def broken(name: str, odd: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    """Values of an argument as JSON: sound but for one place, in which something odd stands, or what belongs elsewhere."""

    @st.composite
    def in_one_place(draw: st.DrawFn) -> str:
        whole = [deepcopy(draw(st.sampled_from(PARTS[name])))]
        places = list(_places(whole))
        place, key = draw(st.sampled_from(places))
        other, there = draw(st.sampled_from(places))
        elsewhere = deepcopy(other[there])
        place[key] = draw(st.one_of(odd, st.just(elsewhere), st.integers(0, 60).map(lambda times: [elsewhere] * times)))
        return json.dumps(whole[0])

    return in_one_place()


def _places(whole: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a value: what it is in, and the key or the index."""
    for key, value in whole.items() if isinstance(whole, dict) else enumerate(whole):
        yield whole, key
        if isinstance(value, dict | list):
            yield from _places(value)
