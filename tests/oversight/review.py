"""A review of an organization: every workspace, person and conversation in it, who is where, and what stands in a message.

The platform's SDK has no functions for oversight, and needs none: `api_call` takes the name of any method.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any, Literal

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


class Review:
    """Looks at an organization. Whoever is told to come back later waits, and asks again.

    Arguments:
        client: acts with an org-level token of an owner or admin of the organization.
        by: how pages are turned: by the cursor of the last one, or by the id that it ended with.
        limit: entries of a page at the most.
        wait: waits so many seconds.
    """

    def __init__(
        self,
        client: WebClient,
        *,
        by: Literal["cursor", "offset"] = "cursor",
        limit: int = 1000,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self._client = client
        self._by = by
        self._limit = limit
        self._wait = wait

    def workspaces(self) -> Iterator[dict[str, Any]]:
        for page in self.pages("oversight.enterprise.info"):
            yield from page["enterprise"]["teams"]

    def users(self) -> Iterator[dict[str, Any]]:
        """Everybody, with those who were deactivated."""
        for page in self.pages("oversight.users.list", include_deleted=True):
            yield from page["users"]

    def conversations(self, workspaces: list[str]) -> Iterator[dict[str, Any]]:
        """Those of the organization (direct, group and shared ones), then those of each workspace alone."""
        for team in ("", *workspaces):
            for page in self.pages("oversight.conversations.list", team=team):
                yield from page["channels"]

    def members(self, channel: str) -> Iterator[dict[str, Any]]:
        """Who is in a conversation, and who was: the latter have a `date_left`."""
        for page in self.pages("oversight.conversations.members", channel=channel, include_member_left=True):
            yield from page["members"]

    def conversations_of(self, user: str) -> Iterator[dict[str, Any]]:
        """Where somebody is, and was."""
        for page in self.pages("oversight.user.conversations", user=user, include_historical=True):
            yield from page["channels"]

    def message(self, channel: str, ts: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A message as everyone sees it, and its edits, the oldest first."""
        answer = self.call("oversight.chat.info", channel=channel, ts=ts)
        return answer["message"], answer["edits"]

    def first_wording(self, channel: str, ts: str) -> str:
        """What a message said when it was posted, whatever became of it."""
        message, edits = self.message(channel, ts)
        return str(edits[0]["previous"]["text"] if edits else message["text"])

    def pages(self, method: str, **arguments: object) -> Iterator[dict[str, Any]]:
        """The pages of a listing."""
        position = ""
        while True:
            page = self.call(method, limit=self._limit, **arguments, **{self._by: position})
            yield page
            position = page["response_metadata"]["next_cursor"] if self._by == "cursor" else page.get("offset", "")
            if not position:
                return

    def call(self, method: str, **arguments: object) -> dict[str, Any]:
        """The answer of a method.

        Raises:
            SlackApiError: it was refused, and not because there were too many calls.
        """
        while True:
            try:
                answer = self._client.api_call(method, params=arguments).data
            except SlackApiError as refusal:
                if refusal.response.status_code != 429:
                    raise
                self._wait(float(refusal.response.headers["Retry-After"]))
            else:
                assert isinstance(answer, dict)
                return answer
