"""Models made again in the target: trained, kept as a version, deployed; with old and new ids."""

import pytest
from django.contrib.auth.models import User

from migrator.errors import ServiceError
from migrator.models import (
    Archive,
    Deployment,
    Event,
    Instance,
    ModelReplacement,
    ModelService,
    Plan,
    PlanItem,
    Run,
    RunState,
    ServedModel,
    Step,
)
from migrator.services import queue, retraining, runs
from migrator.services.drive import drive
from migrator.services.inventories import inventory_now
from migrator.services.model_successors import newest_archive, note_by_person, table_of
from migrator.services.steps import run_step
from tests.sandbox.fixtures import RunningSandbox

pytestmark = pytest.mark.django_db(transaction=True)

Linked = dict[str, ModelService]


@pytest.fixture
def item(connected: dict[str, Instance], operator: User) -> PlanItem:
    """A workspace with a deployed model, moved to the target by a guided plan."""
    inventory_now(connected["source"], user=operator)
    plan = Plan.objects.create(
        purpose=Plan.Purpose.MOVE,
        is_guided=True,
        deletes_source=True,
        source=connected["source"],
        target=connected["target"],
        name="Move",
    )
    workspace = connected["source"].workspaces.get(name="Claims")
    made = PlanItem.objects.create(
        plan=plan,
        workspace=workspace,
        name="Claims",
        target_language="en",
        target_tokenizer="ml",
    )
    _performed(runs_of(plan, "backup", operator))
    made.archive = Archive.objects.get()
    made.save()
    _performed(runs_of(plan, "restore", operator))
    return made


def runs_of(plan: Plan, kind: str, user: User) -> Run:
    with queue.in_process():
        return runs.start_run(plan=plan, user=user, kind=kind)


def _performed(run: Run) -> Run:
    with queue.in_process():
        drive(run)
    found = Run.objects.with_state().get(pk=run.pk)
    problems = list(found.steps.exclude(problem="").values_list("kind", "problem"))
    assert found.state in {RunState.COMPLETED, RunState.WARNINGS}, problems
    return found


def start(item: PlanItem, user: User, *services: ModelService) -> Run:
    with queue.in_process():
        steps = retraining.start_training(item, kind="ml", services=services, user=user)
    return steps[0].run


def test_a_model_is_trained_kept_and_deployed_under_a_new_id(
    item: PlanItem, nlu: Linked, operator: User, sandbox: RunningSandbox
) -> None:
    run = _performed(start(item, operator, nlu["target"]))
    assert run.kind == Run.Kind.RESTORE
    outcomes = dict(run.steps.filter(stage__gte=30).values_list("kind", "outcome"))
    assert outcomes == dict.fromkeys(("train_ml", "snapshot_ml", "deploy_ml"), "created")
    archive = newest_archive(item)
    assert archive is not None
    ((_, old, new),) = table_of([item], {item.pk: archive})
    assert new is not None
    assert new.new_model_id != old.model_id
    assert "NLU target" in new.new_service
    note_by_person(item, old.model_id, new_model_id="10:other", user=operator)
    assert ModelReplacement.objects.get().noted_who == "operator"
    called = [call for call in sandbox.called("/deployments") if call["method"] == "POST"]
    assert len(called) == 1


def test_a_full_queue_is_waited_for_and_no_worker_is_held(
    item: PlanItem, nlu: Linked, operator: User, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="/train", status=429)
    run = start(item, operator, nlu["target"])
    step = Step.objects.claimable().get(run=run)

    with queue.in_process():
        run_step(step)
    step.refresh_from_db()
    assert step.status == Step.Status.PENDING
    assert step.attempts == 0
    assert step.not_before is not None
    Step.objects.filter(pk=step.pk).update(not_before=None)
    _performed(run)


def test_too_few_documents_are_refused_in_words(
    item: PlanItem, operator: User, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="/train", status=422)
    run = start(item, operator)
    with queue.in_process():
        drive(run)
    step = run.steps.get(kind="train_ml")
    assert step.status == Step.Status.FAILED
    assert step.problem.startswith("There are fewer than 10 annotated documents to train with.")


def test_nothing_is_trained_twice_at_once_nor_before_the_restore(
    item: PlanItem, operator: User
) -> None:
    start(item, operator)
    with pytest.raises(ServiceError, match="being trained already"):
        start(item, operator)
    other = PlanItem.objects.create(plan=item.plan, name="Other")
    with pytest.raises(ServiceError, match="not restored yet"):
        start(other, operator)


def test_after_each_change_the_target_is_read_anew(
    item: PlanItem, nlu: Linked, operator: User, connected: dict[str, Instance]
) -> None:
    (there,) = connected["target"].workspaces.filter(name="Claims")
    source = connected["source"].workspaces.get(name="Claims")
    assert (there.documents, there.gone_at) == (source.documents, None)
    assert there.document_sets.count() > 0
    assert not there.model_versions.exists()
    _performed(start(item, operator, nlu["target"]))
    deployment = Deployment.objects.get(version__workspace=there)
    served = ServedModel.objects.get(model_id=deployment.model_id)
    assert (served.service, served.workspace_id) == (nlu["target"], there.workspace_id)


def test_a_target_that_is_not_read_again_does_not_undo_the_proof(
    connected: dict[str, Instance], item: PlanItem, operator: User, sandbox: RunningSandbox
) -> None:
    seen = connected["target"].workspaces.get(name="Claims").seen_at
    item.target_workspace_id = connected["target"].workspaces.get(name="Claims").workspace_id
    item.save()
    sandbox.fault("status", path="/members", status=403, count=100)
    run = _performed(runs_of(item.plan, "restore", operator))
    assert run.steps.get(kind=Step.Kind.COMPARE).status == Step.Status.DONE
    warned = run.events.get(level=Event.Level.WARNING, text__contains="could not be read")
    assert "Read its inventory again" in warned.text
    assert connected["target"].workspaces.get(name="Claims").seen_at == seen
