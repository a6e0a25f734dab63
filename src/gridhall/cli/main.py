"""Reads the command line and starts what it names."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from gridhall import __version__
from gridhall.catalogue.registry import Registry
from gridhall.cli import operator, options
from gridhall.cli.options import Failure, ServeOptions, from_environment


class Commands(Protocol):
    """What the command line starts; the composition root provides it."""

    def serve(self, options: ServeOptions) -> int: ...

    def registry(self) -> Registry: ...


def main(commands: Commands, arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    parsed = _parser().parse_args(arguments)
    try:
        run: Callable[[Commands, argparse.Namespace], int] = parsed.run
        return run(commands, parsed)
    except Failure as failure:
        print(f"gridhall: {failure}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gridhall", description="A Slack-compatible organization on your own machine.")
    parser.add_argument("--version", action="version", version=f"gridhall {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands.add_parser("serve", help="run the server"))
    _add_call(commands.add_parser("call", help="call a method and print its answer"))
    _add_methods(commands.add_parser("methods", help="list the methods"))
    _add_token(commands.add_parser("token", help="create, revoke and list tokens"))
    _add_user(commands.add_parser("user", help="look after people"))
    _add_org(commands.add_parser("org", help="look after organizations"))
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    org = from_environment("ORG")
    add("--org", type=Path, metavar="FILE", default=Path(org) if org else None, help="load this into an empty database")
    _add_database(parser)
    add("--host", default=from_environment("HOST", "127.0.0.1"), help="address to listen on (127.0.0.1)")
    add("--port", type=options.port, default=from_environment("PORT", "3400"), help="port, 0 for a free one (3400)")
    add("--public-url", type=options.public_url, metavar="URL", default=from_environment("PUBLIC_URL"))
    add(
        "--rate-limits",
        type=options.rate_limits,
        metavar="documented|off|FACTOR",
        default=from_environment("RATE_LIMITS", "documented"),
    )
    add("--workers", type=options.workers, metavar="N", default=from_environment("WORKERS", "1"), help="PostgreSQL only")
    add("--trusted-proxies", type=options.networks, metavar="CIDR,…", default=from_environment("TRUSTED_PROXIES", ""))
    add("--control-key", metavar="KEY", default=from_environment("CONTROL_KEY"), help="open the clock to tests")
    add("--log-format", choices=("text", "json"), default=from_environment("LOG_FORMAT", "text"))
    parser.set_defaults(run=_serve)


def _serve(commands: Commands, parsed: argparse.Namespace) -> int:
    if parsed.log_format not in ("text", "json"):
        raise Failure("GRIDHALL_LOG_FORMAT takes text or json")
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


def _add_call(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("method", metavar="METHOD")
    parser.add_argument("arguments", nargs="*", metavar="name=value", help="name=@FILE sends a file")
    parser.add_argument("--token", metavar="T", default=from_environment("TOKEN"))
    parser.add_argument("--url", metavar="U", default=from_environment("URL", options.DEFAULT_URL))
    parser.set_defaults(run=_call)


def _call(commands: Commands, parsed: argparse.Namespace) -> int:
    from gridhall.cli.call import call

    return call(parsed.method, parsed.arguments, token=parsed.token, url=parsed.url)


def _add_methods(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="the whole catalogue, for programs")
    parser.set_defaults(run=_methods)


def _methods(commands: Commands, parsed: argparse.Namespace) -> int:
    from gridhall.cli.methods import as_json, as_text

    print((as_json if parsed.json else as_text)(commands.registry()))
    return 0


def _add_token(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a token and print it, once")
    create.add_argument("--user", required=True, metavar="U", help="id, name or e-mail address")
    place = create.add_mutually_exclusive_group()
    place.add_argument("--team", metavar="T", help="the workspace; may be left out where there is one")
    place.add_argument("--enterprise", metavar="E", help="the organization: an org-level token")
    create.add_argument("--app", metavar="A")
    create.add_argument("--scopes", required=True, type=options.scopes, metavar="a,b")
    _add_database(create)
    create.set_defaults(
        run=lambda _, parsed: operator.create_token(
            parsed.database,
            user=parsed.user,
            team=parsed.team,
            enterprise=parsed.enterprise,
            app=parsed.app,
            scopes=parsed.scopes,
        )
    )
    revoke = actions.add_parser("revoke", help="end a token")
    revoke.add_argument("token", metavar="TOKEN", help="its id, or the token itself")
    _add_database(revoke)
    revoke.set_defaults(run=lambda _, parsed: operator.revoke_token(parsed.database, parsed.token))
    show = actions.add_parser("list", help="list tokens, never their secrets")
    _add_database(show)
    show.set_defaults(run=lambda _, parsed: operator.list_tokens(parsed.database))


def _add_user(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    password = actions.add_parser("set-password", help="read a new password from the terminal or standard input")
    password.add_argument("user", metavar="USER", help="id, name or e-mail address")
    _add_database(password)
    password.set_defaults(run=lambda _, parsed: operator.set_password(parsed.database, parsed.user))


def _add_org(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    export = actions.add_parser("export", help="print the database as an organization file, secrets left out")
    _add_database(export)
    export.set_defaults(run=lambda _, parsed: operator.export_org(parsed.database))


def _add_database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database",
        type=options.database,
        metavar="URL",
        default=from_environment("DATABASE", options.DEFAULT_DATABASE),
        help=f"sqlite:///PATH, sqlite:///:memory: or postgresql://… ({options.DEFAULT_DATABASE})",
    )
