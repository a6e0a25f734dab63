"""What the messages of organization documents amount to: who wrote them for which workspace, and what replies to what."""

from msgspec import UNSET

from gridhall.contract.orgfile import MessageEntry, Mistake, Path
from gridhall.contract.timestamps import ts_micros, ts_text
from gridhall.domain import metadata
from gridhall.domain.messages import SYSTEM, Author
from gridhall.domain.orgfile.index import Conversation, Index, Message


def plan_message(index: Index, path: Path, entry: MessageEntry) -> None:
    conversation = index.conversation((*path, "conversation"), entry.conversation)
    ts = ts_micros(entry.ts)
    index.claim("ts", ts_text(ts), (*path, "ts"), within=conversation.id)
    author = _author(index, path, conversation, entry)
    if entry.client_msg_id:
        whose = f"{author.organization} {author.person}"
        index.claim("client message id", entry.client_msg_id, (*path, "client_msg_id"), within=whose)
    if entry.metadata is not None:
        if author.app is None:
            raise Mistake((*path, "metadata"), "only an app attaches metadata")
        try:
            metadata.written(entry.metadata)
        except metadata.Fault as fault:
            raise Mistake((*path, "metadata", *fault.path), fault.why) from fault
    for key, chosen in (("username", entry.username), ("icons", entry.icons)):
        if chosen is not UNSET and author.app is None:
            raise Mistake((*path, key), "only an app posts under a name or a picture of its choice")
    for name, people in entry.reactions.items():
        for at, person in enumerate(people):
            index.user((*path, "reactions", name, at), person)
    for key, user in (("inviter", entry.inviter), ("pinned_by", entry.pinned_by)):
        if user:
            index.user((*path, key), user)
    for at, edit in enumerate(entry.edits):
        index.user((*path, "edits", at, "user"), edit.user)
    for key, end in (("deleted", entry.deleted), ("tombstone", entry.tombstone)):
        if end:
            index.user((*path, key, "user"), end.user)
    for at, replaced in enumerate(entry.tombstone.before if entry.tombstone else []):
        index.user((*path, "tombstone", "before", at, "user"), replaced.user)
    parent = None
    if entry.thread_ts is not None:
        parent = ts_micros(entry.thread_ts)
        if parent > ts:
            raise Mistake((*path, "thread_ts"), "is later than the message that replies to it")
    # A parent tells its own `ts` where clients show it; that makes it no reply.
    index.messages.append(Message(path, conversation, author, ts, None if parent == ts else parent, entry))


def _author(index: Index, path: Path, conversation: Conversation, entry: MessageEntry) -> Author:
    """Who posted, as of the workspace that they did it from: one that the conversation is in, or their first."""
    user = index.user((*path, "user"), entry.user)
    through = index.app((*path, "app"), entry.app) if entry.app else None
    organization = index.organization_in(conversation, user)
    app = index.bots.get(user)
    teams = app.bot.present.get(organization, []) if app and app.bot else index.people[user].teams
    own = [team for team in teams if index.teams[team].organization == organization]
    team = next((team for team in (*conversation.teams, *own) if team in own), organization)
    if through is not None and app is not None and through.id != app.id:
        raise Mistake((*path, "app"), f"a bot posts through its own app, which is {app.id}")
    if entry.subtype in SYSTEM:
        # What a conversation tells of itself tells of no app, whoever it is about.
        return Author(organization, user, team)
    if app is None or app.bot is None:
        bot_id = through.bot.bot_id if through is not None and through.bot else None
        return Author(organization, user, team, through.id if through is not None else None, bot_id)
    return Author(organization, user, team, app.id, app.bot.bot_id)


def plan_threads(index: Index) -> None:
    """Have every reply name the message that its thread is under: who replies to a reply means its thread."""
    threads: dict[tuple[str, int], int] = {}
    # A parent comes before its replies, so it is known what a parent replies to.
    for place, message in sorted(enumerate(index.messages), key=lambda placed: placed[1].ts):
        if message.parent is not None:
            id = message.conversation.id
            thread = threads[id, message.ts] = threads.get((id, message.parent), message.parent)
            index.messages[place] = message._replace(parent=thread)
