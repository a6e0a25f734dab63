"""What only the whole file tells: things that are there twice, references to nothing, and combinations that cannot be."""

from pathlib import Path

import pytest

from gridhall.cli.orgfile.read import OrgFileError, read
from gridhall.contract.orgfile import Mistake, OrgDocument, TokenEntry
from gridhall.domain.orgfile.check import check

ORGANIZATION: dict[str, list[str]] = {
    "teams": ["{id: T0EAST, name: East, domain: east}", "{id: T0WEST, name: West, profile_fields: [{id: Xf1, label: a}]}"],
    "users": [
        "{id: W0ADA, name: ada, email: ada@a.test, org_role: primary_owner, teams: [T0EAST, T0WEST],"
        " team_roles: {T0EAST: primary_owner}}",
        "{id: W0BEN, name: ben, teams: [T0WEST]}",
        "{id: W0CHO, name: cho}",
        "{id: W0GUS, name: gus, teams: [T0EAST], guest: single_channel, guest_channels: [C0EAST]}",
    ],
    "apps": [
        "{id: A0BOT, name: Bot, client_id: '1.1', bot: {name: bot, id: W0BOT, bot_id: B0BOT}, installed_on: [T0EAST]}",
        "{id: A0PLAIN, name: Plain}",
    ],
    "tokens": ["{token: xoxb-one, app: A0BOT}"],
    "conversations": [
        "{id: C0EAST, name: east, team: T0EAST, members: [W0ADA]}",
        "{id: C0WEST, name: west, team: T0WEST, general: true, members: [W0BEN]}",
        "{id: D0DIRECT, im: [W0ADA, W0BEN]}",
    ],
    "messages": ["{conversation: C0EAST, user: W0ADA, ts: '5.000001', client_msg_id: m-1}"],
    "sessions": ["{id: 7, user: W0ADA}"],
    "app_requests": ["{id: Ar1, app: A0PLAIN, user: W0ADA}"],
}


LONE = "---\nteams: [{id: T0LONE, name: Lone}]\nusers: [{id: U0LOU, name: lou, email: lou@lone.test}]\n"

HERE = "# HERE"
"""Marks the line that a mistake must be told of."""


def organization(section: str = "", entry: str = "") -> str:
    """The organization above and a lone workspace, with one more entry in a section; its line is marked."""
    lines = ["enterprise: {id: E0A, name: A}"]
    for name, entries in ORGANIZATION.items():
        lines += [f"{name}:", *(f"- {each}" for each in entries)]
        if name == section:
            lines.append(f"- {entry}  {HERE}")
    return "\n".join(lines) + "\n" + LONE


def refusal(path: Path, content: str) -> str:
    path.write_text(content)
    with pytest.raises(OrgFileError) as caught:
        read(path)
    return str(caught.value)


def assert_refused(path: Path, section: str, entry: str, told: str) -> None:
    """The entry is refused, on its line; `told` begins with what follows the entry's own place."""
    content = organization(section, entry)
    said = refusal(path, content)

    assert said.startswith(f"{path}:{marked(content)}: {section}[{len(ORGANIZATION[section])}].{told}")


def marked(content: str) -> int:
    return content[: content.index(HERE)].count("\n") + 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "org.yaml"


def test_the_organization_that_mistakes_are_added_to_has_none(path: Path) -> None:
    path.write_text(organization())

    assert len(read(path).documents) == 2


