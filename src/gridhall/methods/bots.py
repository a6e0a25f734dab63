"""bots.*"""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import OrgToken, method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import BotNotFound, MissingArgument, TeamNotFound
from gridhall.contract.objects import Bot
from gridhall.contract.rates import Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain.call import Call
from gridhall.domain.imaging import default_hash
from gridhall.domain.people import find_visible
from gridhall.domain.site import BOT_ICON_SIDES


class InfoArgs(msgspec.Struct, frozen=True):
    """Arguments of bots.info."""

    bot: Annotated[str | None, Arg("The bot's id, which is not its user's.", example="B12345678")] = None
    team_id: Annotated[str | None, Arg("The workspace or organization, where the token is org-level.")] = None


class InfoResult(Ok, kw_only=True):
    """The bot, where one was asked for."""

    bot: Bot | UnsetType = UNSET


@method(
    "bots.info",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("users:read"),
    rate=Tier.THREE,
    errors=(BotNotFound, MissingArgument, TeamNotFound),
    org_token=OrgToken.NAMES_TEAM_OR_ORGANIZATION,
    team_missing=MissingArgument,
    team_unknown=TeamNotFound,
)
async def info(call: Call, args: InfoArgs) -> InfoResult:
    """Tell about a bot."""
    if args.bot is None:
        return InfoResult()
    organization = call.actor.organization
    app = await call.work.apps.find_by_bot(organization, args.bot)
    if app is None or app.bot_user is None:
        raise BotNotFound
    found = await find_visible(call.work, call.actor, call.team, app.bot_user)
    if found is None or not found.visible or found.stranger:
        raise BotNotFound
    person = found.person
    picture = default_hash(organization, person.id)
    return InfoResult(
        bot=Bot(
            id=args.bot,
            deleted=app.removed or person.deleted,
            name=person.real_name,
            updated=app.updated,
            app_id=app.id,
            user_id=person.id,
            icons={f"image_{side}": call.context.site.picture(picture, side) for side in BOT_ICON_SIDES},
        )
    )
