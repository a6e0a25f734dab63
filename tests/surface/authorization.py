"""Who may call what: every method by tokens of every kind, of people of every standing, with no, the needed and all scopes.

`expected` says what should happen, from the catalogue and the role rules that each call names; `observe` asks a live server.
"""

import tempfile
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from gridhall.app import registry
from gridhall.catalogue.arguments import read
from gridhall.catalogue.method import Method, OrgToken
from gridhall.contract.errors import InvalidArguments
from gridhall.contract.tokens import ACTS_AS, PREFIX, Token
from harness.databases import DATA, Databases, databases
from harness.live import Live, live
from surface.inprocess import ask
from surface.stage import FORM, multipart, png

PAGE = Path(__file__).parents[2] / "docs/authorization.md"
METHODS: dict[str, Method] = {method.name: method for method in registry()}

ORGANIZATION, WORKSPACE, APP, BOT = "E0AUTH00001", "T0AUTH00001", "A0AUTH00001", "W0KITBOT0001"

# Standings, highest first, and who has them in tests/data/authorization.yaml.
PEOPLE = {
    "organization's primary owner": "W0ORGPRIMARY",
    "organization's owner": "W0ORGOWNER01",
    "organization's admin": "W0ORGADMIN01",
    "workspace's primary owner": "W0WSPRIMARY1",
    "workspace's owner": "W0WSOWNER001",
    "workspace's admin": "W0WSADMIN001",
    "member": "W0MEMBER0001",
    "multi-channel guest": "W0MULTI00001",
    "single-channel guest": "W0SINGLE0001",
}
GUESTS = frozenset({"multi-channel guest", "single-channel guest"})
ORGANIZATION_OWNERS = frozenset({"organization's primary owner", "organization's owner"})
ORGANIZATION_ADMINS = ORGANIZATION_OWNERS | {"organization's admin"}
WORKSPACE_OWNERS = frozenset({"workspace's primary owner", "workspace's owner"})
WORKSPACE_ADMINS = WORKSPACE_OWNERS | {"workspace's admin"}

NONE, NEEDED, ALL = "no scopes", "exactly the needed", "all scopes"
SCOPES = (NONE, NEEDED, ALL)


@dataclass(frozen=True)
class Caller:
    """A kind of token, and the standing of the person that it acts as: empty for bots and apps.

    Arguments:
        kind: as tokens are stored; empty for no token.
        org_level: whether the token is the organization's rather than a workspace's.
    """

    kind: str
    standing: str = ""
    org_level: bool = False

    @property
    def acts_as(self) -> Token:
        return ACTS_AS[self.kind]

    @property
    def label(self) -> str:
        kind = {"": "none", "app": "app-level", "bot_rotating": "rotating bot", "user_rotating": "rotating user"}
        return ("org-level " if self.org_level else "") + kind.get(self.kind, self.kind)

    @property
    def counts_as(self) -> str:
        """The standing that counts: an org-level token is no workspace's, and a role in one is none to it."""
        return "member" if self.org_level and self.standing in WORKSPACE_ADMINS else self.standing

    def token(self, scopes: Iterable[str]) -> str:
        place = "org" if self.org_level else "team"
        return f"{PREFIX[self.kind]}{place}-{PEOPLE.get(self.standing, 'app')}-{'+'.join(sorted(scopes))}"


CALLERS: tuple[Caller, ...] = (
    Caller(""),
    Caller("app"),
    *(Caller(kind) for kind in ("bot", "bot_rotating")),
    *(Caller(kind, standing) for kind in ("user", "user_rotating", "legacy") for standing in PEOPLE),
    Caller("bot", org_level=True),
    *(Caller("user", standing, org_level=True) for standing in PEOPLE),
)

Rule = Callable[[Caller], str]
"""What the method itself answers a caller whom every room let through."""


def anybody(caller: Caller) -> str:
    return "ok"


def closed_to_guests(code: str) -> Rule:
    return lambda caller: code if caller.standing in GUESTS else "ok"


def by_admins(caller: Caller) -> str:
    return "ok" if caller.counts_as in ORGANIZATION_ADMINS | WORKSPACE_ADMINS else "not_admin"


def by_organization_admins(caller: Caller) -> str:
    return "ok" if caller.counts_as in ORGANIZATION_ADMINS else "not_admin"


def about_an_admin(caller: Caller) -> str:
    """Who is changed must stand lower than who changes, and in an organization only its own people change more than a name."""
    if caller.counts_as in ORGANIZATION_OWNERS:
        return "ok"
    if caller.counts_as in WORKSPACE_OWNERS:
        return "not_admin"
    return "cannot_update_admin_user" if by_admins(caller) == "ok" else "not_admin"


