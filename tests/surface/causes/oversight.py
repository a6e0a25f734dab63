"""The codes of oversight.*"""

from typing import Any

from gridhall.catalogue.method import Method
from surface import props
from surface.causes.declare import DOCUMENTED, Applies, cause, named, none, own
from surface.sound import caller, sound
from surface.stage import Stage, call

FAMILY = "oversight."
ENTERPRISE, USERS, USER, USER_CONVERSATIONS = (
    FAMILY + name for name in ("enterprise.info", "users.list", "user.info", "user.conversations")
)
LIST, INFO, MEMBERS = (f"{FAMILY}conversations.{name}" for name in ("list", "info", "members"))
TOLD, DELETE, TOMBSTONE, RESTORE, UPDATE = (
    f"{FAMILY}chat.{name}" for name in ("info", "delete", "tombstone", "restore", "update")
)

OWEN, MEMBER = props.OWEN_ORG, "xoxp-mia-org"
"""Org-level tokens of the organization's primary owner, and of a member."""

# Of states.yaml.
GONE = "C0GONE00001"
OF_PARTNER = {"channel": "C0LINK00001", "ts": "1500000009.000100"}
JOIN = {"channel": props.HALL, "ts": "1500000001.000100"}


def documents(code: str, *but: str) -> Applies:
    """The methods of the family that document a code, but for these."""
    return named(*(name for name, codes in DOCUMENTED.items() if name.startswith(FAMILY) and code in codes and name not in but))


def about(stage: Stage, method: Method, **arguments: str) -> dict[str, Any]:
    """The answer to a sound call, but for these arguments."""
    return call(stage.open, method.name, caller(method), {**sound(stage.open, method.name), **arguments})


# Who may look.


@cause("unknown_method", documents("unknown_method"), "The organization was never granted oversight.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-pam-org")


@cause("access_denied", documents("access_denied"), "A member of the organization calls.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, MEMBER)


own(ENTERPRISE, "not_an_enterprise", "The token is a lone workspace's.", "xoxp-solo")

# Where, and at what.


@cause("team_not_found", documents("team_not_found", USERS), "The organization has no workspace of this id.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, team="T0NOWHERE01")


@cause("channel_not_found", named(INFO), "The channel was deleted more than a day ago.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, channel=GONE)


@cause("channel_not_found", named(MEMBERS, TOLD), "The conversation is a direct one, and a workspace is named, which has none.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, channel="D0OWENADA01", team="T0MAIN00001")


@cause("message_not_found", named(TOLD), "No message was posted at this `ts`.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, ts="1500000002.000200")


@cause("message_not_found", named(DELETE, TOMBSTONE), "No conversation has this id.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, channel="C0NOWHERE01")


@cause("message_not_found", named(RESTORE, UPDATE), "The message was deleted, and is kept for who may look at it.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    message = props.message(stage.open)
    props.do(stage.open, "chat.delete", **message)
    return about(stage, method, **message)


@cause(
    "external_update_not_allowed",
    documents("external_update_not_allowed"),
    "In a connected channel, the message was posted by somebody of another organization.",
)
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, **OF_PARTNER)


own(RESTORE, "non_tombstoned_message_not_allowed", "The message is not out of sight.", OWEN, props.message)
own(
    UPDATE,
    "non_tombstoned_message_not_allowed",
    "The message is the channel's own and tells that somebody joined.",
    OWEN,
    text="Withheld",
    **JOIN,
)

# Whom.


@cause("user_not_found", named(USER, USER_CONVERSATIONS), "No person or bot of the organization has this id.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, user="W0NOBODY001")


own(USER, "invalid_args", "Neither a person nor an address is named.", OWEN)
own(USER, "invalid_email", "The address is none.", OWEN, email="mia at states.test")

# What is listed.


@cause("invalid_args", named(USER_CONVERSATIONS, LIST), "Direct messages alone are asked for, and public channels alone.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, only_im="true", only_public="true")


@cause("invalid_cursor", named(ENTERPRISE), "The cursor is none that this listing made.")
@cause("invalid_args", named(MEMBERS), "The cursor is none that this listing made.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, cursor="none")


none("channel_not_found", "The method is told no channel.", USERS)
none("team_not_found", "The method is told no workspace.", USERS)
none("missing_channel", "The method takes no channel that could be missing.", USER)
none("missing_team", "The method takes no workspace that could be missing.", USER)
none(
    "user_not_found",
    "The method is told nobody; a page that begins after somebody who has left meanwhile goes on with the next one.",
    MEMBERS,
)
