"""How messages are sent, and which of them reach whom."""

from typing import Any

from django import forms

from dashboard.forms.credentials import secret_field
from dashboard.forms.stated import StatedForm
from migrator.clients.mail import MailServer
from migrator.models import Notification, NotificationRules

_S = NotificationRules.Security
_PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class SecretLine(forms.TextInput):
    """A line that no page shows again, not even where it was refused."""

    def format_value(self, value: Any) -> None:
        """Always empty."""
        return


def kinds_field(label: str) -> forms.MultipleChoiceField:
    """Which kinds of events."""
    return forms.MultipleChoiceField(
        label=label,
        choices=Notification.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class MailForm(StatedForm):
    """The mail server; the password left empty stays as it is."""

    all_optional = True  # said where it matters

    host = forms.CharField(
        label="Mail server",
        max_length=253,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text="Its name, such as smtp.example.com.",
    )
    port = forms.IntegerField(
        label="Port", min_value=1, max_value=65_535, help_text="Usually 587, or 465 for TLS."
    )
    security = forms.ChoiceField(
        label="Encryption",
        choices=[
            (_S.STARTTLS, "STARTTLS: the connection is encrypted before anything is said"),
            (_S.TLS, "TLS from the start"),
            (_S.NONE, "None: whoever is in between can read the messages; no password is sent"),
        ],
        widget=forms.RadioSelect,
    )
    user = forms.CharField(
        label="User name",
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text="Empty, where the server asks for none.",
    )
    password = secret_field("Password", "Kept sealed. Left empty, the stored one stays.")
    sender = forms.EmailField(
        label="Sender", max_length=254, help_text="The address that messages come from."
    )
    to = forms.CharField(
        label="Send the test to", max_length=254, required=False, widget=forms.EmailInput
    )

    @property
    def server(self) -> MailServer:
        """What was typed, for the services."""
        given = self.cleaned_data
        return MailServer(
            host=given["host"],
            port=given["port"],
            security=given["security"],
            sender=given["sender"],
            user=given["user"],
            password=given["password"],
        )


def mail_fields(row: NotificationRules) -> dict[str, Any]:
    """What is stored, as the form's values; never the password."""
    return {
        "host": row.mail_host,
        "port": row.mail_port,
        "security": row.mail_security,
        "user": row.mail_user,
        "sender": row.mail_sender,
    }


class WebhookForm(StatedForm):
    """Address, key and events of the webhook; the address left empty stays as it is."""

    all_optional = True

    # By its name it is never kept in a session: chats give addresses that are secrets themselves.
    secret_address = forms.CharField(
        label="Address",
        max_length=2000,
        required=False,
        widget=SecretLine(attrs={**_PLAIN, "inputmode": "url"}),
        help_text="It begins with https://. It is kept sealed and never shown again, since for "
        "many chats it is all that one needs to write there. Left empty, the stored one stays.",
    )
    kinds = kinds_field("What is sent there")
    new_key = forms.BooleanField(
        label="Make a new signing key",
        required=False,
        help_text="The receiver has to get it: with the old one it refuses messages.",
    )


class MessagesForm(StatedForm):
    """What reaches one person by mail."""

    all_optional = True

    address = forms.CharField(
        label="Your e-mail address",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Empty: nothing reaches you by mail.",
    )
    kinds = kinds_field("Write to me when")
    own_runs_only = forms.BooleanField(
        label="Of runs, only those that I started",
        required=False,
        help_text="Those that the server or the command line started are told in any case.",
    )
