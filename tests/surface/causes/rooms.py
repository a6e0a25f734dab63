"""Codes that rooms answer for every method alike."""

from typing import Any

from gridhall.catalogue.method import Method, OrgToken
from gridhall.contract.tokens import Token
from gridhall.pipeline.rooms import ROOMS
from surface.causes.declare import METHODS, NO_CAUSES, NoCause, cause, every, others, takes_none, takes_token
from surface.sound import caller, fixed, sound
from surface.stage import FORM, ONE_CALL, Stage, call, full_disk, send, stall

# The envelope.


@cause("missing_post_type", every, "A body comes without a Content-Type.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return send(stage.open, method.name, None, b"a=1", None)


@cause("invalid_post_type", every, "The Content-Type is `application/xml`.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return send(stage.open, method.name, None, b"<a/>", "application/xml")


@cause("invalid_charset", every, "The Content-Type names the charset utf-7.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return send(stage.open, method.name, None, b"a=1", f"{FORM}; charset=utf-7")


@cause("invalid_form_data", every, "The form's text is no UTF-8.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return send(stage.open, method.name, None, b"a=\xff", FORM)


@cause("invalid_arg_name", every, "An argument is called `no-name`.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return send(stage.open, method.name, None, b"no-name=1", FORM)


@cause("invalid_array_arg", every, "An argument is sent as an array, `user[]=…`.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return send(stage.open, method.name, None, b"user[]=1&user[]=2", FORM)


@cause("invalid_arguments", every, "The query's text is no UTF-8.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return send(stage.open, method.name, None, b"", FORM, query="user=%FF")


@cause("request_timeout", every, "A body is announced and never comes.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return stall(stage.impatient, method.name)


# Authentication.


@cause("not_authed", takes_token, "No token is sent.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, None)


@cause("invalid_auth", takes_token, "The token is none that the server knows.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-nobody")


@cause("token_revoked", takes_token, "The person's token was revoked.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-revoked")


@cause("account_inactive", takes_token, "The bot's app was removed.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxb-removed")


@cause("token_expired", takes_token, "The token's time is over.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-expired")


@cause("accesslimited", takes_token, "The workspace's allowlist leaves out the caller's network.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-walled")


@cause("two_factor_setup_required", takes_token, "The workspace requires a second factor, and the person has none.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-one-factor")


# The address.


@cause("service_unavailable", takes_token, "The organization is under maintenance.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-closed")


@cause("ekm_access_denied", takes_token, "The organization's encryption key was withdrawn.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-locked")


@cause("team_added_to_org", takes_token, "The workspace is being moved into an organization.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-moving")


@cause("org_login_required", takes_token, "The workspace was moved, and waits for its people to sign in to the organization.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-sign-in")


def refuses_org_token(method: Method) -> bool:
    return method.org_token is OrgToken.REFUSED


def names_team(method: Method) -> bool:
    return method.org_token not in (OrgToken.SERVES, OrgToken.REFUSED)


@cause("enterprise_is_restricted", refuses_org_token, "The token is org-level, and the method is for workspaces.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-owen-org")


def takes_team(method: Method) -> bool:
    """Whether an overseer may say where a conversation has to be."""
    return method.on_request and any(argument.name == "team" for argument in method.arguments)


@cause("team_access_not_granted", names_team, "An org-level token names a workspace that the app was not granted.")
@cause("team_access_not_granted", takes_team, "An org-level token names a workspace that the app was not granted.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    outside = {"team" if takes_team(method) else "team_id": "T0OUTSIDE01"}
    return call(stage.open, method.name, "xoxp-owen-org", {**sound(stage.open, method.name), **outside})


# Authorization.

# A token of each kind, sound but for its kind.
OF_KIND = {Token.APP: "xapp-kit", Token.BOT: "xoxb-kit", Token.USER: "xoxp-mia", Token.LEGACY: "xoxs-mia"}


def refused_kinds(method: Method) -> list[Token]:
    return [] if method.tokens is None else [kind for kind in OF_KIND if kind not in method.tokens]


def refuses_a_kind(method: Method) -> bool:
    return bool(refused_kinds(method))


def needs_scope(method: Method) -> bool:
    return bool(method.scopes.accepted)


@cause("not_allowed_token_type", refuses_a_kind, "The token is of a kind that the method does not take, such as app-level.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, OF_KIND[refused_kinds(method)[0]])


@cause("missing_scope", needs_scope, "The token has no scopes.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxb-no-scopes" if caller(method).startswith("xoxb") else "xoxp-no-scopes")


# The rate.


@cause("ratelimited", every, "The call before this one used up the limit.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    if any(counted.shared for counted in method.limits):
        # Another method may have used up what they share; so seldom does this server let a call pass.
        stage.counting.move(advance=1 / ONE_CALL)
    # Calls are counted before their arguments are read, and making what a sound one names would use up the limits of others.
    arguments = fixed(method.name)
    assert call(stage.counting, method.name, caller(method), arguments).get("error") != "ratelimited"
    return call(stage.counting, method.name, caller(method), arguments)


# Storage.


def stores(method: Method) -> bool:
    """What is shown to one person is kept nowhere, though nobody may archive the channel meanwhile."""
    return method.writes and method.name != "chat.postEphemeral"


# Of methods that would change nothing when called again: what is called before, and the arguments that then change something
# (None: the sound ones).
CHANGES: dict[str, tuple[str, dict[str, str] | None]] = {
    "admin.conversations.removeCustomRetention": ("admin.conversations.setCustomRetention", None),
    "admin.conversations.setCustomRetention": ("admin.conversations.removeCustomRetention", None),
    "admin.users.session.clearSettings": ("admin.users.session.setSettings", None),
    "auth.revoke": ("auth.test", {}),
    "users.deletePhoto": ("users.setPhoto", {}),
    "users.profile.set": ("users.profile.set", {"name": "title", "value": "Boss"}),
    "users.setPhoto": ("users.deletePhoto", None),
    "users.setPresence": ("users.setPresence", {"presence": "away"}),
}


@cause("fatal_error", stores, "The disk is full: the database's files cannot grow.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    if method.name in CHANGES:
        before, change = CHANGES[method.name]
        assert call(stage.open, before, caller(METHODS[before]))["ok"]
    else:
        change = dict(sound(stage.open, method.name))
    with full_disk():
        return call(stage.open, method.name, caller(method), change)


def looks(method: Method) -> bool:
    return method.on_request and not method.writes


@cause("fatal_error", looks, "The disk is full: that somebody looked cannot be written down, and they are shown nothing.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    arguments = sound(stage.open, method.name)
    with full_disk():
        return call(stage.open, method.name, caller(method), arguments)


@cause(
    "fatal_error",
    others(lambda method: stores(method) or looks(method)),
    "The database's file is damaged where its tokens were.",
)
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.damaged, method.name, caller(method), fixed(method.name))


# What nothing brings about yet.

TOKENS = {code.code for room in ("authenticate", "address", "authorize") for code in ROOMS[room]} - {
    "access_denied",
    "feature_not_enabled",
    "service_unavailable",
}

DENIES = (
    *(
        "admin.users.session.reset",
        "chat.meMessage",
        "chat.unfurl",
        "conversations.join",
        "conversations.unarchive",
        "reactions.get",
    ),
    *("users.conversations", "users.getPresence"),
)

NO_CAUSES += [
    *(NoCause(code, "The method takes no token, and looks at none.", takes_none) for code in sorted(TOKENS)),
    NoCause("access_denied", "The method gives nothing away that anybody could be denied.", takes_none),
    NoCause("fatal_error", "The method needs no database.", takes_none),
    NoCause("service_unavailable", "The method needs no database, and is no organization's.", takes_none),
    NoCause("internal_error", "Only a defect answers it: known ones are mended, and every test fails on it.", every),
    NoCause("deprecated_endpoint", "No address of the Web API is deprecated here.", every),
    NoCause("method_deprecated", "No method is refused as deprecated; users.setActive answers it as a warning.", every),
    NoCause(
        "no_permission",
        "It speaks of workspace tokens, a kind that the platform has retired and the server lacks.",
        lambda method: not method.enterprise_only and not method.on_request,
    ),
    NoCause(
        "no_permission",
        "On these pages it speaks of posting; who may not oversee is answered access_denied, whatever token they have.",
        lambda method: method.on_request,
    ),
    NoCause(
        "access_denied",
        "Whom the method refuses for their standing, it refuses with codes of its own.",
        others(lambda method: method.name in DENIES or method.on_request),
    ),
    NoCause("enterprise_is_restricted", "The method serves org-level tokens.", others(refuses_org_token)),
    NoCause(
        "team_access_not_granted",
        "The method is told no workspace that might be out of reach.",
        others(lambda method: names_team(method) or takes_team(method) or method.name == "team.info"),
    ),
    NoCause("not_allowed_token_type", "The method takes tokens of every kind.", others(refuses_a_kind)),
    NoCause("missing_scope", "The method needs no scope.", others(needs_scope)),
]
