"""How each item of a plan stands to its target: read in a fixed number of queries for them all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat

from migrator.formats.errors import StatedError
from migrator.models import (
    Archive,
    Conflict,
    Plan,
    PlanItem,
    Step,
    TargetReading,
    Workspace,
)
from migrator.services.targets.obstacles import obstacles_of

_S = Conflict.State
_CHANGING = ("created", "updated")


@dataclass
class Standing:
    """One item: where it goes, what is known of it there, what was chosen, what is in the way."""

    item: PlanItem
    archive: Archive | None
    reading: TargetReading | None
    # When something last changed in the target workspace, as far as that is known.
    changed_at: datetime | None = None
    same_name: bool = False

    @property
    def is_new(self) -> bool:
        """True where a workspace is created for it."""
        return not self.item.target_workspace_id

    @property
    def tokenizer(self) -> str:
        """What the target workspace has, or gets; empty where nobody knows."""
        if not self.is_new:
            there = self.facts.get("workspace") or {}
            return there.get("tokenizer") or self.item.target_tokenizer
        return self.item.target_tokenizer or self.source_tokenizer or "ml"

    @property
    def source_tokenizer(self) -> str:
        """What the source had; empty where nobody knows."""
        facts = self.archive.facts.get("workspace", {}) if self.archive else {}
        return facts.get("tokenizer") or ""

    @property
    def tokenizer_differs(self) -> bool:
        """True where texts are split by another tokenizer than in the source."""
        both = self.source_tokenizer, self.tokenizer
        return all(both) and both[0] != both[1]

    @property
    def mentions_at_risk(self) -> int:
        """Mentions whose sentence may come out otherwise: all of them."""
        return int(self.archive.counts.get("mentions") or 0) if self.archive else 0

    @property
    def facts(self) -> dict[str, Any]:
        """What the reading saw, where it still holds."""
        return self.reading.facts if self.reading and self.is_read else {}

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """{part: {state: number}} of the reading, where it still holds."""
        return self.reading.counts if self.reading and self.is_read else {}

    @property
    def chosen(self) -> dict[str, Any]:
        """What the choices that hold come to, as `TargetReading.chosen` has it."""
        return self.reading.chosen if self.reading and self.is_read else {}

    @property
    def outdated(self) -> int:
        """How many choices were made for another state of the target."""
        return int(self.chosen.get("outdated", 0))

    @property
    def is_being_read(self) -> bool:
        """True while a worker looks, or is about to."""
        return self.reading is not None and self.reading.is_open

    @property
    def is_stale(self) -> bool:
        """True where archive, target or name are others than those read, or changed since."""
        reading, item = self.reading, self.item
        if reading is None or reading.finished_at is None:
            return False
        if self.archive is None or reading.archive_id != self.archive.pk:
            return True
        if reading.workspace_id != item.target_workspace_id:
            return True
        if self.is_new and reading.name != item.new_name:
            return True
        return self.changed_at is not None and self.changed_at > reading.finished_at

    @property
    def is_read(self) -> bool:
        """True where a whole reading still holds."""
        return self.reading is not None and self.reading.is_whole and not self.is_stale

    @property
    def obstacles(self) -> list[StatedError]:
        """What a person has to settle first."""
        found = []
        if self.same_name:
            found.append(_same_name(self.item))
        if self.reading is not None and self.archive is not None and self.is_read:
            found += obstacles_of(
                self.facts,
                self.counts,
                self.archive,
                self.chosen.get("needing", []),
                self.chosen.get("needing_count", 0),
            )
        return found

    @property
    def rank(self) -> int:
        """Exceptions first: what is in the way, what is unread, what is different, the rest."""
        if self.obstacles or self.archive is None:
            return 0
        if self.reading is not None and self.reading.problem:
            return 1
        if self.outdated or self.is_stale:
            return 2
        return 3 if not self.is_new or self.tokenizer_differs else 4

    def count(self, part: str, state: str) -> int:
        """How many objects of that part are in that state."""
        return self.counts.get(part, {}).get(state, 0)

    @property
    def conflict_count(self) -> int:
        """How many things meet something else in the target."""
        return sum(
            by_state.get(state, 0)
            for by_state in self.counts.values()
            for state in (_S.DIFFERS, _S.UNKNOWN)
        )


def standings_of(plan: Plan, items: Iterable[PlanItem] | None = None) -> list[Standing]:
    """All items of the plan, in order; two queries whatever their number, and one for the items.

    A plan that comes from the wizard is known to have no reading at all where its `targets_looked`
    is 0, and brings its items along.
    """
    found = list(plan.items.all() if items is None else items)
    for item in found:
        item.plan = plan
    looked = vars(plan).get("targets_looked") != 0
    readings = {one.item_id: one for one in _readings(plan)} if looked else {}
    archives = _archives(found, readings)
    standings = [
        Standing(item, archives.get(item.pk), readings.get(item.pk), _changed_at(readings, item))
        for item in found
    ]
    _mark_same_names(standings)
    return standings


def _readings(plan: Plan) -> Iterable[TargetReading]:
    """The newest of each item, with what tells whether it still holds."""
    subject = Concat(
        Cast("target_id", CharField()), Value(":"), "workspace_id", output_field=CharField()
    )
    ours = Step.objects.filter(
        subject=OuterRef("subject"), outcome__in=_CHANGING, run__kind="restore"
    )
    theirs = Workspace.objects.filter(
        instance=OuterRef("target"), workspace_id=OuterRef("workspace_id")
    )
    newest = Archive.objects.filter(item=OuterRef("item"), verify_problem="")
    return (
        TargetReading.objects.filter(item__plan=plan, item__left_at=None, target=plan.target)
        .newest()
        .alias(subject=subject)
        .annotate(
            changed_by_us=Subquery(ours.order_by("-finished_at").values("finished_at")[:1]),
            changed_there=Subquery(theirs.values("modified")[:1]),
            newest_archive=Subquery(newest.order_by("-created_at", "-pk").values("pk")[:1]),
        )
        .select_related("archive")
    )


def _archives(items: list[PlanItem], readings: dict[int, TargetReading]) -> dict[int, Archive]:
    """What each item is restored from, as `archive_of` says; mostly it is the one that was read.

    Only those of which the reading has another one are asked for, all at once.
    """
    found = {}
    for item in items:
        one = readings.get(item.pk)
        if one is not None and one.archive_id == (vars(one)["newest_archive"] or item.archive_id):
            found[item.pk] = one.archive
    lacking = {item.pk: item.archive_id for item in items if item.pk not in found}
    if not lacking:
        return found
    own = Q(item__in=lacking, verify_problem="")
    rows = Archive.objects.filter(own | Q(pk__in=[pk for pk in lacking.values() if pk]))
    by_pk = {archive.pk: archive for archive in rows.order_by("created_at", "pk").defer("findings")}
    chosen = {pk: by_pk[archive] for pk, archive in lacking.items() if archive}
    newest = {archive.item_id: archive for archive in by_pk.values() if archive.item_id in lacking}
    return {**chosen, **found, **newest}


def _changed_at(readings: dict[int, TargetReading], item: PlanItem) -> datetime | None:
    """The last change of the target workspace: by a restore of ours, or seen by an inventory."""
    one = readings.get(item.pk)
    if one is None or not one.workspace_id:
        return None
    said = vars(one)
    known = [said[name] for name in ("changed_by_us", "changed_there") if said[name] is not None]
    return max(known) if known else None


def _mark_same_names(standings: list[Standing]) -> None:
    names = [one.item.new_name for one in standings if one.is_new]
    for one in standings:
        one.same_name = one.is_new and names.count(one.item.new_name) > 1


def _same_name(item: PlanItem) -> StatedError:
    return StatedError(
        f"Two workspaces of this plan would be created as {item.new_name}.",
        meaning="Knowledge Studio takes a name once, and the product makes up none.",
        remedy="Type another name for one of them.",
    )
