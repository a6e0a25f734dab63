"""Writes docs/errors.md and docs/authorization.md: `python -m surface.page` with `src` and `tests` on the path."""

import io
from collections.abc import Iterable
from contextlib import redirect_stderr
from pathlib import Path

from surface.authorization.page import PAGE as AUTHORIZATION
from surface.authorization.page import authorization_page
from surface.causes import (
    CAUSES,
    DOCUMENTED,
    METHODS,
    NO_CAUSES,
    OBSERVED,
    OURS,
    PAIRS,
    PAIRS_OBSERVED,
    Applies,
    Pair,
    causes_of,
)

ERRORS = Path(__file__).parents[2] / "docs/errors.md"


def errors_page() -> str:
    """The page."""
    caused = [pair for pair in PAIRS if causes_of(pair)]
    lines = [
        "# Error codes and their causes",
        "",
        "Generated from `tests/surface/causes` by `python -m surface.page`; a test holds it to that, and runs every cause.",
        "",
        f"{len(METHODS)} methods document {len(PAIRS)} pairs of a method and a code. **{len(caused)}** of them have a real",
        f"cause that a test brings about against a live server; **{len(PAIRS) - len(caused)}** have none yet, and say why.",
        f"{len(PAIRS_OBSERVED)} further pairs with a cause, marked with an asterisk, are on no reference page of their method.",
        "",
        "## With a cause",
        "",
        "| code | what brings it about | methods |",
        "|---|---|---|",
    ]
    lines += _rows((cause.code, cause.state, cause.applies) for cause in CAUSES)
    lines += ["", "## Without a cause yet", "", "| code | why | methods |", "|---|---|---|"]
    lines += _rows((reason.code, reason.reason, reason.applies) for reason in NO_CAUSES)
    lines += ["", "## By method", "", "| method | documented | with a cause | without one yet |", "|---|---|---|---|"]
    for name, codes in DOCUMENTED.items():
        without = [code for code in codes if not causes_of((name, code))]
        lines.append(f"| {name} | {len(codes)} | {len(codes) - len(without)} | {', '.join(f'`{code}`' for code in without)} |")
    oversight = [pair for pair in PAIRS if pair[0].startswith("oversight.")]
    # The tables of the page's older copy are cut off behind it.
    older = [pair for pair in oversight if pair[1] <= "token_revoked"]
    lines += [
        "",
        f"Of oversight.* there are {len(oversight)} pairs on the page as it is, of which {_with(oversight)} have a cause;",
        f"an older copy of it has {len(older)} of them, of which {_with(older)} have one.",
        "",
        "## Answered though no page of these methods documents it",
        "",
        "| code | why | methods |",
        "|---|---|---|",
        *(f"| `{code}` | {reason} | all |" for code, reason in OURS.items()),
        *_observed(),
        "",
    ]
    return "\n".join(lines)


def _rows(entries: Iterable[tuple[str, str, Applies]]) -> list[str]:
    """A row for each code and sentence, with all methods that they hold for."""
    methods: dict[tuple[str, str], set[str]] = {}
    for code, sentence, applies in entries:
        methods.setdefault((code, sentence), set()).update(name for name, method in METHODS.items() if applies(method))
    return [f"| `{code}` | {sentence} | {_methods(names, code)} |" for (code, sentence), names in sorted(methods.items())]


def _with(pairs: list[Pair]) -> int:
    return sum(bool(causes_of(pair)) for pair in pairs)


def _observed() -> list[str]:
    methods: dict[tuple[str, str], list[str]] = {}
    for method, codes in OBSERVED.items():
        for code, why in codes.items():
            methods.setdefault((code, why), []).append(method)
    return [f"| `{code}` | {why} | {', '.join(names)} |" for (code, why), names in sorted(methods.items())]


def _methods(names: set[str], code: str) -> str:
    missing = [name for name in METHODS if name not in names]
    if not missing:
        return "all"
    if len(missing) <= 4 < len(names):
        return f"all but {', '.join(missing)}"
    return ", ".join(f"{name}\\*" if code in OBSERVED.get(name, ()) else name for name in METHODS if name in names)


def main() -> None:
    ERRORS.write_text(errors_page())
    # The server writes a line for each of some thousand requests.
    with redirect_stderr(io.StringIO()):
        AUTHORIZATION.write_text(authorization_page())


if __name__ == "__main__":
    main()
