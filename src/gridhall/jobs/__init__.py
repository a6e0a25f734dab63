"""Work that waits for its time, repeats, or is too much for one request: the kinds that there are, and who runs them."""

from collections.abc import Mapping

from gridhall.domain import deletion, dispatch, retention, scheduled, session_administration, sessions, streams
from gridhall.domain.jobs import Step

KINDS: Mapping[str, Step] = {
    deletion.JOB: deletion.step,
    retention.JOB: retention.step,
    scheduled.JOB: dispatch.step,
    session_administration.JOB: session_administration.step,
    sessions.JOB: sessions.step,
    streams.JOB: streams.step,
}
"""What a step of each kind of job does."""
