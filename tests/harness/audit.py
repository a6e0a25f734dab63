"""What a server's audit log holds."""

from gridhall.domain.audit import Entry, Question
from harness.live import Live


def entries(server: Live, organization: str) -> list[Entry]:
    """Every entry of an organization, the oldest first."""
    asked = Question(limit=100_000)
    newest_first: list[Entry] = server.on_loop(server.gridhall.storage.read(lambda work: work.audit.list(organization, asked)))
    return newest_first[::-1]
