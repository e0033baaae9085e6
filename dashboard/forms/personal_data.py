"""Whom to look for, and whom to erase."""

from typing import Any

from django import forms

from dashboard.forms.stated import StatedForm
from migrator.services.personal_data.looking import Terms


class PersonalDataForm(StatedForm):
    """What a person is called, a line for each name."""

    terms = forms.CharField(
        label="Names, e-mail addresses and user ids of one person",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        help_text="Each on a line of its own. They are matched as whole words, capitals or not. "
        "Nothing of it is kept or logged.",
    )

    @property
    def wanted(self) -> Terms:
        """What the service looks for; raises ServiceError where it will not do."""
        return Terms(self.cleaned_data["terms"].splitlines())


class EraseForm(PersonalDataForm):
    """The same, confirmed."""

    confirmed = forms.BooleanField(
        label="Replace this person everywhere it says so above. It cannot be undone.",
        error_messages={"required": "Confirm this first; nothing was changed."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["terms"].widget = forms.HiddenInput()
        self.fields["confirmed"].error_messages["required"] = (
            "Confirm this first; nothing was changed."
        )
