"""The kit to make tasks again: choices, print, mails, and what a person says of it."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboard.task_kits import Mail, kit_views
from dashboard.wizard import load_plan
from migrator.models import Plan, PlanItem, Worksheet, Workspace
from migrator.services.people_map import map_people
from migrator.services.worksheets import editing, settling

pytestmark = pytest.mark.django_db(transaction=True)

SignedIn = Callable[[User], Client]


@pytest.fixture
def item(guided: Plan, operator: User) -> PlanItem:
    """A workspace with one unfinished task over two sets, and its date past."""
    Plan.objects.update(target=guided.source)
    found = guided.items.get()
    sheet = editing.worksheet_of(found, Worksheet.Kind.TASKS)
    for name, annotator in (("Letters", "ann@example.com"), ("Calls <b>", "bob@example.com")):
        cells = {"task": "Autumn", "due": "2026-01-31", "set": name, "annotator": annotator}
        editing.save_row(sheet, cells, user=operator)
    map_people(guided, [("bob@example.com", "robert@example.org", "")], user=operator)
    return found


def test_the_kit_is_shown_chosen_and_said_to_be_done(
    item: PlanItem, operator: User, signed_in: SignedIn
) -> None:
    client = signed_in(operator)
    address = reverse("plan-tasks", args=[item.pk])
    shown = client.get(address).content.decode()
    assert "Needs a date to come" in shown
    assert "Which documents are in an annotation set cannot be chosen." in shown
    assert "robert@example.org" in shown
    assert "Calls &lt;b&gt;" in shown
    due = timezone.localdate() + timedelta(days=10)
    client.post(address, {"due": due.isoformat(), "base_set": "Mails", "overlap": "20"})
    answer = client.get(address)
    assert answer.context["kit"].tasks[0].due == due
    assert not answer.context["kit"].lacks_date
    client.post(reverse("plan-tasks-done", args=[item.pk]), {"note": "By Ann"})
    assert client.get(address).context["view"].look.word == "Made by hand, as you said"
    sheet = Worksheet.objects.get(item=item, kind="tasks")
    editing.save_row(sheet, {"task": "New", "set": "More"}, user=operator)
    assert client.get(address).context["view"].look.word == "Tasks changed since"


def test_a_date_that_is_not_to_come_is_refused_on_the_page(
    item: PlanItem, operator: User, signed_in: SignedIn
) -> None:
    answer = signed_in(operator).post(
        reverse("plan-tasks", args=[item.pk]), {"due": "2020-01-01", "overlap": "0"}
    )
    assert "is not to come" in answer.content.decode()


def test_each_annotator_has_a_mail_that_nothing_sends(
    item: PlanItem, operator: User, signed_in: SignedIn, mailoutbox: list[object]
) -> None:
    answer = signed_in(operator).get(reverse("plan-tasks", args=[item.pk]))
    mails = {mail.to: mail for mail in answer.context["mails"]}
    assert mails.keys() == {"ann@example.com", "robert@example.org"}
    link = urlsplit(mails["robert@example.org"].link)
    assert (link.scheme, link.path) == ("mailto", "robert@example.org")
    body = parse_qs(link.query)["body"][0]
    assert "- Autumn: Calls <b>" in body
    assert "Letters" not in body
    assert mailoutbox == []


def test_a_mail_address_adds_nothing_to_the_link() -> None:
    hostile = Mail("a@b.c?bcc=all@b.c&x=\r\nBcc: y", "Subject & more", "x" * 5_000)
    link = urlsplit(hostile.link)
    assert parse_qs(link.query) == {"subject": ["Subject & more"]}
    assert "\n" not in hostile.link
    assert Mail("no address", "s", "b").link == ""


def test_what_nobody_captured_is_not_nothing(
    guided: Plan, operator: User, signed_in: SignedIn
) -> None:
    item = guided.items.get()
    client = signed_in(operator)
    address = reverse("plan-tasks", args=[item.pk])
    assert "Nobody captured the tasks" in client.get(address).content.decode()
    sheet = editing.worksheet_of(item, Worksheet.Kind.TASKS)
    settling.complete(sheet, user=operator)
    assert "No unfinished task" in client.get(address).content.decode()


def test_twenty_kits_cost_no_more_queries_than_one(
    guided: Plan, workspace: Workspace, operator: User
) -> None:
    for number in range(20):
        made = PlanItem.objects.create(plan=guided, name=f"W {number}")
        sheet = editing.worksheet_of(made, Worksheet.Kind.TASKS)
        cells = {"task": "Autumn", "set": "Letters", "annotator": f"user {number}"}
        editing.save_row(sheet, cells, user=operator)
    plan = load_plan(guided.pk)
    with CaptureQueriesContext(connection) as queries:
        kits = kit_views(plan)
        part = render_to_string("dashboard/plans/parts/tasks.html", {"kits": kits})
    assert part.count("Open the kit") == 21
    assert len(queries) <= 6
