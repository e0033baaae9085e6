"""Pages about deployed models: what they say, and to whom; unknown is never zero."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from pytest_django import Settings

from migrator.models import (
    Approval,
    Archive,
    AuditEntry,
    Instance,
    ModelScan,
    ModelService,
    Plan,
    PlanItem,
    Run,
    ServedModel,
    Undeployment,
    Verification,
    Workspace,
)
from migrator.services.approvals import decide as decide_approval
from migrator.services.model_guard import gate_of

pytestmark = pytest.mark.django_db(transaction=True)

SignIn = Callable[[User], Client]
UNKNOWN = "We could not check for deployed models. Treat this as not safe."
MOST = 12  # queries of a page


@pytest.fixture
def service(by_hand: Instance) -> ModelService:
    """A service that was looked at a moment ago."""
    made = ModelService.objects.create(address="https://nlu.example.com/instances/g", name="NLU")
    made.instances.add(by_hand)
    ModelScan.objects.create(service=made, finished_at=timezone.now())
    return made


def deploy(service: ModelService, workspace_id: str, number: int = 1) -> ServedModel:
    """A model that the service lists."""
    now = timezone.now()
    return ServedModel.objects.create(
        service=service,
        model_id=f"10:{number}",
        workspace_id=workspace_id,
        version="1.0",
        name="Claims",
        status="available",
        first_seen=now,
        seen_at=now,
    )


@pytest.fixture
def plan(by_hand: Instance, workspace: Workspace) -> Plan:
    """A plan after which the workspace is to be deleted."""
    made = Plan.objects.create(
        purpose=Plan.Purpose.MOVE, is_guided=True, deletes_source=True, source=by_hand, name="Move"
    )
    PlanItem.objects.create(plan=made, workspace=workspace, name=workspace.name)
    return made


def words(client: Client, address: str) -> str:
    """The page's text, blanks made one."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(strip_tags(answer.content.decode()).split())


def everywhere(plan: Plan, workspace: Workspace) -> dict[str, str]:
    """The pages that speak of models."""
    return {
        "home": reverse("home"),
        "workspace": reverse("workspace-detail", args=[workspace.pk]),
        "instance": reverse("instance-detail", args=[workspace.instance_id]),
        "models": reverse("model-list"),
        "step": reverse("plan-models", args=[plan.pk]),
    }


def test_unknown_is_never_zero(
    viewer: User, signed_in: SignIn, plan: Plan, workspace: Workspace
) -> None:
    client = signed_in(viewer)
    pages = everywhere(plan, workspace)
    del pages["models"]
    for name, address in pages.items():
        assert UNKNOWN in words(client, address), name
    assert "Not linked" in words(client, reverse("model-list"))
    for page in ("workspace-list", "instance-list"):
        assert "ould not" in words(client, reverse(page)), page


def test_a_failed_scan_is_told_everywhere(
    viewer: User, signed_in: SignIn, plan: Plan, workspace: Workspace, service: ModelService
) -> None:
    client = signed_in(viewer)
    for name, address in everywhere(plan, workspace).items():
        assert UNKNOWN not in words(client, address), name
    ModelScan.objects.create(service=service, finished_at=timezone.now(), problem="Refused.")
    for name, address in everywhere(plan, workspace).items():
        assert UNKNOWN in words(client, address), name


def test_the_alert_stands_until_it_is_resolved(
    operator: User, signed_in: SignIn, plan: Plan, workspace: Workspace, service: ModelService
) -> None:
    client = signed_in(operator)
    deploy(service, workspace.workspace_id, 1)
    deploy(service, workspace.workspace_id, 2)
    pages = everywhere(plan, workspace)
    del pages["models"]
    for name, address in pages.items():
        said = words(client, address)
        assert "Action needed: 2 deployed models will keep charging you." in said, name
        assert "You plan to delete the workspace Claims after this backup." in said, name
        assert "Two of its models are still deployed." in said, name
        assert "If the workspace goes first they become orphaned" in said, name
        assert "I will not delete this workspace" in said, name
        # Where they are reviewed, the form itself is below.
        assert ("Review 2 deployed models" in said) == (name != "step"), name
    item = plan.items.get()
    client.post(reverse("plan-keep-source", args=[plan.pk, item.pk]))
    for name, address in pages.items():
        assert "Action needed" not in words(client, address), name


