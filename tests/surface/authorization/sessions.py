"""Calls of admin.users.session.*"""

from collections.abc import Callable

from gridhall.domain.sessions import MOBILE
from surface.authorization.callers import HOME, ORGANIZATION_ADMINS, ORGANIZATION_OWNERS, WORKSPACE, Caller
from surface.authorization.case import Case, Rule, anybody
from surface.authorization.hand import Arguments, Hand, Make

FAMILY = "admin.users.session."

EVERYBODY, MEMBER, OWNER, PRIMARY_OWNER = "everybody", "a member", "an owner", "the primary owner"
PEOPLE = {MEMBER: "W0TARGET0001", OWNER: "W0OTHEROWNER", PRIMARY_OWNER: "W0ORGPRIMARY"}

LASTING = {"duration": "315569520"}
MOBILE_ONLY = {"mobile_only": "true"}
"""Callers who are signed in to a client are so in a browser: nobody's calls end another caller's session."""


def administering(rule: Rule = anybody, elsewhere: str = "ok") -> Rule:
    """The rule for those who administer the organization, by a token of it.

    Arguments:
        elsewhere: what those are answered who administer another one.
    """

    def administer(caller: Caller) -> str:
        if not caller.org_level:
            return "no_permission"
        if caller.standing not in ORGANIZATION_ADMINS:
            return "not_an_admin"
        return rule(caller) if caller.realm is HOME else elsewhere

    return administer


def by_owners(code: str) -> Rule:
    return lambda caller: "ok" if caller.standing in ORGANIZATION_OWNERS else code


def by_primary_owner(code: str) -> Rule:
    return lambda caller: "ok" if caller.standing == "organization's primary owner" else code


def about(
    name: str,
    argument: str,
    arguments: Arguments,
    owner: str,
    primary_owner: str,
    make: Callable[[str], Make] | None = None,
) -> tuple[Case, ...]:
    """Calls about people of three standings.

    Arguments:
        name: the method's, in the family.
        argument: which names the person.
        owner, primary_owner: the code for those who stand too low to act on an owner, or on the primary owner.
        make: what `Case` calls so, by whom the call is about.
    """
    rules = {MEMBER: anybody, OWNER: by_owners(owner), PRIMARY_OWNER: by_primary_owner(primary_owner)}
    return tuple(
        Case(
            FAMILY + name,
            whom,
            {argument: PEOPLE[whom], **arguments},
            administering(rule, "user_not_found"),
            make=make and make(whom),
        )
        for whom, rule in rules.items()
    )


def signed_in(whom: str) -> Make:
    """A session of theirs that has just begun."""

    async def make(hand: Hand, caller: Caller) -> Arguments:
        session, _ = await hand.sign_in(PEOPLE[whom], WORKSPACE, MOBILE)
        return {"session_id": str(session.id)}

    return make


ABOVE = "admin_unauthorized"

CASES: tuple[Case, ...] = (
    Case(FAMILY + "list", EVERYBODY, rule=administering(elsewhere="no_active_sessions")),
    *about("list", "user_id", {"team_id": WORKSPACE}, ABOVE, ABOVE, signed_in),
    *about("invalidate", "user_id", {}, ABOVE, "cannot_invalidate_primary_owner", signed_in),
    *about("reset", "user_id", MOBILE_ONLY, "access_denied", "cannot_reset_primary_owner"),
    *about("resetBulk", "user_ids", MOBILE_ONLY, "restricted_action", "cannot_reset_primary_owner"),
    *about("getSettings", "user_ids", {}, ABOVE, ABOVE),
    *about("setSettings", "user_ids", LASTING, ABOVE, ABOVE),
    *about("clearSettings", "user_ids", {}, ABOVE, ABOVE),
)
