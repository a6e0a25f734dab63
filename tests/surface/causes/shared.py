"""Codes that methods about conversations share: whose fault it is depends on the conversation alone."""

from typing import Any

from gridhall.catalogue.method import Method
from surface.causes.declare import DOCUMENTED, Applies, cause, named, none
from surface.sound import caller, sound
from surface.stage import Stage, call


def documents(code: str, *but: str) -> Applies:
    """The methods that document a code, but for these, and for those by which an organization is administered or overseen: they
    reach every conversation of it.
    """
    serve_all = ("admin.", "oversight.")
    return named(
        *(name for name, codes in DOCUMENTED.items() if code in codes and name not in but and not name.startswith(serve_all))
    )


def about(stage: Stage, method: Method, channel: str) -> dict[str, Any]:
    """The answer to a sound call, but for the conversation that it names."""
    return call(stage.open, method.name, caller(method), {**sound(stage.open, method.name), "channel": channel})


@cause("channel_not_found", documents("channel_not_found"), "The channel is private, and the caller is not in it.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, "C0VAULT0001")


@cause("is_archived", documents("is_archived"), "The channel is archived.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, "C0OLD000001")


# Where it speaks of somebody else, or only of bots.
OTHERWISE = ("conversations.history", "conversations.kick")


@cause("not_in_channel", documents("not_in_channel", *OTHERWISE), "The channel is public, and the caller is not in it.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, "C0YARD00001")


SERVES_ALL = ("conversations.list", "conversations.members", "conversations.replies", "users.conversations")
SERVES_DIRECT = ("conversations.close", "conversations.open")
NOT_SUPPORTED = "method_not_supported_for_channel_type"


@cause(NOT_SUPPORTED, documents(NOT_SUPPORTED, *SERVES_ALL, *SERVES_DIRECT), "The conversation is a direct one.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, "D0MIAADA001")


@cause(NOT_SUPPORTED, named(*SERVES_DIRECT), "The conversation is a channel.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, "C0HALL00001")


none(NOT_SUPPORTED, "The method lists conversations of every type.", "conversations.list", "users.conversations")
none(NOT_SUPPORTED, "The method serves conversations of every type.", "conversations.members", "conversations.replies")
none(
    "external_channel_migrating",
    "A channel is never on its way to another organization.",
    *("chat.update", "conversations.close", "conversations.invite"),
    *("pins.add", "pins.remove", "reactions.add", "reactions.remove"),
)
none(
    "channel_is_limited_access",
    "There are no channels that belong to records of another system.",
    *("conversations.history", "conversations.info", "conversations.join"),
)