def test_choices_are_noted_by_name(
    operator: User, signed_in: SignIn, plan: Plan, workspace: Workspace, service: ModelService
) -> None:
    client = signed_in(operator)
    kept, later = (deploy(service, workspace.workspace_id, n) for n in (1, 2))
    answer = client.post(
        reverse("model-decide"),
        {
            "plan": plan.pk,
            "model": [kept.pk, later.pk],
            f"choice_{kept.pk}": "keep",
            f"reason_{kept.pk}": "The portal reads with it",
            f"choice_{later.pk}": "later",
        },
    )
    assert answer.headers["Location"] == reverse("plan-models", args=[plan.pk])
    said = words(client, answer.headers["Location"])
    assert "Keep on purpose, operator," in said
    assert "The portal reads with it" in said
    ServedModel.objects.filter(pk=later.pk).update(remind_at=timezone.now())
    assert "1 model kept for now" in words(client, reverse("home"))


def test_undeploying_asks_for_the_phrase_and_names_what_stops(
    operator: User, signed_in: SignIn, plan: Plan, workspace: Workspace, service: ModelService
) -> None:
    client = signed_in(operator)
    model = deploy(service, workspace.workspace_id)
    chosen = {"plan": plan.pk, "model": model.pk, f"choice_{model.pk}": "undeploy"}
    address = client.post(reverse("model-decide"), chosen).headers["Location"]
    said = words(client, address)
    assert "Applications that call model 10:1 stop getting results at once." in said
    assert "A new deployment gets a new model id." in said
    assert "Type undeploy claims" in said
    refused = client.post(
        reverse("model-undeploy"), {"model": model.pk, "plan": plan.pk, "typed": "claims"}
    )
    assert "What was typed is not" in refused.content.decode()
    assert not Undeployment.objects.exists()
    client.post(
        reverse("model-undeploy"), {"model": model.pk, "plan": plan.pk, "typed": "undeploy claims"}
    )
    row = Undeployment.objects.get()
    assert row.performer == "person"
    page = reverse("model-detail", args=[model.pk])
    assert "Waiting for you" in words(client, page)
    client.post(reverse("model-undeployed", args=[row.pk]))
    assert "Look again and bring the list" in words(client, page)
    look = reverse("instance-service-look", args=[workspace.instance_id, service.pk])
    client.post(look, {"answer": '{"models": []}'})
    assert "We asked the service again at" in words(client, page)
    assert "and the model is gone" in words(client, page)
    assert AuditEntry.objects.filter(action="model.gone").exists()


def test_what_is_sent_and_not_gone_is_said_so(
    viewer: User, signed_in: SignIn, workspace: Workspace, service: ModelService
) -> None:
    model = deploy(service, workspace.workspace_id)
    now = timezone.now()
    Undeployment.objects.create(
        model=model, performer="connector", asked_who="ann", sent_at=now, looked_at=now, look_at=now
    )
    said = words(signed_in(viewer), reverse("model-detail", args=[model.pk]))
    assert "Not gone yet; charges may continue; we look again in 10 minutes" in said


def test_a_second_person_allows_it_where_the_setting_asks_for_one(
    operator: User,
    admin: User,
    signed_in: SignIn,
    service: ModelService,
    settings: Settings,
) -> None:
    settings.SECOND_PERSON = ["undeploy"]
    client = signed_in(operator)
    models = [deploy(service, "w", number) for number in (1, 2)]
    given = {"model": [each.pk for each in models], "typed": "undeploy claims"}
    refused = client.post(reverse("model-undeploy"), given)
    assert "another person has to allow it" in refused.content.decode()
    assert not Undeployment.objects.exists()
    assert Approval.objects.count() == 2
    for wish in Approval.objects.all():
        decide_approval(wish, user=admin, granted=True)
    client.post(reverse("model-undeploy"), given)
    assert Undeployment.objects.count() == 2


def test_a_service_is_linked_and_its_key_never_shown(
    admin: User, signed_in: SignIn, by_hand: Instance
) -> None:
    client = signed_in(admin)
    address = reverse("instance-service-link", args=[by_hand.pk])
    given = {
        "kind": "natural-language-understanding",
        "address": "https://api.us-south.natural-language-understanding.watson.cloud.ibm.com"
        "/instances/0a1b/v1/models?version=2022-08-10",
        "credential_kind": "none",
    }
    answer = client.post(address, given)
    assert answer.status_code == 302, answer.content.decode()
    service = ModelService.objects.get()
    assert service.address.endswith("/instances/0a1b")
    missing = client.post(address, {**given, "credential_kind": "apikey"})
    assert "The API key is missing." in missing.content.decode()
    foreign = client.post(address, {**given, "address": "https://evil.example.com/instances/1"})
    assert "not among the hosts that may be called" in foreign.content.decode()
    change = reverse("instance-service-change", args=[by_hand.pk, service.pk])
    client.post(change, {"name": "NLU prod", "monthly_rate": "800", "currency": "usd"})
    deploy(service, "w", 1)
    deploy(service, "w", 2)
    page = words(client, reverse("instance-service", args=[by_hand.pk, service.pk]))
    assert "1,600.00 USD a month" in page
    unlink = reverse("instance-service-unlink", args=[by_hand.pk, service.pk])
    assert "Models are deployed there." in words(client, unlink)
    client.post(unlink)
    assert not ModelService.objects.exists()


