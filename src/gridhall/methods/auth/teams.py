"""auth.teams.*"""

from typing import Annotated

import msgspec
from msgspec import UNSET

from gridhall.catalogue.arguments import Arg
from gridhall.catalogue.method import method
from gridhall.contract.errors import InvalidCursor, InvalidLimit
from gridhall.contract.objects import TeamEntry
from gridhall.contract.rates import Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok, page
from gridhall.domain.call import Call
from gridhall.domain.imaging import default_hash


class ListArgs(msgspec.Struct, frozen=True):
    """Arguments of auth.teams.list."""

    cursor: Annotated[str | None, Arg("Where the page before ended.", example="5c3e53d5")] = None
    include_icon: Annotated[bool, Arg("Tell the addresses of the workspaces' icons.", example="false")] = False
    limit: Annotated[
        int, Arg("How many workspaces at the most, 1 to 1,000.", invalid=InvalidLimit, least=1, most=1000, example="50")
    ] = 100


class ListResult(Ok, kw_only=True):
    """The workspaces, and where the next page begins."""

    teams: list[TeamEntry]


@method("auth.teams.list", tokens=Token.BOT | Token.PERSON, rate=Tier.TWO, errors=(InvalidCursor, InvalidLimit))
async def list_teams(call: Call, args: ListArgs) -> ListResult:
    """List the workspaces that the token reaches."""
    listing = call.listing("auth.teams.list")
    after = call.context.cursors.open(listing, args.cursor) if args.cursor else ""
    ids = sorted(id for id in call.actor.standings if id > after)
    entries = [
        TeamEntry(
            id=id,
            name=call.actor.standings[id].team_name,
            icon=call.context.site.icon(default_hash(call.actor.organization, id)) if args.include_icon else UNSET,
        )
        for id in ids[: args.limit]
    ]
    more = len(ids) > args.limit
    return ListResult(teams=entries, response_metadata=page(call.context.cursors.seal(listing, entries[-1].id) if more else ""))
