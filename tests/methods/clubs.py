"""People and channels of a test's own, on a server over `tests/data/clubs.yaml`."""

import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, true, update

from gridhall.domain import tokens
from gridhall.storage import tables
from gridhall.storage.statement import Statement
from harness.live import Live
from methods.rows import change

CLUBS, CHESS, MUSIC, DANCE = "E0CLUBS0001", "T0CHESS0001", "T0MUSIC0001", "T0DANCE0001"
TOWN, VALE = "T0TOWN00001", "T0VALE00001"
GENERAL, WIDE = "C0CHESS0001", "C0WIDE00001"
BOARD, CLOCK = "W0BOARD0001", "W0CLOCK0001"

CHANNELS = ["channels:read", "channels:history", "channels:write", "groups:read", "groups:history", "groups:write"]
DIRECT = ["im:read", "im:history", "im:write", "mpim:read", "mpim:history", "mpim:write"]
EVERY = [*CHANNELS, *DIRECT, "chat:write", "users:read"]

_count = itertools.count(1)


@dataclass(frozen=True)
class Someone:
    """A person with tokens: `token` for their workspace, `org` for the organization."""

    organization: str
    id: str
    name: str
    token: str
    org: str


@dataclass(frozen=True)
class Clubs:
    """A running server, and what makes people and channels there."""

    live: Live

    def call(self, method: str, who: Someone | str, **arguments: object) -> dict[str, Any]:
        return self.live.call(f"conversations.{method}", who if isinstance(who, str) else who.token, **arguments)

    def ok(self, method: str, who: Someone | str, **arguments: object) -> dict[str, Any]:
        answer = self.call(method, who, **arguments)
        assert answer["ok"], answer
        return answer

    def error(self, method: str, who: Someone | str, **arguments: object) -> str:
        """The code of a refusal, which the harness has seen to be one that the method declares."""
        answer = self.call(method, who, **arguments)
        assert answer["ok"] is False, answer
        return str(answer["error"])

    def person(
        self,
        *teams: str,
        role: str = "member",
        org_role: str = "member",
        guest: str = "none",
        deleted: bool = False,
        organization: str = "",
        scopes: list[str] = EVERY,
    ) -> Someone:
        """A new person: in the chess club unless told otherwise, and of the clubs' organization."""
        organization = organization or CLUBS
        home = {CLUBS: CHESS}.get(organization, organization)
        found = self.people(
            1, *(teams or (home,)), role=role, org_role=org_role, guest=guest, deleted=deleted, organization=organization
        )
        id, name = found[0], f"p{found[0][2:].lower()}"
        of: dict[str, Any] = {"person": id, "app": None, "kind": "user", "scopes": scopes, "actor": None}

        async def unit(work: Any) -> tuple[str, str]:
            own = await tokens.create(work, organization=organization, workspace=(teams or (home,))[0], **of)
            return own, await tokens.create(work, organization=organization, workspace=None, **of)

        return Someone(organization, id, name, *self.live.on_loop(self.live.gridhall.storage.write(unit)))

    def people(self, count: int, *teams: str, role: str = "member", organization: str = CLUBS, **of: Any) -> list[str]:
        """The ids of new people, who have no tokens."""
        ids = [f"{'W' if organization == CLUBS else 'U'}0{next(_count):08d}" for _ in range(count)]
        given: dict[str, Any] = {"org_role": "member", "guest": "none", "deleted": False} | of
        change(self.live, *(insert(tables.people).values(**_person(organization, id, **given)) for id in ids))
        rows = [
            {"organization": organization, "workspace": team, "person": id, "role": role}
            for id in ids
            for team in teams or (CHESS,)
        ]
        change(self.live, *(insert(tables.memberships).values(**row) for row in rows))
        return ids

    def also_in(self, person: str, organization: str, workspace: str) -> None:
        """Have somebody be in another organization as well, as an app's bot may be."""
        change(
            self.live,
            insert(tables.people).values(**_person(organization, person, org_role="member", guest="none", deleted=False)),
            insert(tables.memberships).values(organization=organization, workspace=workspace, person=person, role="member"),
        )

    def promote(self, person: Someone, workspace: str, role: str = "admin") -> Someone:
        """Have somebody, whose tokens were not used yet, stand higher in one of their workspaces."""
        table = tables.memberships
        of = (table.c.workspace == workspace, table.c.person == person.id)
        change(self.live, update(table).where(*of).values(role=role))
        return person

    def say(self, who: Someone | str, channel: str, text: str = "Words") -> str:
        """The `ts` of a new message."""
        answer = self.live.call("chat.postMessage", who if isinstance(who, str) else who.token, channel=channel, text=text)
        assert answer["ok"], answer
        return str(answer["ts"])

    def homeless(self) -> str:
        """The id of somebody who is in no workspace of the organization any more."""
        (id,) = self.people(1)
        change(self.live, delete(tables.memberships).where(tables.memberships.c.person == id))
        return id

    def channel(self, owner: Someone, *members: "Someone | str", private: bool = False, name: str = "") -> str:
        """A new channel of the owner's workspace with these members besides."""
        name = name or f"channel-{next(_count)}"
        id: str = self.ok("create", owner, name=name, is_private=private)["channel"]["id"]
        if members:
            users = ",".join(member if isinstance(member, str) else member.id for member in members)
            self.ok("invite", owner, channel=id, users=users)
        return id

    def old_group(self, owner: Someone) -> str:
        """A private channel as they were made before March 2021."""
        new = self.channel(owner, private=True)
        old = f"G{new[1:]}"
        self.make(new, id=old)
        for table in (tables.members, tables.shares, tables.conversation_clocks):
            change(self.live, update(table).where(table.c.conversation == new).values(conversation=old))
        return old

    def share(self, channel: str, workspace: str, name: str = "") -> None:
        """Have a channel be in another workspace of its organization as well."""
        row = {"organization": CLUBS, "conversation": channel, "workspace": workspace, "name": name or channel}
        change(self.live, insert(tables.shares).values(**row))

    def connect(self, channel: str, workspace: str = TOWN) -> None:
        """Share a channel with another organization's workspace."""
        row = {"organization": CLUBS, "conversation": channel, "other_organization": workspace, "workspace": workspace}
        change(self.live, insert(tables.connections).values(**row))

    def make(self, channel: str, **columns: Any) -> None:
        """Bring a channel into a state that no method can bring about yet."""
        change(self.live, update(tables.conversations).where(tables.conversations.c.id == channel).values(**columns))

    def make_member(self, channel: str, person: str, **columns: Any) -> None:
        """The same with somebody's membership."""
        table = tables.members
        change(self.live, update(table).where(table.c.conversation == channel, table.c.person == person).values(**columns))

    def history(self, who: Someone | str, channel: str) -> list[dict[str, Any]]:
        """What a conversation shows, oldest first."""
        found: list[dict[str, Any]] = self.ok("history", who, channel=channel, limit=999)["messages"]
        return found[::-1]

    def told(self, who: Someone | str, channel: str) -> list[str]:
        """The kinds of messages in a channel, oldest first."""
        return [message.get("subtype", "") for message in self.history(who, channel)]

    def members(self, channel: str) -> dict[str, dict[str, Any]]:
        """Everybody who is or was in a conversation, as it is stored."""
        rows = self.rows(select(tables.members).where(tables.members.c.conversation == channel))
        return {row["person"]: row for row in rows}

    def inside(self, channel: str) -> list[str]:
        return sorted(id for id, row in self.members(channel).items() if not row["left"])

    def row(self, channel: str) -> dict[str, Any]:
        """A conversation, as it is stored."""
        (row,) = self.rows(select(tables.conversations).where(tables.conversations.c.id == channel))
        return row

    def audited(self, channel: str, organization: str = "") -> list[tuple[str, str, dict[str, Any]]]:
        """What audit logs, or that of one organization, say of a conversation: action, actor, details (people as ids)."""
        table = tables.audit
        of = table.c.organization == organization if organization else true()
        rows = self.rows(select(table).where(table.c.entity == channel, of).order_by(table.c.at, table.c.id))
        assert {json.loads(row["entity_told"])["type"] for row in rows} <= {"channel"}
        return [(row["action"], row["actor"], _with_ids(json.loads(row["details"]))) for row in rows]

    def rows(self, clause: Any) -> list[dict[str, Any]]:
        names = [column.name for column in clause.selected_columns]
        statement = Statement(clause, lambda *row: dict(zip(names, row, strict=True)))

        async def unit(work: Any) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = await work.connection.all(statement)
            return found

        found: list[dict[str, Any]] = self.live.on_loop(self.live.gridhall.storage.read(unit))
        return found


