"""All methods by name."""

from collections.abc import Iterable, Iterator
from types import ModuleType

from gridhall.catalogue.method import Method


class Registry:
    """The methods of a server.

    Arguments:
        methods: each name once.
    """

    __slots__ = ("_methods", "find")

    def __init__(self, methods: Iterable[Method]) -> None:
        self._methods: dict[str, Method] = {}
        for method in methods:
            if method.name in self._methods:
                raise ValueError(f"{method.name} is declared twice")
            self._methods[method.name] = method
        self.find = self._methods.get

    @classmethod
    def of(cls, modules: Iterable[ModuleType]) -> "Registry":
        """Every method that these modules declare."""
        return cls(value for module in modules for value in vars(module).values() if isinstance(value, Method))

    def __iter__(self) -> Iterator[Method]:
        return iter(sorted(self._methods.values(), key=lambda method: method.name))
