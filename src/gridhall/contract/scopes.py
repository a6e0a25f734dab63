"""Scopes that depend on what kind of conversation is meant."""

from dataclasses import dataclass

PUBLIC, PRIVATE, IM, MPIM = "public", "private", "im", "mpim"


@dataclass(frozen=True, slots=True)
class ByKind:
    """The scopes of a method that acts on one conversation. Of each kind, any one of those named will do.

    Arguments:
        public, private, im, mpim: the scopes for a conversation of this kind; none where the method serves no such kind.
    """

    public: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    im: tuple[str, ...] = ()
    mpim: tuple[str, ...] = ()

    def of(self, kind: str) -> tuple[str, ...]:
        """The scopes for one kind of conversation."""
        found: tuple[str, ...] = getattr(self, kind)
        return found

    @property
    def every(self) -> tuple[str, ...]:
        """All scopes that may be needed, each once."""
        return tuple(dict.fromkeys((*self.public, *self.private, *self.im, *self.mpim)))


READ = ByKind(("channels:read",), ("groups:read",), ("im:read",), ("mpim:read",))
HISTORY = ByKind(("channels:history",), ("groups:history",), ("im:history",), ("mpim:history",))
# `channels:manage` is a bot's, `channels:write` a person's (and an older bot's). Source: the platform's page on scopes.
MANAGE = ByKind(("channels:manage", "channels:write"), ("groups:write",), ("im:write",), ("mpim:write",))
TOPIC = ByKind(
    ("channels:manage", "channels:write", "channels:write.topic"),
    ("groups:write", "groups:write.topic"),
    ("im:write", "im:write.topic"),
    ("mpim:write", "mpim:write.topic"),
)
INVITE = ByKind(
    ("channels:manage", "channels:write", "channels:write.invites"),
    ("groups:write", "groups:write.invites"),
    ("im:write",),
    ("mpim:write",),
)
JOIN = ByKind(public=("channels:join", "channels:write"))

CLIENT_SCOPE = "client"
"""The one scope that a client token is said to have. Source: seen in answers to the platform's own clients."""

CLIENT = frozenset(
    {
        "channels:history",
        "channels:read",
        "channels:write",
        "channels:write.invites",
        "channels:write.topic",
        "chat:write",
        "emoji:read",
        "groups:history",
        "groups:read",
        "groups:write",
        "groups:write.invites",
        "groups:write.topic",
        "im:history",
        "im:read",
        "im:write",
        "im:write.topic",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "mpim:write.topic",
        "pins:read",
        "pins:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "users.profile:read",
        "users.profile:write",
        "users:read",
        "users:read.email",
        "users:write",
    }
)
"""What that one stands for: whatever people do in a client. What administers an organization needs an app's token, and so does
what tells other services who somebody is."""
