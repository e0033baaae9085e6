"""The figures of each picture: values, order, lengths, and what is said where there are none."""

from datetime import timedelta

import pytest

from migrator.pictures.bar_rows import NARROW
from migrator.pictures.bars import DRAWN, pair_bars, paired, single_bars
from migrator.pictures.check_grid import WORDS, GridRow, check_grid
from migrator.pictures.durations import lasting, time_step
from migrator.pictures.freshness import Backup, Strip, freshness
from migrator.pictures.funnel import Stage, funnel
from migrator.pictures.model_map import Deployed, model_map
from migrator.pictures.people_map import people_map
from migrator.pictures.shapes import Circle, Picture, Text
from migrator.pictures.timeline import Lane, timeline
from migrator.pictures.waterfall import Station, waterfall
from tests.pictures.cases import NOON, every_picture, flat, rects, span, texts


def test_the_largest_loss_comes_first_and_what_is_new_last() -> None:
    pairs = paired({"A": 10, "B": 50, "C": 7}, {"A": 4, "B": 50, "D": 2})
    assert [(one.label, one.lost) for one in pairs] == [("C", 7), ("A", 6), ("B", 0), ("D", -2)]
    rows = pair_bars(pairs, title="t").table.rows
    assert list(rows[0]) == ["C", 7, None, -7]
    assert list(rows[3]) == ["D", None, 2, 2]


def test_bars_are_as_long_as_their_numbers() -> None:
    picture = pair_bars(paired({"A": 100, "B": 50}, {"A": 25, "B": 50}), title="t")
    before, after = rects(picture, "app-pic-before"), rects(picture, "app-pic-after")
    # One of each look belongs to the legend.
    assert before[1].width == pytest.approx(4 * after[1].width)
    assert before[2].width == pytest.approx(after[2].width)
    assert "100 → 25 (−75)" in texts(picture)
    assert "50 = 50" in texts(picture)
    assert "1 of 2 types differ" in picture.summary


def test_a_single_bar_for_each_type_by_frequency() -> None:
    picture = single_bars({"A": 3, "B": 30, "C": 0}, title="t", unit="mentions")
    assert [row[0] for row in picture.table.rows] == ["B", "A", "C"]
    lengths = [rect.width for rect in rects(picture, "app-pic-after")]
    assert lengths[0] == pytest.approx(10 * lengths[1])
    assert "1 type is not used" in picture.summary


def test_a_wall_of_types_is_cut_and_the_table_has_all() -> None:
    picture = single_bars({f"T{n}": n + 1 for n in range(500)}, title="t", unit="mentions")
    assert len(rects(picture, "app-pic-after")) == DRAWN
    assert len(picture.table.rows) == 500
    assert "The first 40 of 500 are drawn" in picture.note


def test_a_loss_hangs_at_the_end_of_the_level_before_it() -> None:
    picture = waterfall(
        [Station("Source", 100), Station("Lost", 25, "loss"), Station("There", 75)], title="t"
    )
    source, there = rects(picture, "app-pic-after")[1:]
    lost = rects(picture, "app-pic-lost")[1]
    assert lost.x + lost.width == pytest.approx(source.x + source.width)
    assert lost.x == pytest.approx(there.x + there.width)
    assert picture.summary == "Documents: source 100, there 75. 25 lost on the way."


def test_what_nobody_knows_is_hatched_and_said() -> None:
    picture = waterfall([Station("Source", None), Station("Backed up", 5)], title="t")
    assert len(rects(picture, "app-pic-unknown")) == 2
    assert "not known" in texts(picture)
    assert picture.table.shown[0][2] == ("–", True)


def test_the_funnel_tells_shares_of_its_first_stage() -> None:
    picture = funnel([Stage("Assigned", 200), Stage("Promoted", 50)], title="t")
    assert [row[2] for row in picture.table.rows] == ["100 %", "25 %"]
    assert "50 (25 %)" in texts(picture)


def test_a_wait_is_hatched_and_counted_apart() -> None:
    lane = Lane("Types", [span(0, 60, "wait"), span(60, 75, "work")], "Done")
    picture = timeline([lane], title="t", start=NOON, end=NOON + timedelta(seconds=100))
    assert list(picture.table.rows[0]) == ["Types", "0 s", "15 s", "1 min", "Done"]
    wait, work = rects(picture, "app-pic-wait")[1], rects(picture, "app-pic-after")[1]
    assert wait.width == pytest.approx(4 * work.width)
    assert work.x == pytest.approx(wait.x + wait.width)


