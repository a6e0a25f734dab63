"""`gridhall call`: any method, from the shell."""

import json
import re
import secrets
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from gridhall.cli.options import Failure

TIMEOUT = 60

_ARGUMENT = re.compile(r"([^=@]+)([=@])(.*)", re.DOTALL)
_QUOTED = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})  # as browsers do: WHATWG, multipart/form-data


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it would take the token to whoever the answer names."""

    def redirect_request(self, *_: Any) -> None:
        return None


# Nor does a call go through a proxy of the environment's: the server is on this machine, or is its own proxy's business.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay).open


def call(method: str, arguments: Sequence[str], *, token: str | None, url: str) -> int:
    """Call a method and print its answer.

    Arguments:
        arguments: `name=value` each; `name@FILE` sends a file.
        url: the base address, with or without `/api/`.

    Returns:
        0 where the answer is ok, else 1.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise Failure(f"--url takes http://… or https://…, not {url}")
    if token and not (token.isascii() and token.isprintable()):
        raise Failure("--token: that is no token")
    values, files = _split(arguments)
    content_type, body = _multipart(values, files) if files else _form(values)
    headers = {"Content-Type": content_type}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    base = url.rstrip("/").removesuffix("/api")
    request = urllib.request.Request(f"{base}/api/{quote(method)}", body, headers)  # noqa: S310 -- the scheme was looked at above
    try:
        with _open(request, timeout=TIMEOUT) as response:
            text = response.read()
    except urllib.error.HTTPError as error:
        text = error.read()
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise Failure(f"cannot reach {url}: {getattr(reason, 'strerror', None) or reason}") from error
    try:
        answer = json.loads(text)
    except ValueError as error:
        raise Failure(f"{url} did not answer with JSON: is it a Web API?") from error
    print(json.dumps(answer, indent=2, ensure_ascii=False))
    return 0 if isinstance(answer, dict) and answer.get("ok") is True else 1


def _split(arguments: Sequence[str]) -> tuple[dict[str, str], dict[str, Path]]:
    values: dict[str, str] = {}
    files: dict[str, Path] = {}
    for argument in arguments:
        parts = _ARGUMENT.fullmatch(argument)
        if parts is None:
            raise Failure(f"arguments are written name=value, or name@FILE for a file, not {argument}")
        name, sign, value = parts.groups()
        if sign == "=":
            values[name] = value
        else:
            files[name] = Path(value)
    return values, files


def _form(values: dict[str, str]) -> tuple[str, bytes]:
    return "application/x-www-form-urlencoded", urlencode(values).encode()


def _multipart(values: dict[str, str], files: dict[str, Path]) -> tuple[str, bytes]:
    boundary = secrets.token_hex(16)
    parts = [_part(boundary, f'name="{name.translate(_QUOTED)}"', value.encode()) for name, value in values.items()]
    for name, path in files.items():
        try:
            content = path.read_bytes()
        except OSError as error:
            raise Failure(f"cannot read {path}: {error.strerror}") from error
        parts.append(_part(boundary, f'name="{name.translate(_QUOTED)}"; filename="{path.name.translate(_QUOTED)}"', content))
    return f"multipart/form-data; boundary={boundary}", b"".join(parts) + f"--{boundary}--\r\n".encode()


def _part(boundary: str, disposition: str, content: bytes) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode() + content + b"\r\n"
