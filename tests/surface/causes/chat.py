"""The codes of chat.* that tell where a message goes and what may be done with it."""

from functools import partial

from harness.live import Live
from surface import props
from surface.causes.declare import none, own

HALL, OLD = props.HALL, "C0OLD000001"
# Messages of states.yaml, by their `ts`.
JOINED, OF_ADA, REPLY_OF_MIA, OF_MIA = (f"150000000{second}.000100" for second in range(1, 5))
OF_OWEN, LONG_AGO, NO_MESSAGE = "1500000005.000100", "1500000007.000100", "1500000000.000100"

posting = partial(own, "chat.postMessage")
update = partial(own, "chat.update", channel=HALL, ts=OF_MIA)
deletion = partial(own, "chat.delete", channel=HALL)
ephemeral = partial(own, "chat.postEphemeral", user="W0ADA000001")
permalink = partial(own, "chat.getPermalink", channel=HALL)
me = partial(own, "chat.meMessage", channel=HALL)

# Where it goes.

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

own(
    "chat.update",
    "block_mismatch",
    "Blocks without rich text come for rich text that a person wrote.",
    "xoxp-mia",
    props.rich_message,
    blocks='[{"type": "divider"}]',
)
own("chat.update", "streaming_state_conflict", "The message is being streamed.", "xoxb-kit", props.stream, text="x")

# What nothing brings about yet.

STREAMS = ("chat.appendStream", "chat.startStream", "chat.stopStream")
PACE = "Who posts too often is told so with HTTP status 429: ratelimited."
none("rate_limited", PACE, "chat.meMessage", "chat.postMessage", "chat.scheduleMessage", *STREAMS)
none(
    "message_limit_exceeded",
    "A workspace's messages have no limit.",
    *("chat.postEphemeral", "chat.postMessage", "chat.scheduleMessage", "chat.update", *STREAMS),
)
none("messages_tab_disabled", "An app's home has no tabs yet.", "chat.postEphemeral", "chat.postMessage", *STREAMS)
for code in ("draft_already_deleted", "draft_already_sent", "draft_has_conflict", "draft_not_found"):
    none(code, "There are no drafts.", "chat.postMessage")
none("restricted_action_thread_locked", "Nobody locks threads.", "chat.postMessage", *STREAMS)
none("as_user_not_supported", "It speaks of workspace apps, which the platform has retired.", "chat.postMessage", "chat.update")
none("edit_window_closed", "A workspace sets no time after which messages stay as they are.", "chat.update")
none("team_not_found", "The conversation is named by its id, whichever workspace it is in.", "chat.update")
none("update_failed", "Where storage fails, the method answers fatal_error.", "chat.update")
