"""What a server's audit log holds."""

from gridhall.domain.audit import Entry, Page, Question
from harness.live import Live


def entries(server: Live, organization: str) -> list[Entry]:
    """Every entry of an organization, the oldest first."""
    asked = Question(limit=100_000)
    page: Page = server.on_loop(server.gridhall.storage.read(lambda work: work.audit.list(organization, asked)))
    return page.entries[::-1]
