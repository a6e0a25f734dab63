"""Reads the command line and starts what it names. Each command imports what it needs when it is run."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gridhall import __version__
from gridhall.cli import options
from gridhall.cli.options import Failure, Parser, ServeOptions

if TYPE_CHECKING:
    from gridhall.catalogue.registry import Registry


class Commands(Protocol):
    """What the command line starts; the composition root provides it."""

    def serve(self, options: ServeOptions) -> int: ...

    def registry(self) -> "Registry": ...


def main(commands: Commands, arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    parsed = _parsed(_parser(), arguments)
    run: Callable[[Commands, argparse.Namespace], int] = parsed.run
    try:
        status = run(commands, parsed)
        sys.stdout.flush()
    except Failure as failure:
        print(f"gridhall: {failure}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read has gone (`gridhall methods | head`): nothing more can be told, at the interpreter's end neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> Parser:
    parser = Parser(prog="gridhall", description="A Slack-compatible organization on your own machine.")
    parser.add_argument("--version", action="version", version=f"gridhall {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands.add_parser("serve", help="run the server"))
    _add_call(commands.add_parser("call", help="call a method and print its answer"))
    _add_methods(commands.add_parser("methods", help="list the methods"))
    _add_token(commands.add_parser("token", help="create, revoke and list tokens"))
    _add_user(commands.add_parser("user", help="look after people"))
    _add_org(commands.add_parser("org", help="look after organizations"))
    _add_jobs(commands.add_parser("jobs", help="look after work in the background"))
    return parser


def _add_serve(parser: Parser) -> None:
    add = parser.option
    add("--org", "FILE", "organization file to load into an empty database", convert=Path)
    _add_database(parser)
    add("--host", "H", "address to listen on", default=options.DEFAULT_HOST)
    add("--port", "N", "port to listen on, 0 for a free one", convert=options.port, default=str(options.DEFAULT_PORT))
    add("--public-url", "URL", "where the server is reached from outside", convert=options.public_url)
    add(
        "--rate-limits",
        "documented|off|FACTOR",
        "how many calls are let through",
        convert=options.rate_limits,
        default="documented",
    )
    add("--workers", "N", "processes, more than one on PostgreSQL only", convert=options.workers, default="1")
    add("--trusted-proxies", "CIDR,…", "proxies whose X-Forwarded-For is believed", convert=options.networks, default="")
    add("--control-key", "KEY", "open the control surface, which moves the clock, to who knows this key")
    add("--log-format", "text|json", "how the log is written", convert=options.log_format, default="text")
    parser.set_defaults(run=_serve)


def _serve(commands: Commands, parsed: argparse.Namespace) -> int:
    return commands.serve(
        ServeOptions(
            database=parsed.database,
            org=parsed.org,
            host=parsed.host,
            port=parsed.port,
            public_url=parsed.public_url,
            rate_factor=parsed.rate_limits,
            workers=parsed.workers,
            trusted_proxies=parsed.trusted_proxies,
            control_key=parsed.control_key or None,
            log_format=parsed.log_format,
        )
    )


def _parsed(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line, read. argparse takes no argument of `call` that stands behind an option: those are handed on here."""
    parsed, rest = parser.parse_known_args(arguments)
    if parsed.run is _call and not any(text.startswith("-") for text in rest):
        parsed.arguments += rest
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return parsed


def _add_call(parser: Parser) -> None:
    parser.add_argument("method", metavar="METHOD")
    parser.add_argument("arguments", nargs="*", metavar="name=value", help="an argument; name@FILE sends a file")
    parser.option("--token", "T", "whom to call as")
    parser.option("--url", "U", "base address, with or without /api/", default=options.DEFAULT_URL)
    parser.set_defaults(run=_call)


def _call(commands: Commands, parsed: argparse.Namespace) -> int:
    from gridhall.cli.call import call

    return call(parsed.method, parsed.arguments, token=parsed.token, url=parsed.url)


def _add_methods(parser: Parser) -> None:
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", dest="form", action="store_const", const="json", help="for programs")
    form.add_argument("--markdown", dest="form", action="store_const", const="markdown", help="as a page")
    parser.set_defaults(run=_methods)


def _methods(commands: Commands, parsed: argparse.Namespace) -> int:
    from gridhall.cli import methods

    write = {"json": methods.as_json, "markdown": methods.as_markdown}.get(parsed.form, methods.as_text)
    print(write(commands.registry()))
    return 0


