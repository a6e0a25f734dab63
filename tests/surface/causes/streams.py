"""The codes of chat.startStream, chat.appendStream and chat.stopStream, which bots alone call."""

import json

from surface import props
from surface.causes.content import BLOCK, LONG, LONG_EVENT, NO_EVENT, WRONG_EVENT
from surface.causes.declare import Own, none, own

START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"
WHERE = {"channel": props.HALL, "thread_ts": props.ASKED}


def starting(code: str, state: str, /, **arguments: str) -> None:
    """A cause of chat.startStream."""
    own(START, code, state, props.KIT, **WHERE | props.FOR_MIA | arguments)


def going_on(method: str) -> Own:
    """What declares a cause of a method that writes on, with a stream that the calling app has just begun."""

    def declare(code: str, state: str, /, **arguments: str) -> None:
        own(method, code, state, props.KIT, props.stream, **arguments)

    return declare


appending, stopping = going_on(APPEND), going_on(STOP)

# What is written.


def chunk(*blocks: object) -> str:
    return json.dumps([{"type": "blocks", "blocks": blocks}])


LONG_BLOCK = {"type": "section", "text": {"type": "plain_text", "text": LONG}}

for method in (starting, appending, stopping):
    method("invalid_blocks", "A block in a chunk is of no kind that there is.", chunks=chunk({"type": "square"}))
    method("invalid_chunks", "A chunk is of no kind that there is.", chunks='[{"type": "square"}]')
    method("msg_blocks_too_long", "The blocks in a chunk have over 100,000 characters.", chunks=chunk(LONG_BLOCK))
    method("msg_blocks_too_many", "There are 51 blocks in a chunk.", chunks=chunk(*[BLOCK] * 51))
    method("msg_too_long", "The Markdown has 12,001 characters.", markdown_text="x" * 12_001)
    method(
        "cannot_provide_both_markdown_text_and_chunks",
        "There are both `markdown_text` and `chunks`.",
        markdown_text="x",
        chunks=chunk(BLOCK),
    )
for method in (appending, stopping):
    method("streaming_mode_mismatch", "The stream began with text, and chunks come.", chunks=chunk(BLOCK))
appending("no_text", "There is neither text nor a chunk.")
own(STOP, "no_text", "Nothing was ever written.", props.KIT, lambda server: props.stream(server, ""))
stopping("invalid_metadata_format", "The metadata is no whole event.", metadata=NO_EVENT)
stopping("invalid_metadata_schema", "The event's payload is no object.", metadata=WRONG_EVENT)
stopping("metadata_too_large", "The metadata has over 16 KiB.", metadata=LONG_EVENT)

# Where, and for whom.

starting("invalid_thread_ts", "No message has this `ts`.", thread_ts="1500000000.000100")
own(START, "missing_recipient_user_id", "The conversation is a channel, and no person is named.", props.KIT, **WHERE)
own(
    START,
    "missing_recipient_team_id",
    "The conversation is a channel, and no workspace is named.",
    props.KIT,
    **WHERE,
    recipient_user_id="W0MIA000001",
)
starting("user_not_found", "No person has this id.", recipient_user_id="W0NOBODY001")
starting("team_not_found", "No workspace of the organization has this id.", recipient_team_id="T0NOWHERE01")
for method in (starting, appending, stopping):
    method("restricted_action_read_only_channel", "Only administrators post and reply.", channel="C0READ00001")
    method("restricted_action_non_threadable_channel", "Everybody posts; only administrators reply.", channel="C0FLAT00001")
for method in (appending, stopping):
    method("message_not_found", "No message has this `ts`.", ts="1500000000.000100", markdown_text="x")
for name in (APPEND, STOP):
    own(name, "message_not_owned_by_app", "Another app streams it.", "xoxb-plain", props.stream, markdown_text="x")
    own(
        name,
        "message_not_in_streaming_state",
        "The stream was finished.",
        props.KIT,
        lambda server: props.stream(server, stopped=True),
        markdown_text="x",
    )

# What nothing brings about yet.

none("channel_type_not_supported", "There are streams in conversations of every type.", START, APPEND, STOP)
none("duplicate_channel_not_found", "The method is told no id of the client's own.", START, APPEND, STOP)
none("duplicate_message_not_found", "The method is told no id of the client's own.", START, APPEND, STOP)
none("invalid_blocks_format", "Blocks come in chunks, of which what is no such thing is invalid_chunks.", START)
none("messaging_processing_failed", "Where storage fails, the method answers fatal_error.", START, APPEND)
none("no_text", "A stream may begin with nothing.", START)
for code in ("invalid_metadata_format", "invalid_metadata_schema", "metadata_must_be_sent_from_app", "metadata_too_large"):
    none(code, "The method takes no metadata: the platform's page names none among its arguments.", START, APPEND)
none("metadata_must_be_sent_from_app", "Only bots call the method, and each is an app's.", STOP)
none("restricted_action", "A stream is a reply, and everybody replies in the general channel.", START, APPEND, STOP)
none("restricted_action_thread_only_channel", "A stream is a reply.", START, APPEND, STOP)
none("stopped_by_user", "There is no client in which somebody could stop a stream.", APPEND)
none("as_user_not_supported", "The method takes no `as_user`: the platform's page names none.", APPEND, STOP)
none("too_many_attachments", "The method takes no attachments: the platform's page names none.", APPEND, STOP)
none("attachment_payload_limit_exceeded", "The method takes no attachments: the platform's page names none.", STOP)
none("cannot_reply_to_message", "The stream was let begin as a reply, and stays one.", STOP)
none("team_not_found", "The conversation is named by its id, whichever workspace it is in.", APPEND, STOP)
