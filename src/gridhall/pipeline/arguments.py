"""Raw arguments to a method's typed ones."""

from collections.abc import Mapping

import msgspec

from gridhall.catalogue.arguments import read
from gridhall.catalogue.method import Method
from gridhall.domain.actor import Actor
from gridhall.pipeline.authorize import require


def arguments(method: Method, actor: Actor, raw: Mapping[str, object]) -> msgspec.Struct:
    """The arguments, as the method declares them; then the scopes that depend on them.

    Raises:
        Refusal: the code that an argument declares for being missing or wrong.
        MissingScope: the token lacks a scope that these arguments need.
    """
    args = read(method.argument_struct, method.arguments, raw)
    if method.scopes.of is not None:
        require(actor, method.scopes.of(args))
    return args