def test_the_pages_ask_little_however_many_models_there_are(
    operator: User, signed_in: SignIn, by_hand: Instance, service: ModelService
) -> None:
    now = timezone.now()
    plan = Plan.objects.create(
        purpose=Plan.Purpose.MOVE, is_guided=True, deletes_source=True, source=by_hand, name="All"
    )
    for number in range(40):
        workspace = Workspace.objects.create(
            instance=by_hand,
            workspace_id=f"w{number}",
            name=f"W {number}",
            language="en",
            seen_at=now,
        )
        PlanItem.objects.create(plan=plan, workspace=workspace, name=workspace.name)
        model = deploy(service, f"w{number}", number)
        Undeployment.objects.create(model=model, performer="person", asked_who="ann")
    for number in range(6):
        other = ModelService.objects.create(address=f"https://nlu.example.com/instances/{number}")
        other.instances.add(by_hand)
        for age in range(3):
            ModelScan.objects.create(service=other, finished_at=now - timedelta(hours=age))
    client = signed_in(operator)
    addresses = {
        "model-list": reverse("model-list"),
        "plan-models": reverse("plan-models", args=[plan.pk]),
        "home": reverse("home"),
        "instance-list": reverse("instance-list"),
        "instance-detail": reverse("instance-detail", args=[by_hand.pk]),
        "workspace-list": reverse("workspace-list"),
        "workspace-detail": reverse("workspace-detail", args=[Workspace.objects.last().pk]),  # type: ignore[union-attr]
        "plan-list": reverse("plan-list"),
        "model-detail": reverse("model-detail", args=[ServedModel.objects.last().pk]),  # type: ignore[union-attr]
        "instance-service": reverse("instance-service", args=[by_hand.pk, service.pk]),
    }
    counts = {}
    for name, address in addresses.items():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, name
        counts[name] = len(queries)
    assert {name: n for name, n in counts.items() if n > MOST} == {}


def scanned(service: ModelService) -> None:
    """The scan that is under way ends."""
    ModelScan.objects.filter(service=service, finished_at=None).update(finished_at=timezone.now())


PART = {"HX-Request": "true"}


def polled(text: str) -> str:
    """The address that a page asks again."""
    found = re.search(r'id="models-moving"[^>]*hx-get="([^"]+)" hx-trigger="every 2s"', text)
    assert found, "the page does not ask again"
    return unescape(found.group(1))


@pytest.mark.parametrize("page", ["models", "step"])
def test_a_page_of_models_moves_while_services_are_asked_and_stops_then(
    page: str,
    viewer: User,
    signed_in: SignIn,
    plan: Plan,
    service: ModelService,
) -> None:
    client = signed_in(viewer)
    workspace = Workspace.objects.get()
    address = everywhere(plan, workspace)[page]
    assert "hx-get" not in client.get(address).content.decode()
    ModelScan.objects.create(service=service)
    text = client.get(address).content.decode()
    assert "1 service is being asked." in text
    assert f'<a href="{address}">Look again</a>' in text
    again = polled(text)
    assert client.get(again, headers=PART).status_code == 204
    deploy(service, workspace.workspace_id)
    scanned(service)
    answer = client.get(again, headers=PART)
    part = answer.content.decode()
    assert answer.status_code == 200
    assert "hx-get" not in part
    assert "10:1" in part
    assert 'type="text"' not in part


