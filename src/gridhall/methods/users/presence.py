"""users.getPresence, users.setPresence, users.setActive"""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import AccessDenied, InvalidArguments, InvalidPresence
from gridhall.contract.rates import Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, ResponseMetadata
from gridhall.domain import presence
from gridhall.domain.call import Call
from gridhall.domain.people import find_visible


class GetArgs(msgspec.Struct, frozen=True):
    """Arguments of users.getPresence."""

    user: Annotated[str | None, Arg("Whose presence; by default the caller's own.")] = None


class GetResult(Ok, kw_only=True):
    """Active or away. Everything else is told of the caller alone; `last_activity` (Unix seconds) only while connected."""

    presence: str
    online: bool | UnsetType = UNSET
    auto_away: bool | UnsetType = UNSET
    manual_away: bool | UnsetType = UNSET
    connection_count: int | UnsetType = UNSET
    last_activity: int | UnsetType = UNSET


@method("users.getPresence", tokens=Token.BOT | Token.PERSON, scopes=needs("users:read"), rate=Tier.THREE)
async def get_presence(call: Call, args: GetArgs) -> GetResult:
    """Tell whether a person is there."""
    user = args.user or call.actor.user
    assert user is not None
    found = await find_visible(call.work, call.actor, call.team, user)
    if found is None:
        raise InvalidArguments("[ERROR] no such user: user")
    if not found.visible:
        raise AccessDenied
    state = await presence.of(call.work, found.person)
    result = GetResult(presence="active" if state.active else "away")
    if user == call.actor.user:
        result.online = state.online
        result.auto_away = state.auto_away
        result.manual_away = state.manual_away
        result.connection_count = int(state.online)
        result.last_activity = state.last_activity if state.online else UNSET
    return result


class SetArgs(msgspec.Struct, frozen=True):
    """Arguments of users.setPresence."""

    presence: Annotated[str, Arg("auto or away.", missing=InvalidPresence, example="away")]


@method(
    "users.setPresence",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("users:write"),
    rate=Tier.TWO,
    errors=(InvalidPresence,),
    writes=True,
)
async def set_presence(call: Call, args: SetArgs) -> Ok:
    """Choose between automatic presence and away."""
    assert call.actor.user is not None
    await presence.choose(call.work, call.actor.user, args.presence, actor=call.actor)
    return Ok()


class SetActiveArgs(msgspec.Struct, frozen=True):
    """No arguments."""


@method("users.setActive", tokens=Token.BOT | Token.PERSON, scopes=needs("users:write"), rate=Tier.TWO)
async def set_active(call: Call, args: SetActiveArgs) -> Ok:
    """Do nothing: the platform keeps this method for old clients and documents it as without function."""
    warning = "method_deprecated"
    return Ok(warning=warning, response_metadata=ResponseMetadata(warnings=[warning]))
