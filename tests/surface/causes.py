"""What brings about each documented code of each method: a real state and a real call, or openly nothing yet.

Pairs of a method and a code come from `tests/data/documented_errors.json`, the platform's own reference pages. Each pair has
exactly one cause here, or exactly one reason why it has none (test_causes.py). No cause reaches into the server: states are
those of `tests/data/states.yaml`, of the disk, or of the connection.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridhall.app import registry
from gridhall.catalogue.method import Method, OrgToken
from gridhall.contract.tokens import Token
from gridhall.pipeline.rooms import ROOMS
from surface.stage import FORM, SOUND, Stage, call, full_disk, multipart, png, send, stall

DOCUMENTED: dict[str, list[str]] = json.loads((Path(__file__).parent.parent / "data/documented_errors.json").read_text())
METHODS: dict[str, Method] = {method.name: method for method in registry()}

Pair = tuple[str, str]
"""A method's name and a code."""

PAIRS: tuple[Pair, ...] = tuple((method, code) for method, codes in DOCUMENTED.items() for code in codes)

Applies = Callable[[Method], bool]
Bring = Callable[[Stage, Method], dict[str, Any]]


@dataclass(frozen=True)
class Cause:
    """What makes methods answer a code.

    Arguments:
        state: the real state, in one sentence.
        applies: tells the methods that answer the code for this cause.
        bring: brings the state about, makes the call, and gives the answer.
    """

    code: str
    state: str
    applies: Applies
    bring: Bring


@dataclass(frozen=True)
class NoCause:
    """Why no state makes methods answer a code that they document."""

    code: str
    reason: str
    applies: Applies


CAUSES: list[Cause] = []


def cause(code: str, applies: Applies, state: str) -> Callable[[Bring], Bring]:
    def declare(bring: Bring) -> Bring:
        CAUSES.append(Cause(code, state, applies, bring))
        return bring

    return declare


def every(method: Method) -> bool:
    return True


def takes_token(method: Method) -> bool:
    return method.tokens is not None


def takes_none(method: Method) -> bool:
    return method.tokens is None


def named(*names: str) -> Applies:
    unknown = set(names) - METHODS.keys()
    assert not unknown, unknown
    return lambda method: method.name in names


def others(applies: Applies) -> Applies:
    """The methods with a token that something does not apply to."""
    return lambda method: takes_token(method) and not applies(method)


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
    return method.org_token in (OrgToken.NAMES_TEAM, OrgToken.NAMES_TEAM_OR_ORGANIZATION)


@cause("enterprise_is_restricted", refuses_org_token, "The token is org-level, and the method is for workspaces.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-owen-org")


