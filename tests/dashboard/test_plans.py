"""Plans: made, listed, looked at, changed, copied, put away; by whom, and at what cost."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from dashboard.wizard import load_plan, way_on
from migrator.models import CheckResult, Instance, Plan, PlanItem, Worksheet, Workspace
from migrator.services.plans import add_workspace_by_hand

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_plan_is_made_and_leads_to_its_next_step(
    by_hand: Instance, workspace: Workspace, operator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(operator)
    assert client.get(reverse("plan-start")).headers["Location"] == reverse(
        "plan-new", args=[by_hand.pk]
    )
    answer = client.post(
        reverse("plan-new", args=[by_hand.pk]),
        {"purpose": "copy", "deletes_source": "no", "workspaces": [workspace.pk]},
    )
    plan = Plan.objects.guided().get()
    assert answer.headers["Location"] == way_on(load_plan(plan.pk))
    assert (plan.name, plan.purpose, plan.deletes_source) == ("Copy Claims", "copy", False)
    assert b"Copy Claims" in client.get(reverse("plan-list")).content
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.get(reverse("plan-detail", args=[plan.pk])).status_code == 200
    assert client.get(reverse("plan-scope", args=[plan.pk])).status_code == 200
    assert client.get(reverse("plan-losses", args=[plan.pk])).status_code == 200


def test_a_workspace_that_only_a_person_sees_is_named_with_the_plan(
    by_hand: Instance, operator: User, signed_in: Callable[[User], Client]
) -> None:
    signed_in(operator).post(
        reverse("plan-new", args=[by_hand.pk]),
        {"purpose": "backup", "new_names": "Letters", "new_language": "de"},
    )
    plan = Plan.objects.guided().get()
    assert plan.deletes_source is None
    assert [item.name for item in plan.items.all()] == ["Letters"]


def test_several_workspaces_are_named_at_once_and_none_twice(
    by_hand: Instance, operator: User, signed_in: Callable[[User], Client]
) -> None:
    client, address = signed_in(operator), reverse("plan-new", args=[by_hand.pk])
    asked = {"purpose": "backup", "new_language": "en"}
    twice = client.post(address, {**asked, "new_names": "Letters\nMails\nLetters"})
    assert "Letters stands here 2 times." in twice.content.decode()
    long = client.post(address, {**asked, "new_names": "x" * 257})
    assert "A name has at most 256 characters" in long.content.decode()
    assert not Plan.objects.exists()
    client.post(address, {**asked, "new_names": " Letters \r\n\r\nMails\n"})
    names = [item.name for item in Plan.objects.guided().get().items.all()]
    assert names == ["Letters", "Mails"]


def test_an_empty_form_says_all_that_it_lacks_at_once(
    by_hand: Instance, workspace: Workspace, operator: User, signed_in: Callable[[User], Client]
) -> None:
    said = (
        signed_in(operator)
        .post(reverse("plan-new", args=[by_hand.pk]), {"name": ""})
        .content.decode()
    )
    assert "Choose what it is for." in said
    assert "Choose at least one workspace." in said


def test_a_copy_that_would_delete_its_source_is_refused_with_what_was_typed(
    by_hand: Instance, workspace: Workspace, operator: User, signed_in: Callable[[User], Client]
) -> None:
    given = {"purpose": "copy", "deletes_source": "yes", "name": "All"}
    answer = signed_in(operator).post(
        reverse("plan-new", args=[by_hand.pk]), {**given, "workspaces": [workspace.pk]}
    )
    assert "A copy leaves its source in use" in answer.content.decode()
    assert 'value="All"' in answer.content.decode()
    assert not Plan.objects.exists()


def test_a_plan_without_a_workspace_is_not_made(
    by_hand: Instance, operator: User, signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(operator).post(
        reverse("plan-new", args=[by_hand.pk]), {"purpose": "backup", "name": "All"}
    )
    assert "Choose at least one workspace." in answer.content.decode()
    assert 'value="All"' in answer.content.decode()
    assert not Plan.objects.exists()


def test_a_workspace_leaves_the_plan_and_comes_back_with_its_row(
    guided: Plan, by_hand: Instance, admin: User, signed_in: Callable[[User], Client]
) -> None:
    other = add_workspace_by_hand(instance=by_hand, user=admin, name="News", language="en")
    plan = guided
    old = plan.items.get()
    scope = reverse("plan-scope", args=[plan.pk])
    client = signed_in(admin)
    said = {"purpose": "move", "deletes_source": "yes", "name": "Claims"}
    client.post(scope, {**said, "workspaces": [other.pk]})
    assert [item.name for item in plan.items.all()] == ["News"]
    assert PlanItem.everything.filter(plan=plan).count() == 2
    client.post(scope, {**said, "workspaces": [other.pk, old.workspace_id]})
    assert {item.pk for item in plan.items.all()} >= {old.pk}
    assert PlanItem.everything.filter(plan=plan).count() == 2


def test_the_list_tells_the_furthest_step_and_later_steps_tell_of_open_findings(
    guided: Plan, admin: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(admin)
    item = guided.items.get()
    collect = reverse("plan-collect", args=[guided.pk])
    CheckResult.objects.filter(item=item).update(state="passed")
    assert "The assessment has open findings" not in client.get(collect).content.decode()
    CheckResult.objects.filter(item=item, code="tokenizer").update(state="warning")
    text = client.get(collect).content.decode()
    assert "The assessment has open findings" in text
    assert "Look at it: 1 to accept or answer" in text
    Worksheet.objects.bulk_create(
        Worksheet(item=item, kind=kind, state="waived") for kind in Worksheet.Kind
    )
    text = client.get(reverse("plan-list")).content.decode()
    assert "Capture what can&#x27;t move</span>" in text, "what is done counts, not what is open"
    assert "Next: Assess, needs you" in text


def test_a_plan_names_who_did_its_steps(
    guided: Plan, viewer: User, admin: User, signed_in: Callable[[User], Client]
) -> None:
    Plan.objects.filter(pk=guided.pk).update(created_by=admin)
    text = signed_in(viewer).get(reverse("plan-detail", args=[guided.pk])).content.decode()
    assert "Who does it" in text
    assert f'>you<span class="app-table__sub">{admin.username}</span>' in text
