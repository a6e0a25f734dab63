"""The codes of reactions.* and pins.*"""

from functools import partial

from harness.live import Live
from surface import props
from surface.causes.declare import none, own

HALL, YARD = props.HALL, "C0YARD00001"
ASKED, NOTHING, JOINED = "1500000002.000100", "1500000000.000100", "1500000001.000100"
IN_YARD = {"channel": YARD, "timestamp": "1500000006.000100"}

adding = partial(own, "reactions.add", channel=HALL, timestamp=ASKED, name="wave")
removing = partial(own, "reactions.remove", channel=HALL, timestamp=ASKED, name="wave")
getting = partial(own, "reactions.get", channel=HALL, timestamp=ASKED)
pinning = partial(own, "pins.add", channel=HALL, timestamp=ASKED)
unpinning = partial(own, "pins.remove", channel=HALL, timestamp=ASKED)

for method in (adding, removing, getting, pinning, unpinning):
    method("bad_timestamp", "The `timestamp` is none.", "xoxp-mia", timestamp="now")
    method("message_not_found", "No message has this `ts`.", "xoxp-mia", timestamp=NOTHING)
    method("no_item_specified", "No message is named.", "xoxp-mia", timestamp="")

# Reactions.

NO_BOTS = "The caller is a bot, and not in the public channel."

for method in (adding, removing):
    method("no_access", NO_BOTS, "xoxb-kit", **IN_YARD)
getting("access_denied", NO_BOTS, "xoxb-kit", **IN_YARD)
for method in (adding, removing):
    method("invalid_name", "No emoji goes by this name.", "xoxp-mia", name="nothing_of_the_kind")
adding("already_reacted", "The caller has reacted so.", "xoxp-mia")
adding("not_reactable", "A file is named: nobody reacts to files any more.", "xoxp-mia", file="F0FILE00001")
removing("no_reaction", "The caller has not reacted so.", "xoxp-mia", name="tada")
for code, what in (("file_not_found", "file"), ("file_comment_not_found", "file_comment")):
    for method in (removing, getting):
        method(code, "There is no such thing: there are no files yet.", "xoxp-mia", channel="", **{what: "F0FILE00001"})
own("reactions.list", "user_not_found", "No person or bot has this id.", "xoxp-mia", user="W0NOBODY001")

EMOJI = [f"clock{hour}{half}" for hour in range(1, 13) for half in ("", "30")]
EMOJI += [f"flag-{country}" for country in ("at", "au", "be", "bg", "br", "ca", "ch", "cl", "dk", "eg", "fi", "gr", "hr", "hu")]
EMOJI += [f"flag-{country}" for country in ("ie", "il", "in", "is", "ke", "lt", "lv", "ma", "mx", "nl", "no", "nz", "pl", "se")]
PEOPLE = ("xoxp-owen", "xoxp-ada", "xoxp-una")


def with_many_emoji(server: Live) -> dict[str, str]:
    """A message with as many different emoji as can be."""
    item = props.item(server)
    for place, name in enumerate(EMOJI[:50]):
        props.do(server, "reactions.add", PEOPLE[place % len(PEOPLE)], **item, name=name)
    return item


def with_many_reactions(server: Live) -> dict[str, str]:
    """A message with as many reactions of Mia's as can be."""
    item = props.item(server)
    for name in EMOJI[:23]:
        props.do(server, "reactions.add", **item, name=name)
    return item


# What the calls name comes from the maker: so no arguments stand before it.
own(
    "reactions.add",
    "too_many_emoji",
    "There are 50 different emoji under the message.",
    "xoxp-mia",
    with_many_emoji,
    name="wave",
)
own(
    "reactions.add",
    "too_many_reactions",
    "The caller has given the message 23 reactions.",
    "xoxp-mia",
    with_many_reactions,
    name="wave",
)

# Pins.


def beside_many_pins(server: Live) -> dict[str, str]:
    """A message of a channel with as many pins as can be."""
    channel = props.channel(server)["channel"]
    for _ in range(100):
        props.do(server, "pins.add", **props.message(server, "timestamp", channel))
    return props.message(server, "timestamp", channel)


pinning("already_pinned", "The message is pinned.", "xoxp-mia")
pinning("not_pinnable", "The message tells that somebody joined.", "xoxp-mia", timestamp=JOINED)
pinning("restricted_action", "The channel is archived.", "xoxp-mia", channel="C0OLD000001", timestamp="1500000007.000100")
own("pins.add", "too_many_pins", "The channel has 100 pins.", "xoxp-mia", beside_many_pins)
unpinning("no_pin", "The message is not pinned.", "xoxp-mia", timestamp="1500000004.000100")
unpinning("restricted_action", "The caller is not in the public channel.", "xoxp-mia", **IN_YARD)
own("pins.list", "restricted_action", NO_BOTS, "xoxb-kit", channel=YARD)

# What nothing brings about yet.

none("thread_locked", "Nobody locks threads.", "reactions.add", "reactions.remove")
none(
    "file_not_found", "The method takes no file: the platform's page names none among its arguments.", "pins.add", "pins.remove"
)
none("file_comment_not_found", "The method takes no file: the platform's page names none among its arguments.", "pins.remove")
none("file_not_shared", "The method takes no file: the platform's page names none among its arguments.", "pins.add")
none("not_pinned", "A message without a pin is no_pin, as in the platform's example.", "pins.remove")
