"""The codes of conversations.*"""

from functools import partial

from surface.causes.declare import none, own

HALL, OWN, SEVERAL, OLD = "C0HALL00001", "C0OWN000001", "C0SEVERAL01", "C0OLD000001"
GENERAL, LOBBY = "C0GENERAL01", "C0LOBBY0001"
MIA, ADA, UNA = "W0MIA000001", "W0ADA000001", "W0UNA000001"
DAN, OTTO, GUS = "W0DAN000001", "W0OTTO00001", "W0GUS000001"

# Names.

for method, where in (("conversations.create", {}), ("conversations.rename", {"channel": OWN})):
    own(method, "invalid_name_maxlength", "The name has 81 characters.", "xoxp-mia", name="x" * 81, **where)
    own(method, "invalid_name_punctuation", "The name has neither letters nor digits.", "xoxp-mia", name="--", **where)
    own(method, "invalid_name_required", "There is no name.", "xoxp-mia", **where)
    own(method, "invalid_name_specials", "The name holds an exclamation mark.", "xoxp-mia", name="hey!", **where)
    own(method, "name_taken", "Another channel of the workspace has the name.", "xoxp-mia", name="hall", **where)
none(
    "invalid_name",
    "What is wrong with a name is told: invalid_name_specials and its like.",
    "conversations.create",
    "conversations.rename",
)
none("no_channel", "No name at all is invalid_name_required.", "conversations.create")
none("cannot_create_channel", "Why not is told: by the name's codes, or restricted_action.", "conversations.create")
none("canvas_disabled_user_team", "There are no canvases yet.", "conversations.create")

own("conversations.create", "missing_argument", "The token is org-level, and no workspace is named.", "xoxp-owen-org", name="x")
own("conversations.create", "restricted_action", "The caller is a guest.", "xoxp-gus", name="guests")
own(
    "conversations.rename",
    "not_authorized",
    "The caller neither made the channel nor is an administrator.",
    "xoxp-mia",
    channel=HALL,
    name="x",
)

# Lists.

for method, where in (
    ("conversations.list", {}),
    ("conversations.members", {"channel": HALL}),
    ("conversations.history", {"channel": HALL}),
    ("conversations.replies", {"channel": HALL, "ts": "1500000002.000100"}),
):
    own(method, "invalid_cursor", "The cursor is none that this listing made.", "xoxp-mia", cursor="none", **where)
for method, where in (("conversations.list", {}), ("conversations.members", {"channel": HALL})):
    own(method, "invalid_limit", "The limit is 0.", "xoxp-mia", limit="0", **where)
own("conversations.list", "invalid_types", "The type is none of the four.", "xoxp-mia", types="public_channel,square")
own("conversations.list", "missing_argument", "The token is org-level, and no workspace is named.", "xoxp-owen-org")
none("fetch_members_failed", "Where storage fails, the method answers fatal_error.", "conversations.members")

# Coming and going.

own(
    "conversations.join",
    "access_denied",
    "The channel is in no workspace of the person whose org-level token sees it.",
    "xoxp-otto-org",
    channel=HALL,
)
none("too_many_members", "No channel has a limit of members.", "conversations.join")

own("conversations.leave", "cant_leave_general", "The channel is the general one.", "xoxp-mia", channel=GENERAL)
own(
    "conversations.leave", "last_member", "The channel is private, and nobody else is in it.", "xoxp-mia", channel="C0SINGLE001"
)
own("conversations.leave", "user_is_restricted", "The caller is a guest.", "xoxp-gus", channel=LOBBY)

invitation = partial(own, "conversations.invite")
invitation("already_in_channel", "The person is in the channel.", "xoxp-mia", channel=OWN, users=ADA)
invitation("cant_invite", "The person's account is closed.", "xoxp-mia", channel=OWN, users=DAN)
invitation("cant_invite_self", "The caller invites themselves.", "xoxp-mia", channel=OWN, users=MIA)
invitation(
    "invitee_cant_see_channel",
    "The channel is in several workspaces, none of them the person's.",
    "xoxp-mia",
    channel=SEVERAL,
    users=OTTO,
)
invitation(
    "no_external_invite_permission",
    "The channel is another organization's, and the person a third one's.",
    "xoxp-pat",
    channel="C0LINK00001",
    users="U0FAY000001",
)
invitation("no_user", "Nobody is named.", "xoxp-mia", channel=OWN)
invitation("org_user_not_in_team", "The person is in another workspace than the channel.", "xoxp-mia", channel=OWN, users=OTTO)
invitation(
    "ura_max_channels", "The person is a single-channel guest, and has their channel.", "xoxp-mia", channel=OWN, users=GUS
)
invitation("user_is_restricted", "The caller is a guest.", "xoxp-gus", channel=LOBBY, users=ADA)
invitation("user_not_found", "No person or bot has this id.", "xoxp-mia", channel=OWN, users="W0NOBODY001")

