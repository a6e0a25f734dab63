"""The order in which rooms refuse: a request wrong in every way gets the first room's code, and mended by one, the next."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import OrgToken, method
from gridhall.catalogue.rates import by_tier
from gridhall.catalogue.registry import Registry
from gridhall.catalogue.scopes import Needs
from gridhall.contract.errors import AccessDenied, InvalidLimit, MissingArgument, TeamNotFound, UserNotFound
from gridhall.contract.rates import Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain.actor import Actor
from gridhall.domain.call import Call
from harness.databases import Databases
from harness.live import Live, live

FORM = "application/x-www-form-urlencoded"
ONE_CALL = 0.02
"""A factor that leaves a limit of 20 calls a minute one call."""

# What is wrong, in the order in which rooms are expected to find it: the room, the mistake, the code.
ORDER = (
    ("envelope", "the query is no UTF-8", "invalid_arguments"),
    ("envelope", "a name in the query is none", "invalid_arg_name"),
    ("envelope", "no type", "missing_post_type"),
    ("envelope", "an unknown type", "invalid_post_type"),
    ("envelope", "an unknown charset", "invalid_charset"),
    ("envelope", "the body stalls", "request_timeout"),
    ("envelope", "the body is no UTF-8", "invalid_form_data"),
    ("envelope", "a name in the body is none", "invalid_arg_name"),
    ("envelope", "a name in the body is an array's", "invalid_array_arg"),
    ("route", "an unknown method", "unknown_method"),
    ("authenticate", "no token", "not_authed"),
    ("authenticate", "an unknown token", "invalid_auth"),
    ("authenticate", "the token was revoked", "token_revoked"),
    ("authenticate", "the token expired", "token_expired"),
    ("authenticate", "another network", "accesslimited"),
    ("authenticate", "no second factor", "two_factor_setup_required"),
    ("address", "maintenance", "service_unavailable"),
    ("address", "the organization's key is withdrawn", "ekm_access_denied"),
    ("address", "the workspace is moving", "team_added_to_org"),
    ("address", "the workspace waits for sign-ins", "org_login_required"),
    ("address", "the workspace's key is withdrawn", "ekm_access_denied"),
    ("authorize", "a kind of token that the method does not take", "not_allowed_token_type"),
    ("authorize", "no scopes", "missing_scope"),
    ("authorize", "somebody whom the method is not for", "access_denied"),
    ("rate", "the limit is used up", "ratelimited"),
    ("arguments", "an argument is missing", "missing_argument"),
    ("arguments", "an array for a string", "invalid_array_arg"),
    ("arguments", "an argument is invalid", "invalid_limit"),
    ("arguments", "a scope that arguments need is missing", "missing_scope"),
    ("perform", "the method's own refusal", "user_not_found"),
)
MISTAKES = tuple(mistake for _, mistake, _ in ORDER)


class ProbeArgs(msgspec.Struct, frozen=True):
    """Arguments in the order in which they are judged."""

    name: Annotated[str, Arg("Missing first.", missing=MissingArgument)]
    text: Annotated[str, Arg("An array second.")] = ""
    limit: Annotated[int, Arg("Invalid third.", invalid=InvalidLimit, least=1)] = 1
    user: Annotated[str, Arg("Not there.")] = ""


def not_denied(actor: Actor) -> None:
    if actor.organization_name.startswith("Denied"):
        raise AccessDenied


@method(
    "probe.call",
    tokens=Token.BOT,
    scopes=Needs(always=("probe",), accepted=("probe", "probe:more"), of=lambda args: ("probe:more",)),
    rate=Tier.TWO,
    errors=(MissingArgument, InvalidLimit, UserNotFound),
    requires=not_denied,
)
async def probe(call: Call, args: ProbeArgs) -> Ok:
    """Refuse whoever asks for somebody."""
    if args.user:
        raise UserNotFound
    return Ok()


class NoArgs(msgspec.Struct, frozen=True):
    """No arguments."""


@method(
    "probe.org",
    tokens=Token.USER,
    scopes=Needs(always=("probe",), accepted=("probe",)),
    rate=by_tier(Tier.TWO),
    errors=(MissingArgument, TeamNotFound),
    org_token=OrgToken.NAMES_TEAM,
    team_missing=MissingArgument,
    team_unknown=TeamNotFound,
)
async def in_a_workspace(call: Call, args: NoArgs) -> Ok:
    """Nothing."""
    return Ok()


@method(
    "probe.enterprise",
    tokens=Token.USER,
    scopes=Needs(always=("probe",), accepted=("probe",)),
    rate=by_tier(Tier.TWO),
    enterprise_only=True,
    org_token=OrgToken.REFUSED,
)
async def in_an_organization(call: Call, args: NoArgs) -> Ok:
    """Nothing."""
    return Ok()


METHODS = Registry([probe, in_a_workspace, in_an_organization])


def organization(step: int) -> str:
    """An organization with every mistake from this one of `ORDER` on."""
    wrong = frozenset(MISTAKES[step:])

    def says(mistake: str) -> str:
        return str(mistake in wrong).lower()

    migration = "login_required" if "the workspace waits for sign-ins" in wrong else "none"
    if "the workspace is moving" in wrong:
        migration = "started"
    scopes = "probe, probe:more" if "a scope that arguments need is missing" not in wrong else "probe"
    return f"""\
