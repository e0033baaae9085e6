"""Annotation tasks are made again: look first, draw the sets that are missing, then the task."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from migrator.clients.shapes import DocumentSet
from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError
from migrator.models import Event, LedgerEntry, Step
from migrator.services import events
from migrator.services.beats import about_to_change
from migrator.services.perform.obtain import connected, workspace_id_of
from migrator.services.perform.results import Done, Outcomes
from migrator.services.rebuilding.kit import ALL_DOCUMENTS

Wanted = dict[str, Any]

_ASSIGNMENT = "ASSIGNMENT"
_REFUSED = frozenset({409, 422})


def rebuild_tasks(step: Step) -> Done:
    """Make each task that the target lacks, over annotation sets that are there or drawn anew.

    A set that came back with the documents is taken as it is, if it belongs to the person wanted.
    """
    wanted: list[Wanted] = step.facts["rebuild"]
    outcomes = Outcomes()
    with connected(step) as client:
        there = _There(step, client)
        for task in wanted:
            outcomes.count(_rebuild(step, client, there, task))
    drawn = step.ledger.filter(kind="annotation_set").exclude(target_id="").count()
    note = f"{drawn:,} annotation sets were drawn anew." if drawn else ""
    return Done(outcomes.outcome, outcomes.said(note), outcomes.facts, warnings=outcomes.cannot)


class _There:
    """What the target has: sets by name, names of tasks, users."""

    def __init__(self, step: Step, client: ToolClient) -> None:
        self.workspace_id = workspace_id_of(step)
        self.sets = {one.name: one for one in client.document_sets(self.workspace_id)}
        listed = client.tasks(self.workspace_id)
        self.tasks = {one.name: one.id for one in listed if one.name}
        self.busy = {one.id for task in listed for one in task.sets}
        self.users = {one.user_id.casefold(): one.user_id for one in client.users()}

    def base(self, name: str) -> DocumentSet | None:
        """The base set of that name; all documents under whatever name the service lists them."""
        if name == ALL_DOCUMENTS:
            return next((one for one in self.sets.values() if one.type == "ALL"), None)
        return self.sets.get(name)


def _rebuild(step: Step, client: ToolClient, there: _There, task: Wanted) -> str:
    """Make one task; in which count it goes."""
    name = str(task["name"])
    mine = step.ledger.filter(kind="task", source_id=name[:300]).first()
    if name in there.tasks:
        if mine is not None:
            _note_target(mine, there.tasks[name])
        return "created" if mine else "identical"
    sets = [found for one in _by_draw(task["sets"]) for found in _sets(step, client, there, one)]
    if not sets:
        _warn(step, f"The task {name} was not made: none of its annotation sets could be made.")
        return "cannot"
    about_to_change(step)
    # Noted first: whoever takes over knows that a task of this name is ours.
    entry, _ = LedgerEntry.objects.get_or_create(step=step, kind="task", source_id=name[:300])
    made = client.create_task(there.workspace_id, name=name, due=_end_of(task["due"]), sets=sets)
    _note_target(entry, made.id)
    there.busy |= set(sets)
    return "created"


def _by_draw(sets: Iterable[Wanted]) -> list[list[Wanted]]:
    """The sets that are drawn together: of one base set with one overlap."""
    groups: dict[tuple[str, int], list[Wanted]] = {}
    for one in sets:
        groups.setdefault((str(one["base_set"]), int(one["overlap"])), []).append(one)
    return list(groups.values())


def _sets(step: Step, client: ToolClient, there: _There, wanted: list[Wanted]) -> list[str]:
    """The ids of the sets, drawn where they are missing; those that cannot be made are told."""
    found: list[str] = []
    missing: dict[str, str] = {}
    for one in wanted:
        user = there.users.get(str(one["annotator"]).casefold(), "")
        if not user:
            _warn(step, _without_person(one))
            continue
        name = _name_for(step, there, str(one["name"]), user)
        if name in there.sets:
            _note_drawn(step, name, there.sets[name].id)
            found.append(there.sets[name].id)
        else:
            missing[name] = user
    return found + (_draw(step, client, there, wanted[0], missing) if missing else [])


def _name_for(step: Step, there: _There, name: str, user: str) -> str:
    """The name under which the person's set is there or is made.

    A set that is somebody else's, or in another task already, keeps its name; ours gets another.
    """
    tried, number = name, 2
    while (present := there.sets.get(tried)) is not None and not _fits(there, present, user):
        tried, number = f"{name} ({number})", number + 1
    if tried != name:
        _warn(step, f"An annotation set {name} is there for somebody else; {tried} is used.")
    return tried


def _fits(there: _There, present: DocumentSet, user: str) -> bool:
    is_free = present.type == _ASSIGNMENT and present.id not in there.busy
    return is_free and (present.annotator or "").casefold() == user.casefold()


def _draw(
    step: Step, client: ToolClient, there: _There, how: Wanted, missing: dict[str, str]
) -> list[str]:
    base = there.base(str(how["base_set"]))
    if base is None:
        names = ", ".join(missing)
        _warn(step, f"{names}: the base set {how['base_set']} is not in the target.")
        return []
    about_to_change(step)
    for name in missing:
        LedgerEntry.objects.get_or_create(step=step, kind="annotation_set", source_id=name[:300])
    try:
        made = client.create_annotation_sets(
            there.workspace_id, base_set=base.id, overlap=int(how["overlap"]), annotators=missing
        )
    except ServiceError as error:
        if error.http_status not in _REFUSED:
            raise
        _warn(step, f"{', '.join(missing)}: {error}")
        return []
    for one in made:
        _note_drawn(step, one.name or "", one.id)
        there.sets[one.name or one.id] = DocumentSet(
            id=one.id, name=one.name or "", type=_ASSIGNMENT, annotator=one.annotator
        )
    return [one.id for one in made]


def _end_of(day: str) -> int:
    """The end of a day in UTC, in epoch milliseconds: a task is due on the day, not before it."""
    end = datetime.combine(datetime.fromisoformat(day).date(), time(23, 59, 59), tzinfo=UTC)
    return int(end.timestamp() * 1000)


def _note_target(entry: LedgerEntry, target_id: str) -> None:
    if entry.target_id != target_id:
        entry.target_id = target_id
        entry.save(update_fields=["target_id"])


def _note_drawn(step: Step, name: str, set_id: str) -> None:
    """Keep the id of a set that this step drew, perhaps in a try whose answer was lost."""
    entry = step.ledger.filter(kind="annotation_set", source_id=name[:300]).first()
    if entry is not None:
        _note_target(entry, set_id)


def _without_person(one: Wanted) -> str:
    if not one["annotator"]:
        return f"The annotation set {one['name']} was left out: nobody is to get it."
    return (
        f"The annotation set {one['name']} was left out: its annotator is no user of the target. "
        "Add the person there, then make the tasks again."
    )


def _warn(step: Step, said: str) -> None:
    events.note(step, said, Event.Level.WARNING)
