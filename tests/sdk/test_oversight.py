"""oversight.*, which the platform's SDK for Python has no functions for, and the four of admin.conversations.* that it has.

`api_call` sends anything: as a form by `params`, as JSON by `json`.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.databases import Databases
from harness.live import Live, live
from sdk import harbour

HALL, MIA, ENTERPRISE, MAIN = "C0HALL00001", "W0MIA000001", "E0STATES001", "T0MAIN00001"
ASKED = "1500000002.000100"

Clients = Callable[[str], harbour.Client]


@pytest.fixture
def states(any_databases: Databases) -> Iterator[Live]:
    with live(any_databases.filled("states")) as running:
        yield running


@pytest.fixture
def clients(kind: Any, states: Live) -> Clients:
    """Makes a client of either kind for a token."""
    return lambda token: harbour.Client(kind, states, token)


@pytest.fixture
def owner(clients: Clients) -> harbour.Client:
    return clients("xoxp-owen-org")


@pytest.mark.parametrize("form", ["params", "json"])
def test_an_owner_looks_at_everything(owner: harbour.Client, form: str) -> None:
    def look(name: str, **arguments: object) -> Any:
        answer = owner.api_call(f"oversight.{name}", **{form: arguments})
        assert answer["ok"] is True
        return answer

    assert look("enterprise.info", limit=1)["enterprise"]["id"] == ENTERPRISE
    assert MIA in {user["id"] for user in look("users.list", include_deleted=True)["users"]}
    assert look("user.info", user=MIA, email="mia@states.test")["user"]["name"] == "mia"
    (direct,) = look("user.conversations", user=MIA, only_im=True)["channels"]
    assert (direct["id"], direct["team_id"], direct["date_left"]) == ("D0MIAADA001", ENTERPRISE, 0)
    assert HALL in {channel["id"] for channel in look("conversations.list", team=MAIN)["channels"]}
    assert look("conversations.info", channel=HALL)["info"][0]["id"] == HALL
    assert MIA in {member["id"] for member in look("conversations.members", channel="D0MIAADA001")["members"]}
    told = look("chat.info", channel=HALL, ts=ASKED, team=MAIN)
    assert (told["message"]["text"], told["edits"]) == ("Who is here?", [])


def test_a_message_is_hidden_brought_back_rewritten_and_purged(owner: harbour.Client, clients: Clients) -> None:
    mia = clients("xoxp-mia")
    ts = mia.chat_postMessage(channel=HALL, text="Our secret")["ts"]
    where = {"channel": HALL, "ts": ts}

    def shown() -> Any:
        return mia.conversations_history(channel=HALL, latest=ts, inclusive=True, limit=1)["messages"][0]

    hidden = owner.api_call("oversight.chat.tombstone", json={**where, "content": "Under review"})
    assert (hidden["message"]["subtype"], hidden["message"]["text"]) == ("dlp_tombstone", "Under review")
    assert shown()["text"] == "Under review"
    assert owner.api_call("oversight.chat.restore", params=where)["message"]["text"] == "Our secret"
    assert shown()["text"] == "Our secret"
    assert owner.refused("oversight.chat.restore", **where) == "non_tombstoned_message_not_allowed"
    assert owner.api_call("oversight.chat.update", json={**where, "text": "Withheld"})["text"] == "Withheld"
    assert owner.api_call("oversight.chat.delete", params=where)["ts"] == ts
    assert shown()["ts"] < ts
    assert owner.refused("oversight.chat.info", **where) == "message_not_found"


@pytest.mark.parametrize(
    ("name", "entries", "arguments"),
    [
        ("users.list", "users", {}),
        ("user.conversations", "channels", {"user": MIA}),
        ("conversations.list", "channels", {"team": MAIN}),
        ("conversations.members", "members", {"channel": HALL}),
    ],
)
def test_a_pager_goes_on_while_there_is_an_offset(
    owner: harbour.Client, name: str, entries: str, arguments: dict[str, Any]
) -> None:
    # As the SDK of the Discovery API turns pages: both positions go back, whichever there are.
    whole = [entry["id"] for entry in owner.api_call(f"oversight.{name}", params=arguments)[entries]]
    found: list[str] = []
    position: dict[str, Any] = {}
    while True:
        page = owner.api_call(f"oversight.{name}", params={**arguments, "limit": 2, **position}).data
        found += [entry["id"] for entry in page[entries]]
        if "offset" not in page or page["offset"] == "":
            break
        position = {"cursor": page["response_metadata"]["next_cursor"], "offset": page["offset"]}
    assert len(found) > 2
    assert found == whole
    # And as the SDK's own iteration does.
    turned = [
        page[entries] for page in owner.pages("api_call", api_method=f"oversight.{name}", params={**arguments, "limit": 2})
    ]
    assert [entry["id"] for page in turned for entry in page] == whole


def test_who_is_no_overseer_is_told_nothing(clients: Clients) -> None:
    for token, code in (
        ("xoxp-mia-org", "access_denied"),
        ("xoxp-owen", "access_denied"),
        ("xoxb-kit", "not_allowed_token_type"),
        ("xoxp-pam-org", "unknown_method"),
    ):
        assert clients(token).refused("oversight.chat.info", channel=HALL, ts=ASKED) == code, token


def test_an_owner_keeps_and_deletes_channels(owner: harbour.Client, clients: Clients) -> None:
    channel = clients("xoxp-mia").conversations_create(name="short-lived", is_private=True)["channel"]["id"]
    assert owner.admin_conversations_setCustomRetention(channel_id=channel, duration_days=70)["ok"]
    told = owner.admin_conversations_getCustomRetention(channel_id=channel)
    assert (told["is_policy_enabled"], told["duration_days"]) == (True, 70)
    kept = owner.api_call("oversight.conversations.info", params={"channel": channel})["info"][0]["retention"]
    assert kept == {"type": "custom", "duration": "70"}
    assert owner.admin_conversations_removeCustomRetention(channel_id=channel)["ok"]
    assert owner.admin_conversations_getCustomRetention(channel_id=channel)["is_policy_enabled"] is False
    assert owner.admin_conversations_delete(channel_id=channel).data == {"ok": True}
    assert clients("xoxp-mia").refused("conversations.info", channel=channel) == "channel_not_found"
    assert owner.api_call("oversight.conversations.info", params={"channel": channel})["info"][0]["is_deleted"] is True
    assert owner.refused("admin_conversations_delete", channel_id=channel) == "channel_not_found"
