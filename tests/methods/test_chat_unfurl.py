"""chat.unfurl, and what becomes of previews when a message is changed"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from gridhall.storage import tables
from harness.databases import Databases
from harness.live import Live, live
from methods.press import refused, rows

OPEN, SHUT, PAST = "C0OPEN00001", "C0SHUT00001", "C0PAST00001"
BOBS, TOPIC, UNWANTED, HIDDEN, FORMER = (f"150000000{second}.000100" for second in (1, 2, 3, 4, 6))
PAGE = "https://docs.test/1"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*One*"}}


@pytest.fixture(scope="module")
def _links_sqlite(sqlite_databases: Databases) -> Iterator[Live]:
    with live(sqlite_databases.filled("links")) as running:
        yield running


@pytest.fixture(scope="module")
def _links_postgresql(postgres_databases: Databases) -> Iterator[Live]:
    with live(postgres_databases.filled("links")) as running:
        yield running


@pytest.fixture
def links(engine: str, request: pytest.FixtureRequest) -> Iterator[Live]:
    """One server of each engine over `links.yaml`, for tests that touch nothing but messages of their own."""
    running: Live = request.getfixturevalue(f"_links_{engine}")
    yield running
    assert not running.undeclared, "\n".join(running.undeclared)


def posted(links: Live, text: str | None = PAGE, token: str = "xoxp-ann", channel: str = OPEN, **more: object) -> str:
    answer = links.call("chat.postMessage", token, channel=channel, text=text, **_written(more))
    assert answer["ok"], answer
    return str(answer["ts"])


def unfurl(links: Live, ts: str | None, unfurls: object = None, token: str = "xoxb-docs", **more: object) -> dict[str, Any]:
    given = {"channel": OPEN, "ts": ts, "unfurls": {PAGE: {"text": "One"}} if unfurls is None else unfurls}
    return links.call("chat.unfurl", token, **_written({**given, **more}))


def _written(given: dict[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value) if isinstance(value, dict | list) else value
        for name, value in given.items()
        if value is not None
    }


def message(links: Live, ts: str, channel: str = OPEN) -> dict[str, Any]:
    answer = links.call("conversations.history", "xoxp-ann", channel=channel, latest=ts, oldest=ts, inclusive="true")
    assert len(answer["messages"]) == 1, answer
    found: dict[str, Any] = answer["messages"][0]
    return found


def attachments(links: Live, ts: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = message(links, ts).get("attachments", [])
    return found


def shown(links: Live, ts: str) -> list[tuple[int, str | None, str]]:
    """Number, address and fallback of each attachment."""
    return [(one["id"], one.get("from_url"), one["fallback"]) for one in attachments(links, ts)]


def update(links: Live, ts: str, **more: object) -> dict[str, Any]:
    answer = links.call("chat.update", "xoxp-ann", channel=OPEN, ts=ts, **_written(more))
    assert answer["ok"], answer
    return answer


# What is shown.


def test_a_preview_becomes_an_attachment_that_tells_its_app(links: Live) -> None:
    ts = posted(links)

    assert unfurl(links, ts, {PAGE: {"title": "One", "text": "Words", "color": "good"}}) == {"ok": True}
    assert attachments(links, ts) == [
        {
            "id": 1,
            "title": "One",
            "text": "Words",
            "color": "2eb886",
            "fallback": "Words",
            "from_url": PAGE,
            "original_url": PAGE,
            "app_unfurl_url": PAGE,
            "is_app_unfurl": True,
            "app_id": "A0DOCS00001",
            "bot_id": "B0DOCS00001",
            "bot_team_id": "T0LINKS0001",
        }
    ]


def test_a_preview_of_blocks(links: Live) -> None:
    ts = posted(links)

    assert unfurl(links, ts, {PAGE: {"blocks": [SECTION], "preview": {"title": {"type": "plain_text", "text": "P"}}}})["ok"]

    [made] = attachments(links, ts)
    assert [block["type"] for block in made["blocks"]] == ["section"]
    assert made["blocks"][0]["block_id"]
    assert made["fallback"] == "[no preview available]"
    assert "preview" not in made


def test_a_preview_is_no_edit(links: Live) -> None:
    ts = posted(links)
    before = message(links, ts)

    assert unfurl(links, ts)["ok"]

    after = message(links, ts)
    assert after.pop("attachments")
    assert after == before
    assert rows(links, tables.message_edits, ts) == []


def test_a_person_unfurls_for_their_app(links: Live) -> None:
    ts = posted(links)

    assert unfurl(links, ts, token="xoxp-ann-alone")["ok"]

    [made] = attachments(links, ts)
    assert made["app_id"] == "A0LONE00001"
    assert not made.keys() & {"bot_id", "bot_team_id"}


def test_previews_follow_the_authors_own_attachments_and_number_on(links: Live) -> None:
    buttons = [{"name": "a", "type": "button", "text": "A"}]
    own = [{"fallback": "own"}, {"fallback": "own too", "callback_id": "c", "actions": buttons}]
    ts = posted(links, f"{PAGE} https://docs.test/2", attachments=own)

    assert unfurl(links, ts, {PAGE: {"text": "One", "callback_id": "d", "actions": buttons * 2}})["ok"]
    assert unfurl(links, ts, {"https://docs.test/2": {"text": "Two"}})["ok"]

    two = "https://docs.test/2"
    assert shown(links, ts) == [(1, None, "own"), (2, None, "own too"), (3, PAGE, "One"), (4, two, "Two")]
    assert [[action["id"] for action in one.get("actions", [])] for one in attachments(links, ts)] == [
        [],
        ["1"],
        ["2", "3"],
        [],
    ]


def test_the_same_app_replaces_its_preview_and_another_adds_its_own(links: Live) -> None:
    ts = posted(links, f"{PAGE} https://docs.test/2")
    assert unfurl(links, ts, {PAGE: {"text": "One"}, "https://docs.test/2": {"text": "Two"}})["ok"]

    assert unfurl(links, ts, {PAGE: {"text": "Better"}})["ok"]
    assert unfurl(links, ts, {PAGE: {"text": "Another"}}, "xoxb-maps")["ok"]

    assert shown(links, ts) == [(1, PAGE, "Better"), (2, "https://docs.test/2", "Two"), (3, PAGE, "Another")]
    assert attachments(links, ts)[2]["app_id"] == "A0MAPS00001"


@pytest.mark.parametrize("key", ["https://docs.test/?a=1&b=2", "https://docs.test/?a=1&amp;b=2"])
def test_an_address_is_named_with_and_without_entities(links: Live, key: str) -> None:
    ts = posted(links, "see <https://docs.test/?a=1&b=2|here>")

    assert unfurl(links, ts, {key: {"text": "One"}})["ok"]
    assert attachments(links, ts)[0]["from_url"] == "https://docs.test/?a=1&b=2"


RICH = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "link", "url": PAGE}]}]}


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "section", "text": {"type": "mrkdwn", "text": f"<{PAGE}|One>"}}],
        [{"type": "section", "text": {"type": "mrkdwn", "text": f"at {PAGE}."}}],
        [{"type": "context", "elements": [{"type": "mrkdwn", "text": f"<{PAGE}>"}]}],
        [RICH],
    ],
)
def test_links_in_blocks_are_unfurled(links: Live, blocks: list[dict[str, Any]]) -> None:
    assert unfurl(links, posted(links, "words", blocks=blocks))["ok"]


def test_a_bot_unfurls_where_it_is_no_member_and_in_threads(links: Live) -> None:
    parent = posted(links, "words")
    reply = posted(links, thread_ts=parent)

    assert unfurl(links, reply)["ok"]
    replies = links.call("conversations.replies", "xoxp-ann", channel=OPEN, ts=parent)["messages"]
    assert [one["from_url"] for one in replies[1]["attachments"]] == [PAGE]


@pytest.mark.parametrize(
    "url", ["https://docs.test:8443/x", "http://a.docs.test", "https://WIKI.acme.test/x", "https://a.wiki.acme.test/"]
)
def test_ports_and_parts_of_a_domain_are_the_domain(links: Live, url: str) -> None:
    assert unfurl(links, posted(links, f"<{url}>"), {url: {"text": "One"}})["ok"]


def test_a_work_object_is_previewed_by_its_name(links: Live) -> None:
    two = "https://docs.test/2"
    ts = posted(links, f"{PAGE} {two}")
    entities = [entity(PAGE, "A task"), entity(two, "Another")]

    assert unfurl(links, ts, {two: {"text": "Two"}}, metadata={"entities": entities})["ok"]

    first, second = sorted(attachments(links, ts), key=lambda one: str(one["from_url"]))
    assert (first["title"], first["title_link"], first["fallback"]) == ("A task", "https://tasks.test/7", "A task")
    assert (second["from_url"], second["text"]) == (two, "Two")


def entity(app_unfurl_url: str, title: str) -> dict[str, Any]:
    return {
        "entity_type": "slack#/entities/task",
        "entity_payload": {"attributes": {"title": {"text": title}}},
        "external_ref": {"id": "7"},
        "url": "https://tasks.test/7",
        "app_unfurl_url": app_unfurl_url,
    }


def test_who_is_to_sign_in_first_is_shown_nothing(links: Live) -> None:
    ts = posted(links)

    for asked in (
        {"user_auth_required": "true"},
        {"user_auth_url": "https://docs.test/sign-in"},
        {"user_auth_message": "Sign in"},
        {"user_auth_blocks": [SECTION]},
    ):
        assert unfurl(links, ts, **asked) == {"ok": True}
        assert links.call("chat.unfurl", "xoxb-docs", channel=OPEN, ts=ts, **_written(asked)) == {"ok": True}

    assert attachments(links, ts) == []


def test_the_sdk_unfurls(links: Live) -> None:
    client = WebClient(token="xoxb-docs", base_url=f"{links.url}/api/")
    ts = posted(links)

    client.chat_unfurl(channel=OPEN, ts=ts, unfurls={PAGE: {"blocks": [SECTION]}})

    assert [one["from_url"] for one in attachments(links, ts)] == [PAGE]
    with pytest.raises(SlackApiError, match="cannot_unfurl_message"):
        client.chat_unfurl(channel=OPEN, ts=ts, unfurls={"https://docs.test/other": {"text": "x"}})


# What is refused.


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"channel": OPEN}, "missing_ts"),
        ({"ts": BOBS}, "missing_channel"),
        ({}, "missing_channel"),
        ({"unfurl_id": "U1"}, "missing_source"),
        ({"source": "composer"}, "missing_unfurl_id"),
        ({"source": "elsewhere", "unfurl_id": "U1"}, "invalid_source"),
        ({"source": "elsewhere", "channel": OPEN, "ts": BOBS}, "invalid_source"),
        ({"source": "composer", "unfurl_id": "U1"}, "invalid_unfurl_id"),
        ({"source": "conversations_history", "unfurl_id": "U1"}, "invalid_unfurl_id"),
        ({"channel": "C0NOWHERE01", "ts": BOBS}, "cannot_find_channel"),
        ({"channel": SHUT, "ts": BOBS}, "cannot_find_channel"),
        ({"channel": PAST, "ts": FORMER}, "access_denied"),
        ({"channel": OPEN, "ts": "1400000000.000100"}, "cannot_find_message"),
        ({"channel": OPEN, "ts": "never"}, "cannot_find_message"),
        ({"channel": OPEN, "ts": HIDDEN}, "cannot_find_message"),
        ({"channel": "COMPOSER", "ts": "gryl3kb80b3w"}, "cannot_unfurl_message"),
        ({"channel": OPEN, "ts": BOBS}, "cannot_unfurl_message"),
    ],
)
def test_which_message_is_meant(links: Live, given: dict[str, str], code: str) -> None:
    sent = {**given, "unfurls": {PAGE: {"text": "One"}}}
    assert links.call("chat.unfurl", "xoxb-docs", **_written(sent)) == refused(code)


def test_a_deleted_message_is_not_found(links: Live) -> None:
    ts = posted(links)
    assert links.call("chat.delete", "xoxp-ann", channel=OPEN, ts=ts)["ok"]

    assert unfurl(links, ts) == refused("cannot_find_message")


def test_a_private_channel_is_unfurled_for_members(links: Live) -> None:
    ts = posted(links, channel=SHUT)

    assert unfurl(links, ts, channel=SHUT) == refused("cannot_find_channel")
    assert unfurl(links, ts, token="xoxp-ann", channel=SHUT)["ok"]


@pytest.mark.parametrize(
    ("unfurls", "code"),
    [
        (None, "missing_unfurls"),
        ("{", "invalid_unfurls_format"),
        ("[]", "invalid_unfurls_format"),
        ('"text"', "invalid_unfurls_format"),
        ('{"https://docs.test/1": "text"}', "invalid_unfurls_format"),
        ('{"https://docs.test/1": {}}', "cannot_parse_attachment"),
        ('{"https://docs.test/1": {"preview": {"title": "x"}}}', "cannot_parse_attachment"),
        ('{"https://docs.test/1": {"text": [1]}}', "cannot_parse_attachment"),
        ('{"https://docs.test/1": {"blocks": "x"}}', "cannot_parse_attachment"),
        ('{"https://docs.test/1": {"hide_color": true, "blocks": [{"type": "divider"}]}}', "cannot_parse_attachment"),
        ('{"https://docs.test/1": {"blocks": [{"type": "nothing"}]}}', "invalid_blocks"),
        (json.dumps({PAGE: {"blocks": [RICH]}}), "invalid_blocks"),
        (json.dumps({PAGE: {"text": "x" * 100_001}}), "cannot_parse_attachment"),
    ],
)
def test_what_is_no_preview(links: Live, unfurls: str | None, code: str) -> None:
    answer = links.call("chat.unfurl", "xoxb-docs", **_written({"channel": OPEN, "ts": BOBS, "unfurls": unfurls}))

    assert (answer["ok"], answer["error"]) == (False, code)
    if code in ("cannot_parse_attachment", "invalid_blocks"):
        assert "json-pointer:/unfurls/https:~1~1docs.test~11" in answer["response_metadata"]["messages"][0]


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ("{", "invalid_metadata_format"),
        ("[]", "invalid_metadata_format"),
        ("{}", "invalid_metadata_format"),
        ('{"entities": []}', "invalid_metadata_format"),
        ('{"entities": "x"}', "invalid_metadata_format"),
        ('{"entities": [{}]}', "error_processing_metadata"),
        (json.dumps({"entities": [entity(PAGE, "x" * 20_000)]}), "error_processing_metadata"),
        (json.dumps({"entities": [{**entity(PAGE, "x"), "app_unfurl_url": None}]}), "error_processing_metadata"),
        (json.dumps({"entities": [entity(PAGE, "x")]}), "cannot_unfurl_message"),
    ],
)
def test_what_is_no_work_object(links: Live, metadata: str, code: str) -> None:
    answer = links.call("chat.unfurl", "xoxb-docs", channel=OPEN, ts=BOBS, metadata=metadata)

    assert (answer["ok"], answer["error"]) == (False, code)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("words", PAGE),
        ("https://docs.test/12", PAGE),
        ("docs.test/1", PAGE),
        ("<https://docs.test/1|docs.test/1>", PAGE),
        ("<https://docs.test/1|docs.test>", PAGE),
        ("www.docs.test", "http://www.docs.test"),
        ("<ftp://docs.test/1>", "ftp://docs.test/1"),
    ],
)
def test_only_whole_links_of_the_message_are_unfurled(links: Live, text: str, url: str) -> None:
    assert unfurl(links, posted(links, text), {url: {"text": "One"}}) == refused("cannot_unfurl_message")


def test_what_nothing_made_a_link_of_is_none(links: Live) -> None:
    assert unfurl(links, posted(links, parse="none")) == refused("cannot_unfurl_message")


def test_what_a_channel_tells_of_itself_is_not_unfurled(links: Live) -> None:
    assert unfurl(links, TOPIC, {"https://docs.test/topic": {"text": "x"}}) == refused("cannot_unfurl_message")


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.test/",
        "https://notdocs.test/",
        "https://docs.test.evil.test/",
        "https://docs.test@evil.test/",
        "https://[docs.test/",
    ],
)
def test_other_domains_are_refused(links: Live, url: str) -> None:
    ts = posted(links, f"<{url}>")

    assert unfurl(links, ts, {url: {"text": "One"}}) == refused("cannot_unfurl_url")
    assert attachments(links, ts) == []


def test_one_wrong_address_spoils_them_all(links: Live) -> None:
    ts = posted(links, f"{PAGE} https://acme.test/")

    assert unfurl(links, ts, {PAGE: {"text": "One"}, "https://acme.test/": {"text": "x"}}) == refused("cannot_unfurl_url")
    assert attachments(links, ts) == []


@pytest.mark.parametrize("token", ["xoxb-plain", "xoxs-ann"])
def test_an_app_without_domains_unfurls_nothing(links: Live, token: str) -> None:
    assert unfurl(links, posted(links), token=token) == refused("cannot_find_service")


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        ({"unfurl_links": "false", "unfurl_media": "false"}, "cannot_unfurl_url"),
        ({"unfurl_links": "false"}, None),
        ({"unfurl_media": "false"}, None),
        ({"unfurl_links": "true", "unfurl_media": "true"}, None),
    ],
)
def test_an_author_who_wants_no_previews_gets_none(links: Live, flags: dict[str, str], code: str | None) -> None:
    ts = posted(links, **flags)

    assert unfurl(links, ts).get("error") == code
    said = message(links, ts)
    for flag in ("unfurl_links", "unfurl_media"):
        assert said.get(flag) == (False if flags.get(flag) == "false" else None)


def test_neither_does_one_of_an_organization_file(links: Live) -> None:
    assert unfurl(links, UNWANTED, {"https://docs.test/no": {"text": "x"}}) == refused("cannot_unfurl_url")


def test_nobody_asks_bots_and_closed_accounts_to_sign_in(links: Live) -> None:
    ts = posted(links, token="xoxb-docs")

    assert unfurl(links, ts, user_auth_required="1") == refused("cannot_auth_user")
    assert unfurl(links, BOBS, {"https://docs.test/bob": {"text": "x"}}, user_auth_url="https://docs.test/") == refused(
        "cannot_auth_user"
    )
    assert unfurl(links, ts)["ok"]


def test_what_a_person_is_asked_with_is_checked(links: Live) -> None:
    answer = unfurl(links, posted(links), user_auth_blocks=[{"type": "nothing"}])

    assert answer["error"] == "invalid_blocks"
    assert "json-pointer:/user_auth_blocks/0" in answer["response_metadata"]["messages"][0]


def test_all_previews_of_a_message_have_a_bound(links: Live) -> None:
    urls = [f"https://docs.test/{number}" for number in range(8)]
    ts = posted(links, " ".join(urls))

    answers = [unfurl(links, ts, {url: {"text": "x" * 8_000}}) for url in urls]

    assert [answer.get("error") for answer in answers] == [None] * 6 + ["cannot_parse_attachment"] * 2
    assert [one["from_url"] for one in attachments(links, ts)] == urls[:6]


def test_more_previews_than_a_message_may_have_are_not_looked_at(links: Live) -> None:
    answer = unfurl(links, posted(links), {f"https://docs.test/{number}": "no object" for number in range(101)})

    assert answer["error"] == "cannot_parse_attachment"
    [told] = answer["response_metadata"]["messages"]
    assert told == "[ERROR] must have no more than 100 previews [json-pointer:/unfurls]"


def test_as_many_previews_as_a_message_may_have(links: Live) -> None:
    urls = [f"https://docs.test/{number}" for number in range(100)]
    ts = posted(links, " ".join(urls))

    for text in ("first", "then"):
        assert unfurl(links, ts, {url: {"text": text} for url in urls}) == {"ok": True}
        assert sorted(shown(links, ts)) == [(at, url, text) for at, url in enumerate(urls, 1)]


# What becomes of previews.


def test_a_preview_goes_with_its_link(links: Live) -> None:
    ts = posted(links, f"{PAGE} https://docs.test/2", attachments=[{"fallback": "own"}])
    assert unfurl(links, ts, {PAGE: {"text": "One"}, "https://docs.test/2": {"text": "Two"}})["ok"]

    answer = update(links, ts, text="only https://docs.test/2 now")

    expected = [(1, None, "own"), (3, "https://docs.test/2", "Two")]
    assert [(one["id"], one.get("from_url"), one["fallback"]) for one in answer["message"]["attachments"]] == expected
    assert shown(links, ts) == expected
    assert unfurl(links, ts) == refused("cannot_unfurl_message")
    assert "attachments" in update(links, ts, text="nothing")["message"]
    assert shown(links, ts) == [(1, None, "own")]


def test_own_attachments_are_changed_apart_from_previews(links: Live) -> None:
    ts = posted(links)
    assert unfurl(links, ts)["ok"]

    update(links, ts, attachments=[{"fallback": "own"}, {"fallback": "too"}])
    assert shown(links, ts) == [(1, None, "own"), (2, None, "too"), (3, PAGE, "One")]
    update(links, ts, attachments=[])
    assert shown(links, ts) == [(3, PAGE, "One")]


def test_what_changes_nothing_is_no_edit(links: Live) -> None:
    ts = posted(links)
    assert unfurl(links, ts)["ok"]
    before = message(links, ts)

    update(links, ts, unfurled_attachments=[{"id": 1}])

    assert message(links, ts) == before
    assert rows(links, tables.message_edits, ts) == []


def test_an_author_takes_previews_away(links: Live) -> None:
    ts = posted(links, f"{PAGE} https://docs.test/2")
    assert unfurl(links, ts, {PAGE: {"text": "One"}, "https://docs.test/2": {"text": "Two"}})["ok"]

    answer = update(links, ts, unfurled_attachments=[{"id": 2}])

    assert shown(links, ts) == [(2, "https://docs.test/2", "Two")]
    assert "edited" not in answer["message"]
    update(links, ts, unfurled_attachments=[{"from_url": "https://docs.test/2"}, {"text": "Mine"}])
    assert shown(links, ts) == [(1, None, "Mine"), (2, "https://docs.test/2", "Two")]
    update(links, ts, unfurled_attachments=[])
    assert shown(links, ts) == [(1, None, "Mine")]


def test_previews_give_way_to_the_numbers_of_the_authors_own(links: Live) -> None:
    two = "https://docs.test/2"
    ts = posted(links, f"{PAGE} {two}")
    assert unfurl(links, ts, {PAGE: {"text": "One"}, two: {"text": "Two"}})["ok"]

    update(links, ts, attachments=[{"fallback": "own"}])

    assert shown(links, ts) == [(1, None, "own"), (2, PAGE, "One"), (3, two, "Two")]


def test_more_unfurled_attachments_than_a_message_may_have_are_not_looked_at(links: Live) -> None:
    ts = posted(links)
    assert unfurl(links, ts)["ok"]

    answer = links.call(
        "chat.update", "xoxp-ann", channel=OPEN, ts=ts, unfurled_attachments=json.dumps([{"id": 1, "text": 1}] * 101)
    )

    assert answer["error"] == "too_many_attachments", "though all of them name the one preview"


def test_nobody_passes_an_attachment_off_as_an_apps(links: Live) -> None:
    forged = {"fallback": "x", "from_url": PAGE, "is_app_unfurl": True, "app_id": "A0MAPS00001", "app_unfurl_url": PAGE}
    ts = posted(links, attachments=[forged])

    assert unfurl(links, ts, {PAGE: {**forged, "bot_id": "B0MAPS00001", "text": "One"}})["ok"]
    first, second = attachments(links, ts)
    assert not first.keys() & {"is_app_unfurl", "app_id", "app_unfurl_url"}
    assert (second["app_id"], second["bot_id"]) == ("A0DOCS00001", "B0DOCS00001")
    wrong = json.dumps([{"text": [1]}])
    answer = links.call("chat.update", "xoxp-ann", channel=OPEN, ts=ts, unfurled_attachments=wrong)
    assert answer["error"] == "invalid_attachments"
