"""What `gridhall serve` takes, by option and by environment, and how wrong options are told."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from gridhall.catalogue.registry import Registry
from gridhall.cli.main import main
from gridhall.cli.options import ServeOptions, masked

# The option, its environment's name, a value, and what it makes of the options.
GIVEN: tuple[tuple[str, str, str, str, object], ...] = (
    ("--org", "GRIDHALL_ORG", "acme.yaml", "org", Path("acme.yaml")),
    ("--database", "GRIDHALL_DATABASE", "sqlite:////var/lib/x.db", "database", "sqlite:////var/lib/x.db"),
    ("--database", "GRIDHALL_DATABASE", "sqlite:///:memory:", "database", "sqlite:///:memory:"),
    ("--database", "GRIDHALL_DATABASE", "postgresql://me@db:5432/x", "database", "postgresql://me@db:5432/x"),
    ("--host", "GRIDHALL_HOST", "::1", "host", "::1"),
    ("--port", "GRIDHALL_PORT", "0", "port", 0),
    ("--port", "GRIDHALL_PORT", "65535", "port", 65535),
    ("--public-url", "GRIDHALL_PUBLIC_URL", "https://slack.test/here/", "public_url", "https://slack.test/here"),
    ("--rate-limits", "GRIDHALL_RATE_LIMITS", "documented", "rate_factor", 1.0),
    ("--rate-limits", "GRIDHALL_RATE_LIMITS", "off", "rate_factor", None),
    ("--rate-limits", "GRIDHALL_RATE_LIMITS", "2.5", "rate_factor", 2.5),
    ("--workers", "GRIDHALL_WORKERS", "4", "workers", 4),
    (
        "--trusted-proxies",
        "GRIDHALL_TRUSTED_PROXIES",
        "10.0.0.0/8, ::1",
        "trusted_proxies",
        (ip_network("10.0.0.0/8"), ip_network("::1")),
    ),
    ("--control-key", "GRIDHALL_CONTROL_KEY", "open-sesame", "control_key", "open-sesame"),
    ("--log-format", "GRIDHALL_LOG_FORMAT", "json", "log_format", "json"),
)

WRONG = (
    ("--database", "GRIDHALL_DATABASE", "mysql://db"),
    ("--database", "GRIDHALL_DATABASE", "sqlite:///"),
    ("--database", "GRIDHALL_DATABASE", "gridhall.db"),
    ("--port", "GRIDHALL_PORT", "65536"),
    ("--port", "GRIDHALL_PORT", "-1"),
    ("--port", "GRIDHALL_PORT", "٣"),
    ("--port", "GRIDHALL_PORT", "http"),
    ("--public-url", "GRIDHALL_PUBLIC_URL", "slack.test"),
    ("--public-url", "GRIDHALL_PUBLIC_URL", "https://[::1"),
    ("--public-url", "GRIDHALL_PUBLIC_URL", "https://slack.test:port"),
    ("--public-url", "GRIDHALL_PUBLIC_URL", "https://slack\n.test"),
    ("--public-url", "GRIDHALL_PUBLIC_URL", "https://slack.test/?a=b"),
    ("--rate-limits", "GRIDHALL_RATE_LIMITS", "none"),
    ("--rate-limits", "GRIDHALL_RATE_LIMITS", "0"),
    ("--rate-limits", "GRIDHALL_RATE_LIMITS", "-2"),
    ("--rate-limits", "GRIDHALL_RATE_LIMITS", "nan"),
    ("--rate-limits", "GRIDHALL_RATE_LIMITS", "inf"),
    ("--workers", "GRIDHALL_WORKERS", "0"),
    ("--workers", "GRIDHALL_WORKERS", "many"),
    ("--trusted-proxies", "GRIDHALL_TRUSTED_PROXIES", "10.0.0.1/8"),
    ("--trusted-proxies", "GRIDHALL_TRUSTED_PROXIES", "proxy.test"),
    ("--log-format", "GRIDHALL_LOG_FORMAT", "xml"),
)


class Started(Exception):
    """`serve` was started; carries its options."""


class Recorder:
    """Starts nothing."""

    def serve(self, options: ServeOptions) -> int:
        raise Started(options)

    def registry(self) -> Registry:
        raise AssertionError("not asked for")


def parsed(*arguments: str) -> ServeOptions:
    with pytest.raises(Started) as started:
        main(Recorder(), ["serve", *arguments])
    found: ServeOptions = started.value.args[0]
    return found


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for _, variable, *_ in GIVEN:
        monkeypatch.delenv(variable, raising=False)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that a wrong command line is answered with."""
    with pytest.raises(SystemExit) as ended:
        main(Recorder(), arguments)
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    return shown.err


