"""How archives are encrypted: the rule of the server, the choice of a backup, the passphrase."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from migrator.archives.age.keys import Key, Lock, recipients_in, refuse_weak_passphrase
from migrator.errors import ServiceError
from migrator.models import ArchiveRules, Credential, Encryption, Locked, Plan, Run
from migrator.services import audit
from migrator.services.credentials import reveal_archive_key, seal_archive_key
from migrator.services.permissions import requires

# How long a passphrase waits for a retry, or for its backup to be started.
PASSPHRASE_STAYS = timedelta(hours=24)

# Said on the page, by the command and by the API before anything is encrypted.
KEY_LOSS = (
    "Whoever loses the key loses the archive. Without a private key that belongs to one of the "
    "recipients, or without the passphrase, nobody can open it again: not the administrators of "
    "this server, not the makers of this product, not IBM. This server keeps no copy of the key. "
    "Once Knowledge Studio is closed, the workspace cannot be downloaded a second time."
)
UNDERSTOOD = (
    "I know that without the key nobody can ever open these archives again, and the key is kept in "
    "at least two places."
)


@dataclass(frozen=True)
class Encrypted:
    """An encrypted file on its way into the storage: what opens it, and the file as it is."""

    kind: Locked
    recipients: list[str]
    size: int
    sha256: str


def rules() -> ArchiveRules:
    """What holds for all archives; a row that was never saved where nobody set anything."""
    return ArchiveRules.objects.filter(pk=ArchiveRules.THE_ONE).first() or ArchiveRules(
        pk=ArchiveRules.THE_ONE
    )


@requires("migrator.keep_archives")
@transaction.atomic
def set_recipients(*, user: User | None, text: str, understood: bool) -> ArchiveRules:
    """Encrypt every archive that is sealed from now on to these recipients; none turns it off.

    Raises ArchiveError for a line that is no recipient, ServiceError where `understood` is not set.
    """
    row = rules()
    found = recipients_in(text) if text.strip() else []
    if found and not understood:
        raise _not_understood()
    row.recipients, row.changed_by = found, user
    row.save()
    audit.record(user, "archives.recipients_set", row, recipients=found)
    return row


@requires("migrator.start_run")
@transaction.atomic
def choose_encryption(
    plan: Plan, *, user: User | None, lock: Lock | None, understood: bool = False
) -> None:
    """How the next backup of `plan` is encrypted; None: as the server's rule says.

    Raises ArchiveError for recipients or a passphrase that will not do, ServiceError where
    `understood` is not set, and while a backup of the plan is under way: its archives are all made
    in the same way.
    """
    if plan.runs.open().filter(kind=Run.Kind.BACKUP).exists():
        raise _under_way()
    forget_passphrase(plan)
    Encryption.objects.filter(plan=plan).delete()
    if lock is None:
        return
    if not understood:
        raise _not_understood()
    kind, sealed, found = Locked.RECIPIENTS, None, []
    if lock.passphrase:
        refuse_weak_passphrase(lock.passphrase)
        kind, sealed = Locked.PASSPHRASE, seal_archive_key(Key(passphrase=lock.passphrase))
    else:
        found = recipients_in("\n".join(lock.recipients))
    Encryption.objects.create(
        plan=plan, kind=kind, recipients=found, passphrase=sealed, confirmed_by=user
    )
    audit.record(user, "encryption.chosen", plan, kind=kind, recipients=found)


def apply_rules(plan: Plan) -> None:
    """Make the choice of a backup that starts fit the server's rule.

    Raises ServiceError where a passphrase was chosen although the server has recipients, and where
    the passphrase is not kept any more.
    """
    given = Encryption.objects.filter(plan=plan).first()
    always = rules().recipients
    if given is not None and given.kind == Locked.PASSPHRASE:
        if always:
            raise _has_recipients()
        if given.passphrase_id is None:
            raise _passphrase_gone()
    elif always:
        own = given.recipients if given is not None else []
        both = list(dict.fromkeys([*always, *own]))
        Encryption.objects.update_or_create(
            plan=plan, defaults={"kind": Locked.RECIPIENTS, "recipients": both}
        )


def words_of(plan: Plan) -> str:
    """How the next backup of `plan` makes its archives, after "archives that are"."""
    given: Encryption | None = getattr(plan, "encryption", None)  # comes with a plan of the wizard
    found = {*rules().recipients, *(given.recipients if given else [])}
    if found:
        return f"encrypted to {len(found)} {'recipient' if len(found) == 1 else 'recipients'}"
    if given is None:
        return "not encrypted"
    if given.passphrase_id is None:
        return "encrypted with a passphrase, which has to be given again first"
    return "encrypted with a passphrase"


def carry_over(old: Plan, new: Plan) -> None:
    """Encrypt the backups of `new` as those of `old`; without the passphrase it will be refused."""
    given = Encryption.objects.filter(plan=old).first()
    if given is None:
        return
    sealed = None
    if given.passphrase is not None:
        sealed = seal_archive_key(reveal_archive_key(given.passphrase))
    given.pk, given.plan, given.passphrase = None, new, sealed
    given.save()


def lock_of(plan: Plan) -> Lock | None:
    """With what its archives are encrypted; None where they are not.

    Raises ServiceError where the passphrase is not kept any more.
    """
    given = Encryption.objects.select_related("passphrase").filter(plan=plan).first()
    if given is None:
        return None
    if given.kind == Locked.RECIPIENTS:
        return Lock(recipients=tuple(given.recipients))
    if given.passphrase is None:
        raise _passphrase_gone()
    return Lock(passphrase=reveal_archive_key(given.passphrase).passphrase)


def forget_passphrase(plan: Plan) -> None:
    """Delete what is kept of the passphrase of its archives."""
    Credential.objects.filter(encryption__plan=plan).delete()


def forget_old_passphrases() -> int:
    """Delete those whose backup ended, or never started, PASSPHRASE_STAYS ago; how many."""
    before = timezone.now() - PASSPHRASE_STAYS
    kept = Encryption.objects.exclude(passphrase=None).exclude(
        plan__runs__finished_at=None, plan__runs__isnull=False
    )
    old = kept.annotate(ended=Max("plan__runs__finished_at")).filter(
        Q(ended__lt=before) | Q(ended=None, confirmed_at__lt=before)
    )
    found = list(old.values_list("passphrase", flat=True))
    unused = Q(kind=Credential.Kind.PASSPHRASE, encryption=None, archive_key=None)
    count, _ = Credential.objects.filter(
        Q(pk__in=found) | unused & Q(stored_at__lt=before)
    ).delete()
    return count


def _not_understood() -> ServiceError:
    return ServiceError(
        "Nobody confirmed what losing the key means.",
        meaning=f"Nothing was changed. {KEY_LOSS}",
        remedy="Confirm it, and keep the key in at least two places.",
    )


def _under_way() -> ServiceError:
    return ServiceError(
        "A backup of this plan is under way.",
        meaning="Nothing was changed: all of its archives are made in the same way.",
        remedy="Wait for its end, or cancel it. Then choose again.",
    )


def _has_recipients() -> ServiceError:
    return ServiceError(
        "This server encrypts every archive to recipients, so a passphrase cannot be taken.",
        meaning="Nothing was started: the age format knows the one or the other.",
        remedy="Start the backup without a passphrase; recipients of your own can be added.",
    )


def _passphrase_gone() -> ServiceError:
    return ServiceError(
        "The passphrase for this archive is not kept any more.",
        meaning="Nothing was sealed, in plain neither. A passphrase is forgotten when its backup "
        "is over, a day after it failed at the latest.",
        remedy="Start a new backup and give the passphrase again.",
    )
