"""The names that channels go by in one workspace."""

from typing import TYPE_CHECKING, Protocol

from gridhall.contract.errors import ChannelNotFound, EkmAccessDenied
from gridhall.domain import conversations, mrkdwn
from gridhall.domain.conversations import Hold, Seen
from gridhall.domain.mrkdwn import Parse

if TYPE_CHECKING:
    from gridhall.domain.call import Call


class Names(Protocol):
    """Storage of names."""

    async def list_channels(self, organization: str, workspace: str, name: str) -> list[str]:
        """The ids of the channels that go by this name in a workspace: its own, one of every workspace, connected ones."""
        ...


async def see(call: "Call", name: str, hold: Hold = Hold.NOT) -> Seen:
    """The channel of the workspace that goes by a name, with or without a `#`: the first that the caller may see.

    One that they may not know of hides none of the same name.

    Raises:
        ChannelNotFound: there is none, or none that the caller may know of.
        MissingScope, EkmAccessDenied: see `conversations.see`.
    """
    found = await call.work.names.list_channels(call.actor.organization, call.team or "", name.removeprefix("#"))
    if not found:
        raise ChannelNotFound
    *others, last = found
    for id in others:
        try:
            await conversations.see(call, id)
        except ChannelNotFound:
            continue
        return await conversations.see(call, id, hold)
    return await conversations.see(call, last, hold)


async def write(call: "Call", text: str, parse: Parse = Parse.LINKS) -> str:
    """A message's text as it is stored, with the names of the channels that its author sees made into links."""
    channels: dict[str, str] = {}
    if parse.links_names:
        for name in mrkdwn.names_in(text):
            try:
                channels[name] = (await see(call, name)).id
            except (ChannelNotFound, EkmAccessDenied):
                continue
    return mrkdwn.written(text, parse, channels)
