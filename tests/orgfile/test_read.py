"""Reading an organization file: what it understands, and how it tells each kind of mistake."""

from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET

from gridhall.cli.orgfile.read import OrgFileError, read
from gridhall.contract.orgfile import MemberEntry, Mistake, UserEntry

DATA = Path(__file__).parent.parent / "data"
DEMO = Path(__file__).parents[2] / "src" / "gridhall" / "cli" / "demo.yaml"

HERE = "# HERE"
"""Marks the line that a mistake must be told of."""


def refusal(path: Path, content: str | bytes) -> str:
    """What is said of a file of this content."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(OrgFileError) as caught:
        read(path)
    return str(caught.value)


def users_of(path: Path, content: str) -> list[UserEntry]:
    path.write_text(content, encoding="utf-8")
    return read(path).documents[0].users


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "org.yaml"


# What is understood.


@pytest.mark.parametrize("file", [DATA / "acme.yaml", DATA / "full.yaml", DEMO], ids=lambda file: file.name)
def test_the_known_files_are_read(file: Path) -> None:
    read(file)


def test_a_file_holds_several_documents() -> None:
    documents = read(DATA / "full.yaml").documents

    assert [document.teams[0].id for document in documents] == ["T0NORTH0001", "T0SOUTH0001", "T0ALONE0001"]
    assert documents[2].enterprise is UNSET


@pytest.mark.parametrize(
    "written",
    ["on", "no", "0123", "1_000", "1.10", "12:30", "2020-01-02", "0x1F", ".5", "1e3", "=", "true", "10.15.7", "203.0.113.5"],
)
def test_what_stands_where_text_is_wanted_is_its_own_text(path: Path, written: str) -> None:
    assert users_of(path, f"teams: [{{name: A}}]\nusers: [{{name: ada, title: {written}}}]")[0].title == written


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("null", None),
        ("~", None),
        ("true", True),
        ("on", "on"),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("0123", "0123"),
        ("12:30", "12:30"),
        ("2020-01-02", "2020-01-02"),
        (".inf", ".inf"),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("[1, {a: b}]", [1, {"a": "b"}]),
    ],
)
def test_what_stands_in_blocks_is_what_json_would_take_it_for(path: Path, written: str, read_as: Any) -> None:
    message = f"{{conversation: C0A, user: U0ADA, ts: '1.000000', blocks: [{{type: x, value: {written}}}]}}"
    path.write_text(
        f"teams: [{{name: A}}]\nusers: [{{id: U0ADA, name: ada}}]\nconversations: [{{id: C0A, name: a}}]\nmessages: [{message}]"
    )

    assert read(path).documents[0].messages[0].blocks == [{"type": "x", "value": read_as}]


def test_only_names_are_needed(path: Path) -> None:
    path.write_text(
        "enterprise: {name: A}\nteams: [{name: B}]\nusers: [{name: c}]\n"
        "apps: [{name: D, bot: {name: e}}]\nconversations: [{name: f}]\n---\nteams: [{name: G}]\nusers: [{name: h}]\n"
    )

    assert len(read(path).documents) == 2


def test_a_reference_reaches_into_a_later_document(path: Path) -> None:
    path.write_text(
        "enterprise: {name: A}\nteams: [{name: A}]\nconversations: [{name: c, members: [{user: U0LATER, left: 5}]}]\n"
        "---\nteams: [{name: B}]\nusers: [{id: U0LATER, name: later}]\n"
    )

    assert read(path).documents[0].conversations[0].members == [MemberEntry(user="U0LATER", left=5)]


def test_an_alias_stands_for_its_anchor(path: Path) -> None:
    users = users_of(
        path,
        "enterprise: {name: A}\nteams: [{id: T0A, name: A}]\nusers: [{name: ada, teams: &all [T0A]}, {name: ben, teams: *all}]",
    )

    assert [user.teams for user in users] == [["T0A"], ["T0A"]]


def test_a_byte_order_mark_is_no_part_of_the_file(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbfteams: [{name: A}]")

    assert read(path).documents[0].teams[0].name == "A"


# Files that are no organization files.


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        ("", 1, "is empty"),
        ("\n# nothing\n", 1, "is empty"),
        ("- a list\n", 1, "a document must be a mapping"),
        ("teams: [{name: A}]\n---\n- a list\n", 3, "a document must be a mapping"),
        ("teams: [{name: A}]\n---\n", 3, "a document must be a mapping"),
        (b"teams:\n  - {name: \xff}\n", 2, "is not UTF-8"),
        ("teams:\n  - {name: \x01}\n", 2, "is no YAML: holds a character"),
        ("teams:\n  - {name: A\n", 2, "is no YAML: "),
        ("teams:\n\t- {name: A}\n", 2, "is no YAML: "),
        ("teams: [{name: A}]\nusers: *nobody\n", 2, "is no YAML: found undefined alias"),
        ("teams:\n" + "- " * 200 + "x", 2, "is nested more than 100 levels deep"),
        ("teams:\n- " + "[" * 200_000, 2, "is nested more than 100 levels deep"),
        ("teams: [{name: A}]\n[a, b]: c\n", 2, "a key must be plain text"),
        ("!set {a}\n", 1, "has a tag that means nothing here"),
        ("teams:\n- name: !!binary aGk=\n", 2, "teams[0].name: has a tag that means nothing here"),
        ('teams:\n- name: "a\\0b"\n', 2, "teams[0].name: holds a character that cannot be stored"),
    ],
)
def test_a_file_that_is_no_organization_file(path: Path, content: str | bytes, line: int, told: str) -> None:
    said = refusal(path, content)

    assert said.startswith(f"{path}:{line}: {told}")
    assert "\n" not in said


def test_a_file_that_is_not_there(path: Path) -> None:
    with pytest.raises(OrgFileError) as caught:
        read(path)

    assert str(caught.value) == f"{path}: cannot be read: No such file or directory"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OrgFileError, match="cannot be read"):
        read(tmp_path)


def blocks(written: str) -> str:
    return f"messages:\n- conversation: C0A\n  user: W0ADA\n  ts: '1.000000'\n  blocks: {written}\n"


def test_an_alias_within_what_it_stands_for(path: Path) -> None:
    said = refusal(path, blocks("\n  - &a\n    again: [*a]"))

    assert said == f"{path}:6: messages[0].blocks[0].again[0]: an alias stands within what it stands for"


def test_aliases_that_unfold_without_end(path: Path) -> None:
    laughs = ["&a0 [" + "ha, " * 9 + "ha]"]
    laughs += [f"&a{level} [" + f"*a{level - 1}, " * 9 + f"*a{level - 1}]" for level in range(1, 12)]

    said = refusal(path, blocks("[" + ",\n  ".join(f"{{x: {laugh}}}" for laugh in laughs) + "]"))

    assert said.endswith(": aliases stand for too much")


# Mistakes in what the keys are and hold.


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("teams: [{name: A}]\nuser: []  # HERE", "user: unknown key"),
        ("users:\n- name: ada\n  emial: a@b  # HERE", "users[0].emial: unknown key"),
        ("users:\n- name: ada\n  status:\n    txt: hi  # HERE", "users[0].status.txt: unknown key"),
        ("users:\n- name: ada\n  name: ben  # HERE", "users[0].name: duplicate key"),
        ("teams: [{name: A}]\nteams: []  # HERE", "teams: duplicate key"),
        ("users:\n- real_name: Ada  # HERE\n  title: x", "users[0].name: is missing"),
        ("tokens:\n- {app: A0A}  # HERE", "tokens[0].token: is missing"),
        ("messages:\n- {conversation: C0A, user: U0A}  # HERE", "messages[0].ts: is missing"),
        ("users: {name: ada}  # HERE", "users: must be a list"),
        ("users:  # HERE\nteams: []", "users: must be a list"),
        ("users: [{name: a}, ada]  # HERE", "users[1]: must be a mapping"),
        ("users:\n- name: [ada]  # HERE", "users[0].name: must be text"),
        ("users:\n- name: ada\n  title: null  # HERE", "users[0].title: must be text"),
        ("users:\n- name: ada\n  deleted: yes  # HERE", "users[0].deleted: must be true or false"),
        ("users:\n- name: ada\n  deleted: 'true'  # HERE", "users[0].deleted: must be true or false"),
        ("users:\n- name: ada\n  created: '5'  # HERE", "users[0].created: must be a whole number"),
        ("users:\n- name: ada\n  created: 010  # HERE", "users[0].created: must be a whole number"),
        ("users:\n- name: ada\n  created: 1:30  # HERE", "users[0].created: must be a whole number"),
        ("users:\n- name: ada\n  created: -1  # HERE", "users[0].created: must be between 0 and 253402300799"),
        (
            "enterprise:\n  name: A\n  retention: {messages_days: -1}  # HERE",
            "enterprise.retention.messages_days: must be between",
        ),
        (
            "conversations:\n- name: a\n  retention_days: -5  # HERE",
            "conversations[0].retention_days: must be between 0 and 36500",
        ),
        ("users:\n- name: ''  # HERE", "users[0].name: must be one word"),
        ("enterprise: {name: ''}  # HERE", "enterprise.name: must not be empty"),
        (f"conversations:\n- name: {'a' * 81}  # HERE", "conversations[0].name: must have at most 80 characters"),
        (
            "users:\n- {name: a, org_role: king}  # HERE",
            "users[0].org_role: must be one of admin, member, owner, primary_owner",
        ),
        ("users:\n- {name: a, presence: here}  # HERE", "users[0].presence: must be one of auto, away"),
        (
            "conversations:\n- {name: a, posting: nobody}  # HERE",
            "conversations[0].posting: must be one of admins, everyone, or a mapping",
        ),
        ("conversations:\n- {name: a, members: [[]]}  # HERE", "conversations[0].members[0]: must be text, or a mapping"),
        ("users:\n- {name: a, email: nowhere}  # HERE", "users[0].email: must be an e-mail address"),
        ("users:\n- {name: a, locale: english!}  # HERE", "users[0].locale: must be a language tag such as en-GB"),
        ("users:\n- {name: a, two_factor: {secret: '1'}}  # HERE", "users[0].two_factor.secret: must be Base32"),
        ("teams:\n- {name: a, domain: A_B}  # HERE", "teams[0].domain: must be small letters, digits and hyphens"),
        *(
            (f"apps:\n- {{name: a, unfurl_domains: [{domain!r}]}}  # HERE", "apps[0].unfurl_domains[0]: must be a domain alone")
            for domain in (
                "https://a.test",
                "a.test/path",
                "a.test:80",
                "test",
                ".test",
                "127.0.0.1",
                "A.test",
                "ä.test",
                "-a.test",
            )
        ),
        ("tokens:\n- {token: ghp-secret}  # HERE", "tokens[0].token: must start with xoxb-"),
        ("tokens:\n- {token: xoxc-secret}  # HERE", "tokens[0].token: must start with xoxb-"),
        ("messages:\n- {conversation: C0A, user: U0A, ts: '15.5'}  # HERE", "messages[0].ts: must be seconds and six decimals"),
        ("users:\n- {name: a, team_roles: {'T 1': king}}  # HERE", 'users[0].team_roles["T 1"]: must be one of'),
        # Ids by kind.
        ("enterprise: {id: T0A, name: A}  # HERE", "enterprise.id: must be E and then capital letters and digits"),
        ("teams: [{id: E0A, name: A}]  # HERE", "teams[0].id: must be T and then"),
        ("users: [{id: w0a, name: a}]  # HERE", "users[0].id: must be U or W and then"),
        ('users:\n- {name: a, id: "W0A\\n"}  # HERE', "users[0].id: must be U or W and then"),
        ("apps: [{id: A-1, name: a}]  # HERE", "apps[0].id: must be A and then"),
        ("apps: [{name: a, bot: {name: b, bot_id: W0A}}]  # HERE", "apps[0].bot.bot_id: must be B and then"),
        ("conversations: [{id: X0A, name: a}]  # HERE", "conversations[0].id: must be C, D or G and then"),
        ("app_requests: [{id: A0A, app: a, user: b}]  # HERE", "app_requests[0].id: must be Ar and then"),
        (
            "teams: [{name: a, profile_fields: [{label: a, id: F1}]}]  # HERE",
            "teams[0].profile_fields[0].id: must be Xf and then",
        ),
        ("sessions: [{id: 0, user: a}]  # HERE", "sessions[0].id: must be between 1 and"),
        (blocks("[{n: 1.0e+999}]").rstrip() + "  # HERE", "messages[0].blocks[0].n: is too large a number"),
        (blocks("[{n: 18446744073709551616}]").rstrip() + "  # HERE", "messages[0].blocks[0].n: is too large a number"),
        (blocks(f"[{{n: -{'9' * 5000}}}]").rstrip() + "  # HERE", "messages[0].blocks[0].n: is too large a number"),
        (blocks("[{n: 1, n: 2}]").rstrip() + "  # HERE", "messages[0].blocks[0].n: duplicate key"),
        (blocks("{}").rstrip() + "  # HERE", "messages[0].blocks: must be a list"),
    ],
)
def test_a_key_or_a_value_that_the_format_does_not_have(path: Path, content: str, told: str) -> None:
    said = refusal(path, content)

    assert said.startswith(f"{path}:{line_of(content)}: {told}")


def line_of(content: str) -> int:
    return content[: content.index(HERE)].count("\n") + 1


def test_a_secret_is_not_told(path: Path) -> None:
    assert "hunter2" not in refusal(path, "tokens: [{token: hunter2}]")


# Mistakes that are found later.


def test_a_later_mistake_is_told_with_its_line(path: Path) -> None:
    path.write_text("teams:\n- name: A\n  domain: a\n- name: B\n---\nteams: [{name: C}]\n")
    file = read(path)

    assert str(file.locate(Mistake((0, "teams", 0, "domain"), "is taken"))) == f"{path}:3: teams[0].domain: is taken"
    assert str(file.locate(Mistake((0, "teams", 1, "domain"), "is taken"))) == f"{path}:4: teams[1].domain: is taken"
    assert str(file.locate(Mistake((1,), "is taken"))) == f"{path}:6: is taken"


def test_a_mistake_is_one_line_whatever_it_quotes() -> None:
    assert str(Mistake((0, "a\nb"), "unknown x\n\x1b[31m")) == '["a\\nb"]: unknown x  [31m'


# Pictures.


def pictured(path: Path, photo: str) -> Path:
    path.write_text(f"teams: [{{name: A}}]\nusers:\n- name: ada\n  photo: {photo}\n- name: ben\n  photo: {photo}\n")
    return path


def test_a_picture_is_read_and_rendered_once(path: Path) -> None:
    (path.parent / "faces").mkdir()
    (path.parent / "faces" / "ada.png").write_bytes(b"picture")
    uploads = []

    def render(upload: bytes) -> tuple[str, dict[str, bytes]]:
        uploads.append(upload)
        return "hash", {"24": b"small"}

    photos = read(pictured(path, "faces/ada.png")).photos(render)

    assert photos == {"faces/ada.png": ("hash", {"24": b"small"})}
    assert uploads == [b"picture"]


def test_a_picture_that_cannot_be_rendered_is_told_with_its_line(path: Path) -> None:
    (path.parent / "ada.png").write_bytes(b"no picture")

    def render(_: bytes) -> tuple[str, dict[str, bytes]]:
        raise ValueError("bad\nimage")

    with pytest.raises(OrgFileError) as caught:
        read(pictured(path, "ada.png")).photos(render)

    assert str(caught.value) == f"{path}:4: users[0].photo: the picture cannot be used: bad image"


@pytest.mark.parametrize("photo", ["../ada.png", "/ada.png", "link.png", "faces/../../ada.png"])
def test_a_picture_lies_below_the_file(tmp_path: Path, photo: str) -> None:
    (tmp_path / "ada.png").write_bytes(b"picture")
    folder = tmp_path / "org"
    folder.mkdir()
    (folder / "link.png").symlink_to(tmp_path / "ada.png")
    file = pictured(folder / "org.yaml", photo)

    with pytest.raises(OrgFileError) as caught:
        read(file)

    assert str(caught.value) == f"{file}:4: users[0].photo: must be a path below the file's own folder"


def test_a_picture_that_is_not_there(path: Path) -> None:
    with pytest.raises(OrgFileError) as caught:
        read(pictured(path, "none.png"))

    assert str(caught.value) == f"{path}:4: users[0].photo: there is no picture none.png"


def test_a_picture_that_has_gone_since(path: Path) -> None:
    photo = path.parent / "ada.png"
    photo.write_bytes(b"picture")
    file = read(pictured(path, "ada.png"))
    photo.unlink()

    with pytest.raises(OrgFileError) as caught:
        file.photos(lambda upload: ("hash", {}))

    assert str(caught.value) == f"{path}:4: users[0].photo: there is no picture ada.png"


def test_a_picture_that_is_too_large(path: Path) -> None:
    with (path.parent / "big.png").open("wb") as picture:
        picture.truncate(8 * 1024 * 1024 + 1)

    with pytest.raises(OrgFileError, match=r":4: users\[0\]\.photo: the picture is larger than 8388608 bytes"):
        read(pictured(path, "big.png"))
