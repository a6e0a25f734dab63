"""`gridhall methods`: the catalogue for people and for programs."""

import msgspec

from gridhall.catalogue.method import Method
from gridhall.catalogue.registry import Registry
from gridhall.contract.tokens import Token

_KINDS = {"bot": Token.BOT, "user": Token.USER, "app": Token.APP, "legacy": Token.LEGACY}


def described(method: Method) -> dict[str, object]:
    """Everything that the catalogue says of a method."""
    return {
        "name": method.name,
        "summary": method.summary,
        "writes": method.writes,
        "tokens": tokens(method),
        "scopes": list(method.scopes.accepted),
        "limits": [
            {"name": limit.name, "calls": limit.limit.calls, "seconds": limit.limit.seconds, "burst": limit.limit.burst}
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


def as_text(registry: Registry) -> str:
    blocks = []
    for method in registry:
        lines = [f"{method.name} — {method.summary}"]
        for argument in method.arguments:
            need = "required" if argument.required else f"default {argument.default!r}"
            lines.append(f"    {argument.name}: {argument.kind}, {need}. {argument.arg.doc}")
        lines += [f"    {name}: file" for name in method.files]
        lines.append(f"  tokens: {', '.join(tokens(method)) or 'none needed'}")
        lines.append(f"  scopes: {', '.join(method.scopes.accepted) or 'none'}")
        for limit in method.limits:
            lines.append(f"  rate:   {limit.name}, {limit.limit.calls} in {limit.limit.seconds} s")
        lines.append(f"  errors: {', '.join(sorted(error.code for error in method.errors)) or 'only those of every method'}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