def test_an_undeployment_is_told_when_it_is_over_and_choices_stay_as_they_are(
    operator: User, signed_in: SignIn, plan: Plan, workspace: Workspace, service: ModelService
) -> None:
    leaving = deploy(service, workspace.workspace_id, 1)
    deploy(service, workspace.workspace_id, 2)
    Undeployment.objects.create(
        model=leaving, performer="connector", asked_who="operator", look_at=timezone.now()
    )
    client = signed_in(operator)
    text = client.get(reverse("plan-models", args=[plan.pk])).content.decode()
    assert "1 model is being undeployed." in text
    gone = timezone.now()
    Undeployment.objects.update(gone_at=gone, look_at=None)
    ServedModel.objects.filter(pk=leaving.pk).update(gone_at=gone)
    part = client.get(polled(text), headers=PART).content.decode()
    assert 'data-announce="Model 10:1 is gone. Nothing is under way."' in part
    assert "the model is gone." in part
    assert f'id="model-state-{leaving.pk}" hx-swap-oob="true"' in part
    assert "<form" not in part  # a reason that somebody is writing stays
    assert "hx-get" not in part


def test_once_it_was_asked_for_nothing_calls_for_action_any_more(
    operator: User, signed_in: SignIn, plan: Plan, workspace: Workspace, service: ModelService
) -> None:
    leaving = deploy(service, workspace.workspace_id)
    pages = everywhere(plan, workspace)
    del pages["models"]
    Undeployment.objects.create(model=leaving, performer="person", asked_who="operator")
    client = signed_in(operator)
    for name, address in pages.items():
        said = words(client, address)
        assert "Action needed" not in said, name
        assert "1 deployed model goes on charging until it is gone." in said, name


def test_a_model_may_wait_for_the_proof_and_is_asked_about_again_then(
    operator: User, signed_in: SignIn, plan: Plan, workspace: Workspace, service: ModelService
) -> None:
    model = deploy(service, workspace.workspace_id)
    client = signed_in(operator)
    step = reverse("plan-models", args=[plan.pk])
    finish = reverse("plan-finish", args=[plan.pk])
    assert "Undeploy after the copy is proved" in words(client, step)
    chosen = {"model": model.pk, f"choice_{model.pk}": "after", "plan": plan.pk}
    client.post(reverse("model-decide"), chosen)
    model.refresh_from_db()
    assert model.decision == ServedModel.Decision.AFTER
    assert "Models of 1 workspace are undeployed after the copy is proved" in words(client, step)
    assert "by operator" in words(client, finish)
    assert "The copy is proved: undeploy" not in words(client, finish)
    item = plan.items.get()
    run = Run.objects.create(kind="restore", plan=plan)
    Verification.objects.create(run=run, item=item, state=Verification.State.VERIFIED)
    assert "The copy is proved: undeploy the models of 1 workspace now." in words(client, finish)
    (gate,) = gate_of(plan)
    assert [each.found.state for each in gate.conditions if each.key == "models"] == ["red"]


def test_a_model_waits_for_no_copy_that_no_plan_makes(
    operator: User, signed_in: SignIn, plan: Plan, workspace: Workspace, service: ModelService
) -> None:
    model = deploy(service, workspace.workspace_id)
    Plan.objects.filter(pk=plan.pk).update(purpose=Plan.Purpose.BACKUP)
    client = signed_in(operator)
    assert "after the copy is proved" not in words(client, reverse("model-detail", args=[model.pk]))
    chosen = {"model": model.pk, f"choice_{model.pk}": "after"}
    answer = client.post(reverse("model-decide"), chosen, follow=True)
    assert "No plan copies the workspace" in answer.content.decode()
    model.refresh_from_db()
    assert not model.decision


def test_undeploying_says_whether_there_is_a_verified_backup(
    operator: User, signed_in: SignIn, service: ModelService, archive: Archive
) -> None:
    model = deploy(service, archive.source_workspace_id)
    address = f"{reverse('model-undeploy')}?model={model.pk}"
    client = signed_in(operator)
    assert "The newest verified backup of the workspace is of" in words(client, address)
    Archive.objects.update(verify_problem="Damaged.")
    assert "There is no verified backup of the workspace yet." in words(client, address)


def test_the_step_maps_where_the_models_of_the_plan_run(
    viewer: User, signed_in: SignIn, plan: Plan, workspace: Workspace
) -> None:
    client, address = signed_in(viewer), reverse("plan-models", args=[plan.pk])
    assert "Where they run" not in words(client, address)
    service = ModelService.objects.create(address="https://nlu.example.com/instances/g")
    service.instances.add(workspace.instance)
    model = deploy(service, workspace.workspace_id)
    answer = client.get(address)
    assert [row[2] for row in answer.context["map"].table.rows] == [model.model_id]
    assert "Where they run" in answer.content.decode()
    part = client.get(address, headers={"HX-Request": "true"})
    assert 'id="models-map" hx-swap-oob="true"' in part.content.decode()
