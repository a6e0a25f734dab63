"""Calls about people, and about what is nobody's: api.test, auth.*, bots.*, team.*, users.*"""

from surface.authorization.callers import (
    ADMINS,
    BOT,
    ORGANIZATION_ADMINS,
    ORGANIZATION_OWNERS,
    WORKSPACE_OWNERS,
    Caller,
)
from surface.authorization.case import Case, closed_to_guests


def by_admins(caller: Caller) -> str:
    return "ok" if caller.counts_as in ADMINS else "not_admin"


def by_organization_admins(caller: Caller) -> str:
    return "ok" if caller.counts_as in ORGANIZATION_ADMINS else "not_admin"


def about_an_admin(caller: Caller) -> str:
    """Who is changed must stand lower than who changes, and in an organization only its own people change more than a name."""
    if caller.counts_as in ORGANIZATION_OWNERS:
        return "ok"
    if caller.counts_as in WORKSPACE_OWNERS:
        return "not_admin"
    return "cannot_update_admin_user" if by_admins(caller) == "ok" else "not_admin"


def about_a_bot(caller: Caller) -> str:
    return "ok" if caller.counts_as in ORGANIZATION_OWNERS | WORKSPACE_OWNERS else "not_app_admin"


def by_apps(caller: Caller) -> str:
    return "ok" if caller.is_of_an_app else "not_bearer_token"


NEIGHBOUR = "somebody in a channel of the guests'"
STRANGER = "somebody in no channel of the guests'"

CASES: tuple[Case, ...] = (
    Case("api.test"),
    Case("auth.revoke", arguments={"test": "true"}, rule=by_apps),
    Case("auth.teams.list"),
    Case("auth.test"),
    Case("bots.info", "a bot in no channel of the guests'", {"bot": "B0STRAY0001"}, closed_to_guests("bot_not_found")),
    Case("team.info"),
    Case("users.conversations", "one's own"),
    Case("users.conversations", STRANGER, {"user": "W0STRANGER01"}, closed_to_guests("access_denied")),
    Case("users.deletePhoto"),
    Case("users.getPresence", "one's own"),
    Case("users.getPresence", STRANGER, {"user": "W0STRANGER01"}, closed_to_guests("access_denied")),
    Case("users.identity"),
    Case("users.info", NEIGHBOUR, {"user": "W0NEIGHBOUR1"}),
    Case("users.info", STRANGER, {"user": "W0STRANGER01"}, closed_to_guests("user_not_visible")),
    Case("users.list"),
    Case("users.lookupByEmail", NEIGHBOUR, {"email": "neighbour@auth.test"}),
    Case("users.lookupByEmail", STRANGER, {"email": "stranger@auth.test"}, closed_to_guests("users_not_found")),
    Case("users.profile.get", "one's own"),
    Case("users.profile.get", STRANGER, {"user": "W0STRANGER01"}, closed_to_guests("user_not_found")),
    Case("users.profile.set", "one's own title", {"name": "title", "value": "Me"}),
    Case(
        "users.profile.set",
        "a member's title",
        {"user": "W0STRANGER01", "name": "title", "value": "You"},
        by_organization_admins,
    ),
    Case(
        "users.profile.set",
        "a member's address",
        {"user": "W0STRANGER01", "name": "email", "value": "stranger@auth.test"},
        by_organization_admins,
    ),
    Case(
        "users.profile.set",
        "a member's display name",
        {"user": "W0STRANGER01", "name": "display_name", "value": "You"},
        by_admins,
    ),
    Case("users.profile.set", "an admin's title", {"user": "W0OTHERADMIN", "name": "title", "value": "You"}, about_an_admin),
    Case("users.profile.set", "a bot's title", {"user": BOT, "name": "title", "value": "It"}, about_a_bot),
    Case("users.setActive"),
    Case("users.setPhoto"),
    Case("users.setPresence", arguments={"presence": "auto"}),
)
