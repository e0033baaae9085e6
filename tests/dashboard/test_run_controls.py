"""Steering a run: skip, run again, what stays after a cancel, and when silence is said."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from migrator.models import Archive, Event, Instance, LedgerEntry, Plan, PlanItem, Run, Step
from migrator.services import runs
from migrator.services.plans import plan_restore

pytestmark = pytest.mark.django_db(transaction=True)

PART = {"HX-Request": "true"}


@pytest.fixture
def browser(signed_in: Callable[[User], Client], operator: User) -> Client:
    """The operator's browser."""
    return signed_in(operator)


@pytest.fixture
def page(run: Run) -> str:
    """The run's address."""
    return reverse("run-detail", args=[run.pk])


def fail(run: Run, kind: str) -> Step:
    """A step of `run` that failed, so that the run has ended."""
    Step.objects.filter(run=run).exclude(kind__in=[kind, "seal"]).update(status="done")
    Step.objects.filter(run=run, kind=kind).update(status="failed", problem="It broke.")
    runs.close_if_finished(run)
    run.refresh_from_db()
    return run.steps.get(kind=kind)


def test_a_step_that_waits_is_skipped_with_a_reason(browser: Client, page: str, run: Run) -> None:
    step = run.steps.get(kind="dictionaries")
    assert f'id="skip-{step.pk}"' in browser.get(page).content.decode()
    address = reverse("step-skip", args=[run.pk, step.pk])
    browser.post(address, {"reason": "Rebuilt from the source list."})
    step.refresh_from_db()
    assert (step.status, step.outcome) == ("done", "skipped")
    assert "Rebuilt from the source list." in browser.get(page).content.decode()


def test_without_a_reason_nothing_is_skipped(browser: Client, run: Run) -> None:
    step = run.steps.get(kind="dictionaries")
    address = reverse("step-skip", args=[run.pk, step.pk])
    text = browser.post(address, {"reason": " "}, follow=True).content.decode()
    assert "skipped with a reason only" in text
    step.refresh_from_db()
    assert step.status == "waiting"


def test_types_and_documents_are_not_offered_to_be_skipped(
    browser: Client, page: str, run: Run
) -> None:
    text = browser.get(page).content.decode()
    for kind in ("types", "documents"):
        step = run.steps.get(kind=kind)
        assert f'id="skip-{step.pk}"' not in text
        address = reverse("step-skip", args=[run.pk, step.pk])
        assert "cannot be skipped" in browser.post(address, {"reason": "No."}, follow=True).text


def test_a_failed_step_is_skipped_and_the_run_goes_on(browser: Client, page: str, run: Run) -> None:
    step = fail(run, "dictionaries")
    assert run.finished_at is not None
    assert f'id="skip-{step.pk}"' in browser.get(page).content.decode()
    browser.post(reverse("step-skip", args=[run.pk, step.pk]), {"reason": "Not needed."})
    run.refresh_from_db()
    assert run.finished_at is None


def test_a_run_that_goes_on_is_not_run_again(browser: Client, page: str, run: Run) -> None:
    assert "Run again" not in browser.get(page).content.decode()
    again = browser.post(reverse("run-again", args=[run.pk]), follow=True).content.decode()
    assert f"Run {run.pk} already works on Claims." in again
    assert f">Open run {run.pk}</a>" in again
    assert Run.objects.count() == 1


def test_a_finished_run_runs_again_with_results_of_its_own(
    browser: Client, page: str, run: Run, archive: Archive
) -> None:
    assert "Run again" in browser.get(page).content.decode()
    answer = browser.post(reverse("run-again", args=[run.pk]))
    again = Run.objects.exclude(pk=run.pk).get()
    assert answer.headers["Location"] == reverse("run-detail", args=[again.pk])
    assert again.plan_id != run.plan_id
    assert [item.name for item in again.plan.items.all()] == ["Claims"]
    text = browser.get(reverse("run-detail", args=[again.pk])).content.decode()
    assert "Not yet verified" in text
    assert "Open the archive" not in text


def test_a_restore_that_made_its_workspace_goes_into_it_again(
    archive: Archive, by_hand: Instance, admin: User
) -> None:
    plan = plan_restore(archive=archive, target=by_hand, user=admin, name="Copy")
    first = runs.start_run(plan=plan, user=admin)
    target = first.steps.filter(kind="target")
    target.update(status="done", facts={"workspace_id": "w-7", "existing": False})
    runs.cancel_run(first, user=admin)
    again = runs.run_again(first, user=admin)
    assert again.plan.items.get().target_workspace_id == "w-7"


