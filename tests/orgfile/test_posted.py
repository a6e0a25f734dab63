"""What was posted, exported and loaded again is stored as it was: files and methods fill the tables alike."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from sqlalchemy import Table, select

from gridhall.contract.messages import Content
from gridhall.contract.orgfile import OrgDocument
from gridhall.domain import messages, tombstones
from gridhall.domain.conversations import Hold
from gridhall.domain.messages import Author, Draft
from gridhall.domain.personas import Persona
from gridhall.domain.work import Work
from gridhall.storage import tables
from gridhall.storage.engines import migrate
from gridhall.storage.orgfile.dump import dump
from gridhall.storage.orgfile.load import load
from gridhall.storage.statement import Statement
from gridhall.storage.work import SqlWork
from harness.databases import Databases, run
from harness.storage import opened

ORGANIZATION, TEAM = "E0ACME00001", "T0EAST00001"
GENERAL = "C0GENERAL01"
ADA, BEN, CHO = (Author(ORGANIZATION, person, TEAM) for person in ("W0ADA000001", "W0BEN000001", "W0CHO000001"))
BOT = Author(ORGANIZATION, "W0BOT000001", TEAM, "A0DESK00001", "B0DESK00001")
THROUGH = Author(ORGANIZATION, "W0ADA000001", TEAM, "A0ADMIN0001")

ALIKE = (
    tables.messages,
    tables.client_messages,
    tables.message_edits,
    tables.deleted_messages,
    tables.thread_members,
    tables.tombstones,
)


async def _post_all(work: Work) -> None:
    """Everything that can be done with messages, in one conversation."""
    general = await work.conversations.find(
        GENERAL, organization=ORGANIZATION, workspace=TEAM, person=ADA.person, hold=Hold.NOT
    )
    assert general is not None

    async def say(author: Author, text: str, **more: Any) -> messages.Message:
        draft = Draft(Content(text=text, **more.pop("content", {})), **more)
        return await messages.post(work, general, draft, author=author)

    async def change(message: messages.Message, text: str, **more: Any) -> None:
        now = await work.messages.lock(ORGANIZATION, GENERAL, message.ts)
        assert now is not None
        content = now.read()
        content.text = text
        await messages.edit(work, general, now, content, editor=BEN.person, **more)

    async def remove(message: messages.Message) -> None:
        now = await work.messages.lock(ORGANIZATION, GENERAL, message.ts)
        assert now is not None
        await messages.delete(work, general, now, by=ADA.person)

    async def reply(parent: messages.Message, author: Author, text: str, **more: Any) -> messages.Message:
        now = await work.messages.lock(ORGANIZATION, GENERAL, parent.ts)
        return await say(author, text, parent=now, **more)

    async def hide(message: messages.Message, words: str, by: Author = ADA, **more: Any) -> None:
        now = await work.messages.lock(ORGANIZATION, GENERAL, message.ts)
        assert now is not None
        await tombstones.cover(work, now, Content(text=words, **more), by=by.person)

    hidden = await say(
        BOT,
        "secret",
        content={"blocks": [{"type": "divider"}]},
        client_msg_id="m-0",
        metadata='{"event_type":"kept","event_payload":{}}',
    )
    await change(hidden, "still secret")
    await hide(hidden, "Look away")
    twice = await say(ADA, "secret too", content={"attachments": [{"text": "secret", "fallback": "secret"}]})
    await hide(twice, "Look there", attachments=[{"text": "There", "fallback": "there"}])
    await hide(twice, "Or there", BEN)
    await hide(twice, "Or here", attachments=[{"text": "Here", "fallback": "here"}])
    await say(BOT, "beep", content={"blocks": [{"type": "divider"}], "attachments": [{"fallback": "x"}]})
    await say(BOT, "whirr", content={"streaming_state": "completed"})
    attached = '{"event_type":"told","event_payload":{"n":1.0,"deep":[{"a":null}]}}'
    await say(THROUGH, "by an app", client_msg_id="m-1", metadata=attached)
    await messages.tell(work, general, Content(subtype="channel_topic", text="set the topic", topic="New"), author=ADA)
    joined = Content(subtype="channel_join", text="has joined", inviter=ADA.person)
    await messages.tell(work, general, joined, author=BOT)
    await messages.tell_all(work, general, [(joined, BEN), (joined, Author(ORGANIZATION, BOT.person, TEAM))])
    parent = await say(ADA, "who comes?")
    await reply(parent, BEN, f"I, and <@{CHO.person}>")
    await reply(parent, CHO, "shown", broadcast=True)
    await remove(await reply(parent, BEN, "not I"))
    alone = await say(ADA, "anyone?")
    await remove(await reply(alone, BEN, "no"))
    edited = await say(CHO, "first")
    await change(edited, "second")
    await change(edited, "third", marked=False)
    await remove(await say(ADA, "gone", client_msg_id="m-2"))
    changing = await say(BOT, "with other metadata", metadata=attached)
    await change(await messages.attach(work, changing, attached.replace("told", "changed")), "in other words")
    await messages.attach(work, await say(BOT, "with none any more", metadata=attached), None)
    owl = Persona("Owl", {"emoji": ":owl:"})
    hooted = await say(BOT, "hoo", persona=owl)
    await reply(hooted, BEN, "who?")
    await reply(hooted, BOT, "the owl", persona=Persona("Owl", None), broadcast=True)
    await remove(await say(BOT, "hush", persona=Persona(None, {"image_64": "https://x.test/owl.png"})))
    gone = await say(BOT, "gone, but for its reply", metadata=attached)
    await change(gone, "really")
    await reply(gone, CHO, "why?")
    await remove(gone)


def _statement(table: Table) -> Statement[dict[str, Any]]:
    names = table.c.keys()
    found = select(*table.c).order_by(*table.primary_key.columns)
    return Statement(found, lambda *values: dict(zip(names, values, strict=True)))


def _unit(what: Callable[[SqlWork], Coroutine[Any, Any, Any]]) -> Callable[[Work], Coroutine[Any, Any, Any]]:
    async def unit(work: Work) -> Any:
        assert isinstance(work, SqlWork)
        return await what(work)

    return unit


async def _rows(work: SqlWork) -> dict[str, list[dict[str, Any]]]:
    return {table.name: await work.connection.all(_statement(table)) for table in ALIKE}


def test_files_and_posts_fill_the_tables_alike(any_databases: Databases) -> None:
    posted, loaded = any_databases.filled(), any_databases.empty()

    async def main() -> None:
        await migrate(loaded)
        async with opened(posted) as storage:
            await storage.write(_post_all)
            documents: list[OrgDocument] = await storage.read(_unit(lambda work: dump(work.connection)))
            expected = await storage.read(_unit(_rows))
        async with opened(loaded) as storage:
            await storage.write(_unit(lambda work: load(work.connection, documents, work.source, str)))
            found = await storage.read(_unit(_rows))
        for table in ALIKE:
            assert found[table.name] == expected[table.name], table.name

    run(main())


async def _begin_to_stream(work: Work) -> None:
    general = await work.conversations.find(
        GENERAL, organization=ORGANIZATION, workspace=TEAM, person=ADA.person, hold=Hold.NOT
    )
    assert general is not None
    await messages.post(work, general, Draft(Content(text="half of", streaming_state="in_progress")), author=BOT)


def test_what_is_exported_half_streamed_has_ended_where_it_is_loaded(sqlite_databases: Databases) -> None:
    posted, loaded = sqlite_databases.filled(), sqlite_databases.empty()

    async def main() -> None:
        await migrate(loaded)
        async with opened(posted) as storage:
            await storage.write(_begin_to_stream)
            documents: list[OrgDocument] = await storage.read(_unit(lambda work: dump(work.connection)))
        async with opened(loaded) as storage:
            await storage.write(_unit(lambda work: load(work.connection, documents, work.source, str)))
            rows = (await storage.read(_unit(_rows)))["messages"]
        [half] = [content for row in rows if (content := Content(**json.loads(row["content"]))).text == "half of"]
        assert half.streaming_state == "errored"

    run(main())
