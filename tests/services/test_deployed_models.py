"""Deployed models: scanned completely or not at all, and never taken for none."""

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
import requests
from django.contrib.auth.models import User
from django.utils import timezone

from migrator import tasks
from migrator.errors import ServiceError
from migrator.models import (
    Instance,
    ModelScan,
    ModelService,
    Plan,
    PlanItem,
    ServedModel,
    Standing,
)
from migrator.services import model_knowledge, model_scans, queue
from migrator.services.instances import delete_instance
from migrator.services.inventories import inventory_now
from migrator.services.model_choices import decide, keep_source
from migrator.services.model_services import link_model_service, unlink_model_service
from tests.sandbox.fixtures import TIMEOUT, RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)

Linked = dict[str, ModelService]
Connected = dict[str, Instance]


def standings() -> dict[str, str]:
    """The standing of each present model, by its name."""
    rows = ServedModel.objects.present().with_standing()
    return {row.name: row.standing for row in rows}


def plan_to_delete(source: Instance, name: str, **fields: object) -> PlanItem:
    """A guided plan after which the named workspace is to be deleted."""
    plan = Plan.objects.create(
        purpose=Plan.Purpose.MOVE, is_guided=True, deletes_source=True, source=source, **fields
    )
    workspace = source.workspaces.get(name=name)
    return PlanItem.objects.create(plan=plan, workspace=workspace, name=name)


def test_every_model_is_joined_to_its_workspace(
    connected: Connected, nlu: Linked, operator: User
) -> None:
    inventory_now(connected["source"], user=operator)
    scan = model_scans.scan_now(nlu["source"], user=operator)
    assert scan.is_complete
    assert scan.models_seen == 2
    assert standings() == {"Claims": Standing.NEEDED, "Old claims": Standing.ORPHAN}


def test_a_workspace_that_is_to_be_deleted_puts_its_models_at_risk(
    connected: Connected, nlu: Linked, operator: User
) -> None:
    inventory_now(connected["source"], user=operator)
    model_scans.scan_now(nlu["source"], user=operator)
    item = plan_to_delete(connected["source"], "Claims")
    assert standings()["Claims"] == Standing.AT_RISK
    keep_source(item, user=operator)
    assert standings()["Claims"] == Standing.NEEDED
    keep_source(item, user=operator, keeps=False)
    Plan.objects.update(archived_at=timezone.now())
    assert standings()["Claims"] == Standing.NEEDED


def test_deleting_a_workspace_leaves_an_orphan(
    connected: Connected, nlu: Linked, operator: User, sandbox: RunningSandbox
) -> None:
    inventory_now(connected["source"], user=operator)
    claims = sandbox.workspaces()["Claims"]["id"]
    assert sandbox.call("DELETE", f"/workspaces/{claims}").status_code == 204
    inventory_now(connected["source"], user=operator)
    model_scans.scan_now(nlu["source"], user=operator)
    assert standings()["Claims"] == Standing.ORPHAN


def test_without_an_inventory_nobody_calls_a_model_orphaned(nlu: Linked, operator: User) -> None:
    model_scans.scan_now(nlu["source"], user=operator)
    assert set(standings().values()) == {Standing.UNKNOWN}


def test_a_publishing_model_counts_already(
    connected: Connected, nlu: Linked, operator: User, sandbox: RunningSandbox
) -> None:
    sandbox.options(job_seconds=60)
    claims = sandbox.workspaces()["Claims"]["id"]
    body = {"service": "natural-language-understanding", "instance": nlu["source"].guid}
    path = f"/workspaces/{claims}/models/ml/versions/1.1/deployments"
    model_id = sandbox.call("POST", path, json=body).json()["model_id"]
    model_scans.scan_now(nlu["source"], user=operator)
    row = ServedModel.objects.get(model_id=model_id)
    assert row.status == "publishing"
    first_seen = row.first_seen
    sandbox.options(job_seconds=0)
    model_scans.scan_now(nlu["source"], user=operator)
    row.refresh_from_db()
    assert row.first_seen == first_seen
    assert row.seen_at > first_seen


