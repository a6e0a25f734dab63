"""Sessions that signing in made are exported without what one calls with, and are there again where the export is loaded."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from gridhall.cli.operator import export_org
from gridhall.domain.secrets import hash_of
from gridhall.domain.work import Work
from harness.clients import sign_in
from harness.databases import Databases, run
from harness.live import Live, live
from orgfile.test_exported import load

ACME, ADA, BEN = "E0ACME00001", "W0ADA000001", "W0BEN000001"
ORG_LEVEL = "xoxp-ada-org"
# Tokens are in no export.
TOKENS = f"tokens: [{{token: {ORG_LEVEL}, app: A0ADMIN0001, enterprise: {ACME}, user: {ADA}}}]\n"
PEOPLE = json.dumps([ADA, BEN, "W0CHO000001"])


def told(server: Live) -> list[dict[str, Any]]:
    """What administrators are told of sessions and of their settings."""
    return [
        server.call("admin.users.session.list", ORG_LEVEL),
        server.call("admin.users.session.getSettings", ORG_LEVEL, user_ids=PEOPLE),
    ]


def exported(database: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert export_org(database) == 0
    return capsys.readouterr().out


def test_sessions_and_their_settings_survive_an_export_without_their_secrets(
    any_databases: Databases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database, again = any_databases.filled(), any_databases.empty()
    with live(database) as server:
        phone = sign_in(server, "acme", "ada@acme.test", "ada-archer-signs-in", client="mobile")
        desktop = sign_in(server, "acme-east", "ada@acme.test", "ada-archer-signs-in")
        assert desktop.post("heartbeat", device={"hardware": "Framework 13", "os": "Linux"}).status == 200
        for people, setting in (([ADA, BEN], {"duration": 86_400}), ([BEN], {"desktop_app_browser_quit": "true"})):
            user_ids = json.dumps(people)
            assert server.call("admin.users.session.setSettings", ORG_LEVEL, user_ids=user_ids, **setting)["ok"]
        before = told(server)
    text = exported(database, capsys)
    secrets = [client.told[name] for client in (phone, desktop) for name in ("cookie", "token")]
    assert [secret for secret in secrets if secret in text or hash_of(secret) in text] == []
    [document] = yaml.safe_load_all(text)
    written = {session["id"]: session for session in document["sessions"]}
    assert written[phone.session]["enterprise"] == ACME
    assert (written[desktop.session]["team"], written[desktop.session]["recent"]["os"]) == ("T0EAST00001", "Linux")

    file = tmp_path / "org.yaml"
    file.write_text(text + TOKENS, encoding="utf-8")
    run(load(again, file))
    with live(again) as server:
        assert told(server) == before
        assert phone.at(server, "auth.test")["error"] == "invalid_auth"
        # They end there as they would have here.
        server.move(advance=86_401)
        left = server.call("admin.users.session.list", ORG_LEVEL)["active_sessions"]
        assert {phone.session, desktop.session} & {session["session_id"] for session in left} == set()


def test_recovery_codes_are_not_exported(
    sqlite_databases: Databases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = sqlite_databases.filled()

    async def set_up(work: Work) -> None:
        await work.credentials.save_two_factor(ACME, ADA, "JBSWY3DPEHPK3PXP", step=1)
        await work.credentials.replace_recovery_codes(ACME, ADA, ["a-hash-of-a-recovery-code"])

    with live(database) as server:
        server.on_loop(server.gridhall.storage.write(set_up))
    text = exported(database, capsys)
    assert "a-hash-of-a-recovery-code" not in text
    [document] = yaml.safe_load_all(text)
    [ada] = [user for user in document["users"] if user["id"] == ADA]
    assert ada["two_factor"] == {"secret": "JBSWY3DPEHPK3PXP"}
