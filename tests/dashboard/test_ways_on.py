"""After each answer a page says where to go on, and keeps the plan that somebody came from."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from migrator.models import (
    Archive,
    CheckResult,
    Instance,
    Plan,
    Run,
    Verification,
    Worksheet,
)
from migrator.services import checks
from migrator.services.worksheets import editing
from tests.dashboard.conftest import deployed_model

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


def said(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_check_leads_to_the_next_that_needs_somebody_and_at_last_to_the_next_step(
    guided: Plan, operator: User, signed_in: SignIn
) -> None:
    client = signed_in(operator)
    checks.run_checks(guided)
    results = checks.results_of(guided).open()
    codes = list(results.order_by().values_list("code", flat=True).distinct())
    assert len(codes) > 1
    shown = client.get(reverse("plan-assess-check", args=[guided.pk, codes[0]]))
    following = shown.context["next_check"]
    assert following.code in codes[1:]
    assert f"Next finding: {following.title}" in shown.content.decode()
    CheckResult.objects.exclude(code=codes[0]).delete()
    assert "Next: Finish work" in said(client, "plan-assess-check", guided.pk, codes[0])


def test_a_worksheet_leads_to_the_next_that_is_open(
    guided: Plan, operator: User, signed_in: SignIn
) -> None:
    item = guided.items.get()
    editing.worksheet_of(item, Worksheet.Kind.RULES)
    Worksheet.objects.exclude(kind__in=["rules", "tasks"]).update(state=Worksheet.State.COMPLETE)
    client = signed_in(operator)
    assert "Next open: Rules" in said(client, "plan-worksheet", item.pk, "tasks")
    assert "Next open: Unfinished tasks" in said(client, "plan-worksheet", item.pk, "rules")
    Worksheet.objects.update(state=Worksheet.State.COMPLETE)
    assert "Next open" not in said(client, "plan-worksheet", item.pk, "rules")


def test_what_would_be_refused_is_not_offered(
    guided: Plan, operator: User, signed_in: SignIn
) -> None:
    item, client = guided.items.get(), signed_in(operator)
    sheet = editing.worksheet_of(item, Worksheet.Kind.READ_ONLY)
    row = sheet.rows.create(cells={"name": "Drugs"})
    shown = said(client, "plan-worksheet", item.pk, "read_only")
    assert "1 line lacks something" in shown
    assert 'value="complete" disabled' in shown
    row.delete()
    assert 'value="complete" disabled' not in said(client, "plan-worksheet", item.pk, "read_only")


def test_a_proof_of_a_plan_stays_in_it(
    run: Run, archive: Archive, viewer: User, signed_in: SignIn
) -> None:
    item = run.plan.items.get()
    proof = Verification.objects.create(
        run=run, item=item, archive=archive, state=Verification.State.VERIFIED
    )
    back = reverse("plan-restore", args=[run.plan.pk])
    assert back not in said(signed_in(viewer), "verification-detail", proof.pk)
    Plan.objects.update(is_guided=True, name="Move Claims")
    shown = said(signed_in(viewer), "verification-detail", proof.pk)
    assert shown.count(f'href="{back}"') == 2, "among the crumbs, and as the way on"
    assert "Back to Move Claims" in shown


def test_undeploying_from_a_plan_stays_in_it(
    guided: Plan, by_hand: Instance, operator: User, signed_in: SignIn
) -> None:
    served = deployed_model(by_hand)
    client, back = signed_in(operator), reverse("plan-models", args=[guided.pk])
    bare = said(client, "model-undeploy", query=f"?model={served.pk}")
    assert back not in bare
    shown = said(client, "model-undeploy", query=f"?model={served.pk}&plan={guided.pk}")
    assert shown.count(f'href="{back}"') == 2


def test_a_slash_too_many_is_taken_away(client: Client, admin: User, by_hand: Instance) -> None:
    assert client.get("/help/?a=1").headers["Location"] == "/help?a=1"
    client.force_login(admin)
    assert client.get("/account/").status_code == 200
    for address in ("/nonsense/", "/%2Fevil.example/", "/instances/999/"):
        assert client.get(address).status_code == 404
    assert client.post("/help/").status_code == 404
