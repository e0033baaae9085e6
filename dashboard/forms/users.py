"""Forms for people, their second factor, tokens and approvals."""

from typing import Any

from django import forms

from dashboard.forms.session import SetUpForm
from dashboard.forms.stated import StatedForm
from migrator.services.users import ROLE_WORDS, TOKEN_DAYS, Role

_CODE = {"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}


class RoleForm(StatedForm):
    """What somebody may do."""

    role = forms.ChoiceField(
        label="Role",
        choices=[(role, f"{role.label}: {ROLE_WORDS[role]}") for role in Role],
        widget=forms.RadioSelect,
        initial=Role.VIEWER,
    )
    downloads = forms.BooleanField(
        label="May download archives",
        required=False,
        help_text="Archives hold document text in clear. Administrators always may.",
    )


class PersonForm(RoleForm):
    """A new person."""

    name = forms.CharField(
        label="User name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    field_order = ("name", "role", "downloads")


class NewPasswordForm(SetUpForm):
    """The password of somebody who was invited."""

    name = None  # type: ignore[assignment] # the name was chosen by whoever invited


class ChangePasswordForm(NewPasswordForm):
    """One's own password."""

    old = forms.CharField(
        label="Present password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old", "password", "again")


class CodeForm(StatedForm):
    """A code from the authenticator app, or a recovery code."""

    code = forms.CharField(
        label="Code", max_length=20, widget=forms.TextInput(attrs=_CODE), strip=True
    )


class TokenForm(StatedForm):
    """A new token for the API."""

    name = forms.CharField(label="What it is for", max_length=100)
    days = forms.TypedChoiceField(
        label="Works for", coerce=int, choices=[(d, f"{d} days") for d in TOKEN_DAYS], initial=30
    )


class DecisionForm(StatedForm):
    """Allow or refuse."""

    all_optional = True

    reason = forms.CharField(
        label="Reason", required=False, max_length=500, help_text="Needed where you refuse."
    )

    def clean(self) -> dict[str, Any]:
        """Which of the two buttons was pressed."""
        self.cleaned_data["granted"] = "allow" in self.data
        return self.cleaned_data
