"""What was posted through the methods, exported and loaded again is answered as it was."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridhall.cli import founding, operator
from gridhall.cli.operator import export_org
from gridhall.cli.options import ServeOptions
from gridhall.cli.orgfile.yaml import compose, convert, dump
from gridhall.storage.engines import migrate
from harness.databases import Databases, run
from harness.live import live

GENERAL, BOT = "C0GENERAL01", "xoxb-east-desk"

NUMBERS = [0, 2**63 - 1, 2**63, 2**64 - 1, -(2**63), 10**18, 10**19, 1e22, -1.5e300, 5e-324, 0.1, 1e16]
OTHERS = [
    "1e5",
    "0x1F",
    "12:30:45",
    "on",
    "~",
    "",
    " x ",
    "a: b",
    "a\nb\n",
    "\u2028x",
    "x\r\x85",
    "\ufeff",
    "2020-01-02",
    "=",
    "<<",
    "1_000",
    None,
    True,
]


async def load(database: str, file: Path) -> None:
    await migrate(database)
    async with operator.storage(database) as storage:
        await founding.found(storage, ServeOptions(database=database, org=file))


def test_messages_are_the_same_where_an_export_is_loaded(
    any_databases: Databases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    posted, loaded = any_databases.filled(), any_databases.empty()
    held = {"numbers": NUMBERS, "others": OTHERS} | {text: 1 for text in OTHERS if isinstance(text, str)}
    content = {
        "text": "Numbers",
        "metadata": json.dumps({"event_type": "counted", "event_payload": held}),
        "attachments": json.dumps([{"text": "x", "ts": 2**64 - 1, "more": held}]),
        "blocks": json.dumps([{"type": "call", "call_id": "R1", "call": held}]),
    }

    def read(url: str) -> Any:
        with live(url) as server:
            if url == posted:
                answer = server.call("chat.postMessage", BOT, channel=GENERAL, **content)
                assert answer["ok"], answer
            answer = server.call("conversations.history", BOT, channel=GENERAL, include_all_metadata="true", limit="1")
            return answer["messages"]

    [before] = read(posted)
    assert before["metadata"]["event_payload"] == before["attachments"][0]["more"] == before["blocks"][0]["call"] == held
    assert export_org(posted) == 0
    file = tmp_path / "org.yaml"
    # Tokens are not in it.
    token = f"tokens: [{{token: {BOT}, app: A0DESK00001, team: T0EAST00001}}]\n"
    file.write_text(capsys.readouterr().out + token, encoding="utf-8")
    run(load(loaded, file))
    [after] = read(loaded)
    for name in ("text", "metadata", "attachments", "blocks"):
        # As text, where 1 is not 1.0.
        assert json.dumps(after[name], sort_keys=True) == json.dumps(before[name], sort_keys=True)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.from_regex(r"\A[-+]?[0-9_]*[.:eExo]?[-+]?[0-9]*\Z")
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=9,
)


@given(JSON)
def test_whatever_is_exported_is_read_as_it_was(value: Any) -> None:
    message = {"conversation": "C0A", "user": "U0A", "ts": "1.000000", "blocks": [{"it": value}]}
    [root] = compose(dump([{"messages": [message]}]))
    [found] = convert(root, 0).messages
    assert json.dumps(found.blocks) == json.dumps([{"it": value}])
