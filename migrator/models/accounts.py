"""What belongs to a person beside Django's user: tokens, the second factor, approvals."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_otp.models import Device, ThrottlingMixin
from knox.models import AbstractAuthToken

from migrator.models.instances import Credential


class ApiToken(AbstractAuthToken):  # type: ignore[misc] # the library has no types
    """A token for the HTTP API; only its SHA-512 is stored."""

    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        """True where it does not sign in any more."""
        return self.expiry is not None and self.expiry <= timezone.now()


class TotpDevice(ThrottlingMixin, Device):  # type: ignore[misc] # no types either
    """A person's authenticator app (RFC 6238); its key is sealed like every other secret.

    Not `confirmed` until the first code from it was right.
    """

    credential = models.OneToOneField(Credential, models.CASCADE, related_name="totp_device")
    # The last time step that was used: no code is good twice.
    last_step = models.BigIntegerField(default=-1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], name="one_totp_device_per_person")]

    def __str__(self) -> str:
        return f"authenticator {self.pk}"

    def get_throttle_factor(self) -> float:
        """Seconds to wait after the first wrong code; doubled with each further one."""
        return 1.0


class RecoveryCode(models.Model):
    """One code that stands in once for the authenticator app; only its hash is stored."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes"
    )
    hashed = models.CharField(max_length=128)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class OidcIdentity(models.Model):
    """Whom the OpenID Connect provider means by a `sub`, which never changes, unlike names."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="oidc_identity"
    )
    subject = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        return f"identity {self.pk}"


class ApprovalQuerySet(models.QuerySet["Approval"]):
    """Named questions about approvals."""

    def open(self) -> "ApprovalQuerySet":
        """Those that wait for a second person."""
        return self.filter(decided_at=None, expires_at__gt=timezone.now())

    def usable(self) -> "ApprovalQuerySet":
        """Those that were granted and not used yet."""
        return self.filter(granted=True, used_at=None, expires_at__gt=timezone.now())


class Approval(models.Model):
    """One destructive action that somebody asked for and another person has to allow.

    It is good for one use by the person who asked, on that subject, until it expires.
    """

    class Action(models.TextChoices):
        OVERWRITE = "overwrite", "Overwrite content of a target"
        UNDEPLOY = "undeploy", "Undeploy a model"
        DELETE = "delete", "Delete"

    action = models.CharField(max_length=12, choices=Action)
    # What it is about, as the audit log names it, such as "archive 4".
    subject = models.CharField(max_length=200)
    # The same in words for whoever decides.
    words = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # None until somebody decided.
    granted = models.BooleanField(null=True, blank=True)
    reason = models.TextField(blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        permissions = [("approve", "Can allow as a second person what destroys something")]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "subject", "asked_by"],
                condition=models.Q(decided_at=None),
                name="one_open_approval_per_wish",
            )
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def state(self) -> str:
        """waiting, expired, refused, granted or used."""
        if self.used_at:
            return "used"
        if self.granted is False:
            return "refused"
        if self.expires_at <= timezone.now():
            return "expired"
        return "granted" if self.granted else "waiting"
