"""How each kind of step is performed: a function per kind, the step in, `Done` out."""

from collections.abc import Callable

from migrator.models import Step
from migrator.services.perform.check_archive import check_archive
from migrator.services.perform.collect import (
    collect_dictionaries,
    collect_documents,
    collect_facts,
    collect_types,
)
from migrator.services.perform.look_again import then_look_again
from migrator.services.perform.map_dictionaries import map_dictionaries
from migrator.services.perform.proof import compare_with_target
from migrator.services.perform.read_back import read_back
from migrator.services.perform.rebuild_tasks import rebuild_tasks
from migrator.services.perform.restore_dictionaries import restore_dictionaries
from migrator.services.perform.restore_documents import restore_documents
from migrator.services.perform.restore_people import restore_people
from migrator.services.perform.restore_read_only import restore_read_only
from migrator.services.perform.restore_types import restore_types
from migrator.services.perform.results import Done
from migrator.services.perform.retrain import deploy, snapshot, train
from migrator.services.perform.seal import seal
from migrator.services.perform.target import prepare_target

_K = Step.Kind

PERFORM: dict[str, Callable[[Step], Done]] = {
    _K.FACTS: collect_facts,
    _K.TYPES: collect_types,
    _K.DICTIONARIES: collect_dictionaries,
    _K.DOCUMENTS: collect_documents,
    _K.SEAL: seal,
    _K.CHECK_ARCHIVE: check_archive,
    _K.TARGET: prepare_target,
    _K.RESTORE_TYPES: restore_types,
    _K.RESTORE_DICTIONARIES: restore_dictionaries,
    _K.RESTORE_READ_ONLY: restore_read_only,
    _K.MAP_DICTIONARIES: map_dictionaries,
    _K.RESTORE_DOCUMENTS: restore_documents,
    _K.RESTORE_PEOPLE: restore_people,
    _K.PROOF_TYPES: read_back,
    _K.PROOF_DICTIONARIES: read_back,
    _K.PROOF_DOCUMENTS: read_back,
    _K.COMPARE: then_look_again(compare_with_target),
    _K.REBUILD_TASKS: then_look_again(rebuild_tasks),
    _K.TRAIN_ML: train,
    _K.SNAPSHOT_ML: then_look_again(snapshot),
    _K.DEPLOY_ML: then_look_again(deploy),
    _K.TRAIN_RULES: train,
    _K.SNAPSHOT_RULES: then_look_again(snapshot),
    _K.DEPLOY_RULES: then_look_again(deploy),
}
