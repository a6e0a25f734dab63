"""What an app attaches to its messages for other apps to read."""

from typing import TYPE_CHECKING, Any

import msgspec

from gridhall.contract.errors import (
    InvalidMetadataSchema,
    MetadataMustBeSentFromApp,
    MetadataTooLarge,
)

if TYPE_CHECKING:
    from gridhall.domain.call import Call

LONGEST = 16_000
"""Characters of the JSON of everything that one message carries. The platform names its refusal but no figure."""

_encode = msgspec.json.Encoder().encode


def read(call: "Call", sent: dict[str, Any] | None) -> str | None:
    """The JSON of what an app attaches to a message, ready to be stored; None where it attaches nothing.

    Raises:
        MetadataMustBeSentFromApp: the caller's token belongs to no app.
        InvalidMetadataSchema: a part of it is of the wrong kind; its messages tell where.
        MetadataTooLarge: all of it together is too long.
    """
    if not sent:
        return None
    if call.actor.app is None:
        raise MetadataMustBeSentFromApp
    if not isinstance(sent.get("event_type", ""), str):
        raise InvalidMetadataSchema("[ERROR] must be a string [json-pointer:/metadata/event_type]")
    json = _encode(sent).decode()
    if len(json) > LONGEST:
        raise MetadataTooLarge
    return json
