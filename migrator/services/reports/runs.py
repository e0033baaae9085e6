"""The report of a run: what was done, by whom, what came out, what was lost, and the pictures."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from migrator import __version__
from migrator.formats.findings import CATALOGUE
from migrator.models import Instance, ProofState, Run, RunState, Step, Verification
from migrator.pictures.durations import lasting, seconds_of
from migrator.pictures.report import Listed, Report, Section
from migrator.pictures.shapes import Picture
from migrator.pictures.table import Cell, table
from migrator.services.charts.archives import graph_of, mentions_picture, types_picture
from migrator.services.charts.proofs import documents_picture, drawn_proof
from migrator.services.charts.runs import timeline_picture
from migrator.services.proof_documents import documents_of
from migrator.services.reports.rows import DRAWN, Outcome, outcomes_of

PRODUCT = f"Knowledge Studio Migrator {__version__}"


def run_report(run: Run, *, made_by: str) -> Report:
    """The report of one run, which comes with its state (`for_listing`); seven queries at most."""
    outcomes = outcomes_of(run)
    return Report(
        title=_title(run, outcomes),
        verdict=verdict_of(run, outcomes),
        made_by=made_by,
        made_at=timezone.localtime(),
        product=PRODUCT,
        facts=facts_of(run),
        sections=sections_of(run, outcomes),
    )


def _title(run: Run, outcomes: Sequence[Outcome]) -> str:
    names = [one.item.name for one in outcomes]
    what = names[0] if len(names) == 1 else f"{len(names):,} workspaces"
    return f"{run.get_kind_display()} of {what}"


def verdict_of(run: Run, outcomes: Sequence[Outcome]) -> str:
    """Whether it ran, and whether it was proven: never one of them alone."""
    if run.kind == Run.Kind.BACKUP:
        proven = [one for one in outcomes if _is_whole(one)]
        what = f"{len(proven):,} of {len(outcomes):,} archives verified"
    else:
        proven = [one for one in outcomes if _is_equal(one)]
        what = f"{len(proven):,} of {len(outcomes):,} workspaces verified equal"
        accepted = sum(1 for one in outcomes if _is_accepted(one))
        what += f", {accepted:,} with differences accepted by name" if accepted else ""
    return f"{RunState(run.state).label}. {what}."


def _is_whole(one: Outcome) -> bool:
    return bool(one.archive and one.archive.verified_at and not one.archive.verify_problem)


def _is_equal(one: Outcome) -> bool:
    return bool(one.verification and one.verification.standing == ProofState.VERIFIED)


def _is_accepted(one: Outcome) -> bool:
    return bool(one.verification and one.verification.standing == ProofState.ACCEPTED)


def facts_of(run: Run) -> list[tuple[str, str]]:
    """Who, when, from where, to where."""
    took = lasting(seconds_of(run.finished_at - run.started_at)) if run.finished_at else ""
    facts = [
        ("Run", str(run.pk)),
        ("Started by", str(run.started_by or "the command line")),
        ("Started", at(run.started_at)),
        ("Ended", f"{at(run.finished_at)}, after {took}" if took else "not yet"),
        ("From", where(run.plan.source)),
        ("Into", where(run.plan.target)),
    ]
    return [(name, value) for name, value in facts if value]


def where(instance: Instance | None) -> str:
    """An instance by name and address."""
    if instance is None:
        return ""
    return f"{instance.name} ({instance.address})" if instance.address else instance.name


def at(moment: datetime | None) -> str:
    """A time with its zone; empty for none."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S %Z}" if moment else ""


def sections_of(run: Run, outcomes: Sequence[Outcome]) -> list[Section]:
    """The parts that a plan's report has of its runs, too."""
    works = [(one.item.name, one.steps) for one in outcomes]
    results = _archives(outcomes) if run.kind == Run.Kind.BACKUP else _proofs(outcomes)
    found = [
        Section("Results", tables=[results]),
        Section(
            "Steps",
            pictures=[timeline_picture(run, works, timezone.now())],
            tables=[_steps(run, outcomes)],
        ),
        *_problems(outcomes),
    ]
    for one in outcomes[:DRAWN]:
        found += _workspace(one)
    if len(outcomes) > DRAWN:
        found.append(Section("More workspaces", [_MORE.format(DRAWN, len(outcomes))]))
    return found


_MORE = "Pictures are made of the first {} of {:,} workspaces; the tables above have all."


def _archives(outcomes: Sequence[Outcome]) -> Listed:
    rows: list[list[Cell]] = []
    for one in outcomes:
        archive = one.archive
        if archive is None:
            rows.append([one.item.name, "No archive", None, None, None, "", ""])
            continue
        state = "Damaged" if archive.verify_problem else "Verified"
        counts = [archive.counts.get(name) for name in ("documents", "mentions")]
        when = at(archive.verified_at)
        rows.append([one.item.name, state, archive.size, *counts, archive.sha256, when])
    columns = ["Workspace", "Archive", "Bytes#", "Documents#", "Mentions#", "SHA-256", "Verified"]
    return Listed("Archives", table(columns, rows))


