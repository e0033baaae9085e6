"""Training, snapshot and deployment in the target: a model cannot be moved, so it is made again."""

from migrator.clients.calls import Unavailable
from migrator.clients.shapes import Deployment, Model
from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError
from migrator.models import LedgerEntry, ModelService, Step
from migrator.services import events
from migrator.services.beats import about_to_change
from migrator.services.model_successors import note_successors
from migrator.services.perform.by_person import done_by_person
from migrator.services.perform.obtain import connected, workspace_id_of
from migrator.services.perform.results import Done, NotYet

_K = Step.Kind

ML, RULES = "ml", "rule"  # as Knowledge Studio's interface calls the kinds
KIND_OF = {
    **dict.fromkeys((_K.TRAIN_ML, _K.SNAPSHOT_ML, _K.DEPLOY_ML), ML),
    **dict.fromkeys((_K.TRAIN_RULES, _K.SNAPSHOT_RULES, _K.DEPLOY_RULES), RULES),
}
SNAPSHOT_OF = {_K.DEPLOY_ML: _K.SNAPSHOT_ML, _K.DEPLOY_RULES: _K.SNAPSHOT_RULES}
# Seconds between two looks at a training or a deployment.
POLL = 5.0
# Seconds until a full queue is asked again: trainings take their time.
QUEUE_FULL = 60.0


def train(step: Step) -> Done:
    """Train the model over the restored documents and wait for it, without holding a worker."""
    if step.performer == Step.Performer.PERSON:
        return done_by_person(step, [])
    with connected(step) as client:
        entry = step.ledger.filter(kind="training").first()
        if entry is None or not entry.target_id:
            entry = _begin_training(step, client, entry)
        job = client.job(workspace_id_of(step), entry.target_id)
        if job.state == "failed":
            entry.delete()
            raise ServiceError(
                f"Knowledge Studio could not train the model: {job.error or 'no reason given'}.",
                meaning="The restored documents are as they were. There is no new model.",
                remedy="Mend what it names, then retry.",
            )
        if job.state != "done":
            step.update_if_ours(done=round(job.progress or 0), total=100, unit="%")
            raise NotYet(POLL)
        model = _model(step, client)
    score = model.score if model else None
    said = "trained." if score is None else f"trained, score {score:.2f}."
    return Done(Step.Outcome.CREATED, said, {"score": score})


def _begin_training(step: Step, client: ToolClient, lost: LedgerEntry | None) -> LedgerEntry:
    """The entry that names the job; where an answer was lost, training once more does no harm."""
    about_to_change(step)
    entry = lost or LedgerEntry.objects.create(
        step=step, kind="training", source_id=KIND_OF[_K(step.kind)]
    )
    try:
        entry.target_id = client.train(workspace_id_of(step), KIND_OF[_K(step.kind)])
    except Unavailable as error:
        if error.http_status == 429:
            _tell_once(step, "The training queue is full; the training waits for its turn.")
            raise NotYet(max(error.retry_after or 0, QUEUE_FULL)) from None
        raise
    entry.save(update_fields=["target_id"])
    return entry


def _tell_once(step: Step, said: str) -> None:
    if not step.facts.get("told"):
        step.update_if_ours(facts={**step.facts, "told": True})
        events.note(step, said)


def snapshot(step: Step) -> Done:
    """Keep the model as a version; one that an earlier try of this step made is found again."""
    if step.performer == Step.Performer.PERSON:
        return done_by_person(step, [])
    mark = f"After the restore of run {step.run_id}, step {step.pk}"
    with connected(step) as client:
        model = _model(step, client)
        for version in model.versions if model else []:
            if version.description == mark:
                return _kept(version.version)
        about_to_change(step)
        kind = KIND_OF[_K(step.kind)]
        made = client.snapshot(workspace_id_of(step), kind, description=mark)
    return _kept(made.version)


def _kept(version: str) -> Done:
    return Done(Step.Outcome.CREATED, f"version {version} taken.", {"version": version})


def deploy(step: Step) -> Done:
    """Deploy the version to each chosen service, and wait until they answer with it."""
    if step.performer == Step.Performer.PERSON:
        return done_by_person(step, [])
    version = _version_of(step)
    services = ModelService.objects.filter(pk__in=step.facts["services"])
    with connected(step) as client:
        found = [(service, _deployed(step, client, version, service)) for service in services]
    for service, deployment in found:
        if (deployment.status or "").lower() == "error":
            raise ServiceError(
                f"{service} could not publish model {deployment.model_id}.",
                meaning="The version stays. The failed deployment may be charged until it is "
                "undeployed.",
                remedy="Undeploy it under Deployed models, then retry.",
            )
    if any((deployment.status or "").lower() == "publishing" for _, deployment in found):
        raise NotYet(POLL)
    note_successors(step, found, version, KIND_OF[_K(step.kind)])
    ids = ", ".join(deployment.model_id for _, deployment in found)
    return Done(Step.Outcome.CREATED, f"version {version} deployed as {ids}.", {"model_ids": ids})


def _deployed(step: Step, client: ToolClient, version: str, service: ModelService) -> Deployment:
    """The deployment in `service`: what is there already, else a new one."""
    model = _model(step, client)
    for each in model.versions if model else []:
        for deployment in each.deployments:
            if each.version == version and deployment.instance == service.guid:
                return deployment
    about_to_change(step)
    made = client.deploy(
        workspace_id_of(step),
        KIND_OF[_K(step.kind)],
        version,
        service=service.kind,
        instance=service.guid,
    )
    LedgerEntry.objects.update_or_create(
        step=step,
        kind="deployment",
        source_id=str(service.pk),
        defaults={"target_id": made.model_id},
    )
    return made


def _version_of(step: Step) -> str:
    taken = Step.objects.current().get(
        run=step.run, item=step.item, kind=SNAPSHOT_OF[_K(step.kind)]
    )
    return str(taken.facts["version"])


def _model(step: Step, client: ToolClient) -> Model | None:
    kind = KIND_OF[_K(step.kind)]
    return next((m for m in client.models(workspace_id_of(step)) if m.kind == kind), None)