@pytest.mark.parametrize(
    ("section", "entry", "told"),
    [
        ("teams", "{id: T0EAST, name: x}", "id: duplicate id T0EAST"),
        ("users", "{id: W0BOT, name: x}", "id: duplicate id W0BOT"),
        ("apps", "{id: A0BOT, name: x}", "id: duplicate id A0BOT"),
        ("apps", "{name: x, bot: {name: y, bot_id: B0BOT}}", "bot.bot_id: duplicate id B0BOT"),
        ("conversations", "{id: C0EAST, name: x}", "id: duplicate id C0EAST"),
        ("app_requests", "{id: Ar1, app: A0PLAIN, user: W0ADA}", "id: duplicate id Ar1"),
        ("sessions", "{id: 7, user: W0BEN}", "id: duplicate session id 7"),
        ("teams", "{name: x, domain: east}", "domain: duplicate domain east"),
        ("teams", "{name: x, profile_fields: [{id: Xf1, label: b}]}", "profile_fields[0].id: duplicate id Xf1"),
        ("apps", "{name: x, client_id: '1.1'}", "client_id: duplicate client id 1.1"),
        ("tokens", "{token: xoxb-one, app: A0BOT}", "token: duplicate token"),
        ("users", "{name: ADA}", "name: duplicate user name ada"),
        ("users", "{name: x, email: Ada@A.test}", "email: duplicate e-mail address ada@a.test"),
        ("conversations", "{name: east, team: T0EAST, private: true}", "name: duplicate channel name east"),
        ("conversations", "{name: west, teams: [T0EAST, T0WEST]}", "name: duplicate channel name west"),
        ("conversations", "{name: west, team: T0EAST, org_wide: true}", "name: duplicate channel name west"),
        ("conversations", "{im: [W0BEN, W0ADA]}", "im: there is one of the same people already"),
        ("messages", "{conversation: C0EAST, user: W0ADA, ts: '05.000001'}", "ts: duplicate ts 5.000001"),
        (
            "messages",
            "{conversation: C0WEST, user: W0ADA, ts: '5.000002', client_msg_id: m-1}",
            "client_msg_id: duplicate client message id m-1",
        ),
        (
            "messages",
            "{conversation: C0EAST, user: W0ADA, ts: '6.000000', reactions: {ski: [W0ADA, W0ADA]}}",
            "reactions.ski[1]: W0ADA is named twice",
        ),
        ("apps", "{name: x, installed_on: [T0EAST, T0EAST]}", "installed_on[1]: T0EAST is named twice"),
        ("conversations", "{name: x, teams: [T0EAST, T0EAST]}", "teams[1]: T0EAST is named twice"),
        ("conversations", "{name: x, members: [W0ADA, {user: W0ADA}]}", "members[1]: W0ADA is named twice"),
        ("conversations", "{im: [W0ADA, W0ADA]}", "im[1]: W0ADA is named twice"),
    ],
)
def test_what_is_there_twice(path: Path, section: str, entry: str, told: str) -> None:
    assert_refused(path, section, entry, told)


