"""The steps Collect and Seal of the wizard, for a workspace that a person serves."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboard.wizard import load_plan, steps_of
from migrator.models import Archive, AuditEntry, Instance, Plan, Run, StepState, Workspace
from migrator.services.archives import verify_archive
from migrator.services.drive import drive
from migrator.services.guided_plans import change_scope
from migrator.services.plans import add_workspace_by_hand
from sandbox.generator import GeneratedExport
from tests.stored import replace_stored, stored_bytes

pytestmark = pytest.mark.django_db(transaction=True)


def state(plan: Plan, key: str) -> StepState:
    """The state of a step of the wizard as every page computes it."""
    return next(view.state for view in steps_of(load_plan(plan.pk)) if view.step.key == key)


def page(client: Client, plan: Plan, key: str) -> str:
    """A step's page."""
    answer = client.get(reverse(f"plan-{key}", args=[plan.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def start(client: Client, plan: Plan) -> Run:
    """Start the plan's backup by its button, and let the workers go on."""
    answer = client.post(reverse("plan-start-backup", args=[plan.pk]))
    assert answer.headers["Location"] == reverse("plan-collect", args=[plan.pk])
    run = plan.runs.first()
    assert run is not None
    drive(run)
    return run


def bring(client: Client, plan: Plan, run: Run, files: list[Path]) -> None:
    """Bring files by the form on the step's page, which leads back to it."""
    collect = reverse("plan-collect", args=[plan.pk])
    item = plan.items.get()
    for file in files:
        with file.open("rb") as content:
            answer = client.post(
                reverse("files-bring", args=[run.pk, item.pk]), {"files": content, "next": collect}
            )
        assert answer.headers["Location"] == collect
    drive(run)


@pytest.fixture
def sealed(
    guided: Plan, export: GeneratedExport, operator: User, signed_in: Callable[[User], Client]
) -> Run:
    """The plan's backup, brought by hand to its end."""
    client = signed_in(operator)
    run = start(client, guided)
    bring(client, guided, run, [export.types, export.corpus, export.dictionaries])
    step = run.steps.get(kind="dictionaries")
    client.post(reverse("step-complete", args=[run.pk, step.pk]))
    drive(run)
    return run


def test_before_the_backup_the_step_says_what_the_start_does(
    guided: Plan, operator: User, viewer: User, signed_in: Callable[[User], Client]
) -> None:
    assert state(guided, "collect").status == "not_started"
    assert "Start the backup of 1 workspace" in page(signed_in(operator), guided, "collect")
    assert "Start the backup" not in page(signed_in(viewer), guided, "collect")
    assert "Nothing is sealed yet" in page(signed_in(viewer), guided, "seal")


def test_the_step_asks_for_the_files_and_shows_what_was_found_in_them(
    guided: Plan, export: GeneratedExport, operator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(operator)
    run = start(client, guided)
    assert state(guided, "collect").status == "needs_you"
    asked = page(client, guided, "collect")
    assert "Bring the files of Claims" in asked
    assert "Download Document Sets" in asked
    bring(client, guided, run, [export.types])
    shown = page(client, guided, "collect")
    types = json.loads(export.types.read_bytes())["entityTypes"]
    assert f"{len(types)} entity types" in shown


def test_a_plan_is_sealed_when_every_workspace_has_a_verified_archive(
    guided: Plan, sealed: Run, operator: User, signed_in: Callable[[User], Client]
) -> None:
    assert [state(guided, key).status for key in ("collect", "seal")] == ["done", "done"]
    shown = page(signed_in(operator), guided, "seal")
    archive = Archive.objects.get()
    assert archive.sha256[:12] in shown
    assert reverse("archive-download", args=[archive.pk]) in shown
    assert "Verified" in shown


def test_a_workspace_that_joins_later_puts_the_backup_out_of_date(
    guided: Plan,
    sealed: Run,
    by_hand: Instance,
    operator: User,
    signed_in: Callable[[User], Client],
) -> None:
    news = add_workspace_by_hand(instance=by_hand, user=operator, name="News", language="en")
    both = [item.workspace for item in guided.items.all() if item.workspace] + [news]
    change_scope(guided, workspaces=both, purpose="move", deletes_source=True, user=operator)
    assert state(guided, "collect").status == "out_of_date"
    assert state(guided, "seal").todo_count == 1
    shown = page(signed_in(operator), guided, "collect")
    assert "it joined the plan later" in shown
    assert "Back up again" in shown


def test_a_change_after_the_archive_was_made_puts_it_out_of_date(
    guided: Plan, sealed: Run, operator: User, signed_in: Callable[[User], Client]
) -> None:
    Workspace.objects.update(modified=timezone.now() + timedelta(minutes=1))
    assert state(guided, "seal").status == "out_of_date"
    assert "changed since" in page(signed_in(operator), guided, "seal")


def test_a_damaged_archive_needs_somebody(
    guided: Plan, sealed: Run, operator: User, signed_in: Callable[[User], Client]
) -> None:
    archive = Archive.objects.get()
    replace_stored(archive.file, stored_bytes(archive.file)[:-200])
    verify_archive(archive, user=operator)
    assert state(guided, "seal").status == "needs_you"
    assert "Damaged" in page(signed_in(operator), guided, "seal")


def test_htmx_gets_a_part_and_nothing_where_nothing_moved(
    guided: Plan, operator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(operator)
    start(client, guided)
    address = reverse("plan-collect", args=[guided.pk])
    work = client.get(address).context["collecting"]
    asked = {"seen": work.mark, "panels": work.panel_mark}
    assert client.get(address, asked, headers={"HX-Request": "true"}).status_code == 204
    part = client.get(address, {**asked, "seen": "x"}, headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b"collect-panels" not in part.content
    assert b'id="plan-stepper" hx-swap-oob="true"' in part.content


def test_a_form_leads_nowhere_but_to_our_own_pages(
    guided: Plan, operator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(operator)
    run = start(client, guided)
    answer = client.post(reverse("run-pause", args=[run.pk]), {"next": "//example.org/"})
    assert answer.headers["Location"] == reverse("run-detail", args=[run.pk])


def test_all_archives_of_the_plan_are_downloaded_as_one(
    guided: Plan, sealed: Run, operator: User, viewer: User, signed_in: Callable[[User], Client]
) -> None:
    address = reverse("plan-archives", args=[guided.pk])
    assert address not in page(signed_in(viewer), guided, "seal")
    client = signed_in(operator)
    # Of one archive the row itself has the download.
    assert address not in page(client, guided, "seal")
    assert address in page(client, guided, "finish")
    client.head(address)
    assert not AuditEntry.objects.filter(action="archive.downloaded").exists()
    answer = client.get(address)
    content = answer.getvalue()
    assert len(content) == int(answer.headers["Content-Length"])
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        assert len(packed.namelist()) == 3
    assert AuditEntry.objects.get(action="archive.downloaded").who == "operator"
    Archive.objects.all().delete()
    told = client.get(address, follow=True)
    assert "no verified archive yet" in told.content.decode()


@pytest.mark.parametrize("key", ["collect", "seal", "finish"])
def test_the_pages_of_a_backup_that_is_over_need_few_queries(
    guided: Plan, sealed: Run, operator: User, signed_in: Callable[[User], Client], key: str
) -> None:
    client = signed_in(operator)
    with CaptureQueriesContext(connection) as queries:
        page(client, guided, key)
    assert len(queries) <= 12


def test_the_type_graph_is_there_as_soon_as_the_types_are(
    guided: Plan, export: GeneratedExport, operator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(operator)
    run = start(client, guided)
    address = reverse("plan-collect-types", args=[guided.pk, guided.items.get().pk])
    assert "No type system of this workspace is here yet" in client.get(address).content.decode()
    bring(client, guided, run, [export.types])
    uncounted = client.get(address).context["types"]
    assert "Mentions were not counted" in uncounted.summary
    assert address in page(client, guided, "collect")
    bring(client, guided, run, [export.corpus, export.dictionaries])
    client.post(reverse("step-complete", args=[run.pk, run.steps.get(kind="dictionaries").pk]))
    drive(run)
    with CaptureQueriesContext(connection) as queries:
        counted = client.get(address).context["types"]
    assert len(queries) <= 12
    assert "Most mentions" in counted.summary
    archive = Archive.objects.get()
    address = reverse("archive-detail", args=[archive.pk])
    assert client.get(address).context["types"].table == counted.table
    assert f"{address}#types" in page(client, guided, "seal")
