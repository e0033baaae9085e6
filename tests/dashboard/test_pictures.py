"""Pictures on pages: the same figures as the rows, drawn and as a table."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from migrator.models import (
    Archive,
    ArchiveFigures,
    Instance,
    Inventory,
    ModelService,
    ProofFigures,
    Run,
    ServedModel,
    Step,
    Verification,
    Workspace,
)
from migrator.services.archives import verify_archive

pytestmark = pytest.mark.django_db(transaction=True)

SignIn = Callable[[User], Client]


def types_of(archive: Archive) -> Any:
    return ArchiveFigures.objects.get(archive=archive).types


def said(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_archive_shows_its_type_system_and_mentions(
    archive: Archive, viewer: User, signed_in: SignIn
) -> None:
    types = types_of(archive)
    page = said(signed_in(viewer), "archive-detail", archive.pk)
    assert page.count("data-node=") == archive.counts["entity_types"] == len(types["nodes"])
    assert sum(one["mentions"] for one in types["nodes"]) == archive.counts["mentions"]
    assert f"{archive.counts['mentions']:,} mentions of" in page
    assert page.count('<svg class="app-pic') == 3, "the bars once more for a phone"
    assert 'href="#types-frame"' in page, "what is too wide for its column opens large"


def test_the_workspace_shows_its_newest_archive(
    archive: Archive, viewer: User, signed_in: SignIn
) -> None:
    page = said(signed_in(viewer), "workspace-detail", archive.workspace_id)
    assert "Type system of the newest archive" in page
    assert "data-node=" in page
    assert "Each has a verified backup." in page


def test_an_archive_of_before_is_drawn_once_it_is_verified_again(
    archive: Archive, admin: User, signed_in: SignIn
) -> None:
    noted = types_of(archive)
    ArchiveFigures.objects.all().delete()
    client = signed_in(admin)
    assert "Verify the archive again" in said(client, "archive-detail", archive.pk)
    verify_archive(archive, user=admin)
    assert ArchiveFigures.objects.get().types == noted
    assert "data-node=" in said(client, "archive-detail", archive.pk)


def test_home_shows_who_has_no_backup(
    run: Run, archive: Archive, viewer: User, signed_in: SignIn
) -> None:
    client = signed_in(viewer)
    assert "Backups of 1 workspace in" in said(client, "home")
    Archive.objects.all().update(verify_problem="damaged")
    assert "1 workspace has no verified backup" in said(client, "home")


def test_the_timeline_is_on_the_page_and_in_the_part(
    run: Run, viewer: User, signed_in: SignIn
) -> None:
    client = signed_in(viewer)
    page = said(client, "run-detail", run.pk)
    assert 'id="run-timeline"' in page
    for step in run.steps.all():
        assert step.get_kind_display() in page
    answer = client.get(reverse("run-detail", args=[run.pk]), headers={"HX-Request": "true"})
    part = answer.content.decode()
    assert re.search(r'id="run-timeline" hx-swap-oob="true"', part)
    assert Step.objects.get(run=run, kind="types").status == Step.Status.WAITING
    assert "app-pic-wait" in part


def test_a_proof_is_drawn_from_what_was_noted(
    run: Run, archive: Archive, viewer: User, signed_in: SignIn
) -> None:
    item = run.plan.items.get()
    proof = Verification.objects.create(
        run=run,
        item=item,
        archive=archive,
        state=Verification.State.DIFFERENCES,
        compared={"documents": [12, 11]},
        totals={"missing_document": 1, "missing_mention": 4, "changed_tokens": 2},
    )
    ours = types_of(archive)
    gone = ours["nodes"][0]
    theirs = {**ours, "nodes": ours["nodes"][1:]}
    ProofFigures.objects.create(
        verification=proof,
        source_types=ours,
        target_types=theirs,
        documents_differing=3,
        documents_split_anew=2,
    )
    client = signed_in(viewer)
    answer = client.get(reverse("verification-detail", args=[proof.pk]))
    assert "7 of 12 documents match. 2 differ. 1 is missing." in answer.content.decode()
    documents, pairs, types = answer.context["pictures"]
    counted = {row[0]: row[2] for row in documents.table.rows}
    assert (counted["Missing in the target"], counted["Restored"]) == (1, 11)
    assert (counted["Different"], counted["Split anew only"]) == (2, 2)
    assert counted["Verified equal"] == 7
    assert documents.summary.endswith("1 lost on the way. 4 kept, but not equal.")
    assert counted["Backed up"] == archive.counts["documents"]
    assert (
        dict.fromkeys([gone["label"]], gone["mentions"]).items()
        <= {row[0]: row[1] for row in pairs.table.rows}.items()
    )
    assert ["Entity type", gone["label"], "", "", "Missing on the target"] in [
        list(row[:5]) for row in types.table.rows
    ]


def test_a_proof_of_before_says_what_was_not_counted(
    run: Run, archive: Archive, viewer: User, signed_in: SignIn
) -> None:
    proof = Verification.objects.create(
        run=run,
        item=run.plan.items.get(),
        archive=archive,
        state=Verification.State.VERIFIED,
        compared={"documents": [12, 12]},
    )
    client = signed_in(viewer)
    (documents,) = client.get(reverse("verification-detail", args=[proof.pk])).context["pictures"]
    assert documents.table.shown[-1][2] == ("–", True)


def test_deployed_models_are_mapped_with_orphans_apart(
    by_hand: Instance, viewer: User, signed_in: SignIn
) -> None:
    service = ModelService.objects.create(name="NLU Dallas", address="https://nlu.example.com")
    service.instances.add(by_hand)
    now = timezone.now()
    workspace = Workspace.objects.create(
        instance=by_hand, workspace_id="w-1", name="Claims", language="en", seen_at=now
    )
    Inventory.objects.create(instance=by_hand, finished_at=now)
    for model, source in (("m-1", workspace.workspace_id), ("m-2", "gone")):
        ServedModel.objects.create(
            service=service, model_id=model, workspace_id=source, first_seen=now, seen_at=now
        )
    drawn = signed_in(viewer).get(reverse("model-list")).context["map"]
    rows = {row[2]: (row[0], row[5]) for row in drawn.table.rows}
    assert rows["m-1"] == ("Claims", "No")
    assert rows["m-2"][0] == "gone"
    assert drawn.is_drawn
