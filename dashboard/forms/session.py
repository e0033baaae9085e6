"""Forms for signing in and for the first administrator."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from dashboard.forms.stated import StatedForm

LEAST = 12  # characters of a password, as the validators in the settings ask


class SignInForm(AuthenticationForm):
    """Name and password; a password store may fill in both and pasting is allowed."""

    error_messages = {
        "invalid_login": "Name and password do not belong together. Check both; capitals count.",
        "inactive": "This account is switched off. An administrator can switch it on again.",
    }


class SetUpForm(StatedForm):
    """Who the first administrator is."""

    name = forms.CharField(
        label="User name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="Password",
        help_text=f"At least {LEAST} characters; a password store may make one for you.",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The same password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both passwords are equal."""
        given = self.cleaned_data
        if given.get("again") and given.get("password") != given["again"]:
            self.add_error("again", "This is not the same password.")
        return given
