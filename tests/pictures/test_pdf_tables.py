"""Tables of a PDF: no number of columns and no length of words keeps it from being made."""

from datetime import UTC, datetime
from pathlib import Path

from pypdf import PdfReader

from migrator.pictures.report import Listed, Report, Section
from migrator.pictures.report_pdf import write_pdf
from migrator.pictures.table import Table, table

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def text_of(tmp_path: Path, listed: Table, **facts: str) -> str:
    section = Section("S", facts=list(facts.items()), tables=[Listed("T", listed)])
    file = tmp_path / "report.pdf"
    write_pdf(Report("R", "Fine.", "me", NOON, "P", sections=[section]), file)
    return "\n".join(page.extract_text() for page in PdfReader(file).pages)


def test_a_table_wider_than_the_page_goes_on_below_under_its_first_column(tmp_path: Path) -> None:
    heads = [f"Head{n}" for n in range(120)]
    said = text_of(tmp_path, table(["Workspace", *heads], [["Claims", *range(1000, 1120)]]))
    words = said.split()
    assert all(head in words for head in heads)
    assert all(f"1,{n:03d}" in words for n in range(120))
    assert words.count("Claims") == words.count("Workspace") > 3
    assert "Columns 1 to " in said


def test_figures_are_not_parted_beside_long_words(tmp_path: Path) -> None:
    columns = ["Name", *(f"N{n}#" for n in range(9)), "Why"]
    said = text_of(tmp_path, table(columns, [["a " * 200, *[12345678] * 9, "because " * 60]]))
    assert said.count("12,345,678") == 9


def test_words_too_long_for_a_page_are_cut_and_that_is_said(tmp_path: Path) -> None:
    endless, wall = "word " * 20_000, "x" * 20_000
    listed = table(["A", "B", "C"], [[endless, wall, 1], ["next\n" * 500, "row", 2]])
    said = text_of(tmp_path, listed, Reason=endless)
    assert said.count("(cut here)") == 3
    assert "row" in said


def test_a_table_without_rows_has_its_headings(tmp_path: Path) -> None:
    assert "Lonely" in text_of(tmp_path, table(["Lonely"], []))