removal = partial(own, "conversations.kick")
removal("cant_kick_from_general", "The channel is the general one.", "xoxp-mia", channel=GENERAL, user=ADA)
removal("cant_kick_self", "The caller names themselves.", "xoxp-mia", channel=OWN, user=MIA)
removal("not_in_channel", "The person is not in the channel.", "xoxp-mia", channel=OWN, user=UNA)
removal("not_supported", "The channel is archived.", "xoxp-mia", channel=OLD, user=ADA)
removal(
    "restricted_action",
    "The caller neither made the public channel nor is an administrator.",
    "xoxp-mia",
    channel=HALL,
    user=ADA,
)
removal("user_not_found", "No person or bot has this id.", "xoxp-mia", channel=OWN, user="W0NOBODY001")

# The archive.

own("conversations.archive", "already_archived", "The channel is archived.", "xoxp-mia", channel=OLD)
own("conversations.archive", "cant_archive_general", "The channel is the general one.", "xoxp-mia", channel=GENERAL)
own("conversations.archive", "restricted_action", "The caller is a guest.", "xoxp-gus", channel=LOBBY)
none("cant_archive_required", "No channel is required.", "conversations.archive")
own("conversations.unarchive", "not_archived", "The channel is not archived.", "xoxp-mia", channel=OWN)
own("conversations.unarchive", "access_denied", "The caller is a guest.", "xoxp-gwen", channel="C0ATTIC0001")

# Topics and purposes.

for method, what in (("conversations.setTopic", "topic"), ("conversations.setPurpose", "purpose")):
    own(method, "too_long", f"The {what} has 251 characters.", "xoxp-mia", channel=OWN, **{what: "x" * 251})
    own(method, "user_is_restricted", "The caller is a guest.", "xoxp-gus", channel=LOBBY, **{what: "x"})

# Direct conversations.

opening = partial(own, "conversations.open")
opening(
    "invalid_user_combination",
    "The person is another organization's, and shares no conversation with the caller.",
    "xoxp-mia",
    users="U0PAT000001",
)
opening("not_enough_users", "The list of people is empty.", "xoxp-mia", users=",")
opening("too_many_users", "Nine people are named.", "xoxp-mia", users=",".join(f"W0NOBODY00{n}" for n in range(9)))
opening("user_disabled", "The person's account is closed.", "xoxp-mia", users=DAN)
opening("user_not_found", "No person or bot has this id.", "xoxp-mia", users="W0NOBODY001")
opening("user_not_visible", "A guest names a person with whom they share no conversation.", "xoxp-gus", users=MIA)
opening("users_list_not_supplied", "Neither people nor a conversation are named.", "xoxp-mia")
none("not_permitted", "Everybody closes what they see: it is theirs alone.", "conversations.close")
none("user_does_not_own_channel", "Other people's direct conversations are channel_not_found.", "conversations.close")

# Reading.

own(
    "conversations.history",
    "not_in_channel",
    "The caller is a bot, and not in the public channel.",
    "xoxb-kit",
    channel="C0YARD00001",
)
for method in ("conversations.history", "conversations.replies"):
    asked = {"channel": HALL} | ({"ts": "1500000002.000100"} if method.endswith("replies") else {})
    own(
        method,
        "invalid_metadata_filter_keys",
        "The keys are no list of texts.",
        "xoxp-mia",
        metadata_keys_to_include="[1]",
        **asked,
    )
    own(method, "invalid_ts_latest", "`latest` is no time.", "xoxp-mia", latest="soon", **asked)
    own(method, "invalid_ts_oldest", "`oldest` is no time.", "xoxp-mia", oldest="once", **asked)
own("conversations.replies", "thread_not_found", "No message has this `ts`.", "xoxp-mia", channel=HALL, ts="1500000000.000100")
none("list_record_comment_fetch_failed", "There are no lists whose records are commented on.", "conversations.replies")
own("conversations.mark", "invalid_timestamp", "The `ts` is none.", "xoxp-mia", channel=HALL, ts="now")
