"""People who come and go all over an organization, post, archive and make channels, while somebody reviews it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from gridhall.contract.scopes import PUBLIC
from harness import answers
from oversight.realm import CROWN, HALL, REALM, ROAMERS, Realm

MADE = "made-"
"""What the names of the channels begin with that they make."""


@dataclass
class Roamer:
    """One of them, who has channels of their own to meddle with.

    Arguments:
        rounds: how often they have come and gone again.
    """

    token: str
    channels: list[str]
    rounds: int = 0
    wrong: str = ""

    def roam(self, port: int, goes_on: Callable[[], bool]) -> None:
        with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            try:
                channels = cycle(self.channels)
                while goes_on():
                    self._visit(connection, next(channels))
                    self.rounds += 1
            except Exception as error:
                self.wrong = repr(error)

    def _visit(self, connection: HTTPConnection, channel: str) -> None:
        def call(method: str, **arguments: str) -> dict[str, Any]:
            headers = {"authorization": f"Bearer {self.token}", "content-type": "application/x-www-form-urlencoded"}
            connection.request("POST", f"/api/{method}", urlencode(arguments), headers)
            response = connection.getresponse()
            answer = answers.check(method, response.status, response.read())
            assert answer["ok"], (method, answer)
            return answer

        call("conversations.join", channel=channel)
        ts = call("chat.postMessage", channel=channel, text="I am here")["ts"]
        call("chat.update", channel=channel, ts=ts, text="I was here")
        call("conversations.archive", channel=channel)
        call("conversations.unarchive", channel=channel)
        call("conversations.leave", channel=channel)
        call("conversations.leave", channel=HALL)
        call("conversations.join", channel=HALL)
        call("chat.postMessage", channel=HALL, text="Back again")
        if self.rounds % 10 == 0:
            call("conversations.create", name=f"{MADE}{ROAMERS[self.token].lower()}-{self.rounds}", team_id=CROWN)


@contextmanager
def roaming(port: int, realm: Realm) -> Iterator[list[Roamer]]:
    """All of them at once, until the review is done."""
    lively = [
        place.id
        for place in realm.places.values()
        if place.kind == PUBLIC and place.host == REALM and place.id != HALL and not (place.archived or place.deleted_at)
    ]
    roamers = [Roamer(token, lively[number :: len(ROAMERS)]) for number, token in enumerate(ROAMERS)]
    ended = threading.Event()
    threads = [threading.Thread(target=roamer.roam, args=(port, lambda: not ended.is_set())) for roamer in roamers]
    for thread in threads:
        thread.start()
    try:
        yield roamers
    finally:
        ended.set()
        for thread in threads:
            thread.join(60)
    assert not any(roamer.wrong for roamer in roamers), [roamer.wrong for roamer in roamers]
    assert all(roamer.rounds for roamer in roamers), "each of them came and went"