def about_a_bot(caller: Caller) -> str:
    return "ok" if caller.counts_as in ORGANIZATION_OWNERS | WORKSPACE_OWNERS else "not_app_admin"


def not_by_legacy_tokens(caller: Caller) -> str:
    return "not_bearer_token" if caller.kind == "legacy" else "ok"


@dataclass(frozen=True)
class Case:
    """One call, made by every caller.

    Arguments:
        about: what the call is about, where that matters.
        rule: the role rule of the method.
    """

    method: str
    about: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    rule: Rule = anybody

    @property
    def title(self) -> str:
        return f"{self.method}, {self.about}" if self.about else self.method

    def needed(self) -> frozenset[str]:
        """The scopes that this call needs, by the catalogue."""
        method = METHODS[self.method]
        scopes = set(method.scopes.always)
        if method.scopes.of is not None:
            scopes |= set(method.scopes.of(read(method.argument_struct, method.arguments, self.arguments)))
        return frozenset(scopes)


NEIGHBOUR = "somebody in a channel of the guests'"
STRANGER = "somebody in no channel of the guests'"

CASES: tuple[Case, ...] = (
    Case("api.test"),
    Case("auth.revoke", arguments={"test": "true"}, rule=not_by_legacy_tokens),
    Case("auth.teams.list"),
    Case("auth.test"),
    Case("bots.info", "a bot in no channel of the guests'", {"bot": "B0KIT000001"}, closed_to_guests("bot_not_found")),
    Case("team.info"),
    Case("users.conversations", "one's own"),
    Case("users.conversations", STRANGER, {"user": "W0STRANGER01"}, closed_to_guests("access_denied")),
    Case("users.deletePhoto"),
    Case("users.getPresence", "one's own"),
    Case("users.getPresence", STRANGER, {"user": "W0STRANGER01"}, closed_to_guests("access_denied")),
    Case("users.identity"),
    Case("users.info", NEIGHBOUR, {"user": "W0NEIGHBOUR1"}),
    Case("users.info", STRANGER, {"user": "W0STRANGER01"}, closed_to_guests("user_not_visible")),
    Case("users.list"),
    Case("users.lookupByEmail", NEIGHBOUR, {"email": "neighbour@auth.test"}),
    Case("users.lookupByEmail", STRANGER, {"email": "stranger@auth.test"}, closed_to_guests("users_not_found")),
    Case("users.profile.get", "one's own"),
    Case("users.profile.get", STRANGER, {"user": "W0STRANGER01"}, closed_to_guests("user_not_found")),
    Case("users.profile.set", "one's own title", {"name": "title", "value": "Me"}),
    Case(
        "users.profile.set",
        "a member's title",
        {"user": "W0STRANGER01", "name": "title", "value": "You"},
        by_organization_admins,
    ),
    Case(
        "users.profile.set",
        "a member's address",
        {"user": "W0STRANGER01", "name": "email", "value": "stranger@auth.test"},
        by_organization_admins,
    ),
    Case(
        "users.profile.set",
        "a member's display name",
        {"user": "W0STRANGER01", "name": "display_name", "value": "You"},
        by_admins,
    ),
    Case("users.profile.set", "an admin's title", {"user": "W0OTHERADMIN", "name": "title", "value": "You"}, about_an_admin),
    Case("users.profile.set", "a bot's title", {"user": BOT, "name": "title", "value": "It"}, about_a_bot),
    Case("users.setActive"),
    Case("users.setPhoto"),
    Case("users.setPresence", arguments={"presence": "auto"}),
)

SETS: frozenset[frozenset[str]] = frozenset(case.needed() for case in CASES)
EVERY: frozenset[str] = frozenset(scope for method in METHODS.values() for scope in method.scopes.accepted)


def scopes_of(case: Case, scopes: str) -> frozenset[str]:
    return {NONE: frozenset(), NEEDED: case.needed(), ALL: EVERY}[scopes]


def expected(case: Case, caller: Caller, scopes: str) -> str:
    """What should happen: `ok`, or the code of the first room that refuses."""
    method = METHODS[case.method]
    if method.tokens is None:
        return "ok"
    if not caller.kind:
        return "not_authed"
    if caller.org_level and method.org_token is OrgToken.REFUSED:
        return "enterprise_is_restricted"
    if caller.org_level and method.org_token is not OrgToken.SERVES:
        return (method.team_missing or InvalidArguments).code
    if caller.acts_as not in method.tokens:
        return "not_allowed_token_type"
    if not case.needed() <= scopes_of(case, scopes):
        return "missing_scope"
    return case.rule(caller)


