"""Rows that the SQLite engine keeps between two changes (docs/decisions/0007-remembered-rows.md)."""

from typing import Any

from gridhall.storage.statement import SQLITE, Remember, Statement

MOST = 40_000_000
"""Bytes that one statement's answers may take together. Past it they are forgotten: simpler than ageing, and reached by few."""

LARGEST = MOST // 40
"""Bytes of the largest answer that is kept."""

ROW = 2_000
"""Bytes that a row counts as unless it says otherwise: about what a person's takes."""

LONGEST_KEY = 64
"""Characters of a parameter with which a row is kept, more than any id has: what strangers send is not kept for them."""

_Rows = dict[tuple[Any, ...], Any]


class Remembered:
    """What statements gave, for the same parameters again.

    A statement is forgotten when one of its tables changes. One that is remembered by conversation is forgotten only for the
    conversation that changed, where the change names one in its parameters.
    """

    __slots__ = ("_count", "_kept", "_stale")

    def __init__(self) -> None:
        self._kept: dict[Statement[Any], dict[Any, _Rows]] = {}
        self._count: dict[Statement[Any], int] = {}
        # By the tables of a changing statement, the remembered statements that read any of them.
        self._stale: dict[frozenset[str], list[Statement[Any]]] = {}

    def find(self, statement: Statement[Any], parameters: dict[str, Any]) -> Any:
        """What the statement gave last, None where nothing is kept."""
        groups = self._kept.get(statement)
        if groups is None:
            return None
        rows = groups.get(_group(statement, parameters))
        return None if rows is None else rows.get(tuple(parameters.values()))

    def keep(self, statement: Statement[Any], parameters: dict[str, Any], key: tuple[Any, ...], found: Any) -> None:
        """Keep what the statement gave: a row, or a list of them. `key` is the parameters' values as they were passed."""
        if any(isinstance(part, str) and len(part) > LONGEST_KEY for part in key):
            return
        weight = _weight(found)
        if weight > LARGEST:
            return
        if statement not in self._kept:
            self._kept[statement] = {}
            self._count[statement] = 0
            self._stale.clear()
        if self._count[statement] + weight > MOST:
            self._kept[statement].clear()
            self._count[statement] = 0
        self._kept[statement].setdefault(_group(statement, parameters), {})[key] = found
        self._count[statement] += weight

    def forget(self, tables: frozenset[str], conversation: str | None) -> None:
        """Forget what reads these tables; of a change within one conversation, only what was kept for that conversation."""
        stale = self._stale.get(tables)
        if stale is None:
            stale = [statement for statement in self._kept if not tables.isdisjoint(statement.plan(SQLITE).tables)]
            self._stale[tables] = stale
        for statement in stale:
            if conversation is not None and statement.remember is Remember.BY_CONVERSATION:
                gone = self._kept[statement].pop(conversation, None)
                if gone:
                    self._count[statement] -= sum(map(_weight, gone.values()))
            else:
                self._kept[statement].clear()
                self._count[statement] = 0

    def forget_all(self) -> None:
        self._kept.clear()
        self._count.clear()
        self._stale.clear()

    def __len__(self) -> int:
        """How many answers are kept."""
        return sum(len(rows) for groups in self._kept.values() for rows in groups.values())


def _weight(found: Any) -> int:
    """About how many bytes an answer takes; one without rows takes room as well."""
    told: int | None = getattr(found, "weight", None)
    if told is not None:
        return told
    return ROW * (1 + len(found)) if isinstance(found, list) else ROW


def _group(statement: Statement[Any], parameters: dict[str, Any]) -> Any:
    return parameters["conversation"] if statement.remember is Remember.BY_CONVERSATION else None


def conversation_of(parameters: dict[str, Any]) -> str | None:
    """The conversation that a change's parameters name, under either of the two names that it goes by."""
    found: str | None = parameters.get("conversation") or parameters.get("at_conversation")
    return found