enterprise:
  id: E{step:010}
  name: {"Denied" if "somebody whom the method is not for" in wrong else "Order"} {step}
  domain: order-{step}
  settings:
    two_factor_required: {says("no second factor")}
    network_allowlist: [{"203.0.113.0/24" if "another network" in wrong else ""}]
  state: {{maintenance: {says("maintenance")}, ekm_access_withdrawn: {says("the organization's key is withdrawn")}}}
teams:
  - id: T{step:010}
    name: Workspace {step}
    domain: workspace-{step}
    migration: {migration}
    state: {{ekm_access_withdrawn: {says("the workspace's key is withdrawn")}}}
users:
  - {{id: W{step:010}, name: person, teams: [T{step:010}]}}
apps:
  - {{id: A{step:010}, name: App, bot: {{name: bot, id: W{step:09}B}}, installed_on: [T{step:010}]}}
tokens:
  - token: {token(step)}
    app: A{step:010}
    team: T{step:010}
    user: {f"W{step:010}" if token(step).startswith("xoxp") else f"W{step:09}B"}
    scopes: [{"" if "no scopes" in wrong else scopes}]
    expires_at: {int("the token expired" in wrong)}
    revoked_at: {int("the token was revoked" in wrong)}
"""


def token(step: int) -> str:
    wrong_kind = "a kind of token that the method does not take" in MISTAKES[step:]
    return f"{'xoxp' if wrong_kind else 'xoxb'}-order-{step}"


BRANCHES = """\
enterprise: {id: E0BRANCH, name: Branch, domain: branch}
teams:
  - {id: T0GRANTED, name: Granted, domain: branch-granted}
  - {id: T0DENIED, name: Denied, domain: branch-denied}
  - {id: T0MOVING, name: Moving, domain: branch-moving, migration: started, state: {ekm_access_withdrawn: true}}
users: [{id: W0BRANCH, name: person, org_role: primary_owner, teams: [T0GRANTED]}]
apps:
  - {id: A0BRANCH, name: App, bot: {name: bot}, installed_on: [E0BRANCH, T0GRANTED], granted_teams: [T0GRANTED, T0MOVING]}
tokens:
  - {token: xoxp-org, app: A0BRANCH, enterprise: E0BRANCH, user: W0BRANCH, scopes: []}
  - {token: xoxp-org-scoped, app: A0BRANCH, enterprise: E0BRANCH, user: W0BRANCH, scopes: [probe]}
---
teams: [{id: T0ALONE, name: Alone, domain: alone}]
users: [{id: U0ALONE, name: person, teams: [T0ALONE]}]
apps: [{id: A0ALONE, name: App, bot: {name: bot}, installed_on: [T0ALONE]}]
tokens:
  - {token: xoxb-alone, app: A0ALONE, team: T0ALONE, scopes: []}
  - {token: xoxp-alone, app: A0ALONE, team: T0ALONE, user: U0ALONE, scopes: []}