Outcomes = dict[tuple[str, Caller, str], str]
"""By the case's title, the caller and the set of scopes."""


def observe(server: Live) -> Outcomes:
    """What does happen, case by case."""

    async def outcomes(case: Case) -> dict[tuple[Caller, str], str]:
        return {(caller, scopes): await _outcome(server, case, caller, scopes) for caller in CALLERS for scopes in SCOPES}

    return {
        (case.title, caller, scopes): outcome
        for case in CASES
        for (caller, scopes), outcome in server.on_loop(outcomes(case)).items()
    }


async def _outcome(server: Live, case: Case, caller: Caller, scopes: str) -> str:
    body, content_type = urlencode(case.arguments).encode(), FORM
    if case.method == "users.setPhoto":
        body, content_type = multipart({}, {"image": png(4, 4)})
    headers = [(b"content-type", content_type.encode())]
    if caller.kind:
        headers.append((b"authorization", f"Bearer {caller.token(scopes_of(case, scopes))}".encode()))
    answer: dict[str, Any] = (await ask(server, "POST", f"/api/{case.method}", headers, [body])).json
    return "ok" if answer["ok"] else str(answer["error"])


def organization(folder: Path) -> str:
    """tests/data/authorization.yaml with all tokens: the name that `Databases.filled` takes."""
    lines = ["tokens:"]
    for caller in CALLERS[1:]:
        for scopes in SETS | {frozenset(), EVERY}:
            entry = {"token": caller.token(scopes), "app": APP, "scopes": f"[{', '.join(map(repr, sorted(scopes)))}]"}
            if caller.kind != "app":
                entry["enterprise" if caller.org_level else "team"] = ORGANIZATION if caller.org_level else WORKSPACE
                entry["user"] = PEOPLE.get(caller.standing, BOT)
            lines.append(f"  - {{{', '.join(f'{key}: {value}' for key, value in entry.items())}}}")
    path = folder / "authorization.yaml"
    path.write_text((DATA / "authorization.yaml").read_text() + "\n".join(lines) + "\n")
    return str(path.with_suffix(""))


def page(outcomes: Outcomes) -> str:
    """The page, equal rows grouped."""
    lines = [
        "# Authorization",
        "",
        "What each method answers to whom, as a live server answered it. Generated by `python -m surface.page`; tests",
        "compare it with what the catalogue and the role rules in `tests/surface/authorization.py` say.",
        "",
        "An org-level token names no workspace in these calls; in `users.profile.set` a role in a workspace is none to it.",
        "A token that is unknown, ended or of a closed workspace is refused before any of this: see errors.md.",
        "",
    ]
    for case in CASES:
        needed = ", ".join(f"`{scope}`" for scope in sorted(case.needed())) or "no scope"
        lines += [
            f"## {case.title}",
            "",
            f"Needs {needed}.",
            "",
            f"| token | of | {' | '.join(SCOPES)} |",
            "|---|---|---|---|---|",
        ]
        for tokens, people, row in _grouped(case, outcomes):
            lines.append(f"| {tokens} | {people} | {' | '.join(row)} |")
        lines.append("")
    return "\n".join(lines)


def _grouped(case: Case, outcomes: Outcomes) -> list[tuple[str, str, tuple[str, ...]]]:
    rows: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for caller in CALLERS:
        row = tuple(outcomes[case.title, caller, scopes] for scopes in SCOPES)
        rows.setdefault((caller.label, row), []).append(caller.standing)
    kinds: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (label, row), standings in rows.items():
        kinds.setdefault((_people(standings), row), []).append(label)
    return [(", ".join(labels), people, row) for (people, row), labels in kinds.items()]


def _people(standings: list[str]) -> str:
    """Bots and apps have no standing: theirs is the empty one, and any."""
    missing = [standing for standing in PEOPLE if standing not in standings]
    if standings == [""] or not missing:
        return "any"
    return f"any but {', '.join(missing)}" if len(missing) < 4 else ", ".join(standings)


def serve(made: Databases, folder: Path) -> AbstractContextManager[Live]:
    """A server over all of it."""
    return live(made.filled(organization(folder)))


def authorization_page() -> str:
    """The page, by a server started for it."""
    with tempfile.TemporaryDirectory() as name, databases("sqlite", Path(name)) as made, serve(made, Path(name)) as server:
        return page(observe(server))