def _proofs(outcomes: Sequence[Outcome]) -> Listed:
    rows: list[list[Cell]] = []
    for one in outcomes:
        proof, item = one.verification, one.item
        into = proof.target_workspace_id if proof else item.target_workspace_id
        state = proof.standing.label if proof else "Not yet verified"
        count = proof.difference_count if proof else None
        sha256 = item.archive.sha256 if item.archive else ""
        compared = at(proof.at) if proof else ""
        rows.append([item.name, item.new_name, into, state, count, sha256, compared])
    columns = [
        *("Workspace", "Called there", "Workspace id there", "Result", "Differences#"),
        *("SHA-256 of the archive", "Compared"),
    ]
    return Listed("Proofs", table(columns, rows))


def _steps(run: Run, outcomes: Sequence[Outcome]) -> Listed:
    rows: list[list[Cell]] = [
        [
            one.item.name,
            step.get_kind_display(),
            step.get_performer_display(),
            _result(step),
            at(step.started_at),
            _took(step),
            step.warnings or None,
        ]
        for one in outcomes
        for step in one.steps
    ]
    columns = ["Workspace", "Step", "By", "Result", "Started", "Took#", "To look at#"]
    return Listed("All steps", table(columns, rows))


def _result(step: Step) -> str:
    if step.status == Step.Status.DONE and step.outcome:
        return step.get_outcome_display()
    return step.get_status_display()


def _took(step: Step) -> str | None:
    if step.started_at is None or step.finished_at is None:
        return None
    return lasting(seconds_of(step.finished_at - step.started_at))


def _problems(outcomes: Sequence[Outcome]) -> list[Section]:
    failed = [
        [one.item.name, step.get_kind_display(), step.problem, step.problem_remedy]
        for one in outcomes
        for step in one.steps
        if step.status == Step.Status.FAILED
    ]
    if not failed:
        return []
    listed = table(["Workspace", "Step", "What happened", "What to do"], failed)
    return [Section("Problems", tables=[Listed("Failed steps", listed)])]


def _workspace(one: Outcome) -> list[Section]:
    """The pictures of one workspace, what was found in it and what it lost."""
    if one.archive is None:
        return []
    pictures: list[Picture]
    tables = [_counts(one), _findings(one), _losses(one)]
    if one.verification:
        pictures = drawn_proof(one.archive, one.verification, one.proof_figures)
        tables = [_compared(one.verification), _differences(one.verification)]
    else:
        pictures = [documents_picture(one.archive)]
        graph = graph_of(one.archive_figures.types) if one.archive_figures else None
        pictures += [types_picture(graph), mentions_picture(graph)] if graph else []
    kept = [listed for listed in tables if listed.table.rows]
    return [Section(one.item.name, _said(one), _named(one), kept, pictures)]


def _said(one: Outcome) -> list[str]:
    proof = one.verification
    if proof is None:
        return []
    documents = documents_of(proof)
    said = [documents.told] if documents else []
    if proof.keeps_every_annotation:
        said.append(
            "Every mention, relation and coreference chain is there. Only sentences and tokens "
            "differ: Knowledge Studio splits each text anew when it is uploaded."
        )
    if proof.standing == ProofState.ACCEPTED:
        who, when = proof.accepted_by_name, at(proof.accepted_at)
        said.append(f"Accepted by {who}, {when}: {proof.accepted_reason}")
    return said


def _named(one: Outcome) -> list[tuple[str, str]]:
    assert one.archive is not None, "asked of workspaces with an archive"
    workspace = one.archive.facts.get("workspace") or {}
    return [
        ("Workspace id", one.archive.source_workspace_id),
        ("Language", one.archive.language),
        ("Tokenizer", str(workspace.get("tokenizer") or "")),
        ("Archive", one.archive.file),
        ("SHA-256", one.archive.sha256),
    ]


def _counts(one: Outcome) -> Listed:
    counts = one.archive.counts if one.archive else {}
    rows = [[_words(name), count] for name, count in counts.items()]
    return Listed("What is inside", table(["What", "Number#"], rows))


def _findings(one: Outcome) -> Listed:
    """In the words of the catalogue; examples, which name documents, stay in the archive."""
    rows: list[list[Cell]] = []
    for finding in one.archive.findings if one.archive else []:
        code = str(finding["code"])
        known = CATALOGUE.get(code)
        title = known.title if known else code
        rows.append([str(finding["level"]).capitalize(), title, int(finding["count"])])
    return Listed("What the inspection found", table(["Level", "Finding", "Number#"], rows))


def _losses(one: Outcome) -> Listed:
    losses = (one.archive.facts.get("cannot_move") if one.archive else None) or []
    rows: list[list[Cell]] = [
        [loss["what"], None if loss["items"] is None else len(loss["items"]), loss["todo"]]
        for loss in losses
    ]
    columns = ["What", "Number#", "What to do"]
    return Listed("What could not be backed up", table(columns, rows))


def _compared(proof: Verification) -> Listed:
    rows: list[list[Cell]] = [[_words(name), *pair[:2]] for name, pair in proof.compared.items()]
    return Listed("Counts on both sides", table(["What", "Archive#", "Target#"], rows))


def _differences(proof: Verification) -> Listed:
    """How many of each kind; what they are stands in the proof, for those who may see it."""
    rows: list[list[Cell]] = [[_words(kind), count] for kind, count in proof.totals.items()]
    return Listed("Differences by kind", table(["Difference", "Number#"], rows))


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
