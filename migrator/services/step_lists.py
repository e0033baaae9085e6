"""Which steps a run consists of, in which order, and who performs them."""

from migrator.models import Instance, PlanItem, Run, Step

_K = Step.Kind
_PRODUCT = Step.Performer.PRODUCT

# (kind, stage, performed by whoever serves the instance?) Steps of one stage may run side by side.
BACKUP = (
    (_K.FACTS, 0, True),
    (_K.TYPES, 1, True),
    (_K.DICTIONARIES, 1, True),
    (_K.DOCUMENTS, 2, True),
    (_K.SEAL, 3, False),
)
# IBM's order: types before dictionaries, dictionaries before their mapping, documents last; people
# come in when there is something for them to see.
RESTORE = (
    (_K.CHECK_ARCHIVE, 0, False),
    (_K.TARGET, 1, True),
    (_K.RESTORE_TYPES, 2, True),
    (_K.RESTORE_DICTIONARIES, 3, True),
    (_K.RESTORE_READ_ONLY, 4, True),
    (_K.MAP_DICTIONARIES, 5, True),
    (_K.RESTORE_DOCUMENTS, 6, True),
    (_K.RESTORE_PEOPLE, 7, True),
    (_K.PROOF_TYPES, 8, True),
    (_K.PROOF_DICTIONARIES, 8, True),
    (_K.PROOF_DOCUMENTS, 8, True),
    (_K.COMPARE, 9, False),
)

# Steps that somebody adds to a restore when it is done.
AFTER_RESTORE = frozenset(
    {
        _K.REBUILD_TASKS,
        *(_K.TRAIN_ML, _K.SNAPSHOT_ML, _K.DEPLOY_ML),
        *(_K.TRAIN_RULES, _K.SNAPSHOT_RULES, _K.DEPLOY_RULES),
    }
)


def steps_for(run: Run) -> list[Step]:
    """The steps of `run`, not yet saved."""
    steps = []
    for item in run.plan.items.select_related("workspace", "archive"):
        steps += _steps_of_item(run, item)
    return steps


def _steps_of_item(run: Run, item: PlanItem) -> list[Step]:
    backup = run.kind == Run.Kind.BACKUP
    instance = run.plan.source if backup else run.plan.target
    assert instance is not None, "a plan names the instance its run works on"
    subject = _backup_subject(item, instance) if backup else _restore_subject(item, instance)
    return [
        Step(
            run=run,
            item=item,
            kind=kind,
            stage=stage,
            subject=subject,
            performer=_performer(instance, kind) if theirs else _PRODUCT,
        )
        for kind, stage, theirs in (BACKUP if backup else RESTORE)
    ]


def _performer(instance: Instance, kind: str) -> str:
    if instance.is_connected:
        return Step.Performer.CONNECTOR
    # Facts of a workspace served by hand were typed in when it was planned.
    return _PRODUCT if kind == _K.FACTS else Step.Performer.PERSON


def _backup_subject(item: PlanItem, instance: Instance) -> str:
    assert item.workspace is not None, "a backup's item names its workspace"
    return f"{instance.pk}:{item.workspace.workspace_id}"


def _restore_subject(item: PlanItem, instance: Instance) -> str:
    return f"{instance.pk}:{item.target_workspace_id or f'new {item.new_name}'}"