@pytest.mark.parametrize(
    ("section", "entry", "told"),
    [
        ("teams", "{name: x, general: C0NO}", "general: unknown conversation C0NO"),
        ("users", "{name: x, teams: [T0NO]}", "teams[0]: unknown workspace T0NO"),
        ("users", "{name: x, team_roles: {T0NO: admin}}", "team_roles.T0NO: unknown workspace T0NO"),
        ("users", "{name: x, guest: multi_channel, guest_channels: [C0NO]}", "guest_channels[0]: unknown conversation C0NO"),
        ("users", "{name: x, fields: {Xf2: {value: a}}}", "fields.Xf2: unknown profile field Xf2"),
        ("users", "{name: x, tz: Mars/Olympus}", "tz: unknown time zone Mars/Olympus"),
        ("users", "{name: x, tz: ../passwd}", "tz: unknown time zone ../passwd"),
        ("apps", "{name: x, developer: W0NO}", "developer: unknown user W0NO"),
        ("apps", "{name: x, developer: W0BOT}", "developer: W0BOT is a bot"),
        ("apps", "{name: x, collaborators: [W0NO]}", "collaborators[0]: unknown user W0NO"),
        ("apps", "{name: x, installed_on: [T0NO]}", "installed_on[0]: unknown workspace or organization T0NO"),
        ("apps", "{name: x, installed_on: [E0A], granted_teams: [T0NO]}", "granted_teams[0]: unknown workspace T0NO"),
        ("tokens", "{token: xoxp-a, app: A0NO, user: W0ADA}", "app: unknown app A0NO"),
        ("tokens", "{token: xoxp-a, app: A0BOT, user: W0NO}", "user: unknown user W0NO"),
        ("tokens", "{token: xoxp-a, app: A0BOT, user: W0ADA, team: T0NO}", "team: unknown workspace T0NO"),
        ("tokens", "{token: xoxp-a, app: A0BOT, user: W0ADA, enterprise: E0NO}", "enterprise: unknown organization E0NO"),
        ("tokens", "{token: xoxp-a, app: A0BOT, user: W0ADA, enterprise: T0LONE}", "enterprise: unknown organization T0LONE"),
        ("conversations", "{name: x, team: T0NO}", "team: unknown workspace T0NO"),
        ("conversations", "{name: x, teams: [T0EAST, T0NO]}", "teams[1]: unknown workspace T0NO"),
        ("conversations", "{name: x, creator: W0NO}", "creator: unknown user W0NO"),
        ("conversations", "{name: x, members: [W0NO]}", "members[0]: unknown user W0NO"),
        ("conversations", "{name: x, posting: {users: [W0NO]}}", "posting.users[0]: unknown user W0NO"),
        ("conversations", "{name: x, threads: {users: [W0NO]}}", "threads.users[0]: unknown user W0NO"),
        ("conversations", "{im: [W0ADA, W0NO]}", "im[1]: unknown user W0NO"),
        ("messages", "{conversation: C0NO, user: W0ADA, ts: '6.000000'}", "conversation: unknown conversation C0NO"),
        ("messages", "{conversation: C0EAST, user: W0NO, ts: '6.000000'}", "user: unknown user W0NO"),
        ("messages", "{conversation: C0EAST, user: W0ADA, ts: '6.000000', pinned_by: W0NO}", "pinned_by: unknown user W0NO"),
        (
            "messages",
            "{conversation: C0EAST, user: W0ADA, ts: '6.000000', reactions: {ski: [W0NO]}}",
            "reactions.ski[0]: unknown user W0NO",
        ),
        (
            "messages",
            "{conversation: C0EAST, user: W0ADA, ts: '6.000000', edits: [{ts: '7.000000', user: W0NO, text: a}]}",
            "edits[0].user: unknown user W0NO",
        ),
        (
            "messages",
            "{conversation: C0EAST, user: W0ADA, ts: '6.000000', deleted: {ts: '7.000000', user: W0NO}}",
            "deleted.user: unknown user W0NO",
        ),
        (
            "messages",
            "{conversation: C0EAST, user: W0ADA, ts: '6.000000', tombstone: {ts: '7.000000', user: W0NO}}",
            "tombstone.user: unknown user W0NO",
        ),
        (
            "messages",
            "{conversation: C0EAST, user: W0ADA, ts: '6.000000',"
            " tombstone: {ts: '7.000000', user: W0ADA, before: [{content: a, ts: '8.000000', user: W0NO}]}}",
            "tombstone.before[0].user: unknown user W0NO",
        ),
        ("messages", "{conversation: C0EAST, user: W0ADA, ts: '6.000000', inviter: W0NO}", "inviter: unknown user W0NO"),
        ("messages", "{conversation: C0EAST, user: W0ADA, ts: '6.000000', app: A0NO}", "app: unknown app A0NO"),
        ("sessions", "{user: W0NO}", "user: unknown user W0NO"),
        ("sessions", "{user: W0ADA, team: T0NO}", "team: unknown workspace T0NO"),
        ("sessions", "{user: W0ADA, team: E0A}", "team: unknown workspace E0A"),
        ("sessions", "{user: W0ADA, enterprise: T0EAST}", "enterprise: unknown organization T0EAST"),
        ("sessions", "{user: U0LOU, enterprise: T0LONE}", "enterprise: unknown organization T0LONE"),
        ("app_requests", "{app: A0NO, user: W0ADA}", "app: unknown app A0NO"),
    ],
)
def test_a_reference_to_nothing(path: Path, section: str, entry: str, told: str) -> None:
    assert_refused(path, section, entry, told)


