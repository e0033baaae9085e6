"""A second person for what destroys something, where the setting SECOND_PERSON asks for one."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import Approval
from migrator.services import audit
from migrator.services.notifications.occasions import approval_waits
from migrator.services.permissions import requires

# How long a wish waits for a decision, and a decision for its use.
EXPIRES = timedelta(hours=24)


class NeedsApproval(ServiceError):
    """A second person has to allow it first; the wish is noted."""

    def __init__(self, approval: Approval) -> None:
        refused = approval.state == "refused"
        said = "refused it" if refused else "has to allow it"
        super().__init__(
            f"{approval.words}: another person {said}.",
            meaning="Nothing was done yet.",
            remedy=f"The reason: {approval.reason}"
            if refused
            else "An approver or administrator other than you finds it under Approvals. "
            "Do it again once it is allowed.",
        )
        self.approval_pk = approval.pk


def approved(
    action: str, *, user: User | None, subject: Model, words: str, about: str = ""
) -> None:
    """Return where `user` may do `action` to `subject` now; the approval is then used up.

    Raises NeedsApproval and notes the wish where a second person has to allow it first. The command
    line (no user) is not asked: whoever types there holds the database. `about` tells apart what
    can be done to the same subject in several ways.

    Called outside of the transaction of the action, so that the wish is kept when that is refused.
    """
    if user is None or action not in settings.SECOND_PERSON:
        return
    wish = {"action": action, "subject": f"{audit.name_of(subject)}{about}", "asked_by": user}
    granted = Approval.objects.usable().filter(**wish).first()
    if granted and Approval.objects.usable().filter(pk=granted.pk).update(used_at=timezone.now()):
        audit.record(user, "approval.used", granted)
        return
    raise NeedsApproval(_asked(wish, user, words))


@transaction.atomic
def _asked(wish: dict[str, object], user: User, words: str) -> Approval:
    """The wish that waits, or the refusal of today, else a new wish."""
    now = timezone.now()
    Approval.objects.filter(**wish, decided_at=None, expires_at__lte=now).update(decided_at=now)
    known = Approval.objects.filter(**wish, used_at=None, expires_at__gt=now).first()
    if known is not None:
        return known
    approval = Approval.objects.create(**wish, words=words, expires_at=now + EXPIRES)
    audit.record(user, "approval.asked", approval, wish=approval.action)
    approval_waits(approval)
    return approval


@requires("migrator.approve")
@transaction.atomic
def decide(approval: Approval, *, user: User, granted: bool, reason: str = "") -> None:
    """Allow or refuse; ServiceError for one's own wish, for a refusal without a reason, and where
    it was decided already."""
    if approval.asked_by_id == user.pk:
        raise ServiceError(
            "Nobody allows what they asked for themselves.",
            meaning="Nothing changed.",
            remedy="Ask another approver or administrator.",
        )
    if not granted and not reason.strip():
        raise ServiceError(
            "A refusal needs a reason.",
            meaning="Nothing changed.",
            remedy="Say in a few words why; whoever asked reads it.",
        )
    changed = (
        Approval.objects.open()
        .filter(pk=approval.pk)
        .update(decided_by=user, decided_at=timezone.now(), granted=granted, reason=reason.strip())
    )
    if not changed:
        raise ServiceError(
            "This was decided already, or it has expired.", meaning="Nothing changed."
        )
    audit.record(user, "approval.granted" if granted else "approval.refused", approval)
