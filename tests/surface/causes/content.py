"""Codes that tell what is wrong with what a message is made of."""

import json
from functools import partial

from surface import props
from surface.causes.declare import Own, none, own

HALL = props.HALL

BLOCK = {"type": "divider"}
LONG = "x" * 100_000
LONG_BLOCKS = json.dumps([{"type": "section", "text": {"type": "plain_text", "text": LONG}}])
LONG_ATTACHMENTS = json.dumps([{"text": LONG}])
MANY_BLOCKS, MANY_ATTACHMENTS = json.dumps([BLOCK] * 51), json.dumps([{"text": "x"}] * 101)
NO_EVENT = json.dumps({"event_payload": {"id": 1}})
WRONG_EVENT = json.dumps({"event_type": "task_created", "event_payload": "one"})
LONG_EVENT = json.dumps({"event_type": "task_created", "event_payload": {"id": LONG[: 16 * 1024]}})

posting = partial(own, "chat.postMessage", channel=HALL)
ephemeral = partial(own, "chat.postEphemeral", channel=HALL, user="W0ADA000001")
update = partial(own, "chat.update", channel=HALL, ts="1500000004.000100")


def scheduling(code: str, state: str, token: str, /, **arguments: str) -> None:
    """A cause of chat.scheduleMessage, of a time that nothing is wrong with."""
    own(
        "chat.scheduleMessage",
        code,
        state,
        token,
        lambda server: {"channel": HALL, "post_at": props.later(server)},
        **arguments,
    )


EVERY: tuple[Own, ...] = (posting, ephemeral, update, scheduling)

for method in EVERY:
    method("invalid_blocks", "There are 51 blocks.", "xoxp-mia", blocks=MANY_BLOCKS)
    method("invalid_blocks_format", "The blocks are no JSON.", "xoxp-mia", blocks="no blocks")
    method("invalid_attachments", "The attachments are no JSON.", "xoxp-mia", attachments="none")
    method("too_many_attachments", "There are 101 attachments.", "xoxp-mia", attachments=MANY_ATTACHMENTS)
    method("markdown_text_conflict", "There are both `text` and `markdown_text`.", "xoxp-mia", text="x", markdown_text="x")
    method("no_text", "There is neither text nor anything else.", "xoxp-mia")

posting("msg_blocks_too_long", "The blocks have over 100,000 characters.", "xoxp-mia", blocks=LONG_BLOCKS)
posting(
    "attachment_payload_limit_exceeded",
    "The attachments have over 100,000 characters.",
    "xoxp-mia",
    attachments=LONG_ATTACHMENTS,
)
posting("msg_too_long", "The Markdown has 12,001 characters.", "xoxp-mia", markdown_text="x" * 12_001)
own("chat.meMessage", "no_text", "The text is blank.", "xoxp-mia", channel=HALL, text=" ")
own("chat.meMessage", "msg_too_long", "The text has 40,001 characters.", "xoxp-mia", channel=HALL, text="x" * 40_001)
for method in (ephemeral, scheduling):
    method("msg_too_long", "The text has 40,001 characters.", "xoxp-mia", text="x" * 40_001)
update("msg_too_long", "The text has 4,001 characters.", "xoxp-mia", text="x" * 4001)

for method in (posting, update, scheduling):
    method("invalid_metadata_format", "The metadata is no whole event.", "xoxp-mia", text="x", metadata=NO_EVENT)
    method("invalid_metadata_schema", "The event's payload is no object.", "xoxp-mia", text="x", metadata=WRONG_EVENT)
    method("metadata_too_large", "The metadata has over 16 KiB.", "xoxp-mia", text="x", metadata=LONG_EVENT)
    method("metadata_must_be_sent_from_app", "The token is of no app.", "xoxs-posting", text="x", metadata="{}")

# What nothing brings about yet.

POSTED = ("chat.postMessage", "chat.appendStream", "chat.startStream", "chat.stopStream")

none("too_many_contact_cards", "There are no contact cards.", "chat.postMessage", "chat.appendStream", "chat.stopStream")
none("missing_file_data", "There are no files yet.", "chat.postMessage", "chat.stopStream")
for code in ("blocked_file_type", "file_deleted", "file_is_deleted", "file_not_found", "file_share_limit_reached"):
    none(code, "There are no files yet.", "chat.update")
for code in ("max_file_sharing_exceeded", "posting_to_channel_denied", "unable_to_share_files"):
    none(code, "There are no files yet.", "chat.update")
SHARED = "There is nothing to share that an administrator could block."
none("slack_connect_canvas_sharing_blocked", SHARED, *POSTED, "chat.update")
none("slack_connect_file_link_sharing_blocked", SHARED, *POSTED, "chat.scheduleMessage", "chat.update")
none("slack_connect_lists_sharing_blocked", SHARED, *POSTED)
for code in (
    "slack_connect_blocked_file_type",
    "slack_connect_clip_sharing_blocked",
    "slack_connect_file_upload_sharing_blocked",
):
    none(code, SHARED, "chat.update")
