"""The form with which the first administrator chooses name and password."""

from typing import Any

from django import forms


class SetUpForm(forms.Form):
    """A name, and the password twice; whether they are good enough the service decides."""

    name = forms.CharField(
        max_length=150,
        help_text="You sign in with it. Letters, digits and @ . + - _",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        help_text="At least 12 characters, and not one of the common ones.",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        """Both passwords must be the same."""
        cleaned = super().clean() or {}
        if cleaned.get("password") != cleaned.get("password_again"):
            self.add_error("password_again", "The two passwords differ. Type the same one twice.")
        return cleaned
