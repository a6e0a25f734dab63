"""Which addresses run something where they are opened."""

import re
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridhall.contract.addresses import HARMLESS

_BITS = [
    "javascript",
    "VBScript",
    "data",
    ":",
    "//",
    *"\t\n\r \x00\x01\x1f",
    "java",
    "script",
    "https",
    "x",
    "é",
    "&#9;",
    "%09",
]


def opened_by_a_browser(address: str) -> str:
    """The scheme, as the living standard on addresses has browsers read it."""
    address = re.sub("[\t\n\r]", "", address.strip("".join(map(chr, range(0x21)))))
    found = re.match("([A-Za-z][A-Za-z0-9+.-]*):", address)
    return found[1].lower() if found else ""


@given(st.lists(st.sampled_from(_BITS), max_size=8).map("".join))
@example("java\nscript:x")
@example("\x01 data:x")
@settings(max_examples=500, deadline=None)
def test_none_that_a_browser_would_run_is_harmless(address: str) -> None:
    if opened_by_a_browser(address) in ("javascript", "vbscript", "data"):
        assert re.search(HARMLESS, address) is None
    elif not re.search(r"[\x00-\x20]", address):
        assert re.search(HARMLESS, address) is not None


@pytest.mark.parametrize(
    "hostile", [" " * 100_000 + "x", "j" + "\t" * 100_000 + "b", "javascript" * 10_000, "d\n" * 50_000 + ":"]
)
def test_looking_takes_no_time(hostile: str) -> None:
    began = perf_counter()
    re.search(HARMLESS, hostile)
    assert perf_counter() - began < 0.1
