"""The codes of chat.*"""

import json
from functools import partial

from harness.live import Live
from surface import props
from surface.causes.declare import none, own

HALL, OLD = props.HALL, "C0OLD000001"
# Messages of states.yaml, by their `ts`.
JOINED, OF_ADA, REPLY_OF_MIA, OF_MIA = (f"150000000{second}.000100" for second in range(1, 5))
OF_OWEN, LONG_AGO, NO_MESSAGE = "1500000005.000100", "1500000007.000100", "1500000000.000100"

BLOCK = {"type": "divider"}
LONG = "x" * 100_000
LONG_BLOCKS = json.dumps([{"type": "section", "text": {"type": "plain_text", "text": LONG}}])
LONG_ATTACHMENTS = json.dumps([{"text": LONG}])
MANY_BLOCKS, MANY_ATTACHMENTS = json.dumps([BLOCK] * 51), json.dumps([{"text": "x"}] * 101)

posting = partial(own, "chat.postMessage")
update = partial(own, "chat.update", channel=HALL, ts=OF_MIA)
deletion = partial(own, "chat.delete", channel=HALL)
ephemeral = partial(own, "chat.postEphemeral", user="W0ADA000001")
permalink = partial(own, "chat.getPermalink", channel=HALL)
me = partial(own, "chat.meMessage", channel=HALL)

# What a message is made of.

for method in (partial(posting, channel=HALL), partial(ephemeral, channel=HALL), update):
    method("invalid_blocks", "There are 51 blocks.", "xoxp-mia", blocks=MANY_BLOCKS)
    method("invalid_blocks_format", "The blocks are no JSON.", "xoxp-mia", blocks="no blocks")
    method("too_many_attachments", "There are 101 attachments.", "xoxp-mia", attachments=MANY_ATTACHMENTS)
    method("markdown_text_conflict", "There are both `text` and `markdown_text`.", "xoxp-mia", text="x", markdown_text="x")
    method("no_text", "There is neither text nor anything else.", "xoxp-mia")
for method in (partial(ephemeral, channel=HALL), update):
    method("invalid_attachments", "The attachments are no JSON.", "xoxp-mia", attachments="none")
posting("msg_blocks_too_long", "The blocks have over 100,000 characters.", "xoxp-mia", channel=HALL, blocks=LONG_BLOCKS)
posting(
    "attachment_payload_limit_exceeded",
    "The attachments have over 100,000 characters.",
    "xoxp-mia",
    channel=HALL,
    attachments=LONG_ATTACHMENTS,
)
me("no_text", "The text is blank.", "xoxp-mia", text=" ")
me("msg_too_long", "The text has 40,001 characters.", "xoxp-mia", text="x" * 40_001)
ephemeral("msg_too_long", "The text has 40,001 characters.", "xoxp-mia", channel=HALL, text="x" * 40_001)
update("msg_too_long", "The text has 4,001 characters.", "xoxp-mia", text="x" * 4001)

# Where it goes.

posting("as_user_not_supported", "A bot asks to post as a person.", "xoxb-kit", channel=HALL, text="x", as_user="true")
posting(
    "cannot_reply_to_message", "The message tells that somebody joined.", "xoxp-mia", channel=HALL, text="x", thread_ts=JOINED
)
posting("restricted_action", "Only owners post in the general channel.", "xoxp-mia", channel="C0GENERAL01", text="x")
posting(
    "restricted_action_read_only_channel", "Only administrators post and reply.", "xoxp-mia", channel="C0READ00001", text="x"
)
posting(
    "restricted_action_thread_only_channel",
    "Only administrators post; everybody replies.",
    "xoxp-mia",
    channel="C0THREAD001",
    text="x",
)
posting(
    "restricted_action_non_threadable_channel",
    "Everybody posts; only administrators reply.",
    "xoxp-mia",
    channel="C0FLAT00001",
    text="x",
    thread_ts=OF_OWEN,
)
posting(
    "team_not_found",
    "The token is org-level, and the channel named rather than its id given.",
    "xoxp-owen-org",
    channel="hall",
    text="x",
)
ephemeral(
    "cannot_reply_to_message", "The message tells that somebody joined.", "xoxp-mia", channel=HALL, text="x", thread_ts=JOINED
)
ephemeral("restricted_action", "Only administrators post.", "xoxp-mia", channel="C0READ00001", user="W0OWEN00001", text="x")
own(
    "chat.postEphemeral",
    "user_not_in_channel",
    "The person is not in the channel.",
    "xoxp-mia",
    channel=HALL,
    user="W0UNA000001",
    text="x",
)
own("chat.meMessage", "access_denied", "Only administrators post.", "xoxp-mia", channel="C0READ00001", text="is lost")

