"""How archives are encrypted, and what opens them."""

from typing import Any

from django import forms

from dashboard.forms.credentials import secret_field
from dashboard.forms.stated import StatedForm
from migrator.archives.age.keys import Key, Lock, recipients_in, refuse_weak_passphrase
from migrator.archives.errors import ArchiveError
from migrator.models import Archive, Locked
from migrator.services.encryption import UNDERSTOOD, rules

PLAIN, RULE = "plain", "rule"


class SecretText(forms.Textarea):
    """A text that no page shows again, not even where it was refused."""

    def format_value(self, value: Any) -> str:
        """Always empty."""
        return ""


def recipients_field(help_text: str = "") -> forms.CharField:
    """Public keys, one a line."""
    widget = forms.Textarea(
        attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off", "autocapitalize": "none"}
    )
    return forms.CharField(
        label="Recipients",
        required=False,
        widget=widget,
        help_text=f"Public keys, one a line: age1…, ssh-ed25519 or ssh-rsa.{help_text}",
    )


def private_keys_field() -> forms.CharField:
    """Private keys; what was typed is never shown again."""
    widget = SecretText(
        attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off", "autocapitalize": "none"}
    )
    return forms.CharField(
        label="Private key",
        required=False,
        widget=widget,
        strip=False,
        help_text="The text of the key file: the line AGE-SECRET-KEY-1…, or an SSH key from "
        "BEGIN to END.",
    )


class EncryptionForm(StatedForm):
    """The choice for a backup: as the server's rule says, to recipients, or with a passphrase."""

    all_optional = True  # which fields are needed follows the choice

    lock = forms.ChoiceField(label="Encrypt the archives", widget=forms.RadioSelect, required=False)
    recipients = recipients_field()
    passphrase = secret_field(
        "Passphrase",
        "At least 12 characters; several words that nobody would guess. It is kept sealed until "
        "the backup is over, then forgotten.",
    )
    passphrase_again = secret_field("Passphrase again")
    key_loss = forms.BooleanField(label=UNDERSTOOD, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.always: list[str] = rules().recipients
        choice = self.fields["lock"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = self._choices()
        choice.initial = RULE if self.always else PLAIN

    def _choices(self) -> list[tuple[str, str]]:
        if self.always:
            return [
                (RULE, "To the recipients that the administrators set for every archive"),
                (Locked.RECIPIENTS, "To those and further recipients"),
            ]
        return [
            (PLAIN, "Not encrypted: whoever has the file can read it"),
            (Locked.RECIPIENTS, "To recipients: whoever has one of their private keys opens it"),
            (Locked.PASSPHRASE, "With a passphrase"),
        ]

    def clean(self) -> dict[str, Any]:
        """What the chosen way needs."""
        cleaned = self.cleaned_data
        lock = cleaned.get("lock")
        if lock == Locked.RECIPIENTS:
            self._checked("recipients", lambda: recipients_in(cleaned.get("recipients", "")))
        if lock == Locked.PASSPHRASE:
            passphrase = cleaned.get("passphrase", "")
            self._checked("passphrase", lambda: refuse_weak_passphrase(passphrase))
            if passphrase != cleaned.get("passphrase_again"):
                self.add_error("passphrase_again", "The two are not the same.")
        if lock in Locked.values and not cleaned.get("key_loss"):
            self.add_error("key_loss", "Confirm this first; nothing was started.")
        return cleaned

    def _checked(self, field: str, check: Any) -> None:
        try:
            check()
        except ArchiveError as error:
            self.add_error(field, f"{error.happened} {error.remedy}")

    @property
    def chosen(self) -> Lock | None:
        """What the service takes; None: as the server's rule says."""
        if self.cleaned_data["lock"] == Locked.RECIPIENTS:
            return Lock(recipients=tuple(recipients_in(self.cleaned_data["recipients"])))
        if self.cleaned_data["lock"] == Locked.PASSPHRASE:
            return Lock(passphrase=self.cleaned_data["passphrase"])
        return None


class UnlockForm(StatedForm):
    """What opens one archive."""

    private_key = private_keys_field()
    passphrase = secret_field("Passphrase")

    def __init__(self, *args: Any, archive: Archive, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_passphrase = archive.encryption == Locked.PASSPHRASE
        del self.fields["private_key" if by_passphrase else "passphrase"]
        for field in self.fields.values():
            field.required = True

    @property
    def key(self) -> Key:
        """What the service tries."""
        return key_of(self.cleaned_data)


class BroughtKeyForm(forms.Form):
    """What opens the archives that are brought."""

    private_key = private_keys_field()
    passphrase = secret_field("Passphrase")
    all_optional = True  # plain archives need neither


class RulesForm(StatedForm):
    """To whom every archive of this server is encrypted."""

    all_optional = True

    recipients = recipients_field(" Left empty, each backup chooses.")
    key_loss = forms.BooleanField(label=UNDERSTOOD, required=False)


def key_of(given: dict[str, str]) -> Key:
    """What was typed; blanks around a private key do not count, those of a passphrase do."""
    return Key(
        identities=given.get("private_key", "").strip(), passphrase=given.get("passphrase", "")
    )
