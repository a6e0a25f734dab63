"""States that no method can bring about yet."""

from typing import Any

from sqlalchemy import Executable

from gridhall.domain import tokens
from gridhall.storage.statement import Statement
from harness.live import Live


def change(live: Live, *clauses: Executable) -> None:
    """Change rows of a running server's database."""

    async def unit(work: Any) -> None:
        for clause in clauses:
            await work.connection.run(Statement(clause, tuple))

    live.on_loop(live.gridhall.storage.write(unit))


def make_token(live: Live, organization: str, workspace: str, person: str, scopes: list[str]) -> str:
    """A new user token."""

    async def unit(work: Any) -> str:
        return await tokens.create(
            work,
            organization=organization,
            workspace=workspace,
            person=person,
            app=None,
            kind="user",
            scopes=scopes,
            actor=None,
        )

    text: str = live.on_loop(live.gridhall.storage.write(unit))
    return text
