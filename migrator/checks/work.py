"""Checks of annotation work: what is not in ground truth is in no download."""

from migrator import menus
from migrator.checks.answers import Answer, AsNoted, State, Unknown, blocking, many, passed, verb
from migrator.checks.check import Group, Source, check, yes_no
from migrator.checks.facts import Facts, ItemFacts, SetFacts, TaskFacts, TaskSetFacts
from migrator.checks.seeing import unlisted
from migrator.models import work_progress

# The words of the service for a set of which nothing is left to do.
FINISHED = frozenset(word.upper() for word in work_progress.FINISHED)
# The words for one that nobody has begun.
NOT_BEGUN = frozenset({"", "NOT_STARTED", "NOT STARTED", "READY", "ASSIGNED", "NEW"})


class Work(Facts, frozen=True, kw_only=True):
    """The annotation tasks, and the sets of annotators that may stand in none."""

    tasks: tuple[TaskFacts, ...]
    sets: tuple[SetFacts, ...]


def _work(facts: ItemFacts) -> Work | AsNoted | Unknown:
    lists = facts.lists
    if lists:
        return Work(tasks=lists.tasks, sets=tuple(one for one in lists.sets if one.annotator))
    if facts.noted.tasks is not None:
        return AsNoted(Work(tasks=facts.noted.tasks, sets=()))
    return unlisted(facts)


@check(
    "Work in progress",
    group=Group.WORK,
    level=State.BLOCKING,
    looked_at="Annotation tasks, and annotation sets that are not in ground truth",
    source=Source.INVENTORY,
    sees=_work,
    can_be_waived=True,
    question=yes_no(
        "Are there annotations that were not promoted to ground truth?",
        where=menus.ANNOTATION_TASKS,
        state=State.BLOCKING,
        yes="There are annotations that were not promoted to ground truth.",
        no="Every annotation was promoted to ground truth.",
        names="Which tasks or annotation sets?",
        fix="Let the annotators submit, adjudicate, and promote to ground truth.",
    ),
)
def work_in_progress(work: Work) -> Answer:
    """A download holds approved ground truth only: unpromoted annotations would be lost."""
    items = [
        f"{task.name}: {_words(one)}" for task in work.tasks for one in task.sets if _at_risk(one)
    ]
    in_tasks = {one.id for task in work.tasks for one in task.sets}
    items += [
        f"{one.name} ({one.annotator}): not in ground truth, in no task"
        for one in work.sets
        if one.in_ground_truth is False and one.id not in in_tasks
    ]
    if not items:
        return passed("Every annotation that was listed is promoted to ground truth.", _NONE)
    return blocking(
        f"{many(len(items), 'annotation set')} {verb(len(items), 'holds', 'hold')} annotations "
        "that are not promoted to ground truth.",
        allowed=_NONE,
        items=items,
        fix="Let the annotators submit, adjudicate where they disagree, and accept the sets into "
        "ground truth; then read the source again. Or accept in writing that this work is lost.",
    )


_NONE = "No annotation set with unpromoted annotations"


def _at_risk(one: TaskSetFacts) -> bool:
    state = one.state.upper()
    return state not in FINISHED and not (state in NOT_BEGUN and not one.annotated)


def _words(one: TaskSetFacts) -> str:
    done = "" if one.annotated is None else f", {one.annotated:,} of {one.documents or 0:,} done"
    state = one.state.replace("_", " ").lower() or "state not known"
    return f"{one.name} ({one.annotator or 'nobody'}): {state}{done}"


CHECKS = (work_in_progress,)
