"""Worksheets as CSV: what a spreadsheet makes of them, and what somebody hostile does."""

import csv
import io
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.errors import ServiceError
from migrator.models import Plan, Worksheet
from migrator.services.csv_lists import BadLines, read_list, write_list
from migrator.services.worksheets import editing, filling
from migrator.services.worksheets.columns import SHEETS
from migrator.services.worksheets.sheets_csv import as_csv, bring_csv

pytestmark = pytest.mark.django_db(transaction=True)

K = Worksheet.Kind
HEADER = "User,Name,Role,Note"


@pytest.fixture
def roles(plan: Plan) -> Worksheet:
    """An empty list of people."""
    return editing.worksheet_of(plan.items.get(), K.ROLES)


def brought(sheet: Worksheet, content: str | bytes, folder: Path) -> tuple[int, int, int]:
    """Bring `content` as a file."""
    path = folder / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return bring_csv(sheet, path, user=None)


def people(sheet: Worksheet) -> list[tuple[str, str]]:
    """User and role of each line."""
    return [(row.cell("user"), row.cell("role")) for row in sheet.rows.all()]


@pytest.mark.parametrize(
    "content",
    [
        "User,Name,Role\nann,Ann,Admin\n",
        "\ufeffUser;Name;Role\r\nann;Ann;Admin\r\n",
        "sep=;\r\nUser;Name;Role\r\nann;Ann;Admin\r\n",
        "User\tName\tRole\rann\tAnn\tAdmin\r",
        "role,USER\n admin , ann \n\n\n",
        "user,role,,\nann,ADMIN,,\n,,,\n",
        '"User","Name","Role"\n"ann","A, n; n","Admin"\n',
        "User,Role\nann,Admin\n".encode("utf-16"),
        "User,Name,Role\nann,J\u00f6rg,Admin\n".encode("cp1252"),
    ],
)
def test_what_spreadsheets_write_is_taken(
    content: str | bytes, roles: Worksheet, tmp_path: Path
) -> None:
    assert brought(roles, content, tmp_path) == (1, 0, 0)
    assert people(roles) == [("ann", "Admin")]


def test_every_bad_line_is_named_and_nothing_is_stored(roles: Worksheet, tmp_path: Path) -> None:
    content = (
        f'{HEADER}\nann,Ann,Admin,"two\nlines"\nbob,Bob,Boss,\n,Nobody,Admin,\n'
        "ANN,Again,Admin,\nx,y,Admin,z,too much\n"
    )
    with pytest.raises(BadLines) as refused:
        brought(roles, content, tmp_path)
    assert [number for number, _ in refused.value.lines] == [7]
    with pytest.raises(BadLines) as refused:
        brought(roles, content.rpartition("x,y")[0], tmp_path)
    said = dict(refused.value.lines)
    assert said.keys() == {4, 5, 6}
    assert said[4].startswith("Role is none of the choices")
    assert said[5] == "User is missing."
    assert said[6] == "is the same as line 2: ANN."
    assert people(roles) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "names no column"),
        ("nothing here", "no column is called nothing here"),
        ("User,User\na,b\n", "stands there twice"),
        ("User,Salary\na,1\n", "no column is called Salary"),
        (b"PK\x03\x04rest", "a workbook, no CSV"),
        (b"\xd0\xcf\x11\xe0rest", "a workbook, no CSV"),
        (b"User\x00,Role\nx,Admin\n", "is no text"),
        ("User,Role\nann," + "x" * 600 + "\n", "has 600 characters"),
        ('User,Role\nann,"Admin\n', "Line 2: cannot be read: its quotes"),
        ('User,Role\nann,"Ad"min\n', "Line 2: cannot be read: its quotes"),
        ("User,Role\n" + "".join(f"u{n},Admin\n" for n in range(10_001)), "10,001 lines"),
        ("User,Role\n" + "".join(f"u{n},Admin\n" for n in range(5_001)), "at most 5,000 lines"),
        ("User,Name\nann," + "\u0007\n", "control characters"),
        ("User,Note\n" + "x" * 5_000_001, "at most 5 MB"),
    ],
)
def test_hostile_files_are_refused_whole(
    content: str | bytes, said: str, roles: Worksheet, tmp_path: Path
) -> None:
    with pytest.raises(ServiceError, match=said):
        brought(roles, content, tmp_path)
    assert people(roles) == []


