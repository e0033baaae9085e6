"""The list of workspaces: its figures, its download, and starting over several at once."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboard.workspace_rows import BATCH, rows_of
from migrator.models import (
    Archive,
    Dictionary,
    Instance,
    Inventory,
    Plan,
    Run,
    Verification,
    Workspace,
)
from migrator.services.plans import plan_restore

Ticked = dict[str, str | list[str]]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(signed_in: Callable[[User], Client], operator: User) -> Client:
    """The operator's browser."""
    return signed_in(operator)


def row_of(workspace: Workspace) -> dict[str, object]:
    """The figures that the list shows of one workspace."""
    rows = Workspace.objects.for_listing().with_lists().filter(pk=workspace.pk)
    (row,) = rows_of(rows)
    names = ("mentions", "types", "dictionaries", "read_only", "truth", "deployed")
    return {name: getattr(row, name) for name in names}


def test_what_nobody_counted_is_unknown_and_never_zero(
    browser: Client, workspace: Workspace
) -> None:
    assert row_of(workspace) == {
        "mentions": None,
        "types": None,
        "dictionaries": None,
        "read_only": None,
        "truth": None,
        "deployed": "",
    }
    text = browser.get(reverse("workspace-list")).content.decode()
    assert re.search(r'data-label="Mentions"[^>]*>–</td>', text)
    assert "ground truth<" not in text


def test_the_figures_are_those_of_the_inventory_and_of_the_newest_archive(
    archive: Archive, workspace: Workspace
) -> None:
    facts = {"workspace": {"documents": archive.counts["documents"] + 3}}
    Archive.objects.update(facts=facts)
    found = row_of(workspace)
    assert found["mentions"] == archive.counts["mentions"]
    assert found["types"] == archive.counts["entity_types"]
    assert found["dictionaries"] == archive.counts["dictionaries"]
    assert found["truth"] == 100 * archive.counts["documents"] // facts["workspace"]["documents"]
    workspace.inventory = Inventory.objects.create(instance=workspace.instance)
    workspace.save()
    Dictionary.objects.create(workspace=workspace, dictionary_id="d", name="Rx", read_only=True)
    found = row_of(workspace)
    assert (found["dictionaries"], found["read_only"]) == (1, 1)


def test_not_all_documents_in_ground_truth_is_never_said_to_be_all(
    archive: Archive, workspace: Workspace
) -> None:
    Archive.objects.update(counts={"documents": 8951}, facts={"workspace": {"documents": 8954}})
    assert row_of(workspace)["truth"] == 99
    Archive.objects.update(facts={"workspace": {"documents": "many"}})
    assert row_of(workspace)["truth"] is None


def downloaded(browser: Client, **filters: str) -> list[dict[str, str]]:
    """The rows of the CSV."""
    answer = browser.get(reverse("workspace-csv"), filters)
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_download_has_every_workspace_that_fits_the_filters(
    browser: Client, archive: Archive, by_hand: Instance
) -> None:
    Workspace.objects.create(
        instance=by_hand, workspace_id="w2", name="=News", language="de", seen_at=timezone.now()
    )
    rows = downloaded(browser)
    assert [row["Workspace"] for row in rows] == ["'=News", "Claims"]
    news, claims = rows
    assert news["Mentions"] == news["Dictionaries"] == news["Deployed models"] == ""
    assert news["Last backup"] == ""
    assert claims["Mentions"] == str(archive.counts["mentions"])
    assert claims["Last backup"] == archive.created_at.isoformat(timespec="seconds")
    assert [row["Workspace"] for row in downloaded(browser, protection="never")] == ["'=News"]


def test_the_download_is_read_in_batches(browser: Client, by_hand: Instance) -> None:
    Workspace.objects.bulk_create(
        Workspace(
            instance=by_hand,
            workspace_id=f"w{n}",
            name=f"Workspace {n:04}",
            language="en",
            seen_at=timezone.now(),
        )
        for n in range(BATCH + 1)
    )
    with CaptureQueriesContext(connection) as queries:
        rows = downloaded(browser)
    assert [row["Workspace"] for row in rows] == [f"Workspace {n:04}" for n in range(BATCH + 1)]
    assert len(queries) <= 12


