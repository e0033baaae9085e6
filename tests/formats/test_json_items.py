"""A long list is read item by item, however it is printed and wherever the pieces are cut."""

import json
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.formats.jackson import pretty_list
from migrator.formats.json_decoding import NotJson, OtherShape
from migrator.formats.json_items import iter_items

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)
ITEMS = st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=5)


def pieces(payload: bytes, size: int) -> Iterator[bytes]:
    return (payload[at : at + size] for at in range(0, len(payload), size))


@settings(max_examples=150, deadline=None)
@given(items=ITEMS, size=st.integers(1, 70), style=st.sampled_from(["jackson", "compact", "wide"]))
def test_items_come_back_whatever_the_printing_and_the_pieces(
    items: list[object], size: int, style: str
) -> None:
    written = {
        "jackson": lambda: b"".join(pretty_list(items)),
        "compact": lambda: json.dumps(items, separators=(",", ":")).encode(),
        "wide": lambda: b"\xef\xbb\xbf \r\n" + json.dumps(items, indent=3).encode() + b"\n\n",
    }[style]()
    assert [json.loads(item) for item in iter_items(pieces(written, size), what="it")] == items


def test_an_empty_item_between_others_is_an_item_of_its_own() -> None:
    items: list[object] = [{"a": "x" * 5_000}, {}, {"b": 1}, {"c": "y" * 200_000}, {"d": 2}]
    written = b"".join(pretty_list(items))
    for size in (1_000, 5_021, 70_000):
        assert [json.loads(one) for one in iter_items(pieces(written, size), what="it")] == items


@pytest.mark.parametrize("style", ["jackson", "compact"])
def test_every_cut_of_a_list_is_refused(style: str) -> None:
    items = [{"a": 'x"y\\', "b": [{"c": "]}"}]}, {"d": "\n"}]
    whole = b"".join(pretty_list(items)) if style == "jackson" else json.dumps(items).encode()
    for size in range(len(whole)):
        with pytest.raises((NotJson, OtherShape)):
            list(iter_items([whole[:size]], what="documents.json"))


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b"[1]", b'["a"]', b"[[]]", b"null", b"<html>", b"[{}]]", b"[{}] x"]
)
def test_what_is_no_list_of_objects_is_refused(payload: bytes) -> None:
    with pytest.raises((NotJson, OtherShape)):
        list(iter_items([payload], what="documents.json"))


def test_an_item_without_an_end_does_not_fill_the_memory() -> None:
    endless = (b'[{"a": "' if number == 0 else b"x" * 1_000_000 for number in range(200))
    with pytest.raises(OtherShape, match="larger than any document"):
        list(iter_items(endless, what="documents.json"))


@pytest.mark.parametrize("start", [b"[ {\n", b"[{"])
def test_memory_stays_flat_over_a_long_list(start: bytes) -> None:
    between = b"\n}, {\n" if start == b"[ {\n" else b"},{"
    body = b'"text" : "' + b"word " * 2_000 + b'"'
    count = 6_000

    def written() -> Iterator[bytes]:
        yield start + body
        for _ in range(count - 1):
            yield between + body
        yield b"\n} ]" if start == b"[ {\n" else b"}]"

    tracemalloc.start()
    try:
        assert sum(1 for _ in iter_items(written(), what="it")) == count
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()