"""


@pytest.fixture(scope="module")
def server(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    path: Path = tmp_path_factory.mktemp("order") / "order.yaml"
    path.write_text("---\n".join([*(organization(step) for step in range(len(ORDER) + 1)), BRANCHES]))
    url = sqlite_databases.filled(str(path.with_suffix("")))
    with live(url, methods=METHODS, rate_factor=ONE_CALL, stall=0.05) as running:
        yield running


def ask(server: Live, step: int) -> dict[str, Any]:
    """The answer to a request with every mistake from this one of `ORDER` on."""
    wrong = frozenset(MISTAKES[step:])
    query, body = "text=a", "limit=1"
    if "the query is no UTF-8" in wrong:
        query += "&text=%FF"
    if "a name in the query is none" in wrong:
        query += "&no-name=1"
    if "an argument is missing" not in wrong:
        body += "&name=a"
    if "an argument is invalid" in wrong:
        body += "&limit=0"
    if "the method's own refusal" in wrong:
        body += "&user=W1"
    if "a name in the body is none" in wrong:
        body += "&no-name=1"
    if "a name in the body is an array's" in wrong:
        body += "&text[]=1"
    if "the body is no UTF-8" in wrong:
        body += "&text=%FF"
    type = "application/xml" if "an unknown type" in wrong else FORM
    if "an unknown charset" in wrong:
        type += "; charset=utf-7"
    headers = {} if "no type" in wrong else {"content-type": type}
    if "no token" not in wrong:
        headers["authorization"] = f"Bearer {'xoxb-nobody' if 'an unknown token' in wrong else token(step)}"
    name = "probe.missing" if "an unknown method" in wrong else "probe.call"
    content = body.encode()
    if "an argument is missing" not in wrong and "an array for a string" in wrong:
        # Only JSON can say an array there; what is wrong by then, JSON can say as well.
        headers["content-type"] = "application/json; charset=utf-8"
        arguments = {"name": "a", "text": ["a"], "limit": 0 if "an argument is invalid" in wrong else 1, "user": "W1"}
        content = msgspec.json.encode(arguments)
    if "the body stalls" in wrong:
        headers["content-length"] = str(len(content) + 1)
    answer: dict[str, Any] = server.request("POST", f"/api/{name}?{query}", content, headers).json
    return answer


@pytest.mark.parametrize("step", range(len(ORDER)), ids=[f"{room}: {mistake}" for room, mistake, _ in ORDER])
def test_the_first_room_that_finds_a_mistake_refuses(server: Live, step: int) -> None:
    room, _, code = ORDER[step]
    if room == "rate":
        ask(server, step)
    assert ask(server, step)["error"] == code


def test_without_a_mistake_the_method_answers(server: Live) -> None:
    assert ask(server, len(ORDER)) == {"ok": True}


@pytest.mark.parametrize(
    ("token", "team", "code"),
    [
        ("xoxp-org", None, "missing_argument"),
        ("xoxp-org", "T0NOWHERE", "team_not_found"),
        ("xoxp-org", "T0DENIED", "team_access_not_granted"),
        ("xoxp-org", "T0MOVING", "team_added_to_org"),
        ("xoxp-org", "T0GRANTED", "missing_scope"),
        ("xoxp-org-scoped", "T0GRANTED", None),
    ],
)
def test_an_org_level_token_says_where_before_what_it_may_do_matters(
    server: Live, token: str, team: str | None, code: str | None
) -> None:
    arguments = {"team_id": team} if team else {}
    assert server.call("probe.org", token, **arguments).get("error") == code


def test_a_method_for_workspaces_refuses_org_level_tokens_before_their_scopes(server: Live) -> None:
    assert server.call("probe.enterprise", "xoxp-org")["error"] == "enterprise_is_restricted"


def test_the_kind_of_token_goes_before_the_plan_and_the_plan_before_scopes(server: Live) -> None:
    assert server.call("probe.enterprise", "xoxb-alone")["error"] == "not_allowed_token_type"
    assert server.call("probe.enterprise", "xoxp-alone")["error"] == "feature_not_enabled"
    assert server.call("probe.org", "xoxp-alone")["error"] == "missing_scope"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "invalid_json"),
        (b"[]", "json_not_object"),
        (b'{"no-name":1,"a[]":1}', "invalid_arg_name"),
        (b"{}", "unknown_method"),
    ],
)
def test_json_is_read_then_must_be_an_object_then_have_names(server: Live, body: bytes, code: str) -> None:
    reply = server.request("POST", "/api/probe.missing", body, {"content-type": "application/json"})
    assert reply.json["error"] == code


def test_a_body_that_is_too_long_is_refused_before_it_could_stall(server: Live) -> None:
    head = f"POST /api/probe.call HTTP/1.1\r\nhost: x\r\ncontent-type: {FORM}\r\ncontent-length: {1 << 21}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head.encode())
        assert b"invalid_form_data" in connection.recv(65536)
