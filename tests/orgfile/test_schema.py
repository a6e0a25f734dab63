"""The published schema, and the page that documents the format."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from gridhall.cli.orgfile.read import read
from gridhall.contract.orgfile import OrgDocument, schema

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
DEMO = ROOT / "src" / "gridhall" / "cli" / "demo.yaml"
EVERY = Path(__file__).parent / "every.yaml"
PAGE = (ROOT / "docs" / "organization-files.md").read_text(encoding="utf-8")
DEFINITIONS: dict[str, dict[str, Any]] = schema()["$defs"]


def mistakes(document: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(schema()).iter_errors(document)]


# The schema.


def test_the_published_schema_is_the_formats() -> None:
    published = json.loads((ROOT / "docs" / "orgfile.schema.json").read_text(encoding="utf-8"))

    assert published == schema(), "write docs/orgfile.schema.json anew from gridhall.contract.orgfile.schema()"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())
    assert "separated by lines of `---`" in schema()["description"]


@pytest.mark.parametrize("file", [DATA / "acme.yaml", DATA / "full.yaml", DEMO, EVERY], ids=lambda file: file.name)
def test_the_known_files_validate(file: Path) -> None:
    for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
        assert mistakes(document) == []


@pytest.mark.parametrize(
    "document",
    [
        {"user": []},
        {"users": [{"real_name": "Ada"}]},
        {"users": [{"name": "ada", "emial": "a@b"}]},
        {"users": [{"name": "ada", "id": "X1"}]},
        {"users": [{"name": "ada", "title": None}]},
        {"users": [{"name": "ada", "created": -1}]},
        {"messages": [{"conversation": "C1", "user": "U1", "ts": "1"}]},
        {"tokens": [{"token": "ghp-1"}]},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(document: dict[str, Any]) -> None:
    assert len(mistakes(document)) == 1


def test_every_key_is_described_by_a_sentence() -> None:
    described = [entry for definition in [schema(), *DEFINITIONS.values()] for entry in definition["properties"].items()]

    assert [key for key, entry in described if not re.fullmatch(r"[A-Z].+[.]", entry.get("description", ""))] == []


# The page.


def table(properties: dict[str, Any], required: list[str]) -> str:
    """The page's table of the keys of one kind of entry."""
    rows = ["| key | value | default | meaning |", "|---|---|---|---|"]
    for key, entry in properties.items():
        default = "needed" if key in required else _default(entry)
        rows.append(f"| `{key}` | {_value(entry)} | {default} | {entry['description']} |")
    return "\n".join(rows)


def _value(entry: dict[str, Any]) -> str:
    if "$ref" in entry:
        return "mapping, see below"
    if "enum" in entry:
        return ", ".join(f"`{value}`" for value in entry["enum"])
    if "anyOf" in entry:
        return " or ".join(_value(option) for option in entry["anyOf"])
    if entry.get("type") == "array":
        items = entry["items"]
        return "list of mappings" if "$ref" in items or items.get("type") == "object" else f"list of {_value(items)}"
    names = {"string": "text", "integer": "number", "boolean": "true or false", "object": "mapping", "null": "null"}
    return names[entry["type"]]


def _default(entry: dict[str, Any]) -> str:
    if "default" not in entry or entry["default"] == {}:
        return ""
    return f"`{json.dumps(entry['default'])}`"


@pytest.mark.parametrize("name", [None, *DEFINITIONS])
def test_the_page_tells_every_key(name: str | None) -> None:
    definition = schema() if name is None else DEFINITIONS[name]

    assert table(definition["properties"], definition["required"]) in PAGE


EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.splitlines()[0])
def test_the_pages_examples_can_be_read(tmp_path: Path, example: str) -> None:
    path = tmp_path / "org.yaml"
    path.write_text(example, encoding="utf-8")

    assert read(path).documents


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 5


def test_a_document_validates_as_it_is_encoded() -> None:
    """What the database gives back is a file like any other."""
    for document in read(DATA / "full.yaml").documents:
        encoded = msgspec.json.encode(document)

        assert mistakes(json.loads(encoded)) == []
        assert msgspec.json.decode(encoded, type=OrgDocument) == document
