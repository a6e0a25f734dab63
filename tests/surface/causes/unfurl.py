"""The codes of chat.unfurl."""

import json
from functools import partial

from surface import props
from surface.causes.declare import none, own

PREVIEW = props.PREVIEW
ELSEWHERE = "https://elsewhere.test/1"
WRONG_OBJECT = json.dumps({"entities": [{"app_unfurl_url": props.LINK}]})

unfurling = partial(own, "chat.unfurl")


def previewing(code: str, state: str, token: str = props.MIA, /, **arguments: str) -> None:
    """A cause with a message that has a link of the app's."""
    own("chat.unfurl", code, state, token, props.linking, **{"unfurls": PREVIEW} | arguments)


def preview(**fields: object) -> str:
    return json.dumps({props.LINK: fields})


# What is sent.

previewing("invalid_unfurls_format", "The previews are no JSON.", unfurls="none")
previewing(
    "invalid_blocks", "A block of the preview is of no kind that there is.", unfurls=preview(blocks=[{"type": "square"}])
)
previewing("cannot_parse_attachment", "The preview shows nothing.", unfurls=preview(callback_id="x"))
previewing("invalid_metadata_format", "The metadata has no Work Objects.", metadata="{}")
previewing("error_processing_metadata", "The Work Object says nothing but its link.", metadata=WRONG_OBJECT)
own("chat.unfurl", "missing_unfurls", "There are neither previews nor anything else.", props.MIA, props.linking)

# Which message is meant.

unfurling("missing_channel", "There is a `ts` without a channel.", props.MIA, ts=props.ASKED, unfurls=PREVIEW)
unfurling("missing_ts", "There is a channel without a `ts`.", props.MIA, channel=props.HALL, unfurls=PREVIEW)
unfurling("missing_source", "There is an `unfurl_id` without a source.", props.MIA, unfurl_id="U1", unfurls=PREVIEW)
unfurling("missing_unfurl_id", "There is a source without an `unfurl_id`.", props.MIA, source="composer", unfurls=PREVIEW)
unfurling("invalid_source", "The source is neither of the two.", props.MIA, unfurl_id="U1", source="x", unfurls=PREVIEW)
unfurling("invalid_unfurl_id", "No link has this id.", props.MIA, unfurl_id="U1", source="composer", unfurls=PREVIEW)
previewing("cannot_find_channel", "The channel is private, and the caller is not in it.", channel="C0VAULT0001")
previewing("cannot_find_message", "No message has this `ts`.", ts="1500000000.000100")
previewing("access_denied", "The channel is archived.", channel="C0OLD000001", ts="1500000008.000100")

# Whose links, and of whom.

previewing("cannot_find_service", "The app has no domains whose links it previews.", "xoxb-plain")
previewing("cannot_unfurl_message", "The message has no such link.", ts=props.ASKED)
unfurling(
    "cannot_unfurl_url",
    "The link leads outside of the app's domains.",
    props.MIA,
    lambda server: props.linking(server, link=ELSEWHERE),
    unfurls=json.dumps({ELSEWHERE: {"text": "x"}}),
)
unfurling(
    "cannot_auth_user",
    "A bot wrote the message, and its author is to sign in.",
    props.KIT,
    lambda server: props.linking(server, props.KIT),
    unfurls=PREVIEW,
    user_auth_required="true",
)
none("cannot_prompt", "Whether somebody was asked before is kept nowhere: there is no client that asks.", "chat.unfurl")