def test_a_step_of_a_second_in_a_run_of_days_is_seen() -> None:
    lane = Lane("Types", [span(0, 1, "work")])
    picture = timeline([lane], title="t", start=NOON, end=NOON + timedelta(days=9))
    assert rects(picture, "app-pic-after")[1].width >= 2


def test_a_clock_that_was_set_back_breaks_nothing() -> None:
    lane = Lane("Types", [span(-50, -80, "work")])
    assert timeline([lane], title="t", start=NOON, end=NOON - timedelta(seconds=5)).is_drawn


def test_fresh_backups_stand_at_the_right_and_old_ones_at_the_edge() -> None:
    days = [Backup(NOON - timedelta(days=n), "verified") for n in (0, 45, 400)]
    picture = freshness([Strip("A", days)], title="t", now=NOON)
    discs = [s for s in flat(picture.shapes) if isinstance(s, Circle) and s.look == "app-pic-good"]
    old, middle, new = (disc.x for disc in discs[1:])
    assert old < middle < new
    assert middle - old == pytest.approx(new - middle)
    assert list(picture.table.rows[0]) == ["A", "0 s ago", 3, 3, 0, 0]


def test_a_damaged_archive_protects_nobody() -> None:
    strip = Strip("A", [Backup(NOON, "damaged"), Backup(NOON, "unverified")])
    picture = freshness([strip], title="t", now=NOON)
    assert list(picture.table.rows[0]) == ["A", "never", 2, 0, 1, 1]
    assert "1 workspace has no verified backup" in picture.summary


def test_every_answer_of_a_check_has_a_form_of_its_own() -> None:
    row = GridRow("A", {key: key for key in WORDS})
    picture = check_grid(list(WORDS), [row], title="t")
    assert {tuple(each[1:]) for each in picture.table.rows} == {
        (words, 1, key) for key, words in WORDS.items()
    }
    signs = {s.text for s in flat(picture.shapes) if isinstance(s, Text) and s.anchor == "middle"}
    assert signs == {"✓", "i", "!", "×", "?", "–"}


def test_the_table_of_a_grid_has_four_columns_however_many_checks_there_are() -> None:
    checks = [f"Check {n}" for n in range(60)]
    row = GridRow("A", dict.fromkeys(checks[:50], "passed") | {"Check 7": "blocking"})
    picture = check_grid(checks, [row], title="t")
    assert len(picture.table.columns) == 4
    assert [each[1:3] for each in picture.table.rows] == [
        ["Blocking", 1],
        ["Passed", 49],
        ["Not due yet", 10],
    ]


def test_orphans_stand_apart_and_below() -> None:
    kept, orphan = Deployed("A", "1", "m-1"), Deployed("gone", "1", "m-2", is_orphan=True)
    picture = model_map([orphan, kept], title="t")
    places = {s.text: s.y for s in flat(picture.shapes) if isinstance(s, Text)}
    line = next(y for words, y in places.items() if words.startswith("Orphaned"))
    assert places["m-1"] < line < places["m-2"]
    assert picture.summary == "2 models are deployed, 1 of them orphaned."


def test_who_is_not_mapped_comes_first() -> None:
    picture = every_picture()["people"]
    assert [row[2] for row in picture.table.rows] == ["Not mapped", "ann@there"]


@pytest.mark.parametrize(
    "picture",
    [
        pair_bars([], title="t"),
        single_bars({}, title="t", unit="mentions"),
        single_bars({"A": None}, title="t", unit="mentions"),
        waterfall([Station("Source", None)], title="t"),
        funnel([], title="t"),
        timeline([], title="t", start=NOON, end=NOON),
        freshness([], title="t", now=NOON),
        check_grid([], [], title="t"),
        model_map([], title="t"),
        people_map([], title="t"),
    ],
)
def test_nothing_to_draw_is_said(picture: Picture) -> None:
    assert not picture.is_drawn
    assert picture.note.endswith(".")


def test_lengths_of_time_are_in_two_units_at_most() -> None:
    said = [lasting(each) for each in (0, 0.2, 12, 185, 3600, 7900, 90000)]
    assert said == ["0 s", "under 1 s", "12 s", "3 min 5 s", "1 h", "2 h 11 min", "1 d 1 h"]
    assert [time_step(each) for each in (6, 100, 86400)] == [1, 30, 21600]


def test_every_list_of_bars_has_a_drawing_that_fits_a_phone() -> None:
    lists = {"pairs", "single", "waterfall", "funnel", "timeline", "freshness"}
    pictures = every_picture()
    for kind in lists:
        narrow = pictures[f"{kind} on a phone"]
        assert narrow.width == NARROW
        assert narrow.summary == pictures[kind].summary
        assert texts(narrow)[-1] == texts(pictures[kind])[-1], "what a row says in figures"