def test_a_failed_scan_keeps_what_was_seen_and_makes_it_unknown(
    connected: Connected, nlu: Linked, operator: User, sandbox: RunningSandbox
) -> None:
    inventory_now(connected["source"], user=operator)
    model_scans.scan_now(nlu["source"], user=operator)
    assert model_knowledge.knowledge_of_one(connected["source"]).is_known
    sandbox.fault("status", path="/v1/models", status=403, count=1)
    scan = model_scans.scan_now(nlu["source"], user=operator)
    assert not scan.is_complete
    assert ServedModel.objects.present().count() == 2
    known = model_knowledge.knowledge_of_one(connected["source"])
    assert not known.is_known
    assert "failed" in known.doubt


def test_too_many_requests_are_waited_for(
    nlu: Linked, operator: User, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="/v1/models", status=429, retry_after="0")
    assert model_scans.scan_now(nlu["source"], user=operator).is_complete


def test_without_a_link_nothing_is_known(connected: Connected) -> None:
    known = model_knowledge.knowledge_of_one(connected["source"])
    assert not known.is_known
    assert "No Natural Language Understanding instance is linked" in known.doubt


def test_a_scan_grows_old(connected: Connected, nlu: Linked, operator: User) -> None:
    model_scans.scan_now(nlu["source"], user=operator)
    assert model_knowledge.knowledge_of_one(connected["source"]).is_known
    yesterday = timezone.now() - timedelta(hours=25)
    ModelScan.objects.update(finished_at=yesterday)
    assert "older than 24 hours" in model_knowledge.knowledge_of_one(connected["source"]).doubt


def test_a_deployment_elsewhere_keeps_it_unknown(
    connected: Connected, nlu: Linked, operator: User, sandbox: RunningSandbox
) -> None:
    unlink_model_service(nlu["source"], connected["source"], user=None)
    link_model_service(
        connected["source"],
        user=None,
        address=sandbox.target.nlu_url,
        credential=sandbox.target.nlu_credential,
        iam_url=sandbox.target.iam_url,
    )
    model_scans.scan_now(ModelService.objects.get(), user=operator)
    assert model_knowledge.knowledge_of_one(connected["source"]).is_known
    inventory_now(connected["source"], user=operator)
    assert "not linked here" in model_knowledge.knowledge_of_one(connected["source"]).doubt


def test_discovery_lists_its_enrichments_of_models(
    connected: Connected, operator: User, sandbox: RunningSandbox
) -> None:
    described = sandbox.source
    assert described.discovery_credential is not None
    key = described.discovery_credential["apikey"]
    query = "?version=2023-03-31"
    projects = requests.get(
        f"{described.discovery_url}/v2/projects{query}", auth=("apikey", key), timeout=TIMEOUT
    ).json()["projects"]
    made = requests.post(
        f"{described.discovery_url}/v2/projects/{projects[0]['project_id']}/enrichments{query}",
        auth=("apikey", key),
        files={"file": ("m.zip", b"x")},
        data={
            "enrichment": json.dumps(
                {"name": "Claims model", "type": "watson_knowledge_studio_model", "options": {}}
            )
        },
        timeout=TIMEOUT,
    )
    assert made.status_code == 201, made.text
    service = link_model_service(
        connected["source"],
        user=None,
        kind=ModelService.Kind.DISCOVERY,
        address=described.discovery_url,
        credential=described.discovery_credential,
        iam_url=described.iam_url,
    )
    assert model_scans.scan_now(service, user=operator).problem == ""
    assert standings() == {"Claims model": Standing.UNKNOWN}
    assert not model_knowledge.knowledge_of_one(connected["source"]).is_known


def test_one_service_of_two_instances_is_one_row(
    connected: Connected, nlu: Linked, operator: User, sandbox: RunningSandbox
) -> None:
    shared = link_model_service(
        connected["target"],
        user=None,
        address=sandbox.source.nlu_url + "/v1/models",
        credential=None,
    )
    assert shared == nlu["source"]
    model_scans.scan_now(shared, user=operator)
    assert ServedModel.objects.count() == 2
    unlink_model_service(shared, connected["source"], user=None)
    assert ServedModel.objects.count() == 2
    delete_instance(connected["target"], user=None)
    assert not ModelService.objects.exists()
    assert not ServedModel.objects.exists()


