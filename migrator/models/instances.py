"""Instances of Knowledge Studio and credentials for them."""

from datetime import datetime

from django.db import models

from migrator.models.model_conditions import models_known


class Credential(models.Model):
    """One secret, mostly a credential for another system, sealed; no other column holds any.

    `migrator.services.credentials` seals and reveals it; nothing else reads `sealed`.
    """

    class Kind(models.TextChoices):
        SESSION = "session", "Session cookies of a signed-in browser"
        APIKEY = "apikey", "IBM Cloud IAM API key"
        CP4D = "cp4d", "Cloud Pak for Data user and key or password"
        TOTP = "totp", "Key of an authenticator app"
        PASSPHRASE = "passphrase", "Passphrase of archives"
        IDENTITY = "identity", "Private keys that open an archive"
        MAIL = "mail", "Password of the mail server"
        WEBHOOK = "webhook", "Address and signing key of the webhook"

    kind = models.CharField(max_length=10, choices=Kind)
    # A MultiFernet token over the credential's JSON.
    sealed = models.BinaryField()
    stored_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"credential {self.pk} ({self.kind})"


class InstanceQuerySet(models.QuerySet["Instance"]):
    """Named questions about instances."""

    def with_models_known(self) -> "InstanceQuerySet":
        """With whether everything deployed from it is known, in the same query."""
        found = {"models_known": models_known("pk")}
        return self.annotate(**found)


class Instance(models.Model):
    """One Knowledge Studio instance: reached by the connector, or served by a person with files."""

    class Kind(models.TextChoices):
        CLOUD = "cloud", "IBM Cloud"
        CP4D = "cp4d", "Cloud Pak for Data"
        BY_HAND = "by_hand", "By hand (files only)"

    class Connection(models.TextChoices):
        UNTESTED = "untested", "Not tested yet"
        CONNECTED = "connected", "Connected"
        PARTLY = "partly", "Answers in part"
        SESSION_LOST = "session_lost", "Needs a new credential"
        FAILED = "failed", "Does not answer"

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    # The address of the tool without a trailing slash; empty for an instance by hand.
    address = models.URLField(max_length=500, blank=True)
    # Where tokens come from; empty means IBM's public address.
    iam_url = models.URLField(max_length=500, blank=True)
    cp4d_url = models.URLField(max_length=500, blank=True)
    # A connector profile of one's own (a file on the server); empty means the built-in v10.
    profile_file = models.CharField(max_length=500, blank=True)
    # A CA file (PEM) for a self-signed Cloud Pak for Data; empty means the system's.
    ca_file = models.CharField(max_length=500, blank=True)
    # The interface is unpublished, so the connector works only where somebody turned it on.
    connector_enabled = models.BooleanField(default=False)
    credential = models.OneToOneField(
        Credential, on_delete=models.SET_NULL, null=True, blank=True, related_name="instance"
    )
    connection = models.CharField(max_length=12, choices=Connection, default=Connection.UNTESTED)
    tested_at = models.DateTimeField(null=True, blank=True)
    # When it last answered a call, to the minute; empty where that was never noted.
    contacted_at = models.DateTimeField(null=True, blank=True)
    # What each read-only entry of the profile answered: a list of
    # {operation, path, answered, status, sentence, transaction_id}.
    answers = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InstanceQuerySet.as_manager()

    # Set by `with_models_known`.
    models_known: bool

    class Meta:
        ordering = ["name"]
        permissions = [("manage_instances", "Can add, change, connect and delete instances")]

    def __str__(self) -> str:
        return self.name

    @property
    def last_contact_at(self) -> datetime | None:
        """When it last answered; where that was never noted, when its last good test was."""
        answered = self.connection in {self.Connection.CONNECTED, self.Connection.PARTLY}
        return self.contacted_at or (self.tested_at if answered else None)

    @property
    def is_connected(self) -> bool:
        """True where the connector performs the steps; False where a person does."""
        return self.kind != self.Kind.BY_HAND and self.connector_enabled
