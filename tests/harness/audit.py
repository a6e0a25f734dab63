"""What a server's audit log holds."""

from typing import Any

from slack_sdk.audit_logs import AuditLogsClient

from gridhall.domain import tokens
from gridhall.domain.audit import Entry, Page, Question
from gridhall.domain.work import Work
from harness.live import TIMEOUT, Live


def entries(server: Live, organization: str) -> list[Entry]:
    """Every entry of an organization, the oldest first."""
    asked = Question(limit=100_000)
    page: Page = server.on_loop(server.gridhall.storage.read(lambda work: work.audit.list(organization, asked)))
    return page.entries[::-1]


class Owner:
    """Somebody who reads their organization's log over its API, with the platform's own client and a new token.

    Arguments:
        organization, person: an Enterprise organization and one of its owners.
    """

    def __init__(self, server: Live, organization: str, person: str) -> None:
        async def unit(work: Work) -> str:
            return await tokens.create(
                work,
                organization=organization,
                workspace=None,
                person=person,
                app=None,
                kind="user",
                scopes=["auditlogs:read"],
                actor=None,
            )

        self.token: str = server.on_loop(server.gridhall.storage.write(unit))
        self.client = AuditLogsClient(self.token, timeout=TIMEOUT, base_url=f"{server.url}/audit/v1/")

    def page(self, **asked: Any) -> dict[str, Any]:
        """One page."""
        answer = self.client.logs(**asked)
        assert answer.status_code == 200, answer.body
        assert answer.body is not None
        return answer.body

    def pages(self, **asked: Any) -> list[dict[str, Any]]:
        """The entries of every page."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.page(**asked, **({"cursor": cursor} if cursor else {}))
            found += page["entries"]
            cursor = page["response_metadata"]["next_cursor"]
            if not cursor:
                return found