def test_what_a_person_saw_counts_under_their_name(
    connected: Connected, nlu: Linked, operator: User, sandbox: RunningSandbox
) -> None:
    described = sandbox.source
    assert described.nlu_credential is not None
    service = ModelService.objects.create(address=f"{described.nlu_url}-by-hand")
    service.instances.add(connected["target"])
    answer = requests.get(
        f"{described.nlu_url}/v1/models?version=2022-08-10",
        auth=("apikey", described.nlu_credential["apikey"]),
        timeout=TIMEOUT,
    )
    scan = model_scans.note_scan_by_person(service, answer.text, user=operator)
    assert (scan.models_seen, scan.looked_by) == (2, "operator")
    for nonsense in ("", "none", "[]", '{"models": 1}'):
        with pytest.raises(ServiceError, match="not the list"):
            model_scans.note_scan_by_person(service, nonsense, user=operator)
    assert service.served.present().count() == 2
    assert model_scans.note_scan_by_person(service, '{"models": []}', user=operator).is_complete
    assert not service.served.present().exists()


def test_keeping_on_purpose_needs_a_reason(nlu: Linked, operator: User) -> None:
    model_scans.scan_now(nlu["source"], user=operator)
    model = ServedModel.objects.first()
    assert model is not None
    with pytest.raises(ServiceError, match="reason"):
        decide(model, decision="keep", user=operator, reason=" ")
    decide(model, decision="keep", user=operator, reason="The portal reads with it.")
    model.refresh_from_db()
    assert (model.decided_who, model.reason) == ("operator", "The portal reads with it.")
    assert standings()[model.name] == Standing.KEPT
    model_scans.scan_now(nlu["source"], user=operator)
    assert standings()[model.name] == Standing.KEPT
    decide(model, decision="later", user=operator)
    assert model.remind_at is not None
    assert not model.is_to_remind


def test_the_beat_scans_what_is_due_and_nothing_twice(
    connected: Connected, nlu: Linked, operator: User
) -> None:
    with queue.in_process():
        assert model_scans.scan_due_services() == 2
        assert model_scans.scan_due_services() == 0
        for scan in ModelScan.objects.all():
            tasks.take_model_scan(scan.pk)
            tasks.take_model_scan(scan.pk)
        assert model_scans.scan_due_services() == 0
    assert ModelScan.objects.filter(problem="").count() == 2
    an_hour_ago = timezone.now() - timedelta(minutes=61)
    ModelScan.objects.filter(service=nlu["source"]).update(finished_at=an_hour_ago)
    with queue.in_process():
        assert model_scans.scan_due_services() == 1


def test_a_scan_whose_worker_died_fails_and_is_taken_again(nlu: Linked, operator: User) -> None:
    scan = model_scans.begin_scan(nlu["source"], user=operator)
    with pytest.raises(ServiceError, match="already under way"):
        model_scans.begin_scan(nlu["source"], user=operator)
    ModelScan.objects.update(started_at=timezone.now() - timedelta(minutes=11))
    assert model_scans.scan_now(nlu["source"], user=operator).is_complete
    scan.refresh_from_db()
    assert "fell silent" in scan.problem


def test_a_slow_scan_cannot_overwrite_a_model_id_with_a_colon(
    nlu: Linked, operator: User, sandbox: RunningSandbox
) -> None:
    model_scans.scan_now(nlu["source"], user=operator)
    model = ServedModel.objects.get(name="Old claims")
    assert ":" in model.model_id
    url = f"{sandbox.source.nlu_url}/v1/models/{quote(model.model_id, safe='')}"
    assert sandbox.source.nlu_credential is not None
    requests.delete(
        url,
        params={"version": "2022-08-10"},
        auth=("apikey", sandbox.source.nlu_credential["apikey"]),
        timeout=TIMEOUT,
    ).raise_for_status()
    model_scans.scan_now(nlu["source"], user=operator)
    model.refresh_from_db()
    assert model.gone_at is not None
