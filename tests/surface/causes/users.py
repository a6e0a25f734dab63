"""The codes of api.test, auth.*, bots.*, team.* and users.*"""

import json
from typing import Any

from gridhall.catalogue.method import Method
from surface.causes.declare import CAUSES, Cause, named, none, own
from surface.stage import Stage, multipart, png, send

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


none("bots_not_found", "The method tells about one bot, which answers bot_not_found.", "bots.info")
none("missing_user", "The method is told no person.", "team.info")
none("user_not_found", "The method is told no person.", "team.info")
none("org_not_found", "An unknown organization answers enterprise_not_found.", "team.info")
none("invalid_user_id", "The method is told no person: the token says who.", "users.identity")
none("too_many_users", "The method tells about one person.", "users.info")
none("invalid_ooo_message", "There are no out-of-office messages yet.", "users.profile.set")
none("partial_profile_set_failed", "A profile is set whole, or not at all.", "users.profile.set")
none("permission_denied", "Who may not is told why: not_admin and its like.", "users.profile.set")
none("sudo_required", "There is no asking for the password again.", "users.profile.set")
none("username_same", "The method does not set the username.", "users.profile.set")
