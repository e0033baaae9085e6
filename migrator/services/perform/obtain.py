"""Getting an artifact's files: downloaded by the connector, or brought by a person."""

from contextlib import AbstractContextManager
from pathlib import Path

from migrator.clients.tool import ToolClient
from migrator.errors import TransientError
from migrator.formats.errors import FormatError
from migrator.formats.kinds import Kind
from migrator.formats.recognize import recognize
from migrator.models import Instance, Run, Step, StepFile
from migrator.services import work_files
from migrator.services.beats import Progress, before_calls_of, progress_of
from migrator.services.connections import connect
from migrator.services.perform.results import NeedsPerson
from migrator.services.perform.where_to_click import words_for

_K = Step.Kind

# What each collecting step takes.
ACCEPTED: dict[str, tuple[Kind, ...]] = {
    _K.TYPES: (Kind.TYPE_SYSTEM,),
    _K.DICTIONARIES: (Kind.DICTIONARIES, Kind.DICTIONARY),
    _K.DOCUMENTS: (Kind.CORPUS,),
    _K.PROOF_TYPES: (Kind.TYPE_SYSTEM,),
    _K.PROOF_DICTIONARIES: (Kind.DICTIONARIES, Kind.DICTIONARY),
    _K.PROOF_DOCUMENTS: (Kind.CORPUS,),
}
# These take any number of files, so a person says when all are there.
SEVERAL = frozenset({_K.DICTIONARIES, _K.PROOF_DICTIONARIES})


def obtain(step: Step) -> list[StepFile]:
    """The files of the step's artifact; NeedsPerson where they are still to be brought."""
    if step.performer == Step.Performer.CONNECTOR:
        return [_download(step)]
    files = list(step.files.filter(role=StepFile.Role.SAVED))
    complete = bool(step.answer.get("complete")) if step.kind in SEVERAL else bool(files)
    if not complete:
        raise NeedsPerson(Step.Needs.FILE, words_for(step))
    return files


def instance_of(step: Step) -> Instance:
    """The instance that the step reads or changes."""
    plan = step.run.plan
    instance = plan.source if step.run.kind == Run.Kind.BACKUP else plan.target
    assert instance is not None, "a plan names the instance its run works on"
    return instance


def connected(step: Step) -> AbstractContextManager[ToolClient]:
    """The connector for the step's instance; its calls are signs of life of the step."""
    return connect(instance_of(step), before_call=before_calls_of(step))


def workspace_id_of(step: Step) -> str:
    """The id of the workspace that the step reads or changes; empty where nobody knows it."""
    if step.run.kind == Run.Kind.BACKUP:
        assert step.item.workspace is not None, "a backup's item names its workspace"
        return step.item.workspace.workspace_id
    target = Step.objects.current().get(run=step.run, item=step.item, kind=_K.TARGET)
    return str(target.facts.get("workspace_id", ""))


def fetch(step: Step, client: ToolClient, progress: Progress, kind: str = "") -> tuple[Path, str]:
    """Download what `kind` (the step's own by default) names into a new file; path and SHA-256.

    What an earlier try left of it is continued where the service honours that. Raises
    TransientError, with nothing kept, where the answer is something else than asked for: a file
    that was cut without a word is nothing that could be recognised.
    """
    kind = kind or step.kind
    download = {
        Kind.TYPE_SYSTEM: client.download_types,
        Kind.DICTIONARIES: client.download_dictionaries,
        Kind.CORPUS: client.download_documents,
    }[ACCEPTED[kind][0]]
    path = work_files.download_path(step, kind)
    received = download(workspace_id_of(step), path, progress, resume=True)
    if problem := _otherwise(path, ACCEPTED[kind]):
        path.unlink()
        raise TransientError(
            f"Knowledge Studio sent something else than asked for: {problem}",
            meaning="Nothing was stored.",
            remedy="Test the connection of the instance, or bring the file by hand.",
        )
    return path, received.sha256


def _otherwise(path: Path, accepted: tuple[Kind, ...]) -> str:
    """What the file is where it is none of the accepted ones; empty where it is one."""
    try:
        recognized = recognize(path)
    except FormatError as error:
        return error.happened
    return "" if recognized.kind in accepted else recognized.sentence


def _download(step: Step) -> StepFile:
    work_files.drop_files(step)
    with connected(step) as client:
        path, sha256 = fetch(step, client, progress_of(step, "bytes"))
    kind = ACCEPTED[step.kind][0]
    suffix = "json" if kind == Kind.TYPE_SYSTEM else "zip"
    name = f"{_WORDS[kind]}-{workspace_id_of(step)}.{suffix}"
    return work_files.keep(step, path, name=name, kind=str(kind), sha256=sha256)


_WORDS = {Kind.TYPE_SYSTEM: "types", Kind.DICTIONARIES: "dictionaries", Kind.CORPUS: "corpus"}
