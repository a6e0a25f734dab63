"""Whatever arrives: no bytes make the server fail, hang, tell of its inside, or tell one organization of another."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from gridhall.catalogue.json import MOST_BRACKETS, MOST_DEPTH
from gridhall.domain.signals import AuthorityChanged
from gridhall.server.web_api import VERBS
from gridhall.storage.statement import Statement
from gridhall.storage.tables import tokens
from harness.clients import Client
from harness.databases import Databases
from harness.live import Live, Reply, live
from surface import props
from surface.causes import METHODS
from surface.inprocess import ask
from surface.parts import PARTS, broken
from surface.sound import caller
from surface.sound import sound as sound_call
from surface.stage import FORM, multipart, png
from surface.wire import wire

JSON = "application/json; charset=utf-8"
MULTIPART = "multipart/form-data; boundary=edge"

unhurried = settings(deadline=None)  # a busy machine is no defect
unhurried_each = settings(deadline=None, max_examples=60)
often = settings(deadline=None, max_examples=300)
seldom = settings(deadline=None, max_examples=30)


@pytest.fixture(scope="module")
def server(sqlite_databases: Databases) -> Iterator[Live]:
    """A server of the module's own, since what arrives may change anything; its limits count, and are never reached."""
    with live(sqlite_databases.filled("states"), rate_factor=1e6) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Live) -> Client:
    return props.telephone(server)


@pytest.fixture
def untouched(sqlite_databases: Databases) -> Iterator[Live]:
    """A server that nothing has happened to: on the module's own, a token may have revoked itself by now."""
    with live(sqlite_databases.filled("states")) as running:
        yield running


INSIDE = (b"Traceback", b'File "', b"gridhall/", b"site-packages", b"sqlite", b"Error(")
# What is nowhere among what is sent, and so cannot come back as what somebody wrote.
OTHER_ORGANIZATIONS = (
    *(b"Lou Locked", b"locked.test", b"locked-main", b"T0LOCKED001", b"A0LOCKED001"),
    *(b"Cleo Closed", b"closed.test", b"closed-main", b"E0CLOSED001", b"A0CLOSED001"),
    *(b"Solo", b"alone.test", b"A0ALONE0001"),
)


def sound(reply: Reply, *, echoes: bool = False) -> dict[str, Any]:
    """The answer, held to what every answer must be."""
    assert reply.status in (200, 429)
    if not echoes:
        for text in (*INSIDE, *OTHER_ORGANIZATIONS):
            assert text not in reply.body
    answer: dict[str, Any] = msgspec.json.decode(reply.body)
    assert answer.get("error") != "internal_error"
    return answer


# Requests of any bytes.

PIECES = (
    *(
        b"a=1",
        b"&",
        b"=",
        b"%",
        b"%00",
        b"%C3",
        b"+",
        b"token=xoxp-mia",
        b"user=",
        b"limit=",
        b"a[]",
        b"\0",
        b"\xff",
        b"\xc3\xa9",
    ),
    *(b"{", b"}", b'"a"', b":", b",", b"[", b"]", b"1e9", b'"', rb"\u0000", rb"\ud800", b"null", b'{"user":', b"9" * 30),
    *(b"--edge\r\n", b"--edge--\r\n", b'Content-Disposition: form-data; name="image"', b"; filename=x", b"\r\n\r\n", b"\r\n"),
)
bodies = st.binary(max_size=100) | st.lists(st.sampled_from(PIECES) | st.binary(max_size=3), max_size=20).map(b"".join)
verbs = st.sampled_from(["POST", "POST", "POST", "GET", "HEAD", "PUT", "OPTIONS", "BREW"])
paths = st.sampled_from([f"/api/{name}" for name in (*METHODS, "users.nothing")]) | st.text(max_size=20).map(
    lambda text: f"/api/{text}"
)
values = st.binary(max_size=30) | st.sampled_from(
    [
        FORM,
        JSON,
        MULTIPART,
        "text/plain",
        "Bearer xoxp-mia",
        "Bearer xoxb-kit",
        "Bearer xoxc-mia",
        "d=xoxd-mia; d=%",
        "Bearer ",
        "Bearer \xff",
        "203.0.113.5, ::1",
        "-1",
        "7",
    ]
).map(lambda text: text.encode("latin-1"))
names = st.sampled_from([b"content-type", b"authorization", b"content-length", b"x-forwarded-for", b"host", b"cookie"])
headers = st.lists(st.tuples(names, values), max_size=5)


