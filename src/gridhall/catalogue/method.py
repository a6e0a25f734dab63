"""What a method is."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from inspect import cleandoc
from typing import Any, TypeVar, get_type_hints

import msgspec

from gridhall.catalogue.arguments import Argument, declared
from gridhall.catalogue.rates import Counted, by_tier
from gridhall.catalogue.scopes import Needs, needs
from gridhall.contract.errors import Refusal
from gridhall.contract.rates import Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain.actor import Actor
from gridhall.domain.call import Call, Upload
from gridhall.domain.work import Work

ArgsT = TypeVar("ArgsT", bound=msgspec.Struct)
ResultT = TypeVar("ResultT", bound=Ok)

Prepare = Callable[[Mapping[str, Upload], Any], Awaitable[Any]]
"""Slow work that is no storage: from the request's files and the arguments to what the body finds as `call.prepared`."""

Refused = Callable[[Work, Actor, str, Mapping[str, object], str], Awaitable[None]]
"""Writes into the audit log that a call was refused: who called which method, the raw arguments, and the code."""

Requires = Callable[[Actor], None]
"""Asks who may call at all, and raises `AccessDenied`, or what the method declares."""

Handler = Callable[[Call, Any], Awaitable[Ok]]


class OrgToken(Enum):
    """What an org-level token, which belongs to no workspace, is to this method."""

    SERVES = auto()
    """It serves as it is."""

    NAMES_TEAM = auto()
    """It has to name a workspace in `team_id`. Workspace tokens may name one too: it is ignored."""

    NAMES_TEAM_OR_ORGANIZATION = auto()
    """As above, and the organization's own id does as well."""

    MAY_NAME_TEAM_OR_ORGANIZATION = auto()
    """It may name either, or none."""

    REFUSED = auto()
    """It is answered `enterprise_is_restricted`."""


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the Web API, with everything that is said about it anywhere.

    Arguments:
        name: as it is called.
        handler: its body.
        arguments, argument_struct: what it takes.
        result: what it answers.
        tokens: the kinds of token that it takes; None for a method that needs none.
        scopes: what the token must be allowed.
        limits: how often it may be called.
        errors: the codes of its own; those of the rooms need no declaration.
        org_token: what an org-level token is to it.
        team_missing, team_unknown: how a missing or unknown `team_id` is refused.
        enterprise_only: whether a lone workspace is answered `feature_not_enabled`.
        on_request: whether organizations get it on request only: to the others it is `unknown_method`.
        writes: whether it changes anything.
        requires: who may call at all, beyond kind, plan and scopes of the token; None for everybody. Asked before the call is
            counted, so that nobody else uses up a limit that those share who may.
        refused: what is written into the audit log when a call is refused; None for nothing.
        prepare: slow work that is no storage, done before the unit of work; what it gives is the call's `prepared`.
        files: the arguments that may be files.
    """

    name: str
    handler: Handler
    argument_struct: type[msgspec.Struct]
    arguments: tuple[Argument, ...]
    result: type[Ok]
    tokens: Token | None
    scopes: Needs
    limits: tuple[Counted, ...]
    errors: frozenset[type[Refusal]]
    org_token: OrgToken
    team_missing: type[Refusal] | None
    team_unknown: type[Refusal] | None
    enterprise_only: bool
    on_request: bool
    writes: bool
    requires: Requires | None
    refused: Refused | None
    prepare: Prepare | None
    files: frozenset[str]

    @property
    def summary(self) -> str:
        """The first line of the body's docstring."""
        return (self.handler.__doc__ or "").strip().partition("\n")[0]

    @property
    def notes(self) -> str:
        """The rest of it: what else a caller has to know, such as where the shape of the answer is from."""
        return cleandoc(self.handler.__doc__ or "").partition("\n")[2].strip()


def method(
    name: str,
    *,
    tokens: Token | None,
    rate: Tier | tuple[Counted, ...],
    scopes: Needs | None = None,
    errors: tuple[type[Refusal], ...] = (),
    org_token: OrgToken = OrgToken.SERVES,
    team_missing: type[Refusal] | None = None,
    team_unknown: type[Refusal] | None = None,
    enterprise_only: bool = False,
    on_request: bool = False,
    writes: bool = False,
    requires: Requires | None = None,
    refused: Refused | None = None,
    prepare: Prepare | None = None,
    files: tuple[str, ...] = (),
) -> Callable[[Callable[[Call, ArgsT], Awaitable[ResultT]]], Method]:
    """Declare a method; its arguments and its result are read from the body's signature. See `Method` for what is declared."""

    def declare(handler: Callable[[Call, ArgsT], Awaitable[ResultT]]) -> Method:
        hints = get_type_hints(handler)
        struct: type[msgspec.Struct] = hints["args"]
        arguments = declared(struct)
        codes = {argument.arg.missing for argument in arguments if argument.required}
        codes |= {argument.arg.invalid for argument in arguments}
        codes |= {code for code in (team_missing, team_unknown) if code is not None}
        undeclared = {code.code for code in codes if code.code not in ("invalid_arguments",)} - {error.code for error in errors}
        if undeclared:
            raise TypeError(f"{name} refuses arguments with codes that it does not declare: {sorted(undeclared)}")
        return Method(
            name=name,
            handler=handler,
            argument_struct=struct,
            arguments=arguments,
            result=hints["return"],
            tokens=tokens,
            scopes=scopes or needs(),
            limits=by_tier(rate) if isinstance(rate, Tier) else rate,
            errors=frozenset(errors),
            org_token=org_token,
            team_missing=team_missing,
            team_unknown=team_unknown,
            enterprise_only=enterprise_only,
            on_request=on_request,
            writes=writes,
            requires=requires,
            refused=refused,
            prepare=prepare,
            files=frozenset(files),
        )

    return declare
