"""The help: every page leads to its part, every place has its drawing."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from dashboard.help_texts import PARTS, PROCEDURE
from dashboard.where import PLACES
from dashboard.wizard import STEPS
from migrator.pictures.clicks import clicks_drawing

pytestmark = pytest.mark.django_db


def test_help_needs_no_account_and_has_every_part(client: Client) -> None:
    page = client.get(reverse("help")).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    links = re.findall(r'href="#([^"]+)"', page)
    assert set(links) <= {*ids, "main"}
    assert set(PARTS.values()) <= set(ids)
    assert page.count('<svg class="app-pic"') == len(PLACES)


def test_the_procedure_names_the_steps_as_the_plan_does() -> None:
    told = {(s.code, s.title) for stages in PROCEDURE.values() for s in stages}
    assert {(one.code, one.title) for one in STEPS} <= told


def test_a_page_links_to_its_part_of_the_help(client: Client, admin: User) -> None:
    client.force_login(admin)
    for name in ("home", "instance-list", "run-list", "archive-list", "plan-list"):
        page = client.get(reverse(name)).content.decode()
        part = PARTS[name.split("-", maxsplit=1)[0]]
        assert f'href="{reverse("help")}#{part}"' in page


@pytest.mark.parametrize("place", PLACES.values(), ids=lambda place: place.title)
def test_a_drawing_shows_each_click_in_order(place: object) -> None:
    path = place.path  # type: ignore[attr-defined]
    drawing = clicks_drawing(path)
    steps = [step.strip() for step in path.split(">")]
    assert [row[1] for row in drawing.table.rows] == steps
    assert drawing.summary == f"In Knowledge Studio click {', then '.join(steps)}."
