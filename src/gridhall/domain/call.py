"""One call of one method, as its body sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridhall.contract.errors import Refusal
from gridhall.contract.scopes import ByKind
from gridhall.domain.actor import Actor, Standing
from gridhall.domain.audit import Look
from gridhall.domain.cursors import Cursors
from gridhall.domain.site import Site
from gridhall.domain.work import Work


@dataclass(slots=True)
class Upload:
    """A file of a multipart body, whole in memory; its size was bounded while it arrived."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Context:
    """What lasts as long as the server does."""

    site: Site
    cursors: Cursors


@dataclass(slots=True)
class Call:
    """One call.

    Arguments:
        work: the unit of work that the call runs in.
        actor: who calls.
        standing: the workspace that is meant, None where an org-level or app-level token means none.
        context: the server's addresses and cursors.
        prepared: what the method's `prepare` gave.
        scopes: what the method needs by kind of conversation, None where it acts on none.
        raw: the arguments as sent, for the methods that echo them.
        refusal: what the caller is answered although what was done is kept.
        looks: what the audit log has to tell of a method that only reads (see `oversight.look`).
    """

    work: Work
    actor: Actor
    standing: Standing | None
    context: Context
    prepared: Any = None
    scopes: ByKind | None = None
    raw: Mapping[str, object] | None = None
    refusal: Refusal | None = None
    looks: tuple[Look, ...] = ()

    @property
    def team(self) -> str | None:
        """The id of the workspace that is meant."""
        return self.standing.team if self.standing else None

    def listing(self, name: str, *parts: str) -> str:
        """Names what a cursor belongs to: the listing, the organization, the workspace, and what else narrows it."""
        return "/".join((name, self.actor.organization, self.team or "", self.actor.user or "", *parts))
