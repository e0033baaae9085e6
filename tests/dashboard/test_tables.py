"""Tables that stack on a phone: words before each cell, and roles that the layout cannot take."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from dashboard.templatetags.tables import labelled
from migrator.models import Archive

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
# A grid of signs is told by where its columns are; a report is read on paper.
NOT_STACKED = {"check_grid.html", "report.html"}


class Cells(HTMLParser):
    """What the parts of a table say of themselves: (tag, role, words)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str | None, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in {"table", "thead", "tbody", "tr", "th", "td"}:
            self.found.append((tag, said.get("role"), said.get("data-label")))


def test_each_cell_has_the_words_of_its_column_and_each_part_its_role() -> None:
    html = (
        '<table><thead><tr><th scope="col">Name</th><th scope="col"><b>Kept</b> until</th></tr>'
        '</thead><tbody><tr><th scope="row">Claims</th><td class="app-num">3</td></tr></tbody>'
        "</table>"
    )
    assert Cells(labelled(html)).found == [
        ("table", "table", None),
        ("thead", "rowgroup", None),
        ("tr", "row", None),
        ("th", "columnheader", None),
        ("th", "columnheader", None),
        ("tbody", "rowgroup", None),
        ("tr", "row", None),
        ("th", "rowheader", "Name"),
        ("td", "cell", "Kept until"),
    ]


def test_a_head_for_screen_readers_only_and_a_cell_across_columns_get_no_words() -> None:
    html = (
        '<table><thead><tr><th scope="col"><span class="app-hidden">Start</span></th>'
        '<th scope="col">Size</th></tr></thead><tbody><tr><td>x</td><td>1</td></tr>'
        '<tr><td colspan="2">Nothing</td></tr></tbody></table>'
    )
    words = [words for tag, _, words in Cells(labelled(html)).found if tag == "td"]
    assert words == [None, "Size", None]


def test_what_a_head_says_cannot_end_its_attribute() -> None:
    head = '<thead><tr><th scope="col">Called &lt;b&gt; "so"</th></tr></thead>'
    html = f"<table>{head}<tbody><tr><td>1</td></tr></tbody></table>"
    assert Cells(labelled(html)).found[-1] == ("td", "cell", 'Called <b> "so"')


def test_the_region_is_named_and_what_is_in_it_stays_escaped() -> None:
    source = (
        '{% load tables %}{% table name=name css="app-people" %}'
        "<table><tbody><tr><td>{{ name }}</td></tr></tbody></table>{% endtable %}"
    )
    shown = Template(source).render(Context({"name": '"<i>'}))
    assert 'aria-label="&quot;&lt;i&gt;"' in shown
    assert 'class="app-table app-table--rows app-people"' in shown
    assert ">&quot;&lt;i&gt;</td>" in shown


@pytest.mark.django_db(transaction=True)
def test_a_list_says_its_columns_beside_its_cells(admin: User, archive: Archive) -> None:
    browser = Client()
    browser.force_login(admin)
    found = Cells(browser.get(reverse("archive-list")).content.decode()).found
    assert [role for tag, role, _ in found if tag == "table"] == ["table"]
    assert {"Made", "Documents", "Verified"} <= {words for _, _, words in found if words}


def test_every_table_of_a_page_stacks() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        if path.name not in NOT_STACKED:
            opened = len(re.findall(r"\{% table ", text))
            assert text.count("<table") == opened, path.name