def at_once(*calls: Callable[[], dict[str, Any]]) -> list[str]:
    """Make calls at the same time; gives `ok` or the code of each, sorted."""
    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(lambda call: call(), calls))
    return sorted("ok" if answer["ok"] else str(answer.get("error")) for answer in answers)


def _with_ids(details: dict[str, Any]) -> dict[str, Any]:
    return {name: value["user"]["id"] if name in ("inviter", "kicker") else value for name, value in details.items()}


def _person(organization: str, id: str, *, org_role: str, guest: str, deleted: bool) -> dict[str, Any]:
    name = f"p{id[2:].lower()}"
    texts = ("first_name", "last_name", "display_name", "title", "phone", "pronouns", "status_text", "status_emoji")
    return {
        **dict.fromkeys(texts, ""),
        "organization": organization,
        "id": id,
        "name": name,
        "real_name": name,
        "email": f"{id.lower()}@{organization.lower()}.test",
        "email_confirmed": True,
        "org_role": org_role,
        "guest": guest,
        "deleted": deleted,
        "tz": "UTC",
        "locale": "de-CH",
        "status_expiration": 0,
        "fields": "{}",
        "presence": "auto",
        "photo": None,
        "created": 1500000000,
        "updated": 1500000000,
        "has_two_factor": False,
        "app": None,
        "bot_id": None,
    }
