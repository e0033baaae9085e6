"""The report of a plan: what was found before, what stays behind, and its runs."""

from dataclasses import replace

from django.utils import timezone

from migrator.checks.catalogue import CATALOGUE
from migrator.models import CheckResult, Plan, Receipt
from migrator.pictures.check_grid import WORDS
from migrator.pictures.report import Listed, Report, Section
from migrator.pictures.table import Cell, table
from migrator.services.charts.plans import (
    answer_of,
    checks_picture,
    funnel_picture,
    models_picture,
    people_picture,
    plan_models,
)
from migrator.services.checks import results_of
from migrator.services.funnel import work_of
from migrator.services.people_map import people_map_of
from migrator.services.plan_losses import losses_of, unknown_of
from migrator.services.reports.rows import outcomes_of, runs_of_plan
from migrator.services.reports.runs import PRODUCT, at, sections_of, verdict_of, where


def plan_report(plan: Plan, *, made_by: str) -> Report:
    """The report of one plan, whose items come prefetched; a fixed number of queries."""
    runs = [(run, outcomes_of(run)) for run in runs_of_plan(plan.pk)]
    verdicts = [f"{run.get_kind_display()}: {verdict_of(run, found)}" for run, found in runs]
    sections = [*_before(plan), *_receipts(plan)]
    for run, found in runs:
        begun = f"{run.get_kind_display()} (run {run.pk})"
        sections.append(Section(begun, [f"{verdict_of(run, found)} Started {at(run.started_at)}."]))
        sections += [_of_run(begun, one) for one in sections_of(run, found)]
    return Report(
        title=f"Plan {plan}",
        verdict=" ".join(verdicts) or "Nothing was started yet.",
        made_by=made_by,
        made_at=timezone.localtime(),
        product=PRODUCT,
        facts=_facts(plan),
        sections=sections,
    )


def _of_run(begun: str, section: Section) -> Section:
    """The section under the name of its run: the plan has two of each."""
    return replace(section, title=f"{begun}: {section.title}")


def _facts(plan: Plan) -> list[tuple[str, str]]:
    deletes = {True: "Yes", False: "No", None: "Not said yet"}[plan.deletes_source]
    facts = [
        ("Plan", str(plan.pk)),
        ("Purpose", plan.get_purpose_display()),
        ("Source deleted afterwards", deletes),
        ("From", where(plan.source)),
        ("Into", where(plan.target)),
        ("Made by", str(plan.created_by or "the command line")),
        ("Made", at(plan.created_at)),
    ]
    return [(name, value) for name, value in facts if value]


def _before(plan: Plan) -> list[Section]:
    results = list(results_of(plan).select_related("item").order_by("item", "pk"))
    items = [item for item in plan.items.all() if item.left_at is None]
    found = [
        Section("Workspaces", tables=[_items(plan)]),
        Section(
            "Assessment",
            [_checked(results)],
            tables=[_open(results)],
            pictures=[checks_picture(items, results)],
        ),
        Section("Annotation work", pictures=[funnel_picture(work_of(plan))]),
        Section("What stays behind", _unknown(plan), tables=[_losses(plan)]),
        Section("Deployed models", pictures=[models_picture(plan_models(plan))]),
    ]
    if plan.target_id:
        found.append(Section("People", pictures=[people_picture(people_map_of(plan))]))
    return found


def _items(plan: Plan) -> Listed:
    rows: list[list[Cell]] = []
    for item in plan.items.all():
        there = item.new_name if plan.restores else ""
        seen: list[Cell] = ["", "", None]
        if item.workspace:
            seen = [item.workspace.workspace_id, item.workspace.language, item.workspace.documents]
        rows.append([item.name, *seen, there])
    columns = ["Workspace", "Id", "Language", "Documents#", "Called in the target"]
    return Listed("Workspaces of the plan", table(columns, rows))


def _checked(results: list[CheckResult]) -> str:
    if not results:
        return "The checks were not run yet."
    return f"The oldest answer is of {at(min(one.checked_at for one in results))}."


def _open(results: list[CheckResult]) -> Listed:
    """What did not pass, with who accepted it and why."""
    rows: list[list[Cell]] = [
        [
            one.item.name,
            CATALOGUE[one.code].title,
            WORDS[answer_of(one)],
            one.found,
            one.accepted_as,
            one.accepted_why,
        ]
        for one in results
        if one.code in CATALOGUE and one.state not in ("passed", "note")
    ]
    columns = ["Workspace", "Check", "Answer", "Found", "Accepted by", "Reason"]
    return Listed("Checks that did not pass", table(columns, rows))


def _losses(plan: Plan) -> Listed:
    rows: list[list[Cell]] = [
        [
            one.item.name,
            one.kind.replace("_", " ").capitalize(),
            one.name,
            one.note,
            one.owner,
            one.fate or "Open",
        ]
        for one in losses_of(plan)
    ]
    columns = ["Workspace", "Kind", "What", "Note", "Taken care of by", "What became of it"]
    return Listed("Item by item", table(columns, rows))


def _unknown(plan: Plan) -> list[str]:
    names = [one.item.name for one in unknown_of(plan)]
    if not names:
        return []
    shown = ", ".join(names[:20]) + (" and more" if len(names) > 20 else "")
    return [f"Nobody looked at {shown}: what these lose is not known."]


def _receipts(plan: Plan) -> list[Section]:
    rows: list[list[Cell]] = [
        [
            one.workspace_name,
            "All conditions met" if one.is_green else "Signed all the same",
            one.signed_name,
            at(one.signed_at),
            one.reason,
            one.sha256,
        ]
        for one in Receipt.objects.filter(plan=plan).defer("content")
    ]
    if not rows:
        return []
    columns = ["Workspace", "State", "Signed by", "Signed", "Reason", "SHA-256 of the receipt"]
    return [Section("Safe to delete", tables=[Listed("Receipts", table(columns, rows))])]
