"""The codes of admin.users.session.*"""

from typing import Any

from gridhall.catalogue.method import Method
from surface import props
from surface.causes.declare import DOCUMENTED, Applies, cause, named, none, own
from surface.sound import caller
from surface.stage import Stage, call

FAMILY = "admin.users.session."
LIST, INVALIDATE, RESET, RESET_BULK = (FAMILY + name for name in ("list", "invalidate", "reset", "resetBulk"))
GET, SET = FAMILY + "getSettings", FAMILY + "setSettings"

PRIMARY_OWNER, OWNER, ADMIN, MEMBER = props.OWEN_ORG, "xoxp-olga-org", "xoxp-ada-org", "xoxp-mia-org"
"""Org-level tokens of these."""

BESIDE = {LIST: {"team_id": "T0MAIN00001"}, INVALIDATE: {"session_id": "1"}, SET: {"duration": "86400"}}
"""What calls about somebody name beside them."""


def documents(code: str, *but: str) -> Applies:
    """The methods of the family that document a code, but for these."""
    return named(*(name for name, codes in DOCUMENTED.items() if name.startswith(FAMILY) and code in codes and name not in but))


def about(stage: Stage, method: Method, token: str, *people: str) -> dict[str, Any]:
    """The answer to a call about somebody."""
    (named,) = {argument.name for argument in method.arguments} & {"user_id", "user_ids"}
    return call(stage.open, method.name, token, {**BESIDE.get(method.name, {}), named: ",".join(people)})


# Who may call.


@cause("feature_not_enabled", documents("feature_not_enabled"), "The token is a lone workspace's.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-solo")


@cause("no_permission", documents("no_permission"), "The organization's primary owner calls with a token of a workspace.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-owen")


@cause("not_an_admin", documents("not_an_admin"), "A member of the organization calls.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, MEMBER)


# About whom.


@cause("user_not_found", documents("user_not_found"), "No person or bot has this id.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, caller(method), "W0NOBODY001")


@cause("bots_not_allowed", documents("bots_not_allowed"), "A bot is named.")
@cause("cannot_reset_bot", documents("cannot_reset_bot"), "A bot is named.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, caller(method), "W0KITBOT001")


ON_AN_OWNER = "An admin of the organization acts on one of its owners."


@cause("admin_unauthorized", documents("admin_unauthorized"), ON_AN_OWNER)
@cause("access_denied", named(RESET), ON_AN_OWNER)
@cause("restricted_action", named(RESET_BULK), ON_AN_OWNER)
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, ADMIN, "W0OLGA00001")


ON_THE_PRIMARY_OWNER = "An owner of the organization acts on its primary owner."


@cause("cannot_invalidate_primary_owner", documents("cannot_invalidate_primary_owner"), ON_THE_PRIMARY_OWNER)
@cause("cannot_reset_primary_owner", documents("cannot_reset_primary_owner"), ON_THE_PRIMARY_OWNER)
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return about(stage, method, OWNER, "W0OWEN00001")


GWEN = {"user_id": "W0GWEN00001", "team_id": "T0MAIN00001"}

own(LIST, "invalid_cursor", "The cursor is none that this listing made.", PRIMARY_OWNER, cursor="none")
own(LIST, "missing_team", "A person is named without a workspace.", PRIMARY_OWNER, user_id="W0MIA000001")
own(LIST, "missing_user", "A workspace is named without a person.", PRIMARY_OWNER, team_id="T0MAIN00001")
own(LIST, "no_active_sessions", "The person is not signed in to the workspace.", PRIMARY_OWNER, **GWEN)
own(LIST, "team_not_found", "No workspace has the `team_id`.", PRIMARY_OWNER, user_id="W0MIA000001", team_id="T0NOWHERE01")
own(
    INVALIDATE,
    "session_not_found",
    "The session is somebody else's.",
    PRIMARY_OWNER,
    props.session,
    user_id="W0GWEN00001",
)
own(
    RESET_BULK,
    "failed_for_some_users",
    "One of those who are named is deactivated.",
    PRIMARY_OWNER,
    user_ids="W0GWEN00001,W0DAN000001",
)
own(
    SET,
    "at_least_one_session_setting_required",
    "Neither setting is given.",
    PRIMARY_OWNER,
    user_ids="W0GWEN00001",
)

SAME_AS_NOT_AN_ADMIN = "Its page has one text for it and for not_an_admin, which is answered."
SAME_AS_PRIMARY_OWNER = "Its page has one text for it and for cannot_reset_primary_owner, which is answered."
WHERE_THE_DATABASE_FAILS = "where the database fails, fatal_error or service_unavailable is answered."

none("restricted_action", SAME_AS_NOT_AN_ADMIN, GET)
none("session_reset_not_allowed", SAME_AS_PRIMARY_OWNER, RESET_BULK)
none(
    "session_invalidation_failed",
    f"A session that somebody else ended a moment earlier is session_not_found; {WHERE_THE_DATABASE_FAILS}",
    INVALIDATE,
)
none(
    "user_session_reset_failed",
    f"Sessions end, or the job is put down, in the call's own transaction: nothing fails to start; {WHERE_THE_DATABASE_FAILS}",
    *(RESET, RESET_BULK),
)
none(
    "unable_to_update_existing_sessions",
    f"Settings and existing sessions change in one transaction; {WHERE_THE_DATABASE_FAILS}",
    SET,
)
none(
    "unknown_method",
    "The method is there; only a name that is no method's is answered so.",
    *(name for name in DOCUMENTED if name.startswith(FAMILY)),
)
