"""`gridhall methods`: the catalogue for people and for programs."""

import json
from collections.abc import Sequence

import msgspec

from gridhall.catalogue.arguments import Argument
from gridhall.catalogue.method import Method
from gridhall.catalogue.rates import Counted
from gridhall.catalogue.registry import Registry
from gridhall.contract.tokens import Token

_KINDS = {"bot": Token.BOT, "user": Token.USER, "app": Token.APP, "legacy": Token.LEGACY, "client": Token.CLIENT}


def described(method: Method) -> dict[str, object]:
    """Everything that the catalogue says of a method."""
    return {
        "name": method.name,
        "summary": method.summary,
        "notes": method.notes,
        "writes": method.writes,
        "on_request": method.on_request,
        "tokens": tokens(method),
        "scopes": list(method.scopes.accepted),
        "one_of_scopes": list(method.scopes.any_of),
        "limits": [
            {
                "name": limit.name,
                "calls": limit.limit.calls,
                "seconds": limit.limit.seconds,
                "burst": limit.limit.burst,
                "shared": limit.shared,
            }
            for limit in method.limits
        ],
        "arguments": [
            {
                "name": argument.name,
                "type": argument.kind,
                "required": argument.required,
                "default": argument.default,
                "description": argument.arg.doc,
                "example": argument.arg.example,
            }
            for argument in method.arguments
        ]
        + [{"name": name, "type": "file", "required": True, "default": None} for name in sorted(method.files)],
        "errors": sorted(error.code for error in method.errors),
    }


def tokens(method: Method) -> list[str]:
    """The kinds of token that a method takes, none where it needs none."""
    return [name for name, kind in _KINDS.items() if method.tokens is not None and kind in method.tokens]


def as_json(registry: Registry) -> str:
    return msgspec.json.format(msgspec.json.encode([described(method) for method in registry]), indent=2).decode()


def as_markdown(registry: Registry) -> str:
    """The reference page of all methods."""
    parts = [
        "# Methods",
        "Written from the catalogue by `make docs`. Errors are those of the method's own; every method may also refuse with"
        " what [all methods share](errors.md).",
    ]
    for method in registry:
        parts += [f"## {method.name}", method.summary]
        if method.notes:
            parts.append(method.notes)
        lines = [
            f"- Tokens: {', '.join(tokens(method)) or 'none needed'}",
            f"- Scopes: {'one of ' if method.scopes.any_of else ''}{_coded(method.scopes.accepted)}",
            f"- Rate: {'; '.join(map(_rate, method.limits))}",
            f"- Errors: {_coded(sorted(error.code for error in method.errors))}",
        ]
        if method.on_request:
            lines.append("- For organizations with `oversight_access`; to others it is `unknown_method`")
        parts.append("\n".join(lines))
        if method.arguments or method.files:
            rows = [_row(argument) for argument in method.arguments]
            rows += [f"| `{name}` | file | required | |" for name in sorted(method.files)]
            parts.append("\n".join(("| Argument | Type | Default | |", "|---|---|---|---|", *rows)))
    return "\n\n".join(parts)


def _coded(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words) or "none"


def _rate(counted: Counted) -> str:
    together = ", all methods with this limit together" if counted.shared else ""
    return f"{counted.name}, {counted.limit.calls} in {counted.limit.seconds} s, {counted.limit.burst} at once{together}"


def _row(argument: Argument) -> str:
    default = "required" if argument.required else "" if argument.default is None else f"`{json.dumps(argument.default)}`"
    example = f" Example: `{argument.arg.example}`" if argument.arg.example else ""
    return f"| `{argument.name}` | {argument.kind} | {default} | {argument.arg.doc}{example} |"


def as_text(registry: Registry) -> str:
    blocks = []
    for method in registry:
        lines = [f"{method.name} — {method.summary}"]
        for argument in method.arguments:
            need = "required" if argument.required else f"default {argument.default!r}"
            lines.append(f"    {argument.name}: {argument.kind}, {need}. {argument.arg.doc}")
        lines += [f"    {name}: file" for name in method.files]
        lines.append(f"  tokens: {', '.join(tokens(method)) or 'none needed'}")
        between = " or " if method.scopes.any_of else ", "
        lines.append(f"  scopes: {between.join(method.scopes.accepted) or 'none'}")
        for limit in method.limits:
            together = ", together with others" if limit.shared else ""
            lines.append(f"  rate:   {limit.name}, {limit.limit.calls} in {limit.limit.seconds} s{together}")
        lines.append(f"  errors: {', '.join(sorted(error.code for error in method.errors)) or 'only those of every method'}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