@pytest.mark.parametrize(
    ("section", "entry", "told"),
    [
        ("teams", "{name: x, settings: {network_allowlist: [home]}}", "settings.network_allowlist[0]: must be a CIDR block"),
        ("teams", "{name: x, retention: {}}", "retention: belongs to the enterprise"),
        ("teams", "{name: x, settings: {session_duration: 0}}", "settings.session_duration: belongs to the enterprise"),
        (
            "teams",
            "{name: x, settings: {who_can_post_general: some}}",
            "settings.who_can_post_general: must be one of admins, everyone, owners, regular",
        ),
        ("teams", "{name: x, general: C0EAST}", "general: C0EAST is no channel of"),
        ("conversations", "{name: x, team: T0WEST, general: true}", "general: the general channel of T0WEST is C0WEST already"),
        (
            "conversations",
            "{name: x, team: T0EAST, general: true, private: true}",
            "private: cannot be said of a general channel",
        ),
        ("users", "{name: x, teams: [T0LONE]}", "teams[0]: T0LONE is no workspace of this person's document"),
        ("users", "{name: x, org_role: primary_owner}", "org_role: E0A has a primary owner already"),
        (
            "users",
            "{name: x, teams: [T0EAST], team_roles: {T0EAST: primary_owner}}",
            "team_roles.T0EAST: T0EAST has a primary owner already",
        ),
        ("users", "{id: W0X, name: x, team_roles: {T0EAST: admin}}", "team_roles.T0EAST: W0X is not in T0EAST"),
        ("users", "{id: W0X, name: x, guest_channels: [C0EAST]}", "guest_channels[0]: C0EAST is in no workspace of W0X"),
        ("users", "{id: W0X, name: x, teams: [T0EAST], guest_channels: [C0EAST]}", "guest_channels: W0X is no guest"),
        ("users", "{name: x, two_factor: {secret: ABC}}", "two_factor.secret: is cut off"),
        ("users", "{name: x, guest: single_channel}", "guest_channels: a single-channel guest is confined to exactly one"),
        (
            "users",
            "{name: x, guest: single_channel, teams: [T0EAST, T0WEST], guest_channels: [C0EAST, C0WEST]}",
            "guest_channels: a single-channel guest is confined to exactly one",
        ),
        ("users", "{name: x, guest: multi_channel, org_role: admin}", "org_role: a guest has no role"),
        (
            "users",
            "{name: x, guest: multi_channel, teams: [T0EAST], team_roles: {T0EAST: owner}}",
            "team_roles.T0EAST: a guest has no role",
        ),
        (
            "apps",
            "{id: A0X, name: x, installed_on: [T0EAST], granted_teams: [T0EAST]}",
            "granted_teams[0]: A0X is not installed on the organization of T0EAST",
        ),
        ("apps", "{name: x, bot_scopes: ['a,b']}", "bot_scopes[0]: must be one scope"),
        ("apps", "{name: x, unfurl_domains: [a.test, b.test, a.test]}", "unfurl_domains[2]: a.test is named twice"),
        (
            "apps",
            "{name: x, unfurl_domains: [a.xy, b.xy, c.xy, d.xy, e.xy, f.xy]}",
            "unfurl_domains: an app has 5 domains at the most",
        ),
        ("tokens", "{token: xoxb-a}", "app: is missing"),
        ("tokens", "{token: xoxb-a, app: A0PLAIN}", "user: the app A0PLAIN has no bot"),
        ("tokens", "{token: xoxe.xoxb-a, app: A0BOT, user: W0ADA}", "user: a bot token acts as its app's bot, which is W0BOT"),
        ("tokens", "{token: xoxp-a, app: A0BOT}", "user: is missing"),
        ("tokens", "{token: xoxs-a}", "user: is missing"),
        ("tokens", "{token: xoxs-a, user: W0CHO}", "team: is missing"),
        ("tokens", "{token: xoxp-a, app: A0PLAIN, user: W0ADA}", "team: is missing"),
        ("tokens", "{token: xoxp-a, app: A0BOT, user: W0BOT}", "user: W0BOT is a bot"),
        ("tokens", "{token: xoxp-a, app: A0BOT, user: W0BEN, team: T0EAST}", "user: W0BEN is not in T0EAST"),
        ("tokens", "{token: xoxp-a, app: A0BOT, user: U0LOU, enterprise: E0A}", "user: U0LOU is not in E0A"),
        (
            "tokens",
            "{token: xoxp-a, app: A0BOT, user: W0ADA, team: T0EAST, enterprise: E0A}",
            "enterprise: a token is for a workspace or",
        ),
        ("tokens", "{token: xapp-a, app: A0BOT, team: T0EAST}", "team: an app-level token is for its app alone"),
        ("tokens", "{token: xoxb-a, app: A0BOT, scopes: [chat write]}", "scopes[0]: must be one scope"),
        ("conversations", "{topic: x}", "name: is missing"),
        ("conversations", "{name: x, teams: []}", "team: is missing"),
        ("conversations", "{name: x, team: T0EAST, teams: [T0WEST]}", "teams: cannot stand beside `team`"),
        ("conversations", "{im: []}", "im: is between exactly two people"),
        ("conversations", "{im: [W0ADA, W0ADA]}", "im[1]: W0ADA is named twice"),
        ("conversations", "{im: [W0ADA, W0BEN, W0CHO]}", "im: is between exactly two people"),
        ("conversations", "{mpim: [W0ADA, W0BEN]}", "mpim: is between three or more people"),
        ("conversations", "{im: [W0ADA, W0BEN], name: x}", "name: cannot stand beside `im`"),
        ("conversations", "{im: [W0ADA, W0BEN], team: T0EAST}", "team: cannot stand beside `im`"),
        ("conversations", "{im: [W0ADA, W0BEN], general: true}", "general: cannot stand beside `im`"),
        ("conversations", "{im: [W0ADA, W0BEN], members: [W0CHO]}", "members[0]: W0CHO is not one of the people in `im`"),
        ("conversations", "{name: x, members: [U0LOU]}", "members[0]: U0LOU is in no organization that the conversation is in"),
        ("conversations", "{name: x, team: T0EAST, members: [W0GUS]}", "members[0]: W0GUS is a guest, and not confined to"),
        ("conversations", "{name: x, deleted_at: 5}", "deleted_at: stands without `deleted: true`"),
        (
            "messages",
            "{conversation: C0EAST, user: W0ADA, ts: '6.000000', thread_ts: '6.000001'}",
            "thread_ts: is later than the message that replies to it",
        ),
        (
            "messages",
            "{conversation: C0EAST, user: W0BOT, ts: '6.000000', app: A0PLAIN}",
            "app: a bot posts through its own app, which is A0BOT",
        ),
        (
            "messages",
            "{conversation: C0EAST, user: W0ADA, ts: '6.000000', metadata: {event_type: a, event_payload: {}}}",
            "metadata: only an app attaches metadata",
        ),
        (
            "messages",
            "{conversation: C0EAST, user: W0ADA, ts: '6.000000', username: Bea}",
            "username: only an app posts under a name or a picture of its choice",
        ),
        (
            "messages",
            "{conversation: C0EAST, user: W0BOT, ts: '6.000000', metadata: {event_type: a}}",
            "metadata: needs the field `event_payload`",
        ),
        (
            "messages",
            "{conversation: C0EAST, user: W0BOT, ts: '6.000000', metadata: {event_type: 5, event_payload: {}}}",
            "metadata.event_type: must be a string",
        ),
        (
            "messages",
            "{conversation: C0EAST, user: W0BOT, ts: '6.000000', metadata: {entities: [{entity_type: slack#/entities/task}]}}",
            "metadata.entities[0]: needs the field `entity_payload`",
        ),
        ("sessions", "{user: W0BOT}", "user: W0BOT is a bot"),
        ("sessions", "{user: W0CHO}", "team: is missing, and W0CHO is in no workspace"),
        ("sessions", "{user: W0BEN, team: T0EAST}", "user: W0BEN is not in T0EAST"),
        ("sessions", "{user: U0LOU, enterprise: E0A}", "user: U0LOU is not in E0A"),
        (
            "sessions",
            "{user: W0BEN, team: T0WEST, enterprise: E0A}",
            "enterprise: one signs in to a workspace or to an organization, not to both",
        ),
        ("sessions", "{user: W0BEN, created: {ip: here}}", "created.ip: must be an IP address"),
        ("sessions", "{user: W0BEN, recent: {ip: 256.0.0.1}}", "recent.ip: must be an IP address"),
        ("app_requests", "{app: A0PLAIN, user: W0BEN, team: T0EAST}", "user: W0BEN is not in T0EAST"),
        ("app_requests", "{app: A0PLAIN, user: W0BEN, scopes: ['']}", "scopes[0]: must be one scope"),
    ],
)
def test_what_cannot_be(path: Path, section: str, entry: str, told: str) -> None:
    assert_refused(path, section, entry, told)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("users: [{name: a}]  # HERE", "users[0]: belongs to no organization"),
        ("apps: [{name: a}]  # HERE", "apps[0]: belongs to no organization"),
        ("conversations: [{name: a}]  # HERE", "conversations[0].team: is missing, and its document has no workspace"),
        ("teams: [{name: A}]\nusers: [{name: a, org_role: owner}]  # HERE", "users[0].org_role: there is no enterprise"),
        (
            "enterprise: {name: A, settings: {network_allowlist: [10.0.0.0/8, 10.0.0.1/8]}}  # HERE",
            "enterprise.settings.network_allowlist[1]: must be a CIDR block",
        ),
        (
            organization() + "---\nteams: [{name: x}]\nconversations: [{name: x, org_wide: true}]  # HERE",
            "conversations[0].org_wide: there is no enterprise",
        ),
        (organization() + "---\nenterprise: {name: x, domain: east}  # HERE", "enterprise.domain: duplicate domain east"),
        (organization() + "---\nteams: [{id: T0LONE, name: x}]  # HERE", "teams[0].id: duplicate id T0LONE"),
    ],
)
def test_what_cannot_be_of_a_whole_document(path: Path, content: str, told: str) -> None:
    assert refusal(path, content).startswith(f"{path}:{marked(content)}: {told}")


