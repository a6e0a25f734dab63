"""users.identity"""

import msgspec
from msgspec import UNSET, UnsetType

from gridhall.catalogue.method import OrgToken, method
from gridhall.catalogue.scopes import needs
from gridhall.contract.errors import EmailNotVerified
from gridhall.contract.rates import Tier
from gridhall.contract.tokens import Token
from gridhall.contract.wire import Ok
from gridhall.domain.appearance import profile
from gridhall.domain.call import Call

BASIC, EMAIL, AVATAR, TEAM = "identity.basic", "identity.email", "identity.avatar", "identity.team"


class IdentityArgs(msgspec.Struct, frozen=True):
    """No arguments."""


class IdentityUser(msgspec.Struct, kw_only=True):
    """The person; the address and the pictures for their scopes only."""

    id: str
    name: str
    email: str | UnsetType = UNSET
    image_24: str | UnsetType = UNSET
    image_32: str | UnsetType = UNSET
    image_48: str | UnsetType = UNSET
    image_72: str | UnsetType = UNSET
    image_192: str | UnsetType = UNSET
    image_512: str | UnsetType = UNSET


class IdentityTeam(msgspec.Struct, kw_only=True):
    """The workspace; its name for its scope only."""

    id: str
    name: str | UnsetType = UNSET


class IdentityResult(Ok, kw_only=True):
    """Who signed in."""

    user: IdentityUser
    team: IdentityTeam


@method(
    "users.identity",
    tokens=Token.PERSON,
    scopes=needs(BASIC),
    rate=Tier.THREE,
    errors=(EmailNotVerified,),
    org_token=OrgToken.SERVES,
)
async def identity(call: Call, args: IdentityArgs) -> IdentityResult:
    """Tell who signed in, as far as the identity scopes go."""
    actor = call.actor
    assert actor.user is not None
    person = await call.work.people.find(actor.organization, actor.user)
    assert person is not None
    if not person.email_confirmed:
        raise EmailNotVerified
    user = IdentityUser(id=person.id, name=person.real_name)
    if EMAIL in actor.scopes and person.email:
        user.email = person.email
    if AVATAR in actor.scopes:
        pictures = profile(call, person)
        user.image_24, user.image_32, user.image_48 = pictures.image_24, pictures.image_32, pictures.image_48
        user.image_72, user.image_192, user.image_512 = pictures.image_72, pictures.image_192, pictures.image_512
    team = IdentityTeam(id=call.team or actor.organization)
    if TEAM in actor.scopes:
        team.name = call.standing.team_name if call.standing else actor.organization_name
    return IdentityResult(user=user, team=team)
