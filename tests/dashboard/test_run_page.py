"""The run page: what moves, what is said, and what a person brings."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from migrator.models import (
    Archive,
    Event,
    Instance,
    Plan,
    PlanItem,
    Run,
    Step,
    StepFile,
    Workspace,
)
from migrator.services import runs
from sandbox.generator import GeneratedExport

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


def test_the_part_is_polled_while_the_run_goes_on(browser: Client, page: str) -> None:
    text = browser.get(page).content.decode()
    assert 'hx-trigger="every 2s"' in text
    assert "htmx.min.js" in text


def test_an_unchanged_part_is_answered_with_nothing(browser: Client, page: str, run: Run) -> None:
    mark = browser.get(page).context["view"].mark
    assert browser.get(page, {"seen": mark}, headers=PART).status_code == 204
    tagged = browser.get(page, headers={**PART, "If-None-Match": f'"{mark}"'})
    assert tagged.status_code == 304
    Step.objects.filter(run=run, kind="types").update(beat_at=timezone.now())
    assert browser.get(page, {"seen": mark}, headers=PART).status_code == 200


def test_the_panels_are_swapped_only_when_they_changed(browser: Client, page: str) -> None:
    view = browser.get(page).context["view"]
    same = browser.get(page, {"seen": "older", "panels": view.panel_mark}, headers=PART)
    assert 'id="run-moving"' in same.content.decode()
    assert 'id="run-panels"' not in same.content.decode()
    changed = browser.get(page, {"seen": "older", "panels": "older"}, headers=PART)
    assert 'id="run-panels" hx-swap-oob="true"' in changed.content.decode()


def test_page_and_part_are_kept_apart_by_caches(browser: Client, page: str) -> None:
    answer = browser.get(page)
    assert "HX-Request" in answer.headers["Vary"]
    assert "no-cache" in answer.headers["Cache-Control"]


def test_a_finished_run_is_not_polled(browser: Client, page: str, archive: Archive) -> None:
    text = browser.get(page).content.decode()
    assert "hx-get" not in text
    assert "htmx.min.js" not in text
    assert "1 archive sealed, read back and verified" in text
    part = browser.get(page, {"seen": "older"}, headers=PART).content.decode()
    assert "hx-trigger" not in part


def test_both_badges_are_words(browser: Client, page: str) -> None:
    text = re.sub(r"<[^>]+>|\s+", " ", browser.get(page).content.decode())
    assert re.search(r"Run:\s+Waiting for you", text)
    assert re.search(r"Verification:\s+Not yet verified", text)


def test_silence_is_said_and_nothing_is_killed(browser: Client, page: str, run: Run) -> None:
    silent = timezone.now() - timedelta(minutes=2)
    Step.objects.filter(run=run, kind="types").update(status="running", beat_at=silent)
    assert "Silent: last sign of life" in browser.get(page).content.decode()


def test_a_failed_step_says_what_happened_and_what_to_do(
    browser: Client, page: str, run: Run
) -> None:
    Step.objects.filter(run=run, kind="types").update(
        status="failed",
        problem="The upload was refused.",
        problem_meaning="Nothing was stored.",
        problem_remedy="Split the file.",
        problem_reference="tx-1",
    )
    text = browser.get(page).content.decode()
    assert "Problems (1)" in text
    for words in ("The upload was refused.", "Nothing was stored.", "Split the file.", "tx-1"):
        assert words in text
    assert "Retry 1 failed" in text


def test_files_come_in_any_order_and_under_any_name(
    browser: Client, run: Run, item: PlanItem, export: GeneratedExport, tmp_path: Path
) -> None:
    stranger = tmp_path / "holiday.txt"
    stranger.write_text("Dear diary")
    files = [export.corpus, stranger, export.types]
    opened = [file.open("rb") for file in files]
    answer = browser.post(
        reverse("files-bring", args=[run.pk, item.pk]), {"files": opened}, follow=True
    )
    for file in opened:
        file.close()
    told = [str(message) for message in answer.context["messages"]]
    assert sum("was taken" in words for words in told) == 2
    assert any("holiday.txt" in words and "Nothing was stored" in words for words in told)
    assert set(run.steps.filter(files__isnull=False).values_list("kind", flat=True)) == {
        "types",
        "documents",
    }


def test_no_file_is_told_in_a_sentence(browser: Client, run: Run, item: PlanItem) -> None:
    answer = browser.post(reverse("files-bring", args=[run.pk, item.pk]), follow=True)
    assert "No file was chosen." in answer.content.decode()


def test_a_panel_says_where_to_click_in_the_words_of_knowledge_studio(
    browser: Client, page: str
) -> None:
    text = browser.get(page).content.decode()
    for words in ("Assets", "Entity Types", "Download Types", "Download Document Sets"):
        assert words in text
    assert 'type="file"' in text
    assert "multiple" in text


def test_a_viewer_sees_what_is_asked_but_no_drop_zone(
    signed_in: Callable[[User], Client], viewer: User, page: str
) -> None:
    text = signed_in(viewer).get(page).content.decode()
    assert "Download Types" in text
    assert 'type="file"' not in text
    assert "Cancel the run" not in text


def test_the_answer_that_there_are_no_dictionaries_is_taken(browser: Client, run: Run) -> None:
    step = run.steps.get(kind="dictionaries")
    browser.post(reverse("step-complete", args=[run.pk, step.pk]), {"none": "1"})
    step.refresh_from_db()
    assert step.answer == {"none": True}


def test_an_answer_that_comes_too_late_is_told(browser: Client, run: Run) -> None:
    step = run.steps.get(kind="types")
    answer = browser.post(reverse("step-confirm", args=[run.pk, step.pk]), follow=True)
    assert "does not wait for a confirmation" in answer.content.decode()


def test_a_step_of_another_run_is_not_found(browser: Client, run: Run) -> None:
    step = run.steps.get(kind="types")
    assert browser.post(reverse("step-confirm", args=[run.pk + 1, step.pk])).status_code == 404


def test_pause_and_resume_are_said(browser: Client, page: str, run: Run) -> None:
    browser.post(reverse("run-pause", args=[run.pk]))
    assert "Resume" in browser.get(page).content.decode()
    browser.post(reverse("run-resume", args=[run.pk]))
    assert "Pause" in browser.get(page).content.decode()


def test_cancel_first_says_what_stays(browser: Client, run: Run) -> None:
    address = reverse("run-cancel", args=[run.pk])
    assert "no archive was sealed yet" in browser.get(address).content.decode()
    run.refresh_from_db()
    assert run.cancel_asked_at is None
    browser.post(address)
    run.refresh_from_db()
    assert run.cancel_asked_at is not None


def test_a_lost_credential_shows_where_to_store_a_new_one(
    signed_in: Callable[[User], Client], admin: User, page: str, run: Run, by_hand: Instance
) -> None:
    Step.objects.filter(run=run, kind="types").update(needs="credential", problem="It expired.")
    text = signed_in(admin).get(page).content.decode()
    assert reverse("instance-credential", args=[by_hand.pk]) in text
    assert "It expired." in text


def test_the_log_shows_problems_alone_and_goes_on_page_by_page(browser: Client, run: Run) -> None:
    Event.objects.bulk_create(Event(run=run, text=f"line {n}") for n in range(120))
    Event.objects.create(run=run, level="error", text="It broke.")
    address = reverse("run-log", args=[run.pk])
    problems = browser.get(address, {"level": "problems"}).content.decode()
    assert "It broke." in problems
    assert "line 5" not in problems
    first = browser.get(address)
    log = first.context["log"]
    assert len(log.lines) == 50
    older = browser.get(f"{address}?{log.older}").context["log"]
    assert older.lines[0][0].pk < log.lines[-1][0].pk
    assert not older.is_newest
    part = browser.get(address, {"seen": log.newest}, headers=PART)
    assert part.status_code == 204


def test_a_second_backup_of_the_same_workspace_names_the_run_in_the_way(
    browser: Client, run: Run, by_hand: Instance, item: PlanItem
) -> None:
    address = reverse("backup-new", args=[by_hand.pk])
    answer = browser.post(address, {"workspaces": [item.workspace_id]})
    assert f"Run {run.pk} already works on Claims." in answer.content.decode()
    assert reverse("run-detail", args=[run.pk]) in answer.content.decode()
    assert Run.objects.count() == 1


def test_a_cancelled_run_offers_no_retry(browser: Client, page: str, run: Run, admin: User) -> None:
    runs.cancel_run(run, user=admin)
    text = browser.get(page).content.decode()
    assert "Retry" not in text
    assert "Cancelled" in text


def test_another_type_system_is_offered_in_the_place_of_the_one_that_is_here(
    browser: Client,
    run: Run,
    item: PlanItem,
    bring: Callable[[Path], None],
    export: GeneratedExport,
) -> None:
    bring(export.types)
    content = json.loads(export.types.read_bytes())
    content["entityTypes"] = content["entityTypes"][:1]
    content["relationshipTypes"] = []
    other = SimpleUploadedFile("other.json", json.dumps(content).encode())
    browser.post(reverse("files-bring", args=[run.pk, item.pk]), {"files": [other]})
    page = reverse("run-detail", args=[run.pk])
    text = browser.get(page).content.decode()
    assert "does not count yet" in text
    assert "One is here already. Replace it?" in text
    assert "other.json" in text
    assert "A type system with 1 entity type" in text
    assert "A type system with 12 entity types" in text
    waiting = StepFile.objects.get(role="instead")
    browser.post(reverse("file-replace", args=[run.pk, waiting.pk]))
    text = browser.get(page).content.decode()
    assert "One is here already" not in text
    names = [step.kind for step in browser.get(page).context["view"].works[0].steps]
    assert names == ["facts", "types", "dictionaries", "documents", "seal"]
    log = browser.get(reverse("run-log", args=[run.pk])).content.decode()
    assert f"Put aside: {export.types.name}" in log


def test_what_is_refused_is_in_the_log(
    browser: Client, run: Run, item: PlanItem, tmp_path: Path
) -> None:
    picture = tmp_path / "cat.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    with picture.open("rb") as file:
        browser.post(reverse("files-bring", args=[run.pk, item.pk]), {"files": [file]})
    log = browser.get(reverse("run-log", args=[run.pk]) + "?level=problems").content.decode()
    assert "Refused: cat.png" in log


def test_documents_stand_at_the_top_with_pace_and_what_is_left(
    browser: Client, page: str, run: Run, workspace: Workspace
) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(documents=9000)
    now = timezone.now()
    Step.objects.filter(run=run, kind="documents").update(
        status="running",
        done=3000,
        total=8954,
        unit="documents",
        claimed_at=now - timedelta(seconds=100),
        beat_at=now,
    )
    text = browser.get(page).content.decode()
    bar = re.search(r'<progress id="run-documents" max="(\d+)" value="(\d+)"', text)
    assert bar
    assert bar.groups() == ("8954", "3000")
    assert "3,000 of 8,954 · 30 documents a second, about 2–5 min left" in text
    moving = text[text.index('id="run-moving"') : text.index('id="run-panels"')]
    assert "run-documents" in moving
    assert "<form" not in moving


def test_a_run_of_a_plan_shows_the_plans_phases(
    browser: Client, guided: Plan, run: Run, page: str
) -> None:
    assert "Phases of" not in browser.get(page).content.decode()
    Plan.objects.filter(pk=run.plan_id).update(is_guided=True, name="Move Claims")
    text = browser.get(page).content.decode()
    assert 'aria-label="Phases of Move Claims"' in text
    for phase in ("Assess", "Prepare", "Back up", "Restore", "Finish"):
        assert phase in text


def test_a_problem_stands_beside_what_mends_it(browser: Client, page: str, run: Run) -> None:
    steps = {step.kind: step for step in run.steps.all()}
    Step.objects.filter(pk=steps["types"].pk).update(status="failed", problem="It is torn.")
    Step.objects.filter(pk=steps["documents"].pk).update(
        kind="restore_documents", status="failed", problem="Too large.", facts={"too_large": 8}
    )
    Step.objects.filter(pk=steps["dictionaries"].pk).update(
        kind="map_dictionaries", status="done", facts={"outcomes": {"cannot": 2}}
    )
    Plan.objects.filter(pk=run.plan_id).update(is_guided=True)
    text = browser.get(page).content.decode()
    assert "Problems (3)" in text
    assert text.count("Bring the file") == 1
    assert text.count("Split and retry") == 1
    assert text.count("Choose type") == 1
    assert "2 dictionaries have no entity type in the target." in text
    assert reverse("step-retry", args=[run.pk, steps["types"].pk]) in text
    browser.post(reverse("step-retry", args=[run.pk, steps["types"].pk]))
    steps["types"].refresh_from_db()
    assert steps["types"].status == "pending"
    assert run.steps.get(kind="restore_documents").status == "failed"
    assert "Split and retry" in browser.get(page).content.decode()


def test_the_number_of_runs_that_wait_moves_with_the_page(
    browser: Client, page: str, run: Run
) -> None:
    answer = browser.get(page, {"seen": "older"}, headers=PART).content.decode()
    swapped = answer[answer.index("innerHTML:.app-nav__waiting") :]
    assert re.search(r"app-nav__count\">1<", swapped)


def test_a_backup_goes_into_nothing(
    browser: Client, page: str, run: Run, by_hand: Instance
) -> None:
    Plan.objects.filter(pk=run.plan_id).update(target=by_hand)
    assert ", into" not in browser.get(page).content.decode()
    assert ", into" not in browser.get(reverse("run-list")).content.decode()
