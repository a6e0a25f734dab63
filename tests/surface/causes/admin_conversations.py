"""The codes of admin.conversations.*"""

from typing import Any

from gridhall.catalogue.method import Method
from surface.causes.declare import DOCUMENTED, Applies, cause, named, none, own
from surface.sound import caller, sound
from surface.stage import Stage, call

FAMILY = "admin.conversations."
DELETE, GET, SET, REMOVE = (
    FAMILY + name for name in ("delete", "getCustomRetention", "setCustomRetention", "removeCustomRetention")
)


def documents(code: str) -> Applies:
    """The methods of the family that document a code."""
    return named(*(name for name, codes in DOCUMENTED.items() if name.startswith(FAMILY) and code in codes))


def about(stage: Stage, method: Method, channel: str, token: str = "") -> dict[str, Any]:
    """The answer to a sound call, but for the conversation that it names."""
    arguments = {**sound(stage.open, method.name), "channel_id": channel}
    return call(stage.open, method.name, token or caller(method), arguments)


# Who may call.


@cause("feature_not_enabled", documents("feature_not_enabled"), "The token is a lone workspace's.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-solo")


@cause("no_permission", documents("no_permission"), "The organization's primary owner calls with a token of a workspace.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-owen")


@cause("not_an_admin", documents("not_an_admin"), "A member of the organization calls.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-mia-org")


# About which conversation.


@cause("channel_not_found", documents("channel_not_found"), "The channel was deleted, though overseers can still look at it.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    channel = sound(stage.open, DELETE)
    assert call(stage.open, DELETE, caller(method), channel)["ok"]
    return about(stage, method, channel["channel_id"])


@cause("channel_type_not_supported", documents("channel_type_not_supported"), "The channel is a workspace's general one.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, "C0GENERAL01")


@cause(
    "default_org_wide_channel",
    documents("default_org_wide_channel"),
    "The channel is a workspace's general one, and is in every workspace.",
)
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, "C0ALL000001")


@cause("restricted_action", documents("restricted_action"), "The channel is another organization's, which shares it.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, "C0THEIRS001")


@cause(
    "retention_override_not_allowed",
    documents("retention_override_not_allowed"),
    "The organization lets no conversation keep its messages otherwise than it does.",
)
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, "C0PLAIN0001", "xoxp-pam-org")


own(SET, "invalid_duration", "The days are none at all.", "xoxp-owen-org", channel_id="C0OWN000001", duration_days="0")

IN_ONE_TRANSACTION = (
    "All of it is one transaction, and why it may not be is told; where the database fails, fatal_error or "
    "service_unavailable is answered."
)

none("could_not_delete_channel", IN_ONE_TRANSACTION, DELETE)
none("could_not_get_retention", IN_ONE_TRANSACTION, GET)
none("could_not_set_retention", IN_ONE_TRANSACTION, SET)
none("could_not_remove_retention", IN_ONE_TRANSACTION, REMOVE)
