"""Taking the differences that a proof found as they are."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import Verification
from migrator.services import audit
from migrator.services.permissions import requires


@requires("migrator.start_run")
@transaction.atomic
def accept(verification: Verification, *, user: User, reason: str) -> None:
    """Note who takes the differences as they are, and why; they stay differences.

    Raises ServiceError without a reason, and where there is nothing to accept.
    """
    if verification.state != Verification.State.DIFFERENCES:
        raise ServiceError(
            "This proof found no differences that could be accepted.",
            meaning="Nothing changed.",
            remedy="Where it could not verify, restore or compare again.",
        )
    if not reason.strip():
        raise ServiceError(
            "Differences are accepted with a reason only.",
            meaning="Nothing changed.",
            remedy="Say in a few words why the copy is good enough; it is kept with your name.",
        )
    verification.accepted_by = user
    verification.accepted_by_name = user.get_full_name() or user.get_username()
    verification.accepted_at = timezone.now()
    verification.accepted_reason = reason.strip()
    verification.save(
        update_fields=["accepted_by", "accepted_by_name", "accepted_at", "accepted_reason"]
    )
    audit.record(user, "proof.accepted", verification, reason=reason.strip())
