"""What a review has to find of a realm: everything that is there throughout, each once, and nothing that never was."""

from collections import Counter
from collections.abc import Iterable

from gridhall.contract.scopes import IM, MPIM, PUBLIC
from gridhall.contract.timestamps import ts_text
from oversight.realm import (
    COVER,
    COVERED,
    DELETED,
    EDITED,
    EDITED_AND_COVERED,
    REALM,
    ROAMERS,
    Realm,
    ts_of,
    wording,
)
from oversight.review import Review
from oversight.roaming import MADE


def once(ids: Iterable[str]) -> set[str]:
    """These ids, none of which comes twice."""
    counted = Counter(ids)
    assert counted.keys() == {id for id, times in counted.items() if times == 1}, counted.most_common(3)
    return set(counted)


def check_workspaces(review: Review, realm: Realm) -> int:
    """As the others, gives how many there were."""
    found = once(workspace["id"] for workspace in review.workspaces())
    assert found == set(realm.workspaces)
    return len(found)


def check_people(review: Review, realm: Realm) -> int:
    found = once(user["id"] for user in review.users())
    assert found == set(realm.people)
    return len(found)


def check_conversations(review: Review, realm: Realm) -> list[str]:
    """Gives the ids of those that were there from the beginning."""
    listed = list(review.conversations(realm.workspaces))
    once(channel["id"] for channel in listed)
    channels = {channel["id"]: channel for channel in listed}
    there = realm.told
    assert there.keys() <= channels.keys()
    assert all(channel["name"].startswith(MADE) for id, channel in channels.items() if id not in there)
    for id, place in there.items():
        told = channels[id]
        flags = [told[f"is_{flag}"] for flag in ("im", "mpim", "private", "ext_shared", "deleted")]
        assert flags == [
            place.kind == IM,
            place.kind == MPIM,
            place.kind != PUBLIC,
            place.connected,
            place.deleted_at > 0,
        ], told
    return list(there)


def check_members(review: Review, realm: Realm, id: str) -> int:
    place = realm.places[id]
    members = list(review.members(id))
    found = once(member["id"] for member in members)
    assert place.members.keys() <= found
    assert found - place.members.keys() <= set(ROAMERS.values())
    settled = {member["id"]: member["date_left"] for member in members if member["id"] not in ROAMERS.values()}
    assert settled == {person: left for person, left in place.members.items() if person not in ROAMERS.values()}
    return len(members)


def check_stays(review: Review, realm: Realm, person: str) -> int:
    stays = list(review.conversations_of(person))
    found = once(stay["id"] for stay in stays)
    there = {place.id: place for place in realm.stays.get(person, []) if not place.gone}
    assert there.keys() <= found
    if person in ROAMERS.values():
        return len(stays)
    assert {stay["id"]: (stay["team_id"], stay["date_left"]) for stay in stays} == {
        id: (REALM if place.wide else place.teams[0], place.members[person]) for id, place in there.items()
    }
    return len(stays)


def check_messages(review: Review, realm: Realm, id: str) -> int:
    """Those of a conversation that were edited, deleted, and taken out of sight, and one to which nothing was done."""
    place = realm.places[id]

    def look(number: int) -> tuple[str | None, str, list[str]]:
        message, edits = review.message(id, ts_text(ts_of(number)))
        return message.get("text"), message.get("subtype") or message["type"], [edit["text"] for edit in edits]

    def words(number: int, *edits: int) -> list[str]:
        return [wording(place, number, count) for count in edits]

    assert look(0) == (wording(place, 0), "message", [])
    assert look(EDITED) == (wording(place, EDITED, 2), "message", words(EDITED, 1, 2))
    assert look(DELETED) == (None, "deleted", [""])
    assert look(COVERED) == (COVER, "dlp_tombstone", [COVER])
    assert look(EDITED_AND_COVERED) == (COVER, "dlp_tombstone", [*words(EDITED_AND_COVERED, 1), COVER])
    stories = (EDITED, DELETED, COVERED, EDITED_AND_COVERED)
    for number in stories:
        assert review.first_wording(id, ts_text(ts_of(number))) == wording(place, number)
    return 1 + len(stories)