@cause("team_access_not_granted", names_team, "An org-level token names a workspace that the app was not granted.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.open, method.name, "xoxp-owen-org", {**SOUND.get(method.name, {}), "team_id": "T0OUTSIDE01"})


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
    return call(stage.open, method.name, "xoxp-no-scopes")


# The rate.


@cause("ratelimited", every, "The call before this one used up the limit.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    call(stage.counting, method.name, "xoxp-mia")
    return call(stage.counting, method.name, "xoxp-mia")


# Storage.


def writes(method: Method) -> bool:
    return method.writes


# Of each method that writes: what is called before, and the arguments that then change something (None: the sound ones).
CHANGES: dict[str, tuple[str, dict[str, str] | None]] = {
    "auth.revoke": ("auth.test", {}),
    "users.deletePhoto": ("users.setPhoto", {}),
    "users.profile.set": ("users.profile.set", {"name": "title", "value": "Boss"}),
    "users.setPhoto": ("users.deletePhoto", None),
    "users.setPresence": ("users.setPresence", {"presence": "away"}),
}


def only_reads(method: Method) -> bool:
    return takes_token(method) and not method.writes


@cause("fatal_error", writes, "The disk is full: the database's files cannot grow.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    before, change = CHANGES[method.name]
    assert call(stage.open, before, "xoxp-mia")["ok"]
    with full_disk():
        return call(stage.open, method.name, "xoxp-mia", change)


@cause("fatal_error", only_reads, "The database's file is damaged where its tokens were.")
def _(stage: Stage, method: Method) -> dict[str, Any]:
    return call(stage.damaged, method.name, "xoxp-mia")


# What methods refuse with codes of their own.


def own(method: str, code: str, state: str, token: str, **arguments: str) -> None:
    """A cause of one method alone: one call by one token."""

    def bring(stage: Stage, called: Method) -> dict[str, Any]:
        return call(stage.open, called.name, token, arguments)

    CAUSES.append(Cause(code, state, named(method), bring))


GUEST_SEES_NOT = "A guest names a person with whom they share no conversation."

own("auth.revoke", "not_bearer_token", "The token is a legacy one.", "xoxs-mia")
own("auth.teams.list", "invalid_cursor", "The cursor is none that this listing made.", "xoxp-mia", cursor="none")
own("auth.teams.list", "invalid_limit", "The limit is 0.", "xoxp-mia", limit="0")
own("bots.info", "bot_not_found", "No bot has this id.", "xoxp-mia", bot="B0NOBODY001")
own("bots.info", "missing_argument", "The token is org-level, and no workspace is named.", "xoxp-owen-org", bot="B0KIT000001")
own("bots.info", "team_not_found", "No workspace has the `team_id`.", "xoxp-owen-org", team_id="T0NOWHERE01")
own("team.info", "enterprise_not_found", "No organization of the caller's has this id.", "xoxp-mia", team="E0CLOSED001")
own(
    "team.info",
    "fail_to_get_teams_for_restricted_user",
    "A guest asks about a workspace that is not theirs.",
    "xoxp-gus",
    team="T0OUTSIDE01",
)
own(
    "team.info",
    "team_access_not_granted",
    "An org-level token asks about a workspace out of its reach.",
    "xoxp-owen-org",
    team="T0OUTSIDE01",
)
own("team.info", "team_not_found", "No workspace of the organization has this id.", "xoxp-mia", team="T0CLOSED001")
own("team.info", "team_not_on_enterprise", "A lone workspace asks by domain.", "xoxp-solo", domain="states-main")
own("users.conversations", "access_denied", GUEST_SEES_NOT, "xoxp-gus", user="W0MIA000001")
own("users.conversations", "invalid_cursor", "The cursor is none that this listing made.", "xoxp-mia", cursor="none")
own("users.conversations", "invalid_limit", "The limit is 1,000.", "xoxp-mia", limit="1000")
own("users.conversations", "invalid_types", "The type is none of the four.", "xoxp-mia", types="public_channel,square")
own("users.conversations", "missing_argument", "The token is org-level, and no workspace is named.", "xoxp-owen-org")
own("users.getPresence", "access_denied", GUEST_SEES_NOT, "xoxp-gus", user="W0MIA000001")
own("users.identity", "email_not_verified", "The person has not confirmed their address.", "xoxp-una")
own("users.info", "user_not_found", "No person or bot has this id.", "xoxp-mia", user="W0NOBODY001")
own("users.info", "user_not_visible", GUEST_SEES_NOT, "xoxp-gus", user="W0MIA000001")
own("users.list", "invalid_cursor", "The cursor is none that this listing made.", "xoxp-mia", cursor="none")
own("users.list", "limit_required", "The workspace is larger than it may be listed in one piece.", "xoxp-owen-large")
own("users.list", "missing_argument", "The token is org-level, and no workspace is named.", "xoxp-owen-org")
own("users.lookupByEmail", "users_not_found", "Nobody has this address.", "xoxp-mia", email="nobody@states.test")
own("users.profile.get", "user_not_found", "No person or bot has this id.", "xoxp-mia", user="W0NOBODY001")
own("users.setPresence", "invalid_presence", "The presence is neither `auto` nor `away`.", "xoxp-mia", presence="busy")


def profile(code: str, state: str, token: str, user: str = "", **fields: str) -> None:
    """A cause of users.profile.set."""
    arguments = {"profile": json.dumps(fields)} | ({"user": user} if user else {})
    own("users.profile.set", code, state, token, **arguments)


profile("cannot_update_admin_user", "An administrator changes an owner.", "xoxp-ada", "W0OWEN00001", title="Boss")
profile("email_taken", "Somebody else has the address.", "xoxp-owen", "W0MIA000001", email="Ada@states.test")
profile("invalid_emoji_not_allowed", "The name holds an emoji.", "xoxp-mia", real_name="Mia \N{PILE OF POO}")
profile("invalid_profile", "The address is none.", "xoxp-owen", "W0MIA000001", email="mia")
profile("invalid_starts_with_at", "The display name begins with an at sign.", "xoxp-mia", display_name="@mia")
profile("must_clear_both_status_text_and_status_emoji", "Only the status's text is cleared.", "xoxp-mia", status_text="")
profile("name_not_allowed", "The display name is `everyone`.", "xoxp-mia", display_name="everyone")
profile("not_admin", "A member changes somebody else.", "xoxp-mia", "W0ADA000001", title="Boss")
profile("not_app_admin", "An administrator changes a bot that is none of their making.", "xoxp-ada", "W0KITBOT001", title="Bot")
profile("profile_set_failed", "No person has this id.", "xoxp-ada", "W0NOBODY001", title="Nobody")
profile("reserved_name", "The name is `Slackbot`.", "xoxp-mia", real_name="Slackbot")
profile("too_long", "The status's text has 101 characters.", "xoxp-mia", status_text="x" * 101)


def photo(code: str, state: str, data: bytes) -> None:
    """A cause of users.setPhoto."""

    def bring(stage: Stage, method: Method) -> dict[str, Any]:
        return send(stage.open, method.name, "xoxp-mia", *multipart({}, {"image": data}))

    CAUSES.append(Cause(code, state, named("users.setPhoto"), bring))


FRAME = b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
ANIMATION = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" + FRAME * 101 + b"\x3b"

photo("bad_image", "The file is no picture.", b"not a picture")
photo("too_large", "The picture is 20,000 pixels wide.", png(20_000, 1))
photo("too_many_frames", "The animation has 101 frames.", ANIMATION)


# What nothing brings about yet.

TOKENS = {code.code for room in ("authenticate", "address", "authorize") for code in ROOMS[room]} - {
    "access_denied",
    "feature_not_enabled",
    "service_unavailable",
}

NO_CAUSES: list[NoCause] = [
    *(NoCause(code, "The method takes no token, and looks at none.", takes_none) for code in sorted(TOKENS)),
    NoCause("access_denied", "The method gives nothing away that anybody could be denied.", takes_none),
    NoCause("fatal_error", "The method needs no database.", takes_none),
    NoCause("service_unavailable", "The method needs no database, and is no organization's.", takes_none),
    NoCause("internal_error", "Only a defect answers it: known ones are mended, and every test fails on it.", every),
    NoCause("deprecated_endpoint", "No address of the Web API is deprecated here.", every),
    NoCause("method_deprecated", "No method is refused as deprecated; users.setActive answers it as a warning.", every),
    NoCause(
        "no_permission", "It speaks of workspace tokens, a kind that the platform has retired and the server lacks.", every
    ),
    NoCause(
        "access_denied",
        "Whom the method refuses for their standing, it refuses with codes of its own.",
        others(named("users.conversations", "users.getPresence")),
    ),
    NoCause("enterprise_is_restricted", "The method serves org-level tokens.", others(refuses_org_token)),
    NoCause(
        "team_access_not_granted",
        "The method is told no workspace that might be out of reach.",
        others(lambda method: names_team(method) or method.name == "team.info"),
    ),
    NoCause("not_allowed_token_type", "The method takes tokens of every kind.", others(refuses_a_kind)),
    NoCause("missing_scope", "The method needs no scope.", others(needs_scope)),
    NoCause("bots_not_found", "The method tells about one bot, which answers bot_not_found.", named("bots.info")),
    NoCause("missing_user", "The method is told no person.", named("team.info")),
    NoCause("user_not_found", "The method is told no person.", named("team.info")),
    NoCause("org_not_found", "An unknown organization answers enterprise_not_found.", named("team.info")),
    NoCause(
        "method_not_supported_for_channel_type", "The method lists conversations of every type.", named("users.conversations")
    ),
    NoCause("invalid_user_id", "The method is told no person: the token says who.", named("users.identity")),
    NoCause("too_many_users", "The method tells about one person.", named("users.info")),
    NoCause("invalid_ooo_message", "There are no out-of-office messages yet.", named("users.profile.set")),
    NoCause("partial_profile_set_failed", "A profile is set whole, or not at all.", named("users.profile.set")),
    NoCause("permission_denied", "Who may not is told why: not_admin and its like.", named("users.profile.set")),
    NoCause("sudo_required", "There is no asking for the password again.", named("users.profile.set")),
    NoCause("username_same", "The method does not set the username.", named("users.profile.set")),
]

# Codes that rooms answer though no page of these methods documents them, and why.
OURS: dict[str, str] = {
    "unknown_method": "The method does not exist: the platform answers so for every such name.",
    "invalid_json": "The JSON body cannot be read; the platform's page on its Web API documents the code for all methods.",
    "json_not_object": "The JSON body is no object; documented on the same page.",
    "feature_not_enabled": "The plan does not include the method: for admin methods without an Enterprise organization.",
}


def causes_of(pair: Pair) -> list[Cause]:
    method, code = pair
    return [cause for cause in CAUSES if cause.code == code and cause.applies(METHODS[method])]


def reasons_against(pair: Pair) -> list[NoCause]:
    method, code = pair
    return [reason for reason in NO_CAUSES if reason.code == code and reason.applies(METHODS[method])]
