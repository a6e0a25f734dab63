"""A sound call of every method, on `tests/data/states.yaml`: it answers ok to its caller, any number of times, in any order."""

from collections.abc import Callable, Mapping

from gridhall.catalogue.method import Method
from gridhall.contract.tokens import Token
from harness.live import Live
from surface import props

HALL = {"channel": props.HALL}
ASKED = props.ASKED
"""Mia has reacted to it, and Ada has pinned it."""

GWEN = {"user_ids": "W0GWEN00001"}
"""She is not signed in, and what becomes of her sessions is nobody's concern."""

OWN = {"channel_id": "C0OWN000001"}
"""A channel where nothing was said: nothing of it goes with its retention."""

# A function makes what it names, since the call uses it up. A method not named here needs no arguments.
SOUND: dict[str, Mapping[str, str] | Callable[[Live], Mapping[str, str]]] = {
    "admin.conversations.delete": lambda server: {"channel_id": props.channel(server)["channel"]},
    "admin.conversations.getCustomRetention": OWN,
    "admin.conversations.removeCustomRetention": OWN,
    "admin.conversations.setCustomRetention": OWN | {"duration_days": "30"},
    "admin.users.session.clearSettings": GWEN,
    "admin.users.session.getSettings": GWEN,
    "admin.users.session.invalidate": props.session,
    "admin.users.session.reset": {"user_id": "W0GWEN00001"},
    "admin.users.session.resetBulk": GWEN,
    "admin.users.session.setSettings": GWEN | {"duration": "86400"},
    "auth.revoke": {"test": "true"},
    "bots.info": {"bot": "B0KIT000001"},
    "chat.appendStream": lambda server: props.stream(server) | {"markdown_text": "More"},
    "chat.delete": props.message,
    "chat.deleteScheduledMessage": props.scheduled,
    "chat.getPermalink": HALL | {"message_ts": ASKED},
    "chat.meMessage": HALL | {"text": "is there"},
    "chat.postEphemeral": HALL | {"user": "W0ADA000001", "text": "For you"},
    "chat.postMessage": HALL | {"text": "For all"},
    "chat.scheduleMessage": lambda server: HALL | {"post_at": props.later(server), "text": "Later"},
    "chat.startStream": HALL | {"thread_ts": ASKED} | props.FOR_MIA,
    "chat.stopStream": lambda server: props.stream(server) | {"markdown_text": "Done"},
    "chat.unfurl": lambda server: props.linking(server) | {"unfurls": props.PREVIEW},
    "chat.update": lambda server: props.message(server) | {"text": "Mended"},
    "conversations.archive": props.channel,
    "conversations.close": lambda server: props.direct(server, open=True),
    "conversations.create": lambda server: {"name": props.name()},
    "conversations.history": HALL,
    "conversations.info": HALL,
    "conversations.invite": lambda server: props.channel(server) | {"users": "W0ADA000001"},
    "conversations.join": lambda server: props.channel(server, left=True),
    "conversations.kick": lambda server: props.channel(server, with_ada=True) | {"user": "W0ADA000001"},
    "conversations.leave": props.channel,
    "conversations.mark": props.message,
    "conversations.members": HALL,
    "conversations.open": lambda server: props.direct(server, open=False),
    "conversations.rename": lambda server: props.channel(server) | {"name": props.name()},
    "conversations.replies": HALL | {"ts": ASKED},
    "conversations.setPurpose": lambda server: props.channel(server) | {"purpose": "To be tested"},
    "conversations.setTopic": lambda server: props.channel(server) | {"topic": "Tests"},
    "conversations.unarchive": lambda server: props.channel(server, archived=True),
    "oversight.chat.delete": props.message,
    "oversight.chat.info": HALL | {"ts": ASKED},
    "oversight.chat.restore": props.tombstoned,
    "oversight.chat.tombstone": props.message,
    "oversight.chat.update": lambda server: props.message(server) | {"text": "Withheld"},
    "oversight.conversations.info": HALL,
    "oversight.conversations.members": HALL,
    "oversight.user.conversations": {"user": "W0MIA000001"},
    "oversight.user.info": {"user": "W0MIA000001"},
    "pins.add": lambda server: props.item(server, in_fresh_channel=True),
    "pins.list": HALL,
    "pins.remove": props.pinned,
    "reactions.add": lambda server: props.item(server) | {"name": "wave"},
    "reactions.get": HALL | {"timestamp": ASKED},
    "reactions.remove": props.reacted,
    "users.info": {"user": "W0MIA000001"},
    "users.lookupByEmail": {"email": "mia@states.test"},
    "users.profile.set": {"name": "title", "value": "Member"},
    "users.setPresence": {"presence": "auto"},
}


def caller(method: Method) -> str:
    """The token with which such a call is made: Mia's, or the bot's where the method takes no person's; the organization's
    primary owner's where it administers organizations, or oversees them."""
    if method.enterprise_only or method.on_request:
        return props.OWEN_ORG
    return props.MIA if method.tokens is None or Token.USER in method.tokens else props.KIT


def sound(server: Live, method: str) -> Mapping[str, str]:
    """The arguments of such a call."""
    chosen = SOUND.get(method, {})
    return chosen(server) if callable(chosen) else chosen


def fixed(method: str) -> Mapping[str, str]:
    """The same where nothing has to be made; else none."""
    chosen = SOUND.get(method, {})
    return {} if callable(chosen) else chosen
