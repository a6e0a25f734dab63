"""What holds for cursors, whatever they are made of and whoever makes them up."""

import base64
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridhall.contract.errors import InvalidCursor
from gridhall.domain.cursors import Cursors

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
OURS = Cursors(b"secret")


@given(texts, texts)
def test_a_cursor_opens_where_it_was_sealed_and_nowhere_else(listing: str, after: str) -> None:
    cursor = OURS.seal(listing, after)
    assert OURS.open(listing, cursor) == after
    for other, elsewhere in ((OURS, listing + "x"), (Cursors(b"other"), listing)):
        with pytest.raises(InvalidCursor):
            other.open(elsewhere, cursor)


@given(texts, texts, st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_cursor_of_which_one_byte_was_changed_opens_nowhere(listing: str, after: str, place: int, change: int) -> None:
    sealed = bytearray(base64.urlsafe_b64decode(OURS.seal(listing, after)))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(InvalidCursor):
        OURS.open(listing, base64.urlsafe_b64encode(sealed).decode())


@given(texts)
def test_what_callers_make_up_opens_nowhere(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        OURS.open("listing", cursor)


def test_a_cursor_tells_nothing_of_its_position() -> None:
    cursor = base64.urlsafe_b64decode(OURS.seal("conversations.list", "C0SECRET001"))
    assert b"SECRET" not in cursor
    neighbour = base64.urlsafe_b64decode(OURS.seal("conversations.list", "C0SECRET002"))
    # Not even what two positions have in common.
    assert sum(left == right for left, right in zip(cursor, neighbour, strict=True)) < 6
    assert OURS.seal("conversations.list", "C0SECRET001") == OURS.seal("conversations.list", "C0SECRET001")


def test_what_callers_make_up_is_not_kept() -> None:
    cursors = Cursors(b"secret")
    tracemalloc.start()
    try:
        for number in range(200):
            with pytest.raises(InvalidCursor):
                cursors.open("listing", base64.urlsafe_b64encode(b"%d" % number * 200_000).decode())
            with pytest.raises(InvalidCursor):
                cursors.open("listing", base64.urlsafe_b64encode(b"%d" % number * 100).decode())
        assert tracemalloc.get_traced_memory()[0] < 2_000_000
    finally:
        tracemalloc.stop()
