"""Calls of conversations.*"""

from gridhall.contract.scopes import IM, MPIM, PRIVATE, PUBLIC
from surface.authorization.case import Case, closed_to_bots, closed_to_guests, refused
from surface.authorization.places import (
    ATTIC,
    CELLAR,
    CHANNELS,
    DEN,
    DIRECT,
    DIRECTS,
    EVERYWHERE,
    GROUP,
    LOBBY,
    MADE,
    TS,
    VAULT,
    YARD,
    archive,
    by_administrators,
    cases,
    name,
    send_away,
    send_away_and_archive,
    take_in,
    unarchive,
)

NOT_IN_CHANNEL = refused("not_in_channel")
NOT_SUPPORTED = refused("method_not_supported_for_channel_type")
RESTRICTED = closed_to_guests("user_is_restricted")

MEMBER, STRANGER = {"user": "W0TARGET0001"}, {"users": "W0STRANGER01"}

CASES: tuple[Case, ...] = (
    # Making and finding.
    Case("conversations.create", "a public channel", {}, closed_to_guests("restricted_action"), kind=PUBLIC, make=name),
    Case(
        "conversations.create",
        "a private channel",
        {"is_private": "true"},
        closed_to_guests("restricted_action"),
        kind=PRIVATE,
        make=name,
    ),
    *cases("conversations.info", EVERYWHERE),
    Case("conversations.list", "public channels"),
    Case("conversations.list", "conversations of every type", {"types": "public_channel,private_channel,im,mpim"}),
    *cases("conversations.members", EVERYWHERE),
    # Coming and going.
    *cases("conversations.join", (LOBBY,)),
    *cases("conversations.join", (YARD,), mend=send_away()),
    *cases("conversations.join", (DEN, VAULT, *DIRECTS), inside=NOT_SUPPORTED),
    *cases("conversations.leave", (LOBBY, DEN), inside=RESTRICTED, mend=take_in()),
    *cases("conversations.leave", (YARD, VAULT), outside=refused("no error, but not_in_channel")),
    *cases("conversations.leave", DIRECTS, inside=NOT_SUPPORTED),
    *cases(
        "conversations.invite",
        CHANNELS,
        STRANGER,
        RESTRICTED,
        NOT_IN_CHANNEL,
        mend=send_away(STRANGER["users"]),
    ),
    *cases("conversations.invite", DIRECTS, STRANGER, NOT_SUPPORTED),
    *cases(
        "conversations.kick",
        (LOBBY, YARD),
        MEMBER,
        by_administrators("restricted_action"),
        NOT_IN_CHANNEL,
        mend=take_in(MEMBER["user"]),
    ),
    *cases(
        "conversations.kick",
        (MADE, DEN, VAULT),
        MEMBER,
        closed_to_guests("restricted_action"),
        mend=take_in(MEMBER["user"]),
    ),
    *cases("conversations.kick", DIRECTS, MEMBER, NOT_SUPPORTED),
    # What a channel is.
    *cases(
        "conversations.archive",
        CHANNELS,
        {},
        closed_to_guests("restricted_action"),
        NOT_IN_CHANNEL,
        mend=unarchive,
    ),
    *cases("conversations.archive", DIRECTS, {}, NOT_SUPPORTED),
    *cases("conversations.unarchive", (ATTIC,), {}, closed_to_guests("access_denied"), mend=archive),
    *cases("conversations.unarchive", (CELLAR,), mend=send_away_and_archive),
    *cases("conversations.unarchive", DIRECTS, {}, NOT_SUPPORTED),
    *cases("conversations.rename", CHANNELS, {}, by_administrators("not_authorized"), NOT_IN_CHANNEL, make=name),
    *cases("conversations.rename", (MADE,), {}, closed_to_guests("not_authorized"), make=name),
    *cases("conversations.rename", DIRECTS, {}, NOT_SUPPORTED, make=name),
    *cases("conversations.setTopic", (*CHANNELS, GROUP), {"topic": "Apples"}, RESTRICTED, NOT_IN_CHANNEL),
    *cases("conversations.setTopic", (DIRECT,), {"topic": "Apples"}, NOT_SUPPORTED),
    *cases("conversations.setPurpose", (*CHANNELS, GROUP), {"purpose": "Apples"}, RESTRICTED, NOT_IN_CHANNEL),
    *cases("conversations.setPurpose", (DIRECT,), {"purpose": "Apples"}, NOT_SUPPORTED),
    # Direct conversations.
    Case("conversations.open", "with somebody in a channel of the guests'", {"users": "W0NEIGHBOUR1"}, kind=IM),
    Case(
        "conversations.open",
        "with somebody in no channel of the guests'",
        {"users": "W0STRANGER01"},
        closed_to_guests("user_not_visible"),
        kind=IM,
    ),
    Case("conversations.open", "with several people", {"users": "W0NEIGHBOUR1,W0TARGET0001"}, kind=MPIM),
    *cases("conversations.open", DIRECTS),
    *cases("conversations.open", CHANNELS, {}, NOT_SUPPORTED, NOT_SUPPORTED),
    *cases("conversations.close", DIRECTS),
    *cases("conversations.close", CHANNELS, {}, NOT_SUPPORTED, NOT_SUPPORTED),
    # Reading.
    *cases("conversations.history", EVERYWHERE, outside=closed_to_bots("not_in_channel")),
    *cases("conversations.replies", EVERYWHERE, {"ts": TS}, outside=closed_to_bots("channel_not_found")),
    *cases("conversations.mark", EVERYWHERE, {"ts": TS}, outside=NOT_IN_CHANNEL),
)
