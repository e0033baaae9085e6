"""Which archives go by the server's rule, which stay and why; holds; applying the rule."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from migrator.errors import ServiceError, TransientError
from migrator.models import Approval, Archive, ArchiveHold, ArchiveRules, Plan, PlanItem, Receipt
from migrator.services import audit
from migrator.services.approvals import approved
from migrator.services.archives import delete_archive
from migrator.services.encryption import rules
from migrator.services.permissions import requires

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rule:
    """What an administrator says: days None means that nothing goes."""

    days: int | None = None
    newest: int = 1
    takes_receipts: bool = False

    def __str__(self) -> str:
        """The rule in words."""
        if self.days is None:
            return "No archive is deleted by a rule."
        receipts = "" if self.takes_receipts else ", and whatever a receipt names"
        kept = "archive of each workspace stays"
        if self.newest > 1:
            kept = f"{self.newest} archives of each workspace stay"
        days = "a day" if self.days == 1 else f"{self.days} days"
        return f"Archives older than {days} go. The newest whole {kept}{receipts}."


class Judged(NamedTuple):
    """What of an archive decides whether it goes, and what tells which one it is.

    All archives are judged at once, and a row of the model takes three times as long to make.
    """

    pk: int
    file: str
    size: int
    sha256: str
    workspace_name: str
    instance_name: str
    source_workspace_id: str
    created_at: datetime
    verified_at: datetime | None
    verify_problem: str
    hold_reason: str | None
    was_restored: bool

    @property
    def is_whole(self) -> bool:
        """Whether it was read back, and nothing was wrong with it when it was read last."""
        return bool(self.verified_at) and not self.verify_problem


class Kept(StrEnum):
    """What an archive is kept by."""

    HELD = "held"
    RESTORED = "restored"
    RECEIPT = "receipt"
    NO_RULE = "no_rule"
    NEWEST = "newest"
    AGE = "age"
    NOTHING = "nothing"  # it goes within the hour


_WHY = {
    Kept.RESTORED: "It was restored from, and is the evidence of what was.",
    Kept.RECEIPT: "A receipt names it as the reason why its source could go.",
    Kept.NO_RULE: "There is no rule.",
    Kept.NEWEST: "It is among the newest whole archives of its workspace.",
    Kept.AGE: "It is not old enough.",
    Kept.NOTHING: "It is older, and newer whole ones are kept.",
}


class Verdict(NamedTuple):
    """What the rule means for one archive."""

    archive: Judged
    by: Kept
    why: str
    # When it goes by its age, where nothing else keeps it.
    until: datetime | None = None

    @property
    def goes(self) -> bool:
        """Whether the rule deletes it now."""
        return self.by == Kept.NOTHING


def rule_now() -> Rule:
    """The rule that holds."""
    row = rules()
    return Rule(row.keep_days, row.keep_newest, row.takes_receipts)


@requires("migrator.keep_archives")
def set_rule(rule: Rule, *, user: User | None) -> ArchiveRules:
    """Delete archives by this rule from now on.

    Raises ServiceError for a rule that would leave a workspace without an archive, and
    NeedsApproval where a second person has to allow what deletes.
    """
    if rule.newest < 1 or (rule.days is not None and rule.days < 1):
        raise ServiceError(
            "At least one day, and at least the newest archive of each workspace, are kept.",
            meaning="The rule was not changed.",
            remedy="Give numbers of 1 and more.",
        )
    row = rules()
    if rule.days is not None:
        row.save()
        words = f"Delete archives by a rule: {rule}"
        about = f", {rule.days} days, {rule.newest} newest, receipts {rule.takes_receipts}"
        approved(Approval.Action.DELETE, user=user, subject=row, words=words, about=about)
    with transaction.atomic():
        row.keep_days, row.keep_newest = rule.days, rule.newest
        row.takes_receipts, row.changed_by = rule.takes_receipts, user
        row.save()
        audit.record(user, "archives.rule_set", row, rule=str(rule))
    return row


@requires("migrator.start_run")
@transaction.atomic
def place_hold(archive: Archive, *, user: User | None, reason: str) -> ArchiveHold:
    """Keep an archive from being deleted by anybody; ServiceError without a reason."""
    if not reason.strip():
        raise ServiceError(
            "A hold has a reason.",
            meaning="Nothing changed.",
            remedy="Say in a few words why this archive has to stay.",
        )
    hold = ArchiveHold.objects.create(archive=archive, reason=reason.strip(), placed_by=user)
    audit.record(user, "archive.held", archive, hold=hold.pk, reason=hold.reason)
    return hold


@requires("migrator.keep_archives")
@transaction.atomic
def lift_hold(hold: ArchiveHold, *, user: User | None) -> None:
    """Let the archive be deleted again, as far as this hold goes; nothing where it was lifted."""
    lifted = ArchiveHold.objects.filter(pk=hold.pk, lifted_at=None)
    if lifted.update(lifted_at=timezone.now(), lifted_by=user):
        audit.record(user, "archive.hold_lifted", hold.archive, hold=hold.pk)


def holds_on(archive: Archive) -> QuerySet[ArchiveHold]:
    """The holds that keep it, with who placed them."""
    return ArchiveHold.objects.filter(archive=archive, lifted_at=None).select_related("placed_by")


def verdicts(rule: Rule, archives: QuerySet[Archive] | None = None) -> list[Verdict]:
    """What `rule` means for archives, oldest first; two queries, however many there are.

    `archives` are all of some workspaces, since those of a workspace are judged together.
    """
    rows = Archive.objects.all() if archives is None else archives
    asked = _with_reasons(rows).order_by("created_at", "pk").values_list(*Judged._fields)
    found = list(map(Judged._make, asked))
    newest = _newest(found, rule.newest)
    named = set() if rule.takes_receipts else _in_receipts()
    return [_verdict(archive, newest, named, rule) for archive in found]


def verdict_of(archive: Archive, rule: Rule) -> Verdict:
    """What `rule` means for one archive; StopIteration where it is gone."""
    same = Archive.objects.filter(source_workspace_id=archive.source_workspace_id)
    return next(each for each in verdicts(rule, same) if each.archive.pk == archive.pk)


def verdicts_of(archives: Iterable[Archive], rule: Rule) -> dict[int, Verdict]:
    """The same for some archives, by their keys; those of their workspaces are judged with them."""
    listed = {each.pk: each.source_workspace_id for each in archives}
    if rule.days is None:
        same = Archive.objects.filter(pk__in=listed)  # by themselves: nothing goes by its age
    else:
        same = Archive.objects.filter(source_workspace_id__in=set(listed.values()))
    found = verdicts(rule, same) if listed else []
    return {each.archive.pk: each for each in found if each.archive.pk in listed}


@requires("migrator.keep_archives")
def apply_rule(*, user: User | None) -> list[Verdict]:
    """Delete what goes by the present rule; what was deleted.

    Each is looked at once more right before it goes, so that a hold that was placed meanwhile, or a
    second worker, does no harm. What cannot be deleted now (a restore works with it, the storage
    does not answer) is left for the next time.
    """
    if rules().keep_days is None:
        return []
    going = [each for each in verdicts(rule_now()) if each.goes]
    gone = [each for each in going if _delete(each.archive.pk)]
    if gone:
        audit.record(user, "archives.rule_applied", rules(), deleted=len(gone))
    return gone


def _delete(pk: int) -> bool:
    archive = Archive.objects.defer("facts", "findings", "counts").filter(pk=pk).first()
    if archive is None:
        return False  # somebody else deleted it
    try:
        rule = rule_now()
        if not verdict_of(archive, rule).goes:
            return False
        delete_archive(archive, user=None, rule=str(rule))
    except StopIteration:
        return False  # somebody else deleted it
    except (ServiceError, TransientError) as error:
        logger.warning("archive %s stays for now: %s", pk, type(error).__name__)
        return False
    return True


def _with_reasons(rows: QuerySet[Archive]) -> QuerySet[Archive]:
    """With the reason of a hold, and whether it was restored from; a draft is no restore."""
    mine = Q(archive=OuterRef("pk"))
    holds = ArchiveHold.objects.filter(mine, lifted_at=None).order_by("pk")
    used = PlanItem.everything.filter(mine).exclude(plan__in=Plan.objects.drafts())
    return rows.annotate(
        hold_reason=Subquery(holds.values("reason")[:1]), was_restored=Exists(used)
    )


def _newest(archives: Iterable[Judged], count: int) -> set[int]:
    by_workspace: dict[str, list[Judged]] = defaultdict(list)
    for archive in archives:
        by_workspace[archive.source_workspace_id].append(archive)
    kept = set()
    for rows in by_workspace.values():
        whole = [row for row in rows if row.is_whole]
        kept |= {row.pk for row in (whole or rows)[-count:]}
    return kept


def _in_receipts() -> set[str]:
    return {
        sha for sha in Receipt.objects.values_list("content__archive__sha256", flat=True) if sha
    }


def _verdict(archive: Judged, newest: set[int], named: set[str], rule: Rule) -> Verdict:
    by = _kept_by(archive, newest, named, rule)
    until = archive.created_at + timedelta(days=rule.days or 0) if by == Kept.AGE else None
    if by == Kept.HELD:
        return Verdict(archive, by, f"Held: {archive.hold_reason}")
    return Verdict(archive, by, _WHY[by], until)


def _kept_by(archive: Judged, newest: set[int], named: set[str], rule: Rule) -> Kept:
    if archive.hold_reason:
        return Kept.HELD
    if archive.was_restored or archive.sha256 in named:
        return Kept.RESTORED if archive.was_restored else Kept.RECEIPT
    if rule.days is None:
        return Kept.NO_RULE
    if archive.pk in newest:
        return Kept.NEWEST
    old = timezone.now() - timedelta(days=rule.days)
    return Kept.AGE if archive.created_at >= old else Kept.NOTHING