def test_a_new_run_takes_over_what_a_failed_one_left(browser: Client, page: str, run: Run) -> None:
    fail(run, "types")
    browser.post(reverse("run-again", args=[run.pk]))
    again = Run.objects.exclude(pk=run.pk).get()
    assert run.steps.get(kind="seal").status == "cancelled"
    text = browser.post(reverse("run-retry", args=[run.pk]), follow=True).content.decode()
    assert "Nothing of this run can be retried" in text
    assert Event.objects.filter(run=run, text__contains=f"run {again.pk} does it anew").exists()


def test_a_retry_while_another_run_works_names_that_run(
    browser: Client, run: Run, admin: User
) -> None:
    Step.objects.filter(run=run).exclude(kind="seal").update(status="done")
    Step.objects.filter(run=run, kind="seal").update(status="failed")
    runs.close_if_finished(run)
    run.refresh_from_db()
    other = runs.run_again(run, user=admin)
    text = browser.post(reverse("run-retry", args=[run.pk]), follow=True).content.decode()
    assert f">Open run {other.pk}</a>" in text
    assert run.steps.get(kind="seal").status == "failed"


def test_cancelling_a_restore_names_what_stays_on_the_target(
    browser: Client, archive: Archive, by_hand: Instance, admin: User
) -> None:
    plan = plan_restore(archive=archive, target=by_hand, user=admin, name="Copy")
    restore = runs.start_run(plan=plan, user=admin)
    address = reverse("run-cancel", args=[restore.pk])
    assert "has not created or changed anything" in browser.get(address).content.decode()
    types = restore.steps.get(kind="restore_types")
    Step.objects.filter(pk=types.pk).update(status="done", outcome="created")
    Event.objects.create(run=restore, step=types, text="Type system: 42 entity types created.")
    documents = restore.steps.get(kind="restore_documents")
    Step.objects.filter(pk=documents.pk).update(status="running")
    for number, answered in enumerate(("j1", "j2", "")):
        LedgerEntry.objects.create(
            step=documents, kind="upload", source_id=str(number), target_id=answered
        )
    text = browser.get(address).content.decode()
    assert "Type system: 42 entity types created." in text
    assert "2 uploads sent, one more was sent, but its answer did not come yet" in text


def test_cancelling_a_backup_names_the_archives_that_stay(
    browser: Client, run: Run, archive: Archive
) -> None:
    text = browser.get(reverse("run-cancel", args=[run.pk])).content.decode()
    assert "1 archive sealed so far" in text
    assert reverse("archive-detail", args=[archive.pk]) in text


def test_silence_changes_the_part_although_no_row_changed(
    browser: Client, page: str, run: Run
) -> None:
    now = timezone.now()
    Step.objects.filter(run=run, kind="types").update(status="running", beat_at=now)
    fresh = browser.get(page).context["view"].mark
    assert browser.get(page, {"seen": fresh}, headers=PART).status_code == 204
    long_ago = now - timedelta(seconds=61)
    Step.objects.filter(run=run, kind="types").update(beat_at=long_ago)
    silent = browser.get(page, {"seen": fresh}, headers=PART)
    assert "Silent: last sign of life" in silent.content.decode()


def test_a_silent_step_is_seen_whatever_page_of_the_run_is_shown(
    browser: Client, page: str, run: Run
) -> None:
    plan = Plan.objects.get(runs=run)
    PlanItem.objects.bulk_create(PlanItem(plan=plan, name=f"W{n}") for n in range(25))
    silent = timezone.now() - timedelta(minutes=2)
    Step.objects.filter(run=run, kind="types").update(status="running", beat_at=silent)
    assert "Silent: last sign of life" in browser.get(page, {"page": "2"}).content.decode()


def test_a_step_that_no_worker_takes_is_said(browser: Client, page: str, run: Run) -> None:
    long_ago = timezone.now() - timedelta(minutes=3)
    Step.objects.filter(run=run).update(
        status="pending", started_at=None, finished_at=None, beat_at=None
    )
    Run.objects.filter(pk=run.pk).update(started_at=long_ago)
    assert "no worker has taken it" in browser.get(page).content.decode()
    later = timezone.now() + timedelta(minutes=1)
    Step.objects.filter(run=run).update(not_before=later)
    assert "no worker has taken it" not in browser.get(page).content.decode()
