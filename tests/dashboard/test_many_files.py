"""The step Collect takes files of all workspaces together, without a script."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from migrator.models import Instance, Plan, Run, StepFile, UnsortedFile
from migrator.services import runs
from migrator.services.drive import drive
from migrator.services.guided_plans import make_plan
from migrator.services.plans import add_workspace_by_hand
from sandbox.generator import GeneratedExport

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan(by_hand: Instance) -> Plan:
    """Two workspaces by hand, whose backup waits for their files."""
    rows = [
        add_workspace_by_hand(instance=by_hand, user=None, name=name, language="en")
        for name in ("Travel", "Pharma")
    ]
    plan = make_plan(source=by_hand, workspaces=rows, purpose="backup", user=None)
    drive(runs.start_run(plan=plan, user=None, kind=Run.Kind.BACKUP))
    return plan


def send(client: Client, plan: Plan, *paths: Path) -> str:
    """What the page says after files were chosen in its form."""
    run = plan.runs.get()
    opened = [path.open("rb") for path in paths]
    address = reverse("files-sort", args=[run.pk])
    back = reverse("plan-collect", args=[plan.pk])
    answer = client.post(address, {"files": opened, "next": back}, follow=True)
    assert answer.redirect_chain == [(back, 302)]
    for file in opened:
        file.close()
    return answer.content.decode()


def test_files_of_several_workspaces_are_brought_by_one_form(
    plan: Plan,
    export: GeneratedExport,
    tmp_path: Path,
    operator: User,
    signed_in: Callable[[User], Client],
) -> None:
    client = signed_in(operator)
    page = client.get(reverse("plan-collect", args=[plan.pk])).content.decode()
    assert "Bring files of 2 workspaces together" in page
    named = tmp_path / "pharma types.json"
    named.write_bytes(export.types.read_bytes())
    stranger = tmp_path / "notes.txt"
    stranger.write_text("Dear colleague,\n")
    said = send(client, plan, named, stranger, export.dictionaries)
    assert "2 files were taken." in said
    assert "Pharma: pharma types.json, " in said, "the other one has the same id in it"
    assert "notes.txt is not one of the files asked for" in said
    renamed = tmp_path / "download.zip"
    renamed.write_bytes(export.corpus.read_bytes())
    assert "Which workspace are these of?" in send(client, plan, renamed)

    file = UnsortedFile.objects.get()
    run = plan.runs.get()
    address = reverse("file-assign", args=[run.pk, file.pk])
    travel = plan.items.get(name="Travel")
    answer = client.post(address, {"item": travel.pk}, follow=True)
    assert "Travel: download.zip." in answer.content.decode()
    assert StepFile.objects.get(step__item=travel).name == "download.zip"
    assert client.post(address, {"item": travel.pk}).status_code == 404
    done = client.post(reverse("dictionaries-complete", args=[run.pk]), follow=True)
    assert "The dictionaries of 1 workspace are complete." in done.content.decode()


def test_a_workspace_of_another_plan_gets_no_file(
    plan: Plan,
    guided: Plan,
    export: GeneratedExport,
    operator: User,
    signed_in: Callable[[User], Client],
) -> None:
    client = signed_in(operator)
    send(client, plan, export.corpus)
    file = UnsortedFile.objects.get()
    address = reverse("file-assign", args=[plan.runs.get().pk, file.pk])
    assert client.post(address, {"item": guided.items.get().pk}).status_code == 404
    assert client.post(address, {"item": "nonsense"}).status_code == 404
    assert UnsortedFile.objects.get() == file
    removed = client.post(address, {"discard": "1"}, follow=True)
    assert "was removed." in removed.content.decode()
    assert not UnsortedFile.objects.exists()


def test_the_page_needs_few_queries_while_files_wait(
    plan: Plan, export: GeneratedExport, operator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(operator)
    send(client, plan, export.corpus, export.dictionaries)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("plan-collect", args=[plan.pk])).content.decode()
    assert "Which workspace are these of?" in page
    assert len(queries) <= 12