# A client's own id.


def posted_elsewhere(server: Live) -> dict[str, str]:
    id = props.name()
    props.message(server, channel="C0OWN000001", client_msg_id=id)
    return {"client_msg_id": id}


def posted_and_deleted(server: Live) -> dict[str, str]:
    id = props.name()
    props.do(server, "chat.delete", **props.message(server, client_msg_id=id))
    return {"client_msg_id": id}


posting(
    "duplicate_channel_not_found",
    "The client's id is of a message in another channel.",
    "xoxp-mia",
    posted_elsewhere,
    channel=HALL,
    text="x",
)
posting(
    "duplicate_message_not_found",
    "The client's id is of a message that was deleted.",
    "xoxp-mia",
    posted_and_deleted,
    channel=HALL,
    text="x",
)

# Messages that were posted.

update("cant_update_message", "The message is somebody else's.", "xoxp-mia", ts=OF_ADA, text="x")
update("cant_broadcast_message", "The message is no reply.", "xoxp-mia", reply_broadcast="true")
update(
    "no_dual_broadcast_content_update",
    "A reply is broadcast and changed at once.",
    "xoxp-mia",
    ts=REPLY_OF_MIA,
    text="x",
    reply_broadcast="true",
)
update("is_inactive", "The channel is archived.", "xoxp-mia", channel=OLD, ts=LONG_AGO, text="x")
update("message_not_found", "No message has this `ts`.", "xoxp-mia", ts=NO_MESSAGE, text="x")
deletion("cant_delete_message", "The message is somebody else's.", "xoxp-mia", ts=OF_ADA)
deletion("message_not_found", "No message has this `ts`.", "xoxp-mia", ts=NO_MESSAGE)
permalink("message_not_found", "No message has this `ts`.", "xoxp-mia", message_ts=NO_MESSAGE)

# What nothing brings about yet.

none("rate_limited", "Who posts too often is told so with HTTP status 429: ratelimited.", "chat.meMessage", "chat.postMessage")
none("message_limit_exceeded", "A workspace's messages have no limit.", "chat.postEphemeral", "chat.postMessage", "chat.update")
none("messages_tab_disabled", "An app's home has no tabs yet.", "chat.postEphemeral", "chat.postMessage")
for code in ("draft_already_deleted", "draft_already_sent", "draft_has_conflict", "draft_not_found"):
    none(code, "There are no drafts.", "chat.postMessage")
for code in ("invalid_metadata_format", "invalid_metadata_schema", "metadata_must_be_sent_from_app", "metadata_too_large"):
    none(code, "Messages carry no metadata yet.", "chat.postMessage", "chat.update")
none("block_mismatch", "Blocks are not looked into yet.", "chat.update")
none("too_many_contact_cards", "There are no contact cards.", "chat.postMessage")
none("restricted_action_thread_locked", "Nobody locks threads.", "chat.postMessage")
none("missing_file_data", "There are no files yet.", "chat.postMessage")
for code in ("blocked_file_type", "file_deleted", "file_is_deleted", "file_not_found", "file_share_limit_reached"):
    none(code, "There are no files yet.", "chat.update")
for code in ("max_file_sharing_exceeded", "posting_to_channel_denied", "unable_to_share_files"):
    none(code, "There are no files yet.", "chat.update")
for code in ("slack_connect_canvas_sharing_blocked", "slack_connect_file_link_sharing_blocked"):
    none(code, "There is nothing to share that an administrator could block.", "chat.postMessage", "chat.update")
none("slack_connect_lists_sharing_blocked", "There is nothing to share that an administrator could block.", "chat.postMessage")
for code in (
    "slack_connect_blocked_file_type",
    "slack_connect_clip_sharing_blocked",
    "slack_connect_file_upload_sharing_blocked",
):
    none(code, "There is nothing to share that an administrator could block.", "chat.update")
none("as_user_not_supported", "It speaks of workspace apps, which the platform has retired.", "chat.update")
none("edit_window_closed", "A workspace sets no time after which messages stay as they are.", "chat.update")
none("streaming_state_conflict", "No message is streamed yet.", "chat.update")
none("team_not_found", "The conversation is named by its id, whichever workspace it is in.", "chat.update")
none("update_failed", "Where storage fails, the method answers fatal_error.", "chat.update")
