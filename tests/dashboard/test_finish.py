"""The last step: conditions with reasons, accepted and signed; the receipt to read and to take."""

import hashlib
from collections.abc import Callable
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from pypdf import PdfReader

from migrator.models import Plan, PlanItem, Receipt, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan(workspace: Workspace) -> Plan:
    """A plan that deletes a workspace of which nothing is done yet."""
    made = Plan.objects.create(
        purpose=Plan.Purpose.MOVE,
        is_guided=True,
        deletes_source=True,
        source=workspace.instance,
        target=workspace.instance,
        name="Move",
    )
    PlanItem.objects.create(plan=made, workspace=workspace, name=workspace.name)
    return made


def test_it_is_signed_only_when_nothing_is_left(
    plan: Plan, operator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(operator)
    item = plan.items.get()
    page = reverse("plan-finish", args=[plan.pk])
    said = " ".join(strip_tags(client.get(page).content.decode()).split())
    assert "Not safe to delete" in said
    assert "Do not run a pre-annotator on restored documents." in said
    assert "We could not check for deployed models. Treat this as not safe." in said
    assert "Sign the receipt" not in said
    sign = reverse("plan-finish-sign", args=[plan.pk, item.pk])
    client.post(sign, {"name": "Ann Example"})
    assert not Receipt.objects.exists()
    for key in ("archive", "proof", "assessment", "losses", "worksheets", "models", "inventory"):
        accept = reverse("plan-finish-accept", args=[plan.pk, item.pk])
        client.post(accept, {"condition": key, "reason": f"We know about {key}."})
    assert "Sign the receipt for Claims" in client.get(page).content.decode()
    answer = client.post(sign, {"name": "Ann Example"})
    receipt = Receipt.objects.get()
    assert answer.headers["Location"] == reverse("receipt-detail", args=[receipt.pk])
    shown = strip_tags(client.get(answer.headers["Location"]).content.decode())
    assert "Ann Example (account operator)" in shown
    assert "We know about archive." in shown
    file = client.get(reverse("receipt-json", args=[receipt.pk]))
    assert hashlib.sha256(file.content).hexdigest() == receipt.sha256
    assert receipt.sha256 in shown
    pdf = client.get(reverse("receipt-pdf", args=[receipt.pk]))
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(b"".join(pdf))).pages)
    assert "We know about losses." in text
    assert "Target instance" in text
    assert "UTC" in text
    assert "Signed for" in client.get(page).content.decode()


def test_old_and_new_ids_come_as_csv(
    plan: Plan, viewer: User, signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(viewer).get(reverse("plan-model-ids", args=[plan.pk]))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert b"Old model id,New model id" in b"".join(answer)


def test_a_receipt_tells_times_as_every_page_does(
    plan: Plan, viewer: User, signed_in: Callable[[User], Client]
) -> None:
    archive = {
        "file": "claims.zip",
        "bytes": 1000,
        "sha256": "0" * 64,
        "created": "2026-11-12T14:02:00+00:00",
        "read_back": None,
    }
    content = {"statement": "Said.", "conditions": [], "archive": archive, "deployed_models": {}}
    receipt = Receipt.objects.create(
        item=plan.items.get(), plan=plan, workspace_name="Claims", content=content, is_green=True
    )
    address = reverse("receipt-detail", args=[receipt.pk])
    shown = signed_in(viewer).get(address).content.decode()
    assert '<time datetime="2026-11-12T14:02:00+00:00">12 Nov 2026, 14:02</time>' in shown
    assert "<dd>Never</dd>" in shown
