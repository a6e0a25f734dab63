"""The codes of chat.scheduleMessage, chat.deleteScheduledMessage and chat.scheduledMessages.list, but for those of content."""

from functools import partial

from harness.live import Live
from surface import props
from surface.causes.content import scheduling
from surface.causes.declare import none, own

HALL = props.HALL
GOOD_TOKENS = "A token that is not good is told so before: invalid_auth and its like."

timing = partial(own, "chat.scheduleMessage", channel=HALL, text="x")
timing("invalid_time", "`post_at` is no number.", "xoxp-mia", post_at="tomorrow")
timing("time_in_past", "`post_at` has passed.", "xoxp-mia", post_at="1500000000")
timing("time_too_far", "`post_at` is more than 120 days away.", "xoxp-mia", post_at="9999999999")


def beside_many(server: Live) -> dict[str, str]:
    """A time for which as many messages wait in a channel as can."""
    channel, post_at = props.channel(server)["channel"], props.later(server)
    for _ in range(30):
        props.do(server, "chat.scheduleMessage", channel=channel, text="Later", post_at=post_at)
    return {"channel": channel, "post_at": post_at}


own(
    "chat.scheduleMessage",
    "restricted_too_many",
    "30 messages are posted to the channel within five minutes of it.",
    "xoxp-mia",
    beside_many,
    text="x",
)
scheduling("restricted_action", "Only owners post in the general channel.", "xoxp-mia", channel="C0GENERAL01", text="x")
scheduling(
    "restricted_action_read_only_channel", "Only administrators post and reply.", "xoxp-mia", channel="C0READ00001", text="x"
)
scheduling(
    "restricted_action_thread_only_channel",
    "Only administrators post; everybody replies.",
    "xoxp-mia",
    channel="C0THREAD001",
    text="x",
)
scheduling(
    "restricted_action_non_threadable_channel",
    "Everybody posts; only administrators reply.",
    "xoxp-mia",
    channel="C0FLAT00001",
    text="x",
    thread_ts="1500000005.000100",
)
own(
    "chat.deleteScheduledMessage",
    "invalid_scheduled_message_id",
    "Somebody else scheduled the message.",
    "xoxp-mia",
    lambda server: props.scheduled(server, "xoxp-ada"),
)
listing = partial(own, "chat.scheduledMessages.list")
listing("invalid_channel", "The channel is private, and the caller is not in it.", "xoxp-mia", channel="C0VAULT0001")
listing("invalid_cursor", "The cursor is none that this listing made.", "xoxp-mia", cursor="none")

# What nothing brings about yet.

none("bad_token", GOOD_TOKENS, "chat.deleteScheduledMessage")
none("invalid_token", GOOD_TOKENS, "chat.scheduleMessage", "chat.scheduledMessages.list")