@often
@given(verbs, paths, headers, st.lists(bodies, max_size=3), bodies)
def test_no_request_whatever_makes_the_server_fail(
    server: Live, verb: str, path: str, headers: list[tuple[bytes, bytes]], body: list[bytes], query: bytes
) -> None:
    reply = server.on_loop(ask(server, verb, path, headers, body, query))
    if verb == "HEAD":
        assert (reply.status, reply.body) == (200, b"")
    elif verb not in VERBS:
        assert (reply.status, reply.body) == (405, b"")
    else:
        sound(reply, echoes=path == "/api/api.test")


@often
@given(verbs, st.text(max_size=30).map(lambda text: f"/{text}"), headers, bodies)
@example("GET", "/avatars/" + "0" * 12 + "_512.png", [], b"")
@example("GET", "/avatars/g" + "0" * 11 + "_24.png", [], b"")
@example("POST", "/_gridhall/clock", [(b"authorization", b"Bearer control-key-of-the-tests")], b'{"set":1e300}')
@example("POST", "/_gridhall/clock", [(b"authorization", b"Bearer control-key-of-the-tests")], b'{"advance":' + b"[" * 4000)
def test_no_path_whatever_makes_the_server_fail(
    server: Live, verb: str, path: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    reply = server.on_loop(ask(server, verb, path, headers, [body]))
    assert reply.status < 500
    for text in INSIDE:
        assert text not in reply.body


@seldom
@given(
    st.lists(
        bodies | st.sampled_from([b"GET / HTTP/1.1\r\n", b"POST /api/auth.test HTTP/1.1\r\nhost: x\r\n", b"\r\n\r\n"]),
        max_size=6,
    )
)
@example([b"GET /api/\xff HTTP/1.1\r\nhost: x\r\n\r\n"])
@example([b"GET /api/%ff%00%0a HTTP/1.1\r\nhost: x\r\n\r\n"])
@example([b"GET /api/api.test?\xff HTTP/1.1\r\nhost: x\r\n\r\n"])
@example([b"GET /api/api.test HTTP/1.1\r\ncontent-length: -1\r\n\r\n"])
@example([b"GET /api/api.test HTTP/1.1\r\ncontent-length: ", b"9" * 5000, b"\r\n\r\n"])
@example([b"POST /api/api.test HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"])
@example([b"POST /api/api.test HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"])
@example([b"GET http://elsewhere/api/api.test HTTP/1.1\r\nhost: x\r\n\r\n"])
@example([b"CONNECT elsewhere:443 HTTP/1.1\r\nhost: x\r\n\r\n"])
@example([b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n"])
@example([b"GET /api/api.test HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"])
@example([b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])
@example([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"])
def test_no_bytes_on_a_socket_make_the_server_fail_or_hang(server: Live, pieces: list[bytes]) -> None:
    with wire(server) as connection:
        connection.send(b"".join(pieces))
        connection.end()
        answered = connection.rest()
    assert b"HTTP/1.1 5" not in answered
    for text in INSIDE:
        assert text not in answered
    assert server.call("api.test") == {"ok": True}


# Methods with arguments of any kind.

IDS = (
    *("W0MIA000001", "W0OWEN00001", "W0GUS000001", "W0KITBOT001", "B0KIT000001", "T0MAIN00001", "T0OUTSIDE01", "E0STATES001"),
    *("W0LOU000001", "W0CLEO00001", "U0SOLO00001", "T0CLOSED001", "T0ALONE0001", "E0LOCKED001", "A0KIT000001", "C0LOBBY0001"),
)
TEXTS = (
    *(
        "true",
        "0",
        "-1",
        "99999999999999999999",
        "1e3",
        " 5 ",
        "auto",
        "im,mpim,public_channel",
        ",",
        "[]",
        "{}",
        '["im"]',
        "[[]]",
    ),
    *(
        "\u0661",
        "ÿ",
        "@",
        "mia@states.test",
        "name",
        "title",
        "status_text",
        "states-main",
        "%",
        "'; --",
        "\N{PILE OF POO}",
        "\x7f",
    ),
    *(
        "[" * 200,
        '{"fields":{"Xf1":{}}}',
        '{"a":"\\u0000"}',
        '{"a":"\\\\u0000"}',
        '{"real_name":1}',
        '{"status_expiration":1e400}',
        '[{"type":"section"}]',
    ),
    *("9" * 5000, "x" * 3000, "x" * 300),
    # Of messages.
    *("<@W0MIA000001>", "<@W0LOU000001|x>", "<!channel>", "<#C0HALL00001|>", "#hall", "<https://x|", "&amp;<>&", "<@" * 900),
    *("https://a.test/?<b>&c", "http://" * 400, "*_~`" * 300, "\N{ZERO WIDTH JOINER}" * 9, "\u202e", "\ufdd0", ":wave:"),
    *("\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f44d\U0001f3ff", "1\ufe0f\u20e3", "\ufe0f"),
    *("wave", "wave::skin-tone-9", "now", "0.0", "-1.000000", "999999999999.999999", "1500000001.0001000", "\u0661.\u0661"),
)
texts = st.sampled_from(IDS + TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers() | st.integers(-(10**40), 10**40) | st.floats(allow_nan=False, allow_infinity=False) | st.just(10**4000)
things = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
PEOPLE = ["xoxp-owen", "xoxp-mia", "xoxp-ada", "xoxp-mia", "xoxp-gus", "xoxp-owen-org"]
OTHERS = ["xoxb-kit", "xoxb-kit", "xapp-kit", "xoxs-mia"]


def callers_of(method: str, client: Client) -> st.SearchStrategy[str]:
    """Tokens of all kinds, more of those that the method takes."""
    calls = caller(METHODS[method])
    return st.sampled_from([*(PEOPLE if calls == props.MIA else [calls] * 6), *OTHERS, client.told["token"]])


def real(server: Live, client: Client) -> dict[str, list[str]]:
    """Values that lead somewhere, by the arguments that they are for; among them things of Mia's made just now."""
    channel = props.channel(server, with_ada=True)["channel"]
    for user in ("W0OWEN00001", "W0KITBOT001"):
        props.do(server, "conversations.invite", channel=channel, users=user)
    asked = props.message(server, channel=channel)["ts"]
    answered = props.message(server, channel=channel, thread_ts=asked)["ts"]
    props.do(server, "reactions.add", channel=channel, timestamp=asked, name="wave")
    props.do(server, "pins.add", channel=channel, timestamp=asked)
    where = {"channel": channel, "thread_ts": asked}
    streamed = props.do(server, "chat.startStream", props.KIT, **where, **props.FOR_MIA)["ts"]
    post_at = props.later(server)
    waiting = props.do(server, "chat.scheduleMessage", channel=channel, text="Later", post_at=post_at)["scheduled_message_id"]
    linking = props.linking(server, channel=channel)["ts"]
    times = [streamed, linking, asked, asked, answered, props.message(server, channel=channel)["ts"], "1500000002.000100"]
    people = ["W0ADA000001", "W0OWEN00001", "W0GUS000001", "W0KITBOT001", "W0UNA000001", "U0PAT000001"]
    return {
        "channel": [*[channel] * 16, "C0HALL00001", "C0OLD000001", "C0YARD00001", "D0MIAADA001", "G0THREE0001", *people[:2]],
        "users": [*people, ",".join(people[:2]), ",".join(people * 9)],
        "user": people,
        "user_id": [*people, "W0MIA000001", "W0OLGA00001"],
        "user_ids": [
            people[0],
            ",".join(people[:3]),
            json.dumps([people[0], "W0DAN000001"]),
            ",".join(f"W{n}" for n in range(1001)),
        ],
        "session_id": [str(client.session), "1500000000001"],
        "duration": ["28799", "28800", "315569520", "315569521"],
        "name": ["wave", "tada", "-1", "name", "hey you", "x" * 81],
        "types": ["public_channel", "im,mpim", "private_channel,im"],
        "scheduled_message_id": [waiting],
        "post_at": [post_at, str(int(post_at) + 1), "1", "-1", "9" * 30, "soon"],
        "recipient_user_id": ["W0MIA000001", "W0LOU000001"],
        "recipient_team_id": ["T0MAIN00001", "T0LOCKED001"],
        "task_display_mode": ["plan", "timeline"],
        "source": ["composer", "conversations_history"],
        "team_id": ["T0MAIN00001", "T0OUTSIDE01", "E0STATES001"],
        "limit": ["1", "2", "1000"],
    } | dict.fromkeys(("ts", "timestamp", "message_ts", "thread_ts", "latest", "oldest"), times)


OF_KIND: dict[str, st.SearchStrategy[Any]] = {
    "string": texts,
    "integer": st.integers(-2, 1001).map(str),
    "boolean": st.sampled_from(["true", "false"]),
    "list": texts,
    "object": texts,
    "array of objects": texts,
}


def any_of(method: str, real: dict[str, list[str]], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments such as lead somewhere, but for some that are missing, odd, or another method's."""
    right = {argument.name: OF_KIND[argument.kind] for argument in METHODS[method].arguments}
    right |= {name: st.sampled_from(real[name]) for name in right if name in real}
    right |= {name: st.sampled_from(PARTS[name]).map(json.dumps) | broken(name, things) for name in right if name in PARTS}
    needed = {argument.name: right.pop(argument.name) for argument in METHODS[method].arguments if argument.required}
    names = st.sampled_from([*needed, *right, "other", "team_id"])
    some = st.fixed_dictionaries(needed, optional=right)
    spoilt = st.tuples(some, st.dictionaries(names, odd, min_size=1, max_size=1)).map(lambda both: both[0] | both[1])
    return st.sampled_from([some, some, spoilt, spoilt, st.dictionaries(names, odd, max_size=5)]).flatmap(lambda chosen: chosen)


by_method = pytest.mark.parametrize("method", [name for name in METHODS if name != "api.test"])

UNREVOKE: Statement[Any] = Statement(update(tokens).where(tokens.c.revoked_at > 1_600_000_000).values(revoked_at=0), tuple)


async def _unrevoke(work: Any) -> None:
    await work.connection.run(UNREVOKE)
    work.signal(AuthorityChanged("E0STATES001"))


def call(server: Live, method: str, token: str, content_type: str, body: bytes, cookie: str = "") -> None:
    """A call that is held to what every answer must be. The cookie is of use to client tokens alone."""
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", content_type.encode())]
    headers.append((b"cookie", f"d={cookie}".encode()))
    answer = sound(server.on_loop(ask(server, "POST", f"/api/{method}", headers, [body])))
    if answer.get("revoked"):
        server.on_loop(server.gridhall.storage.write(_unrevoke))


@by_method
def test_a_method_stands_json_arguments_of_any_kind(server: Live, client: Client, method: str) -> None:
    @given(any_of(method, real(server, client), things), callers_of(method, client))
    @unhurried_each
    def stands(arguments: dict[str, Any], token: str) -> None:
        call(server, method, token, JSON, json.dumps(arguments).encode(), client.told["cookie"])

    stands()


@by_method
def test_a_method_stands_form_arguments_of_any_kind(server: Live, client: Client, method: str) -> None:
    @given(any_of(method, real(server, client), texts | things.map(json.dumps)), callers_of(method, client))
    @unhurried_each
    def stands(arguments: dict[str, Any], token: str) -> None:
        call(server, method, token, FORM, urlencode(arguments).encode(), client.told["cookie"])

    stands()


@pytest.mark.parametrize(
    ("method", "name"),
    [
        pytest.param(method.name, argument.name, id=f"{method.name}-{argument.name}")
        for method in METHODS.values()
        for argument in method.arguments
        if argument.name in PARTS
    ],
)
def test_what_a_message_is_made_of_may_be_anything_in_one_place(untouched: Live, method: str, name: str) -> None:
    @given(broken(name, things))
    @unhurried_each
    def stands(value: str) -> None:
        arguments = {**sound_call(untouched, method), name: value}
        call(untouched, method, caller(METHODS[method]), FORM, urlencode(arguments).encode())

    stands()


PICTURE = png(4, 4)
damaged = st.tuples(st.integers(0, len(PICTURE) - 1), st.binary(min_size=1, max_size=4)).map(
    lambda damage: PICTURE[: damage[0]] + damage[1] + PICTURE[damage[0] + len(damage[1]) :]
)


@seldom
@given(
    st.binary(max_size=50) | damaged | st.just(PICTURE),
    st.dictionaries(st.sampled_from(["crop_x", "crop_y", "crop_w"]), st.integers(-1, 5).map(str) | texts, max_size=3),
)
@example(PICTURE, {"crop_x": str(2**53 - 1), "crop_w": "1"})
@example(PICTURE, {"crop_w": str(2**62)})
def test_a_picture_may_be_anything(server: Live, picture: bytes, crop: dict[str, str]) -> None:
    body, content_type = multipart(crop, {"image": picture})
    call(server, "users.setPhoto", "xoxp-mia", content_type, body)


# What api.test gives back.


def echo(server: Live, body: bytes) -> dict[str, Any]:
    return sound(server.on_loop(ask(server, "POST", "/api/api.test", [(b"content-type", JSON.encode())], [body])), echoes=True)


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
echoed = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@unhurried
@given(st.dictionaries(st.from_regex("[a-z]{1,8}", fullmatch=True).filter(lambda name: name not in ("token", "error")), echoed))
def test_what_was_sent_comes_back(server: Live, arguments: dict[str, Any]) -> None:
    assert echo(server, json.dumps(arguments).encode()) == {"ok": True} | ({"args": arguments} if arguments else {})


@pytest.mark.parametrize(
    ("depth", "error"), [(MOST_DEPTH - 1, None), (MOST_DEPTH, "invalid_json"), (900, "invalid_json"), (500_000, "invalid_json")]
)
def test_json_nests_so_deep_and_no_deeper(server: Live, depth: int, error: str | None) -> None:
    assert echo(server, b'{"a":' + b"[" * depth + b"]" * depth + b"}").get("error") == error
    assert echo(server, b'{"a":' + b'{"b":' * depth + b"1" + b"}" * depth + b"}").get("error") == error


@pytest.mark.parametrize(("number", "error"), [(MOST_BRACKETS - 2, None), (MOST_BRACKETS - 1, "invalid_json")])
def test_json_nests_so_often_and_no_more_often(server: Live, number: int, error: str | None) -> None:
    for one in (b"{}", b"[]"):
        assert echo(server, b'{"a":[' + b",".join([one] * number) + b"]}").get("error") == error


@pytest.mark.parametrize(
    ("number", "error"),
    [
        ("18446744073709551615", None),
        ("18446744073709551616", "invalid_json"),
        ("-9223372036854775808", None),
        ("-9223372036854775809", "invalid_json"),
        ("9" * 4000, "invalid_json"),
        ("9" * 5000, "invalid_json"),
    ],
)
def test_integers_are_given_back_as_far_as_they_go(server: Live, number: str, error: str | None) -> None:
    assert echo(server, f'{{"a":{number}}}'.encode()).get("error") == error


def test_an_integer_that_no_database_holds_is_none(untouched: Live) -> None:
    assert untouched.call("users.list", "xoxp-mia", limit=str(2**53 - 1))["ok"]
    assert untouched.call("users.list", "xoxp-mia", limit=str(2**53))["error"] == "invalid_arguments"


@pytest.mark.parametrize(
    ("text", "error"), [(r"\u0000", "invalid_profile"), (r"\\u0000", None), (r"\\\u0000", "invalid_profile")]
)
def test_a_nul_in_json_in_a_form_is_told_from_its_spelling(untouched: Live, text: str, error: str | None) -> None:
    profile = f'{{"title":"{text}"}}'
    assert untouched.call("users.profile.set", "xoxp-mia", profile=profile).get("error") == error


@pytest.mark.parametrize("body", [b"%" * (1 << 20), b"%4" * (1 << 19), b"a=" + b"%" * 1001])
def test_a_form_of_bare_percent_signs_is_none(server: Live, body: bytes) -> None:
    reply = server.request("POST", "/api/api.test", body, {"content-type": FORM})
    assert reply.json["error"] == "invalid_form_data"


def test_some_bare_percent_signs_stand_for_themselves(server: Live) -> None:
    assert server.request("POST", "/api/api.test", b"a=100%&b=%zz", {"content-type": FORM}).json["args"] == {
        "a": "100%",
        "b": "%zz",
    }


def test_a_content_type_without_end_is_none(server: Live) -> None:
    headers = {"content-type": FORM + ";" * 1000}
    assert server.request("POST", "/api/api.test", b"a=1", headers).json["error"] == "invalid_post_type"


def test_a_parts_header_without_end_is_none(server: Live) -> None:
    body = b'--edge\r\nContent-Disposition: form-data; name="a"' + b";" * 9000 + b"\r\n\r\n1\r\n--edge--\r\n"
    assert server.request("POST", "/api/api.test", body, {"content-type": MULTIPART}).json["error"] == "invalid_form_data"
