"""A plan in pictures: its checks, annotation work, deployed models and people."""

from collections.abc import Callable, Iterable, Sequence

from migrator.checks.catalogue import CATALOGUE
from migrator.models import CheckResult, Plan, PlanItem, ServedModel, Standing
from migrator.pictures.check_grid import GridRow, check_grid
from migrator.pictures.funnel import Stage, funnel
from migrator.pictures.model_map import Deployed, model_map
from migrator.pictures.people_map import Mapped, people_map
from migrator.pictures.shapes import Picture
from migrator.services.funnel import Work
from migrator.services.people_map import PersonChoice

_S = CheckResult.State
_ANSWERS = {
    _S.BLOCKING: "blocking",
    _S.WARNING: "warning",
    _S.COULD_NOT_CHECK: "unknown",
    _S.NOTE: "note",
    _S.PASSED: "passed",
}


def checks_picture(items: Iterable[PlanItem], results: Sequence[CheckResult]) -> Picture:
    """Workspaces against those checks that were run for any of them, in the catalogue's order."""
    ran = {one.code for one in results}
    codes = [code for code in CATALOGUE if code in ran]
    titles = {code: CATALOGUE[code].title for code in codes}
    answers: dict[int, dict[str, str]] = {}
    for one in results:
        if one.code in titles:
            answers.setdefault(one.item_id, {})[titles[one.code]] = answer_of(one)
    rows = [GridRow(item.name, answers.get(item.pk, {})) for item in items]
    return check_grid(list(titles.values()), rows if codes else [], title="Checks")


def answer_of(result: CheckResult) -> str:
    """The sign of a result in the grid; accepted where that holds for what is there now."""
    return "accepted" if result.is_accepted else _ANSWERS[_S(result.state)]


def funnel_picture(works: Iterable[Work]) -> Picture:
    """The funnel over all workspaces of which some work is known."""
    known = [work for work in works if work.sets]
    stages: tuple[tuple[str, Callable[[Work], int | None]], ...] = (
        ("Assigned", lambda work: work.assigned),
        ("Annotated", lambda work: work.annotated),
        ("Adjudicated", lambda work: work.adjudicated),
        ("In ground truth", lambda work: work.promoted),
    )
    counted = [Stage(label, _sum(count(work) for work in known)) for label, count in stages]
    return funnel(counted if known else [], title="Annotation work from assigned to ground truth")


def _sum(counts: Iterable[int | None]) -> int | None:
    known = list(counts)
    return None if None in known else sum(count or 0 for count in known)


def models_picture(models: Iterable[ServedModel]) -> Picture:
    """Which workspace serves which models where; the models come `for_listing`."""
    return model_map([_deployed(one) for one in models], title="Deployed models")


def _deployed(one: ServedModel) -> Deployed:
    return Deployed(
        workspace=one.workspace_name or one.workspace_id or "Workspace unknown",
        version=one.version,
        model_id=one.model_id,
        service=one.service.name or one.service.address,
        status=one.status,
        is_orphan=one.standing == Standing.ORPHAN,
    )


def people_picture(choices: Iterable[PersonChoice]) -> Picture:
    """Who becomes whom in the target, as it was decided or is proposed."""
    return people_map([_mapped(one) for one in choices], title="People")


def _mapped(one: PersonChoice) -> Mapped:
    note = "" if one.is_decided else "proposed"
    return Mapped(
        person=one.person.name or one.person.user,
        role=one.person.role,
        target=one.target_user,
        target_role=one.role,
        note=note or one.effect.label,
    )


def plan_models(plan: Plan) -> list[ServedModel]:
    """The deployed models of the plan's workspaces; one query."""
    ids = [item.workspace.workspace_id for item in plan.items.all() if item.workspace]
    return list(ServedModel.objects.present().for_listing().filter(workspace_id__in=ids))
