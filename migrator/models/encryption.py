"""How archives are encrypted, and the keys that open them for a while."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from migrator.models.archives import Archive, Locked
from migrator.models.instances import Credential
from migrator.models.plans import Plan


class Encryption(models.Model):
    """How the archives of a plan's backups are encrypted; a plan without one seals plain ones.

    A passphrase is kept, sealed, only until the backup that needs it is over.
    """

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="encryption")
    kind = models.CharField(max_length=10, choices=Locked)
    # Public keys: age1…, ssh-ed25519 …, ssh-rsa …
    recipients = models.JSONField(default=list, blank=True)
    passphrase = models.OneToOneField(
        Credential, models.SET_NULL, null=True, blank=True, related_name="encryption"
    )
    # Who confirmed what losing the key means; empty where the server's rule alone chose it.
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"encryption of plan {self.plan_id}"


class ArchiveKey(models.Model):
    """What somebody gave to open one archive, sealed, for a few hours."""

    archive = models.OneToOneField(Archive, models.CASCADE, related_name="key")
    credential = models.OneToOneField(Credential, models.CASCADE, related_name="archive_key")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"key of archive {self.archive_id}"
