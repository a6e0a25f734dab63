"""Name to method."""

from gridhall.catalogue.method import Method
from gridhall.catalogue.registry import Registry
from gridhall.contract.errors import UnknownMethod


def route(registry: Registry, name: str) -> Method:
    """The method of this name.

    Raises:
        UnknownMethod: there is none.
    """
    method = registry.find(name)
    if method is None:
        raise UnknownMethod
    return method
