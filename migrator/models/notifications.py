"""What people are told outside of the pages: channels, who wants what, and each message's fate."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from migrator.models.instances import Credential

# How long a message is tried, and how long a worker may take for one attempt before another tries.
TRIED_FOR = timedelta(hours=24)
ATTEMPT_TAKES = timedelta(minutes=2)


class Channel(models.TextChoices):
    """How a message goes out."""

    MAIL = "mail", "E-mail"
    WEBHOOK = "webhook", "Webhook"


class NotificationRules(models.Model):
    """How this server sends messages; one row, made when somebody first sets a channel up.

    No host: no mail. No `webhook`: no webhook.
    """

    THE_ONE = 1

    class Security(models.TextChoices):
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS from the start"
        NONE = "none", "None"

    mail_host = models.CharField(max_length=253, blank=True)
    mail_port = models.PositiveIntegerField(default=587)
    mail_security = models.CharField(max_length=10, choices=Security, default=Security.STARTTLS)
    mail_sender = models.CharField(max_length=254, blank=True)
    mail_user = models.CharField(max_length=254, blank=True)
    mail_password = models.OneToOneField(
        Credential, models.SET_NULL, null=True, blank=True, related_name="mail_of"
    )
    # Address and signing key; of the address, which may be a secret itself, only the host is shown.
    webhook = models.OneToOneField(
        Credential, models.SET_NULL, null=True, blank=True, related_name="webhook_of"
    )
    webhook_host = models.CharField(max_length=253, blank=True)
    # Which kinds of events go to the webhook.
    webhook_kinds = models.JSONField(default=list, blank=True)
    # When each channel last took a message, and why it did not the last time; empty: it did.
    mail_worked_at = models.DateTimeField(null=True, blank=True)
    mail_problem = models.TextField(blank=True)
    webhook_worked_at = models.DateTimeField(null=True, blank=True)
    webhook_problem = models.TextField(blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("manage_notifications", "Can set how messages are sent")]

    def __str__(self) -> str:
        return "the rules of notifications"

    @property
    def sends_mail(self) -> bool:
        """True where a mail server is set up."""
        return bool(self.mail_host)

    @property
    def calls_webhook(self) -> bool:
        """True where a webhook is set up."""
        return self.webhook_id is not None

    @property
    def is_on(self) -> bool:
        """True where messages go out by one channel at least."""
        return self.sends_mail or self.calls_webhook

    def problem_of(self, channel: str) -> str:
        """Why the channel did not take a message the last time; empty where it did."""
        return self.mail_problem if channel == Channel.MAIL else self.webhook_problem


class Notification(models.Model):
    """One thing that happened and was told: a sentence each of what, what it means, what to do.

    Never document text, a secret or a person's name. `number` counts what was told of one subject:
    who comes second with the same number finds it told.
    """

    class Kind(models.TextChoices):
        RUN_WAITS = "run.waits", "A run waits for somebody"
        RUN_FAILED = "run.failed", "A run failed, or was done in part"
        RUN_DIFFERS = "run.differs", "A run ended, and its proof found differences"
        RUN_DONE = "run.done", "A run ended as it should"
        CREDENTIAL_REFUSED = "credential.refused", "A credential was refused, and work waits for it"
        MODELS_AT_RISK = (
            "models.at_risk",
            "Deployed models are at risk or orphaned, or could not be checked",
        )
        MODEL_REMINDER = "model.reminder", "A deployed model was kept for now, and it is time"
        ARCHIVE_DAMAGED = "archive.damaged", "An archive was found damaged"
        APPROVAL_WAITS = "approval.waits", "Something waits for a second person to allow it"

    kind = models.CharField(max_length=30, choices=Kind)
    # As the audit log names it, such as "run 4".
    subject = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    # What told another time of the same subject is told again for at once.
    state = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=250)
    happened = models.TextField()
    meaning = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    # The page about it, below the site's address.
    path = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "number"], name="one_notification_per_number"
            )
        ]

    def __str__(self) -> str:
        return self.title


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Named questions about deliveries."""

    def open(self) -> "DeliveryQuerySet":
        """Those that were neither taken nor given up."""
        return self.filter(state=Delivery.State.PENDING)

    def due(self) -> "DeliveryQuerySet":
        """Those to be tried now."""
        return self.open().filter(next_at__lte=timezone.now())

    def failed(self) -> "DeliveryQuerySet":
        """Those given up, the last first."""
        return self.filter(state=Delivery.State.FAILED).order_by("-ended_at", "-pk")


class Delivery(models.Model):
    """One notification by one channel: to one person by mail, or to the webhook.

    pending -> sent
       |----> failed   (refused for good, or tried for a day)
       |----> dropped  (the channel, the person's address or the reason is gone)
    """

    class State(models.TextChoices):
        PENDING = "pending", "Waits"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        DROPPED = "dropped", "Not wanted any more"

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel)
    # None for the webhook.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Why the last try failed; empty where none did.
    problem = models.TextField(blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "next_at"], name="deliveries_to_try")]
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "person"],
                condition=Q(person__isnull=False),
                name="one_mail_per_person",
            ),
            models.UniqueConstraint(
                fields=["notification"],
                condition=Q(person__isnull=True),
                name="one_webhook_per_notification",
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk} by {self.channel}"


class NotificationChoice(models.Model):
    """Which kinds of events a person wants by mail; without a row, what the role suggests."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_choice"
    )
    kinds = models.JSONField(default=list, blank=True)
    # Of runs, only those that the person started.
    own_runs_only = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return f"choice {self.pk}"
