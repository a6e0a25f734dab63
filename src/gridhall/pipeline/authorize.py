"""Whether this token, and whoever has it, may call this method."""

from gridhall.catalogue.method import Method
from gridhall.contract.errors import FeatureNotEnabled, MissingScope, NotAllowedTokenType
from gridhall.domain.actor import Actor


def authorize(method: Method, actor: Actor) -> None:
    """Let the call pass.

    Raises:
        NotAllowedTokenType: the method takes no token of this kind.
        FeatureNotEnabled: the method needs an Enterprise organization.
        MissingScope: the token lacks a scope that the method always needs, or has none of several that would do.
        Refusal: what the method refuses those with who may not call it at all (see `Method.requires`).
    """
    if method.tokens is not None and actor.acts_as not in method.tokens:
        raise NotAllowedTokenType
    if method.enterprise_only and actor.enterprise is None:
        raise FeatureNotEnabled
    require(actor, method.scopes.always)
    any_of = method.scopes.any_of
    if any_of and actor.scopes.isdisjoint(any_of):
        raise MissingScope(needed=any_of[0], provided=actor.scopes_header)
    if method.scopes.by_kind is not None and actor.scopes.isdisjoint(method.scopes.accepted):
        raise MissingScope(needed=",".join(method.scopes.accepted), provided=actor.scopes_header)
    if method.requires is not None:
        method.requires(actor)


def require(actor: Actor, scopes: tuple[str, ...]) -> None:
    """Ask for every one of these scopes.

    Raises:
        MissingScope: the token lacks one.
    """
    missing = [scope for scope in scopes if scope not in actor.scopes]
    if missing:
        raise MissingScope(needed=",".join(missing), provided=actor.scopes_header)
