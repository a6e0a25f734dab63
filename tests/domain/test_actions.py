"""The names of actions: what Gridhall writes, and what it says that there is."""

from typing import get_args

from gridhall.domain.actions import CATEGORIES, OWN, Written


def test_every_action_that_is_written_is_listed() -> None:
    platform = {name for category, names in CATEGORIES.items() if category != "gridhall" for name in names}
    written = get_args(Written)
    assert sorted(written) == list(written)
    assert set(OWN) == set(written) - platform
    assert CATEGORIES["gridhall"] == OWN


def test_no_category_names_an_action_twice() -> None:
    for names in CATEGORIES.values():
        assert len(set(names)) == len(names)