def test_defaults() -> None:
    assert parsed() == ServeOptions()


@pytest.mark.parametrize(("flag", "variable", "text", "field", "value"), GIVEN)
def test_an_option(flag: str, variable: str, text: str, field: str, value: object) -> None:
    assert getattr(parsed(flag, text), field) == value


@pytest.mark.parametrize(("flag", "variable", "text", "field", "value"), GIVEN)
def test_an_option_by_environment(
    flag: str, variable: str, text: str, field: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, text)
    assert getattr(parsed(), field) == value


def test_every_option_is_tried() -> None:
    assert {field for *_, field, _ in GIVEN} == set(ServeOptions.__dataclass_fields__)


def test_the_command_line_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDHALL_PORT", "no number")
    assert parsed("--port", "1234").port == 1234


@pytest.mark.parametrize("variable", sorted({variable for _, variable, *_ in GIVEN}))
def test_an_empty_variable_counts_as_none(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "")
    assert parsed() == ServeOptions()


@pytest.mark.parametrize(("flag", "variable", "text"), WRONG)
def test_a_wrong_option(flag: str, variable: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    line = told(capsys, "serve", f"{flag}={text}")
    assert line.startswith(f"gridhall serve: argument {flag}: takes ")


@pytest.mark.parametrize(("flag", "variable", "text"), WRONG)
def test_a_wrong_option_by_environment(
    flag: str, variable: str, text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, text)
    line = told(capsys, "serve")
    assert line.startswith(f"gridhall serve: argument {flag}: takes ")
    assert f"(in {variable})" in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "COMMAND"),
        (["fly"], "invalid choice"),
        (["serve", "--port"], "expected one argument"),
        (["serve", "--no-such"], "unrecognized arguments"),
        (["serve", "--work", "2"], "unrecognized arguments"),
        (["call"], "METHOD"),
        (["methods", "--json", "--markdown"], "not allowed with"),
        (["token"], "ACTION"),
        (["token", "create", "--user", "ada"], "--scopes"),
        (["token", "create", "--scopes", "users:read"], "--user"),
        (["token", "create", "--user", "ada", "--scopes", ","], "takes scopes"),
        (["token", "create", "--user", "ada", "--scopes", "Users Read"], "takes scopes"),
        (["token", "create", "--user", "a", "--scopes", "b", "--team", "T1", "--enterprise", "E1"], "not allowed with"),
        (["token", "revoke"], "TOKEN"),
        (["user", "set-password"], "USER"),
        (["org"], "ACTION"),
    ],
)
def test_a_wrong_command(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert words in told(capsys, *arguments)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("sqlite:///gridhall.db", "sqlite:///gridhall.db"),
        ("postgresql://me@db/x", "postgresql://me@db/x"),
        ("postgresql://me:secret@db:5432/x", "postgresql://me:…@db:5432/x"),
        ("postgresql://me:se@cret@db/x", "postgresql://me:…@db/x"),
        ("postgresql://me@db/x?sslmode=disable&password=secret", "postgresql://me@db/x?sslmode=disable&password=…"),
    ],
)
def test_a_shown_address_has_no_password(address: str, shown: str) -> None:
    assert masked(address) == shown


def test_the_other_name_of_postgresql() -> None:
    assert parsed("--database", "postgres://db/x").database == "postgresql://db/x"