def _add_token(parser: Parser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a token and print it, once")
    create.add_argument("--user", required=True, metavar="U", help="id, name or e-mail address")
    place = create.add_mutually_exclusive_group()
    place.add_argument("--team", metavar="T", help="the workspace, by id or domain; may be left out where there is one")
    place.add_argument("--enterprise", metavar="E", help="the organization: an org-level token")
    create.add_argument("--app", metavar="A", help="the app that the token belongs to")
    create.add_argument("--scopes", required=True, type=options.scopes, metavar="a,b")
    _add_database(create)
    create.set_defaults(run=_create_token)
    revoke = actions.add_parser("revoke", help="end a token")
    revoke.add_argument("token", metavar="TOKEN", help="its id, as `token list` shows it, or the token itself")
    _add_database(revoke)
    revoke.set_defaults(run=_revoke_token)
    show = actions.add_parser("list", help="list tokens, never their secrets")
    _add_database(show)
    show.set_defaults(run=_list_tokens)


def _create_token(_: Commands, parsed: argparse.Namespace) -> int:
    from gridhall.cli import operator

    return operator.create_token(
        parsed.database,
        user=parsed.user,
        team=parsed.team,
        enterprise=parsed.enterprise,
        app=parsed.app,
        scopes=parsed.scopes,
    )


def _revoke_token(_: Commands, parsed: argparse.Namespace) -> int:
    from gridhall.cli import operator

    return operator.revoke_token(parsed.database, parsed.token)


def _list_tokens(_: Commands, parsed: argparse.Namespace) -> int:
    from gridhall.cli import operator

    return operator.list_tokens(parsed.database)


def _add_user(parser: Parser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    password = actions.add_parser(
        "set-password", help="read a new password from the terminal or standard input, and end their sessions"
    )
    password.add_argument("user", metavar="USER", help="id, name or e-mail address")
    _add_database(password)
    password.set_defaults(run=_set_password)
    factor = actions.add_parser("reset-two-factor", help="take away a second factor that somebody lost")
    factor.add_argument("user", metavar="USER", help="id, name or e-mail address")
    _add_database(factor)
    factor.set_defaults(run=_reset_two_factor)


def _set_password(_: Commands, parsed: argparse.Namespace) -> int:
    from gridhall.cli import operator

    return operator.set_password(parsed.database, parsed.user)


def _reset_two_factor(_: Commands, parsed: argparse.Namespace) -> int:
    from gridhall.cli import operator

    return operator.reset_two_factor(parsed.database, parsed.user)


def _add_org(parser: Parser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    export = actions.add_parser("export", help="print the database as an organization file, secrets left out")
    _add_database(export)
    export.set_defaults(run=_export_org)
    schema = actions.add_parser("schema", help="print the JSON Schema of organization files")
    schema.set_defaults(run=_print_schema)


def _export_org(_: Commands, parsed: argparse.Namespace) -> int:
    from gridhall.cli import operator

    return operator.export_org(parsed.database)


def _print_schema(_: Commands, parsed: argparse.Namespace) -> int:
    import json

    from gridhall.contract.orgfile import schema

    print(json.dumps(schema(), indent=2, ensure_ascii=False))
    return 0


def _add_jobs(parser: Parser) -> None:
    """Alone it lists, as does `list`, which the other commands have."""
    _add_database(parser)
    parser.set_defaults(run=_list_jobs)
    actions = parser.add_subparsers(metavar="ACTION")
    show = actions.add_parser("list", help="list what waits, is under way or has failed")
    _add_database(show, again=True)
    retry = actions.add_parser("retry", help="have a job's next step done now")
    retry.add_argument("organization", metavar="ORGANIZATION", help="as `jobs list` shows it, and so the others")
    retry.add_argument("kind", metavar="KIND")
    retry.add_argument("key", metavar="KEY", nargs="?", default="", help="left out where the list shows none")
    _add_database(retry, again=True)
    retry.set_defaults(run=_retry_job)


def _list_jobs(_: Commands, parsed: argparse.Namespace) -> int:
    from gridhall.cli import jobs

    return jobs.show(parsed.database)


def _retry_job(_: Commands, parsed: argparse.Namespace) -> int:
    from gridhall.cli import jobs

    return jobs.retry(parsed.database, parsed.organization, parsed.kind, parsed.key)


def _add_database(parser: Parser, *, again: bool = False) -> None:
    """Take the database's address.

    Arguments:
        again: whether the command before the action takes it as well: left out here, what was said there counts.
    """
    what = "sqlite:///PATH, sqlite:///:memory: or postgresql://…"
    option = parser.option("--database", "URL", what, convert=options.database, default=options.DEFAULT_DATABASE)
    if again:
        option.default = argparse.SUPPRESS