@pytest.mark.parametrize(("do", "page"), [("backup", "backup-new"), ("plan", "plan-new")])
def test_what_is_ticked_is_started_together(
    do: str, page: str, browser: Client, workspace: Workspace, by_hand: Instance
) -> None:
    other = Workspace.objects.create(
        instance=by_hand, workspace_id="w2", name="News", language="de", seen_at=timezone.now()
    )
    ticked: Ticked = {
        "do": do,
        "workspace": [f"{workspace.pk}", f"{other.pk}", "nonsense", "9" * 40],
    }
    answer = browser.get(reverse("workspace-start"), ticked, follow=True)
    there = reverse(page, args=[by_hand.pk])
    query = f"workspace={workspace.pk}&workspace={other.pk}"
    assert answer.redirect_chain == [(f"{there}?{query}", 302)]
    assert answer.context["chosen"] == {workspace.pk, other.pk}


def test_workspaces_of_several_instances_are_started_one_instance_after_another(
    browser: Client, workspace: Workspace
) -> None:
    second = Instance.objects.create(name="Frankfurt", kind=Instance.Kind.BY_HAND)
    other = Workspace.objects.create(
        instance=second, workspace_id="w2", name="News", language="de", seen_at=timezone.now()
    )
    ticked: Ticked = {"do": "plan", "workspace": [f"{workspace.pk}", f"{other.pk}"]}
    text = browser.get(reverse("workspace-start"), ticked).content.decode()
    for row in (workspace, other):
        assert f"{reverse('plan-new', args=[row.instance_id])}?workspace={row.pk}" in text


def test_nothing_ticked_is_told(browser: Client, workspace: Workspace) -> None:
    text = browser.get(reverse("workspace-start"), {"do": "plan"}, follow=True).content.decode()
    assert "No workspace is ticked." in text


def test_its_page_says_what_the_last_backup_counted(
    browser: Client, archive: Archive, workspace: Workspace
) -> None:
    Archive.objects.update(facts={"workspace": {"documents": 2 * archive.counts["documents"]}})
    text = browser.get(reverse("workspace-detail", args=[workspace.pk])).content.decode()
    assert "50% of the documents, as of the last backup" in text
    assert f"<dt>Mentions</dt><dd>{archive.counts['mentions']} of" in text
    assert reverse("workspace-history", args=[workspace.pk]) in text


@pytest.fixture
def auditor(signed_in: Callable[[User], Client], admin: User) -> Client:
    """The browser of somebody who may read the log."""
    return signed_in(admin)


def history(client: Client, workspace: Workspace) -> dict[str, list[object]]:
    """What the page of its history lists."""
    context = client.get(reverse("workspace-history", args=[workspace.pk])).context
    return {name: context[name] for name in ("runs", "plans", "proofs", "receipts", "entries")}


def test_its_history_has_all_that_is_about_it_and_nothing_else(
    archive: Archive,
    run: Run,
    guided: Plan,
    workspace: Workspace,
    auditor: Client,
) -> None:
    restore = plan_restore(archive=archive, target=workspace.instance, user=None, name="Copy")
    proof = Verification.objects.create(
        run=run, item=restore.items.get(), archive=archive, state=Verification.State.VERIFIED
    )
    other = Workspace.objects.create(
        instance=workspace.instance,
        workspace_id="w2",
        name="News",
        language="de",
        seen_at=timezone.now(),
    )
    found = history(auditor, workspace)
    assert [row[0] for row in found["runs"]] == [run]  # type: ignore[index]
    assert found["plans"] == [guided]
    assert found["proofs"] == [proof]
    said = {(entry.action, entry.subject) for entry in found["entries"]}  # type: ignore[attr-defined]
    assert ("archive.stored", f"archive {archive.pk}") in said
    assert ("backup.started", f"run {run.pk}") in said
    assert ("plan.created", f"plan {guided.pk}") in said
    assert ("workspace.noted", f"workspace {workspace.pk}") in said
    assert not any(history(auditor, other).values())


def test_only_who_may_read_the_log_sees_it_in_the_history(
    archive: Archive, workspace: Workspace, browser: Client
) -> None:
    assert history(browser, workspace)["entries"] == []
    page = browser.get(reverse("workspace-history", args=[workspace.pk])).content.decode()
    assert "Audit log</h2>" not in page


def test_a_damaged_archive_is_no_verified_backup(
    browser: Client, archive: Archive, workspace: Workspace
) -> None:
    assert [row["Workspace"] for row in downloaded(browser, protection="verified")] == ["Claims"]
    Archive.objects.update(verify_problem="It was altered.")
    found = Workspace.objects.for_listing().get(pk=workspace.pk)
    assert vars(found)["last_backup_at"] == archive.created_at
    assert vars(found)["last_verified_at"] is None
    assert downloaded(browser, protection="verified") == []
    assert [row["Workspace"] for row in downloaded(browser, protection="unverified")] == ["Claims"]