@pytest.mark.parametrize(
    ("section", "entry"),
    [
        ("users", "{name: x, deleted: true, org_role: primary_owner}"),
        ("users", "{name: x, deleted: true, guest: single_channel}"),
        ("users", "{name: x, guest: multi_channel}"),
        ("users", "{name: x, fields: {Xf1: {value: a}}}"),
        ("users", "{name: lou, email: lou@lone.test}"),
        ("conversations", "{name: east, team: T0EAST, archived: true}"),
        ("conversations", "{name: east, team: T0WEST}"),
        ("conversations", "{name: x, members: [{user: U0LOU, left: 5}]}"),
        ("conversations", "{name: x, teams: [T0EAST, T0LONE], members: [U0LOU]}"),
        ("conversations", "{im: [W0ADA, U0LOU], members: [{user: W0ADA, last_read: '5.000000'}]}"),
        ("conversations", "{name: x, team: T0EAST, members: [W0BOT]}"),
        ("conversations", "{name: x, org_wide: true, members: [W0CHO]}"),
        ("tokens", "{token: xoxb-a, app: A0BOT, team: T0WEST}"),
        ("tokens", "{token: xoxs-a, user: W0BEN}"),
        ("messages", "{conversation: C0EAST, user: W0ADA, ts: '6.000000', thread_ts: '4.000000'}"),
        ("messages", "{conversation: C0EAST, user: W0ADA, ts: '6.000000', thread_ts: '6.000000'}"),
        ("messages", "{conversation: C0WEST, user: W0ADA, ts: '5.000001'}"),
        ("messages", "{conversation: C0WEST, user: W0BEN, ts: '5.000002', client_msg_id: m-1}"),
        ("messages", "{conversation: C0EAST, user: W0BOT, ts: '6.000000', app: A0BOT}"),
        (
            "messages",
            "{conversation: C0EAST, user: W0ADA, ts: '6.000000', edits:"
            " [{ts: '7.000000', user: W0ADA, text: a}, {ts: '7.000000', user: W0ADA, text: b}]}",
        ),
        ("conversations", "{im: [W0BEN, W0ADA], deleted: true}"),
        ("conversations", "{im: [W0ADA]}"),
        ("conversations", "{name: west, team: T0EAST, org_wide: true, archived: true}"),
    ],
)
def test_what_can_be(path: Path, section: str, entry: str) -> None:
    path.write_text(organization(section, entry))

    assert len(read(path).documents) == 2


def test_documents_that_came_from_no_file_are_checked_too() -> None:
    with pytest.raises(Mistake) as caught:
        check([OrgDocument(tokens=[TokenEntry(token="glpat-1")])])

    assert caught.value.path == (0, "tokens", 0, "token")
    assert "glpat" not in str(caught.value)
