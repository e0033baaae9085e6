"""What the safe-to-delete gate looks at, read at once for all workspaces of a plan."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from migrator.models import (
    Archive,
    CheckResult,
    Inventory,
    Plan,
    PlanAnswer,
    PlanItem,
    ProofState,
    Receipt,
    ServedModel,
    Step,
    Verification,
    Worksheet,
)
from migrator.models.verifications import standing_of
from migrator.services.model_knowledge import Knowledge, knowledge_of_one
from migrator.services.plan_losses import Losses, read_losses


@dataclass(frozen=True)
class ArchiveFacts:
    """What the gate asks of the newest archive."""

    pk: int
    sha256: str
    created_at: datetime
    verified_at: datetime | None
    verify_problem: str
    # It is encrypted, and nobody has shown that there is a key to it.
    is_unopened: bool = False


@dataclass(frozen=True)
class ProofFacts:
    """What the gate asks of the newest verification."""

    pk: int
    state: str
    problem: str
    difference_count: int
    at: datetime
    # Who accepted the differences, and why; empty where nobody did.
    accepted_by: str = ""
    accepted_reason: str = ""

    @property
    def standing(self) -> ProofState:
        """How it stands, with who accepted the differences taken into account."""
        return standing_of(self.state, is_accepted=bool(self.accepted_by))


@dataclass(frozen=True)
class ItemFacts:
    """What was found of one workspace; None where there is none."""

    archive: ArchiveFacts | None
    proof: ProofFacts | None
    # Worksheets that are settled, and of which nothing changed since.
    worksheets: int
    # When the last of them was settled.
    worksheets_at: datetime | None
    # A run works or waits, in this plan or in another.
    is_busy: bool
    # When the source was last read completely.
    inventory_at: datetime | None
    receipt: Receipt | None


@dataclass
class Checked:
    """What the assessment of one workspace holds: what is open, and when it was looked at."""

    at: datetime
    # Code and fingerprint of what nobody answered or accepted.
    open_ones: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class GateFacts:
    """Six queries, however many workspaces there are."""

    plan: Plan
    items: list[PlanItem]
    by_item: dict[int, ItemFacts]
    knowledge: Knowledge
    # By the workspace's id in Knowledge Studio: its models that are still deployed.
    deployed: dict[str, list[ServedModel]] = field(default_factory=dict)
    # By item: what the assessment found, None where nothing was checked.
    checked: dict[int, Checked] = field(default_factory=dict)
    losses: Losses = field(default_factory=Losses)
    answers: dict[tuple[int | None, str], PlanAnswer] = field(default_factory=dict)

    def answer(self, item: PlanItem, key: str) -> PlanAnswer | None:
        """What somebody answered to `key` for one workspace."""
        return self.answers.get((item.pk, key))


def read_facts(
    plan: Plan,
    items: list[PlanItem] | None = None,
    knowledge: Knowledge | None = None,
    losses: Losses | None = None,
) -> GateFacts:
    """Look at everything now; `items` are some of the plan's, all of them where left out.

    What is known of models and losses already need not be asked again.
    """
    rows = PlanItem.objects.filter(plan=plan).select_related("workspace")
    if items is not None:
        rows = rows.filter(pk__in=[item.pk for item in items])
    looked = list(_looked_at(rows, plan))
    answers, checked = _noted(plan, looked)
    return GateFacts(
        plan=plan,
        items=looked,
        by_item={item.pk: _facts(vars(item)) for item in looked},
        knowledge=knowledge or _knowledge(plan),
        deployed=_deployed(looked),
        checked=checked,
        losses=losses or read_losses(plan),
        answers=answers,
    )


def _noted(
    plan: Plan, items: list[PlanItem]
) -> tuple[dict[tuple[int | None, str], PlanAnswer], dict[int, Checked]]:
    """What people answered at the gate, and the state of the assessment by item; one query."""
    results = CheckResult.objects.filter(item__in=items).with_openness().order_by()
    looks = results.values_list(
        Value("check"), "item_id", "code", "fingerprint", "checked_at", "openness"
    )
    said = PlanAnswer.objects.filter(plan=plan, key__startswith="gate").order_by()
    value = Cast("value", TextField())
    answers = said.values_list(
        Value("answer"), "item_id", "key", "fingerprint", "answered_at", value
    )
    given: dict[tuple[int | None, str], PlanAnswer] = {}
    checked: dict[int, Checked] = {}
    for sort, item, name, mark, moment, text in looks.union(answers, all=True):
        if sort == "check":
            _take_look(checked, item, (name, mark), moment, is_open=bool(text))
        else:
            given[item, name] = PlanAnswer(
                plan=plan,
                item_id=item,
                key=name,
                fingerprint=mark,
                answered_at=moment,
                value=json.loads(text),
            )
    return given, checked


def _take_look(
    checked: dict[int, Checked], item: int, one: tuple[str, str], at: datetime, *, is_open: bool
) -> None:
    found = checked.setdefault(item, Checked(at))
    # The oldest look tells since when all of it is known.
    found.at = min(found.at, at)
    if is_open:
        found.open_ones.append(one)


def _knowledge(plan: Plan) -> Knowledge:
    return knowledge_of_one(plan.source) if plan.source else Knowledge("Nobody looked.")


_ARCHIVE = "pk sha256 created_at verified_at verify_problem encryption opened_at"


def _looked_at(rows: QuerySet[PlanItem], plan: Plan) -> QuerySet[PlanItem]:
    mine = Q(item=OuterRef("pk"))
    archive = Archive.objects.filter(mine).order_by("-created_at", "-pk")
    proof = Verification.objects.filter(mine).order_by("-at", "-pk")
    receipt = Receipt.objects.filter(mine).order_by("-signed_at", "-pk")
    inventory = Inventory.objects.filter(instance=plan.source_id, problem="")
    same = mine | Q(item__workspace__isnull=False, item__workspace=OuterRef("workspace"))
    active = Step.objects.current().filter(same, status__in=Step.ACTIVE, run__finished_at=None)
    found: dict[str, Any] = {
        **_newest(archive, "archive", _ARCHIVE),
        **_newest(proof, "proof", "pk state problem totals at accepted_by_name accepted_reason"),
        **_newest(receipt, "receipt", "pk signed_name signed_at"),
        **_newest(inventory.order_by("-finished_at"), "inventory", "finished_at"),
        "busy": Exists(active),
        "sheets": _settled_sheets(),
        "sheets_at": Subquery(
            Worksheet.objects.filter(mine, stated_at__isnull=False)
            .order_by("-stated_at")
            .values("stated_at")[:1]
        ),
    }
    return rows.annotate(**found)


def _newest(rows: QuerySet[Any], prefix: str, names: str) -> dict[str, Subquery]:
    return {f"{prefix}_{name}": Subquery(rows.values(name)[:1]) for name in names.split()}


def _settled_sheets() -> Coalesce:
    since = Q(changed_at__isnull=False) & (Q(stated_at=None) | Q(changed_at__gt=F("stated_at")))
    rows = Worksheet.objects.filter(~Q(state=Worksheet.State.OPEN), ~since, item=OuterRef("pk"))
    counted = rows.order_by().values("item").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _facts(row: dict[str, Any]) -> ItemFacts:
    return ItemFacts(
        archive=_archive(row) if row["archive_pk"] else None,
        proof=_proof(row) if row["proof_pk"] else None,
        worksheets=row["sheets"],
        worksheets_at=row["sheets_at"],
        is_busy=row["busy"],
        inventory_at=row["inventory_finished_at"],
        receipt=_receipt(row) if row["receipt_pk"] else None,
    )


def _archive(row: dict[str, Any]) -> ArchiveFacts:
    return ArchiveFacts(
        row["archive_pk"],
        row["archive_sha256"],
        row["archive_created_at"],
        row["archive_verified_at"],
        row["archive_verify_problem"],
        bool(row["archive_encryption"]) and row["archive_opened_at"] is None,
    )


def _proof(row: dict[str, Any]) -> ProofFacts:
    count = sum((row["proof_totals"] or {}).values())
    return ProofFacts(
        row["proof_pk"],
        row["proof_state"],
        row["proof_problem"],
        count,
        row["proof_at"],
        row["proof_accepted_by_name"],
        row["proof_accepted_reason"],
    )


def _receipt(row: dict[str, Any]) -> Receipt:
    return Receipt(
        pk=row["receipt_pk"],
        signed_name=row["receipt_signed_name"],
        signed_at=row["receipt_signed_at"],
    )


def _deployed(items: list[PlanItem]) -> dict[str, list[ServedModel]]:
    ids = {item.workspace.workspace_id for item in items if item.workspace}
    found: dict[str, list[ServedModel]] = defaultdict(list)
    rows = ServedModel.objects.present().filter(workspace_id__in=ids)
    for row in rows.select_related("service"):
        found[row.workspace_id].append(row)
    return found
