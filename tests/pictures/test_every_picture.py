"""What holds for every picture: well-formed, escaped, the same twice, its table complete."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from migrator.pictures import type_graph
from migrator.pictures.lettering import fitted, width_of
from migrator.pictures.shapes import Picture, Text
from migrator.pictures.svg import svg
from migrator.pictures.table import in_words
from tests.pictures.cases import HOSTILE, every_picture, flat, rects

KINDS = sorted(every_picture())


def drawn(kind: str, hostile: str = "") -> Picture:
    return every_picture(hostile)[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_named_and_described_for_those_who_do_not_see_it(kind: str) -> None:
    root = ET.fromstring(svg(drawn(kind), "k"))
    assert root.get("role") == "img"
    ids = {child.get("id"): child for child in root}
    name, about = (root.get("aria-labelledby") or "").split()
    assert ids[name].tag == "title"
    assert ids[about].text == drawn(kind).summary
    assert drawn(kind).summary.endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_stay_text(kind: str) -> None:
    markup = svg(drawn(kind, HOSTILE), "k")
    root = ET.fromstring(markup)
    assert not list(root.iter("script"))
    assert "<script" not in markup
    assert all(sign.isprintable() for sign in markup)


@pytest.mark.parametrize("kind", KINDS)
def test_a_strict_policy_finds_nothing_to_refuse(kind: str) -> None:
    markup = svg(drawn(kind, HOSTILE), "k")
    assert not re.search(r"<[^>]*\s(style|on\w+|href)=", markup)
    assert "url(" not in markup


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_data_gives_the_same_picture(kind: str) -> None:
    first = svg(drawn(kind), "k")
    type_graph._remembered.cache_clear()
    assert svg(drawn(kind), "k") == first


@pytest.mark.parametrize("kind", KINDS)
def test_everything_lies_inside(kind: str) -> None:
    picture = drawn(kind)
    for left, top, right, bottom in boxes(picture):
        assert left >= -1
        assert top >= -1
        assert right <= picture.width + 1
        assert bottom <= picture.height + 1


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_texts_overlap(kind: str) -> None:
    found = [box_of(s) for s in flat(drawn(kind).shapes) if isinstance(s, Text) and not s.angle]
    for number, one in enumerate(found):
        for other in found[number + 1 :]:
            apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
            assert apart, (one, other)


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_is_whole(kind: str) -> None:
    twin = drawn(kind).table
    assert twin.rows
    assert all(len(row) == len(twin.columns) for row in twin.rows)
    assert [len(row) for row in twin.shown] == [len(twin.columns)] * len(twin.rows)


def boxes(picture: Picture) -> Iterator[tuple[float, float, float, float]]:
    for shape in flat(picture.shapes):
        if isinstance(shape, Text) and not shape.angle:
            yield box_of(shape)
    for rect in rects(picture, "app-pic-after"):
        yield rect.x, rect.y, rect.x + rect.width, rect.y + rect.height


def box_of(text: Text) -> tuple[float, float, float, float]:
    # The room for another font is left out: it is there to be used up.
    wide = width_of(text.text, text.size, bold=text.bold) / 1.06
    left = text.x - {"start": 0, "middle": wide / 2, "end": wide}[text.anchor]
    return left, text.y - text.size * 0.75, left + wide, text.y + text.size * 0.2


def test_a_long_name_is_cut_to_its_room() -> None:
    assert fitted("short", 100) == "short"
    cut = fitted("a name that goes on and on and on", 100)
    assert cut.endswith("…")
    assert width_of(cut) <= 100
    assert width_of("日本語") > width_of("abc")
    assert width_of("é") == width_of("é")


def test_unknown_is_never_shown_as_nothing() -> None:
    assert in_words(None) == "–"
    assert in_words(0) == "0"
    assert in_words(12345) == "12,345"
