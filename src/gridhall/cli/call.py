"""`gridhall call`: any method, from the shell."""

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from gridhall.cli.options import Failure

TIMEOUT = 60


def call(method: str, arguments: Sequence[str], *, token: str | None, url: str) -> int:
    """Call a method and print its answer.

    Arguments:
        arguments: `name=value` each; `name=@FILE` sends a file.
        url: the base address, with or without `/api/`.

    Returns:
        0 where the answer is ok, else 1.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise Failure(f"--url takes http://… or https://…, not {url}")
    values, files = _split(arguments)
    content_type, body = _form(values) if not files else _multipart(values, files)
    headers = {"Content-Type": content_type}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    base = url.rstrip("/")
    target = f"{base}/{method}" if base.endswith("/api") else f"{base}/api/{method}"
    request = urllib.request.Request(target, data=body, headers=headers)  # noqa: S310 -- the scheme was looked at above
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            text = response.read()
    except urllib.error.HTTPError as error:
        text = error.read()
    except (OSError, ValueError) as error:
        raise Failure(f"cannot reach {url}: {getattr(error, 'reason', error)}") from error
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
        name, equals, value = argument.partition("=")
        if not equals or not name:
            raise Failure(f"arguments are written name=value, not {argument}")
        if value.startswith("@"):
            files[name] = Path(value[1:])
        else:
            values[name] = value
    return values, files


def _form(values: dict[str, str]) -> tuple[str, bytes]:
    return "application/x-www-form-urlencoded", urlencode(values).encode()


def _multipart(values: dict[str, str], files: dict[str, Path]) -> tuple[str, bytes]:
    boundary = secrets.token_hex(16)
    parts = [_part(boundary, f'name="{name}"', value.encode()) for name, value in values.items()]
    for name, path in files.items():
        try:
            content = path.read_bytes()
        except OSError as error:
            raise Failure(f"cannot read {path}: {error.strerror}") from error
        parts.append(_part(boundary, f'name="{name}"; filename="{name}"', content))
    return f"multipart/form-data; boundary={boundary}", b"".join(parts) + f"--{boundary}--\r\n".encode()


def _part(boundary: str, disposition: str, content: bytes) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode() + content + b"\r\n"
