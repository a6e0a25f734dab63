"""Where the program's own log goes: standard error, as text or as JSON lines."""

import logging
from datetime import UTC, datetime

import msgspec


def at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _TextLines(logging.Formatter):
    """One line a record, whatever a stranger had written into it; only a traceback may follow."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        shown = message if message.isprintable() else ascii(message)
        line = f"{at(record)} {record.levelname} {record.name}: {shown}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": at(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def configure(format: str) -> None:
    """Log warnings and worse of the libraries, and everything that Gridhall itself finds worth telling."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines() if format == "json" else _TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("gridhall").setLevel(logging.INFO)
    # What it warns of is what strangers send: bytes that are no HTTP, upgrades to protocols that are not served.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
