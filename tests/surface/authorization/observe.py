"""What does happen: every call by every caller, on a server over `tests/data/authorization.yaml`."""

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

from harness.databases import DATA, Databases
from harness.live import Live, live
from surface.authorization import CALLERS, CASES, NONE, Caller, Case
from surface.authorization.callers import ORGANIZATION, OUTSIDERS, REALMS, WORKSPACE
from surface.authorization.case import EVERY, scopes_of
from surface.authorization.hand import OF_OTHERS, Arguments, Hand
from surface.inprocess import ask
from surface.stage import FILES, FORM, multipart

Outcomes = dict[tuple[str, Caller, str], str]
"""By the case's title, the caller and the set of scopes."""


def observe(server: Live) -> Outcomes:
    """What does happen, case by case."""
    hand = Hand(server, EVERY)
    for caller in (*CALLERS, *OUTSIDERS):
        if caller.kind == "client":
            server.on_loop(hand.take_in(caller))
    return {
        (case.title, caller, scopes): outcome
        for case in CASES
        for (caller, scopes), outcome in server.on_loop(_outcomes(server, hand, case)).items()
    }


async def _outcomes(server: Live, hand: Hand, case: Case) -> dict[tuple[Caller, str], str]:
    """Each call finds the same state: one that was refused left everything as it was, and what others did is put right."""
    outcomes: dict[tuple[Caller, str], str] = {}
    for caller in case.callers:
        made: Arguments | None = None
        for scopes in case.scopes:
            if caller.kind == "client" and scopes != NONE:
                outcomes[caller, scopes] = outcomes[caller, NONE]
                continue
            if made is None:
                made = await case.make(hand, caller) if case.make is not None and caller.is_somebody else {}
            arguments = case.arguments_of(caller) | made
            outcome = outcomes[caller, scopes] = await _outcome(server, hand, case, caller, scopes, arguments)
            if outcome == "ok":
                made = None
                if case.mend is not None:
                    await case.mend(hand, caller, arguments)
    return outcomes


async def _outcome(server: Live, hand: Hand, case: Case, caller: Caller, scopes: str, arguments: Arguments) -> str:
    body, content_type = urlencode(arguments).encode(), FORM
    if case.method in FILES:
        body, content_type = multipart(arguments, FILES[case.method])
    headers = [(b"content-type", content_type.encode())]
    if caller.kind:
        headers += hand.authorization(caller, scopes_of(case, caller, scopes))
    answer: dict[str, Any] = (await ask(server, "POST", f"/api/{case.method}", headers, [body])).json
    if answer["ok"]:
        return "ok"
    # Some answers that are not ok say why in a field of their own.
    return str(answer.get("error") or f"no error, but {', '.join(answer.keys() - {'ok'})}")


def organization(folder: Path) -> str:
    """tests/data/authorization.yaml with all tokens: the name that `Databases.filled` takes."""
    documents = list(yaml.safe_load_all((DATA / "authorization.yaml").read_text()))
    for realm in REALMS:
        (document,) = (
            document
            for document in documents
            if realm.id in (document.get("enterprise", {}).get("id"), document["teams"][0]["id"])
        )
        document["tokens"] = [
            {"token": caller.token(scopes), "scopes": sorted(scopes)} | _whose(caller)
            for caller in (*CALLERS, *OUTSIDERS)
            if caller.realm is realm and caller.kind not in ("", "client")
            for scopes in _sets(caller)
        ]
        if realm.id == ORGANIZATION:
            document["tokens"] += [
                {"token": token, "app": app, "team": WORKSPACE, "user": user, "scopes": sorted(EVERY)}
                for token, (app, user) in OF_OTHERS.items()
            ]
    path = folder / "authorization.yaml"
    path.write_text("\n---\n".join(map(json.dumps, documents)))
    return str(path.with_suffix(""))


def _sets(caller: Caller) -> set[frozenset[str]]:
    """The sets of scopes with which somebody calls, or makes what a call is about."""
    return {scopes_of(case, caller, name) for case in CASES if caller in case.callers for name in case.scopes} | {EVERY}


def _whose(caller: Caller) -> dict[str, str]:
    # A legacy token is of no app.
    entry = {} if caller.kind == "legacy" else {"app": caller.realm.app}
    if caller.is_somebody:
        entry["enterprise" if caller.org_level else "team"] = caller.realm.id if caller.org_level else caller.realm.workspace
        entry["user"] = caller.user
    return entry


def serve(made: Databases, folder: Path) -> AbstractContextManager[Live]:
    """A server over all of it."""
    return live(made.filled(organization(folder)))
