"""The loss list of a plan: what of its workspaces will not move, with who takes care of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from migrator.errors import ServiceError
from migrator.models import Plan, PlanItem, Worksheet
from migrator.services import audit
from migrator.services.answers import give_answer
from migrator.services.guided_plans import refuse_archived
from migrator.services.loss_rows import ANSWER, CLASSES, LOSS, OF_ITEMS, SHEET, Row, read_rows
from migrator.services.losses import KINDS, LossKind
from migrator.services.noted_losses import SHEETS, Noted, answered, noted_losses
from migrator.services.permissions import requires

LONGEST_OWNER = 100  # characters
# What a restore makes again from a worksheet, as far as its review says.
MADE_AGAIN = frozenset({"dictionary", "mapping", "roles"})


@dataclass(frozen=True)
class PlanLoss:
    """One thing that stays behind: of which workspace, who takes care of it, whether it is done."""

    item: PlanItem
    kind: str
    # Knowledge Studio's id of it, or how a person called it; "" for what is counted for the whole
    # workspace.
    ref: str
    name: str
    note: str
    owner: str = ""
    is_ticked: bool = False
    # Who ticked it.
    who: str = ""
    # How the worksheet that holds it was settled, "" where it is not; and who said so.
    sheet_state: str = ""
    sheet_who: str = ""

    @property
    def is_captured(self) -> bool:
        """True where it stands in a worksheet that is complete or waived."""
        return bool(self.sheet_state)

    @property
    def is_waived(self) -> bool:
        """True where somebody said of its worksheet that it is not needed."""
        return self.sheet_state == Worksheet.State.WAIVED and not self.is_ticked

    @property
    def is_dealt_with(self) -> bool:
        """True where somebody ticked it or a worksheet holds it."""
        return self.is_ticked or self.is_captured

    @property
    def fate(self) -> str:
        """What became of it, in words; "" where nobody dealt with it."""
        if self.is_ticked:
            return f"Done, said by {self.who}" if self.who else "Done"
        if self.is_waived:
            return f"Waived by {self.sheet_who}" if self.sheet_who else "Waived"
        if not self.is_captured:
            return ""
        return "Written down" if self.kind in MADE_AGAIN else "Written down, not restored"

    @property
    def key(self) -> str:
        """The key of its answer."""
        return f"{LOSS}{self.kind}:{self.ref}"


@dataclass(frozen=True)
class Unknown:
    """A workspace of which nobody knows whether it loses some kinds of things."""

    item: PlanItem
    # What these are, in the words of the loss list.
    what: list[str]

    @property
    def is_all(self) -> bool:
        """True where nobody looked at anything."""
        return len(self.what) == len(KINDS)


@dataclass(frozen=True)
class Losses:
    """What stays behind of a plan's workspaces, and what of that nobody knows."""

    found: list[PlanLoss] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)


@dataclass(frozen=True)
class Note:
    """What a person says of one thing: its item and id, who takes care, whether it is done."""

    item: int
    ref: str
    owner: str
    done: bool


def read_losses(plan: Plan) -> Losses:
    """Everything that stays behind, in one query; the plan's items are best prefetched."""
    items = list(plan.items.all())
    of_workspace = {item.workspace_id: item for item in items if item.workspace_id}
    rows = read_rows(plan, of_workspace)
    by_pk = {item.pk: item for item in items}
    listed = [
        Noted(of_workspace[row.owner].pk, row.kind, row.ref, row.name, row.note)
        for row in _with_classes(rows)
        if row.kind not in OF_ITEMS
    ]
    noted = [one for one in noted_losses(rows) if one.item in by_pk]
    lines = {(one.item, one.kind, one.name) for one in noted}
    found = [one for one in listed if (one.item, one.kind, one.name) not in lines] + noted
    about = _About(rows)
    losses = [about.loss(by_pk[one.item], one) for one in found]
    known = {(one.item, one.kind) for one in found} | about.settled() | answered(rows)
    return Losses(
        losses, _unknown(items, known, {row.owner for row in rows if row.kind == CLASSES})
    )


def losses_of(plan: Plan) -> list[PlanLoss]:
    """Everything that stays behind of the plan's workspaces; see `unknown_of` too."""
    return read_losses(plan).found


