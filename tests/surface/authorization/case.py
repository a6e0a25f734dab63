"""One call that every caller makes, and what it should be answered."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gridhall.app import registry
from gridhall.catalogue.arguments import read
from gridhall.catalogue.method import Method, OrgToken
from gridhall.contract.errors import InvalidArguments
from gridhall.contract.scopes import CLIENT
from surface.authorization.callers import (
    ALL,
    CALLERS,
    GUESTS,
    HOME,
    LONE,
    NEEDED,
    NONE,
    OTHERS,
    OUTSIDERS,
    SCOPES,
    UNGRANTED,
    Caller,
)
from surface.authorization.hand import Arguments, Make, Mend

METHODS: dict[str, Method] = {method.name: method for method in registry()}

Rule = Callable[[Caller], str]
"""What the method itself answers a caller whom every room let through."""


def anybody(caller: Caller) -> str:
    return "ok"


def refused(code: str) -> Rule:
    return lambda caller: code


def closed_to_guests(code: str) -> Rule:
    return lambda caller: code if caller.standing in GUESTS else "ok"


def closed_to_bots(code: str) -> Rule:
    return lambda caller: code if caller.is_bot else "ok"


BOTS_ONLY = frozenset({"channels:manage", "channels:join"})
"""Scopes that nobody but a bot can have. Source: the platform's page on scopes."""

WIDENING = frozenset({"chat:write.customize", "chat:write.public"})
"""Scopes that no method needs, and that some do more with."""

EVERY: frozenset[str] = WIDENING | {scope for method in METHODS.values() for scope in method.scopes.accepted}


NAMES_TEAM = (OrgToken.NAMES_TEAM, OrgToken.NAMES_TEAM_OR_ORGANIZATION)
"""What an org-level token has to name a workspace for."""


@dataclass(frozen=True)
class Case:
    """One call, made by every caller.

    Arguments:
        about: what the call is about, where that matters.
        arguments: for every caller, or what they are for one.
        rule: the role rule of the method.
        with_all: the rule for callers with all scopes, where those let them do more than the needed.
        kind: the kind of conversation that it is about, where scopes depend on it.
        having: which scope they have of several that serve; by default the first.
        make: makes what the call names and gives further arguments: once for each caller, and again after each ok.
        mend: puts things right after each ok.
    """

    method: str
    about: str = ""
    arguments: Arguments | Callable[[Caller], Arguments] = field(default_factory=dict)
    rule: Rule = anybody
    with_all: Rule | None = None
    kind: str = ""
    having: str = ""
    make: Make | None = None
    mend: Mend | None = None

    @property
    def title(self) -> str:
        return f"{self.method}, {self.about}" if self.about else self.method

    @property
    def is_high(self) -> bool:
        """Whether an organization is administered or overseen by it."""
        method = METHODS[self.method]
        return method.enterprise_only or method.on_request

    @property
    def callers(self) -> tuple[Caller, ...]:
        """Who makes it: where it is high, people of elsewhere as well."""
        return (*CALLERS, *OUTSIDERS) if self.is_high else CALLERS

    @property
    def scopes(self) -> tuple[str, ...]:
        """With which scopes: where it is high, with each that does not serve as well."""
        return (*SCOPES, OTHERS) if self.is_high else SCOPES

    def arguments_of(self, caller: Caller) -> Arguments:
        """The arguments, but for those that are made."""
        return self.arguments(caller) if callable(self.arguments) else self.arguments

    def needed(self, *, by_bot: bool) -> frozenset[str]:
        """The scopes that this call needs, by the catalogue: of several that serve, the first that the caller can have."""
        method = METHODS[self.method]
        scopes = set(method.scopes.always)
        if method.scopes.any_of:
            assert not self.having or self.having in method.scopes.any_of
            scopes.add(self.having or method.scopes.any_of[0])
        if method.scopes.of is not None:
            # No scope depends on what is made or on the caller.
            assert isinstance(self.arguments, dict)
            scopes |= set(method.scopes.of(read(method.argument_struct, method.arguments, self.arguments)))
        if method.scopes.by_kind is not None:
            # Where no kind is meant, or none that the method serves, any of its scopes opens the door.
            serving = method.scopes.by_kind.of(self.kind) if self.kind else ()
            serving = serving or method.scopes.by_kind.every
            scopes.add(next(scope for scope in serving if by_bot or scope not in BOTS_ONLY))
        return frozenset(scopes)


def scopes_of(case: Case, caller: Caller, scopes: str) -> frozenset[str]:
    """The scopes with which somebody calls. Those of a client are always the same."""
    if caller.kind == "client":
        return CLIENT
    return {
        NONE: frozenset(),
        NEEDED: case.needed(by_bot=caller.is_bot),
        ALL: EVERY,
        OTHERS: EVERY - set(METHODS[case.method].scopes.accepted),
    }[scopes]


def expected(case: Case, caller: Caller, scopes: str) -> str:
    """What should happen: `ok`, or the code of the first room that refuses."""
    method = METHODS[case.method]
    if method.tokens is None:
        return "ok"
    if not caller.kind:
        return "not_authed"
    if method.on_request and caller.realm is UNGRANTED:
        return "unknown_method"
    if caller.org_level and method.org_token is OrgToken.REFUSED:
        return "enterprise_is_restricted"
    if caller.org_level and method.org_token in NAMES_TEAM and "team_id" not in case.arguments_of(caller):
        return (method.team_missing or InvalidArguments).code
    if caller.org_level and caller.realm is not HOME and method.team_unknown and "team_id" in case.arguments_of(caller):
        return method.team_unknown.code
    if caller.acts_as not in method.tokens:
        return "not_allowed_token_type"
    if method.enterprise_only and caller.realm is LONE:
        return "feature_not_enabled"
    provided = scopes_of(case, caller, scopes)
    if not case.needed(by_bot=caller.is_bot) <= provided:
        return "missing_scope"
    rule = case.with_all if provided == EVERY and case.with_all is not None else case.rule
    return rule(caller)