def test_lines_that_are_there_are_changed_and_others_kept(roles: Worksheet, tmp_path: Path) -> None:
    brought(roles, "User,Role,Note\nann,Admin,keep\nbob,Admin,\n", tmp_path)
    assert brought(roles, "User,Role\nANN,Project manager\nzoe,Admin\n", tmp_path) == (1, 1, 0)
    assert people(roles) == [("ANN", "Project manager"), ("bob", "Admin"), ("zoe", "Admin")]
    assert roles.rows.get(cells__user="ANN").cell("note") == "keep"


def test_lines_that_the_file_lacks_go_only_where_asked(roles: Worksheet, tmp_path: Path) -> None:
    brought(roles, "User,Role\nann,Admin\nbob,Admin\n", tmp_path)
    path = tmp_path / "list.csv"
    path.write_text("User,Role\nann,Admin\n")
    assert bring_csv(roles, path, user=None, removes_others=True) == (0, 0, 1)
    assert people(roles) == [("ann", "Admin")]


def test_the_facts_have_one_line(plan: Plan, tmp_path: Path, operator: User) -> None:
    filling.fill_plan(plan, user=operator)
    facts = editing.worksheet_of(plan.items.get(), K.FACTS)
    with pytest.raises(BadLines, match="exactly one line"):
        brought(facts, "Name,Owner\na,b\nc,d\n", tmp_path)
    assert brought(facts, "Name,Owner\nRenamed,me\n", tmp_path) == (0, 1, 0)
    assert facts.rows.get().cells["name"] == "Renamed"


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "+1",
        "-1+1",
        "@SUM(A1)",
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("http://evil.example","x")',
        "'=1+1",
        "''-x",
        "\uff1d1+1",
    ],
)
def test_no_cell_is_a_formula_and_all_come_back(
    formula: str, roles: Worksheet, tmp_path: Path
) -> None:
    editing.save_row(roles, {"user": formula, "role": "Admin", "note": formula}, user=None)
    written = as_csv(roles)
    cells = next(row for row in csv.reader(io.StringIO(written[1:])) if row[0] != "User")
    assert not cells[0].startswith(("=", "+", "-", "@", "\uff1d"))
    roles.rows.all().delete()
    brought(roles, written, tmp_path)
    assert [(row.cell("user"), row.cell("note")) for row in roles.rows.all()] == [
        (formula, formula)
    ]


@pytest.mark.parametrize("kind", list(SHEETS))
def test_what_is_written_is_read_again_unchanged(
    kind: str, plan: Plan, tmp_path: Path, operator: User
) -> None:
    sheet = editing.worksheet_of(plan.items.get(), kind)
    columns = SHEETS[kind].columns
    samples = {"number": "12", "date": "2026-12-24", "note": 'first "line"\nsecond; line, end'}
    given = {
        column.key: column.choices[0][1]
        if column.choices
        else samples.get(column.sort, f"Some {column.key}")
        for column in columns
    }
    editing.save_row(sheet, given, user=operator)
    before = [row.cells for row in sheet.rows.all()]
    sheet.rows.all().delete() if not SHEETS[kind].is_single else None
    brought(sheet, as_csv(sheet) if SHEETS[kind].is_single else _written(sheet, before), tmp_path)
    assert [row.cells for row in sheet.rows.all()] == before


def _written(sheet: Worksheet, cells: list[dict[str, object]]) -> str:
    """The CSV of lines that are not stored any more."""
    columns = SHEETS[sheet.kind].columns
    rows = [[line.get(column.key, "") for column in columns] for line in cells]
    return write_list([column.label for column in columns], rows)


_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@settings(max_examples=80, deadline=None)
@given(rows=st.lists(st.lists(_TEXT, min_size=3, max_size=3), max_size=5))
def test_any_text_survives_the_way_out_and_in(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("csv") / "list.csv"
    path.write_text(write_list(["One", "Two", "Three"], rows), encoding="utf-8", newline="")
    read = read_list(path, [["one"], ["two"], ["three"]])
    there = [row for row in rows if any(cell.strip() for cell in row)]
    assert [list(line.cells.values()) for line in read] == there