def unknown_of(plan: Plan) -> list[Unknown]:
    """The workspaces of which nobody looked at something: what they lose is not known."""
    return read_losses(plan).unknown


@requires("migrator.start_run")
@transaction.atomic
def deal_with(plan: Plan, kind: str, *, notes: Iterable[Note], user: User | None) -> int:
    """Note who takes care of things of one kind, and which are dealt with; how many changed.

    ServiceError where the plan is put away or the list has no such kind.
    """
    refuse_archived(plan)
    if kind not in {each.key for each in KINDS}:
        raise ServiceError(
            "This is not on the loss list.",
            meaning="Nothing was stored.",
            remedy="Load the page again.",
        )
    listed = {(loss.item.pk, loss.ref): loss for loss in losses_of(plan) if loss.kind == kind}
    changed = 0
    for note in notes:
        loss = listed.get((note.item, note.ref))
        if loss is not None and (loss.owner, loss.is_ticked) != (note.owner, note.done):
            value = {
                "owner": note.owner[:LONGEST_OWNER],
                "done": note.done,
                "who": (user.get_full_name() or user.get_username()) if user else "",
            }
            give_answer(plan, loss.key, value, user=user, item=loss.item)
            changed += 1
    if changed:
        audit.record(user, "losses.noted", plan, kind=kind, changed=changed)
    return changed


class _About:
    """What people said about the things that stay behind."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._answers: dict[tuple[int, str], dict[str, Any]] = {}
        self._sheets: dict[tuple[int, str], tuple[str, str]] = {}
        for row in rows:
            if row.kind == ANSWER:
                self._answers[row.owner, row.ref] = json.loads(row.name)
            elif row.kind == SHEET:
                self._sheets[row.owner, row.ref] = row.name, row.note

    def loss(self, item: PlanItem, one: Noted) -> PlanLoss:
        """The loss with what was said about it."""
        said = self._answers.get((item.pk, f"{LOSS}{one.kind}:{one.ref}"), {})
        state, who = self._sheets.get((item.pk, SHEETS.get(one.kind, "")), ("", ""))
        return PlanLoss(
            item,
            one.kind,
            one.ref,
            *_named(one.kind, one.name, one.note),
            owner=said.get("owner", ""),
            is_ticked=bool(said.get("done")),
            who=said.get("who", ""),
            sheet_state=state,
            sheet_who=who,
        )

    def settled(self) -> set[tuple[int, str]]:
        """Item and kind of what a worksheet settles, also where it holds nothing."""
        return {
            (item, kind)
            for kind, sheet in SHEETS.items()
            for item, settled in self._sheets
            if settled == sheet
        }


def _with_classes(rows: Iterable[Row]) -> list[Row]:
    """The rows, each list of classes taken apart."""
    found = []
    for row in rows:
        if row.kind == CLASSES:
            names = json.loads(row.name)
            found += [Row("rules", row.owner, f"Class/{name}", name, "Class") for name in names]
        else:
            found.append(row)
    return found


def _unknown(
    items: Iterable[PlanItem], known: set[tuple[int, str]], with_classes: set[int]
) -> list[Unknown]:
    unknown = []
    for item in items:
        lacking = [kind for kind in KINDS if not _is_known(item, kind, known, with_classes)]
        if lacking:
            unknown.append(Unknown(item, [kind.what for kind in lacking]))
    return unknown


def _is_known(
    item: PlanItem, kind: LossKind, known: set[tuple[int, str]], with_classes: set[int]
) -> bool:
    """True where an inventory lists it, or somebody wrote it down or answered for it."""
    # What is not promoted is what a task is about: whoever answers for tasks answers for both.
    key = "task" if kind.key == "drafts" else kind.key
    if (item.pk, key) in known:
        return True
    if item.workspace is None or item.workspace.inventory_id is None:
        return False
    return kind.key != "rules" or item.workspace_id in with_classes


def _named(kind: str, name: str, note: str) -> tuple[str, str]:
    """Name and note as people read them."""
    if kind == "model":
        words = name.replace("ml", "Machine learning", 1).replace("rule", "Rule-based", 1).strip()
        return words, f"deployed {note}×" if note not in {"", "0"} else ""
    if kind == "roles":
        return f"{note} {'person' if note == '1' else 'people'} with a role", ""
    if kind == "task":
        return name or "without a name", note.replace("_", " ").lower()
    return name or "without a name", note
