"""The program. What the command line starts is imported when it is started: most commands serve nothing."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gridhall.cli import main as command_line

if TYPE_CHECKING:
    from gridhall.catalogue.registry import Registry
    from gridhall.cli.options import ServeOptions


class _Commands:
    """What the command line starts."""

    @staticmethod
    def serve(options: "ServeOptions") -> int:
        from gridhall.app import serve

        return serve(options)

    @staticmethod
    def registry() -> "Registry":
        from gridhall.app import registry

        return registry()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    return command_line.main(_Commands(), arguments)


if __name__ == "__main__":
    sys.exit(main())
