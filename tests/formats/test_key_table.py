"""Names in little memory are found as in a dict, in the order of adding."""

import tracemalloc

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.formats.key_table import KeyTable, Names

LETTERS = st.characters(codec=None)  # lone surrogates as well


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(LETTERS, max_size=3), max_size=200), st.text(LETTERS, max_size=3))
def test_names_have_the_numbers_of_a_dict(names: list[str], other: str) -> None:
    expected: dict[str, int] = {}
    table = Names()
    for name in names:
        assert table.add(name) == expected.setdefault(name, len(expected))
    assert list(table) == list(expected)
    assert len(table) == len(expected)
    assert table.find(other) == expected.get(other, -1)
    assert (other in table) == (other in expected)
    assert [table[number] for number in expected.values()] == list(expected)


def test_keys_that_share_slots_are_told_apart() -> None:
    table = KeyTable()
    many = [number.to_bytes(3, "little") for number in range(5_000)]
    assert [table.add(key) for key in many] == list(range(5_000))
    assert [table.find(key) for key in many] == list(range(5_000))
    assert table.find(b"") == -1
    assert table.add(b"") == 5_000


def test_a_hundred_thousand_names_take_less_than_9_megabytes() -> None:
    tracemalloc.start()
    try:
        names = Names()
        for number in range(100_000):
            names.add(f"gt/00000000-0000-0000-0000-000000000000-{number}.json")
        assert len(names) == 100_000
        assert tracemalloc.get_traced_memory()[0] < 9_000_000
    finally:
        tracemalloc.stop()
