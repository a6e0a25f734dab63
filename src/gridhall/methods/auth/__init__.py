"""auth.*"""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.rates import Counted, per_workspace_and_app
from gridhall.contract.errors import NotBearerToken
from gridhall.contract.rates import Limit, Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import tokens
from gridhall.domain.call import Call


class NoArgs(msgspec.Struct, frozen=True):
    """No arguments."""


class AuthTestResult(Ok, kw_only=True):
    """Who the token stands for. An app-level token stands for its app alone."""

    url: str | UnsetType = UNSET
    team: str | UnsetType = UNSET
    user: str | UnsetType = UNSET
    team_id: str | UnsetType = UNSET
    user_id: str | UnsetType = UNSET
    bot_id: str | UnsetType = UNSET
    enterprise_id: str | UnsetType = UNSET
    is_enterprise_install: bool | UnsetType = UNSET
    expires_in: int | UnsetType = UNSET
    app_id: str | UnsetType = UNSET
    app_name: str | UnsetType = UNSET


# "Hundreds of requests per minute", says its reference page.
_HUNDREDS = (Counted("hundreds a minute", Limit(600, 60, 600), per_workspace_and_app),)


@method("auth.test", tokens=Token.BOT | Token.PERSON | Token.APP, rate=_HUNDREDS)
async def test(call: Call, args: NoArgs) -> AuthTestResult:
    """Tell who the token stands for."""
    actor = call.actor
    if actor.acts_as is Token.APP:
        return AuthTestResult(app_id=actor.app or UNSET, app_name=actor.app_name)
    standing, site = call.standing, call.context.site
    return AuthTestResult(
        url=site.workspace(standing.domain) if standing else site.organization(actor.organization_domain),
        team=standing.team_name if standing else actor.organization_name,
        user=actor.user_name,
        team_id=standing.team if standing else actor.organization,
        user_id=actor.user or UNSET,
        bot_id=actor.bot_id if actor.acts_as is Token.BOT and actor.bot_id else UNSET,
        enterprise_id=actor.enterprise or UNSET,
        is_enterprise_install=actor.org_level,
        expires_in=actor.expires_at - call.work.source.seconds() if actor.expires_at else UNSET,
    )


class RevokeArgs(msgspec.Struct, frozen=True):
    """Arguments of auth.revoke."""

    test: Annotated[bool, Arg("Only pretend: nothing is revoked.", example="true")] = False


class RevokeResult(Ok, kw_only=True):
    """Whether the token was revoked."""

    revoked: bool


@method(
    "auth.revoke",
    tokens=Token.BOT | Token.PERSON | Token.APP,
    rate=Tier.THREE,
    errors=(NotBearerToken,),
    writes=True,
)
async def revoke(call: Call, args: RevokeArgs) -> RevokeResult:
    """Revoke the token that the call is made with."""
    if call.actor.acts_as in Token.LEGACY | Token.CLIENT:
        raise NotBearerToken
    if args.test:
        return RevokeResult(revoked=False)
    row = await call.work.tokens.find_by_id(call.actor.token)
    return RevokeResult(revoked=row is not None and await tokens.revoke(call.work, row, actor=call.actor))
