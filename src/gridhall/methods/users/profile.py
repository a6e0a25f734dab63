"""users.profile.*"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from gridhall.catalogue.arguments import Arg, is_true
from gridhall.catalogue.method import method
from gridhall.catalogue.rates import Counted, argument, by_tier
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import (
    InvalidProfile,
    UserNotFound,
)
from gridhall.contract.objects import Profile
from gridhall.contract.rates import Limit, Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain import profiles
from gridhall.domain.actor import Actor
from gridhall.domain.appearance import custom_fields, profile
from gridhall.domain.call import Call
from gridhall.domain.people import Person, find_visible


class GetArgs(msgspec.Struct, frozen=True):
    """Arguments of users.profile.get."""

    user: Annotated[str | None, Arg("Whose profile; by default the caller's own.")] = None
    include_labels: Annotated[bool, Arg("Tell the labels of custom fields; limited more strictly.", example="true")] = False


class GetResult(Ok, kw_only=True):
    """The profile."""

    profile: Profile


def _with_labels(actor: Actor, team: str | None, raw: Mapping[str, object]) -> str | None:
    """Counts the calls that ask for labels, by token."""
    return actor.token if is_true(raw.get("include_labels")) else None


@method(
    "users.profile.get",
    tokens=Token.BOT | Token.PERSON,
    scopes=needs("users.profile:read"),
    rate=(*by_tier(Tier.FOUR), Counted("labels", Tier.TWO.value, _with_labels)),
    errors=(UserNotFound,),
)
async def get_profile(call: Call, args: GetArgs) -> GetResult:
    """Tell a person's profile, status and custom fields included."""
    user = args.user or call.actor.user
    assert user is not None
    found = await find_visible(call.work, call.actor, call.team, user)
    if found is None or not found.visible:
        raise UserNotFound
    return GetResult(profile=await _whole(call, found.person, stranger=found.stranger, labelled=args.include_labels))


class SetArgs(msgspec.Struct, frozen=True):
    """Arguments of users.profile.set."""

    user: Annotated[
        str | None, Arg("Whose profile, for administrators; by default the caller's own.", example="W1234567890")
    ] = None
    profile: Annotated[dict[str, Any] | None, Arg("The fields to set, as JSON.", invalid=InvalidProfile)] = None
    name: Annotated[str | None, Arg("The one field to set, where `profile` is not given.", example="first_name")] = None
    value: Annotated[str | None, Arg("What to set that field to.", blank=True, example="John")] = None


class SetResult(Ok, kw_only=True):
    """The profile as it is now."""

    profile: Profile
    username: str


# "No more than 10 times per minute" for one person, "30 user profiles per minute" in all, both by token.
_LIMITS = (
    *by_tier(Tier.THREE),
    Counted("one profile", Limit(10, 60, 10), lambda actor, team, raw: f"{actor.token}/{argument(raw, 'user') or actor.user}"),
    Counted("profiles", Limit(30, 60, 30), lambda actor, team, raw: actor.token),
)


@method(
    "users.profile.set",
    tokens=Token.PERSON,
    scopes=needs("users.profile:write"),
    rate=_LIMITS,
    errors=profiles.REFUSALS,
    writes=True,
)
async def set_profile(call: Call, args: SetArgs) -> SetResult:
    """Set fields of a profile, the status among them."""
    user = args.user or call.actor.user
    assert user is not None
    wanted: dict[str, object] = args.profile if args.profile is not None else {}
    if args.profile is None:
        if args.name is None or args.value is None:
            raise InvalidProfile
        wanted = {args.name: args.value}
    changed = await profiles.change(call.work, user, wanted, workspace=call.team, actor=call.actor)
    return SetResult(profile=await _whole(call, changed), username=changed.name)


async def _whole(call: Call, person: Person, *, stranger: bool = False, labelled: bool = False) -> Profile:
    """The profile with the custom fields that the workspace that is meant, or else the organization, adds to it."""
    labels = await call.work.workspaces.field_labels(call.actor.organization, call.team) if person.fields != "{}" else {}
    return profile(call, person, stranger=stranger, fields=custom_fields(person, labels, labelled=labelled))
