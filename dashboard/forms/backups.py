"""Which workspaces to back up: those that the connector sees, or those that a person names."""

from typing import Any

from django import forms

from dashboard.forms.stated import StatedForm
from migrator.models import Instance, Workspace
from migrator.services.plans import LANGUAGES, TOKENIZERS

# Nobody's language is guessed: a restore into another one is refused.
CHOOSE = ("", "Choose")


class BackupForm(StatedForm):
    """The workspaces of one instance, to be chosen."""

    def __init__(self, *args: Any, instance: Instance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workspaces"] = forms.ModelMultipleChoiceField(
            queryset=Workspace.objects.present().filter(instance=instance),
            required=False,
            error_messages={"invalid_choice": "One of these workspaces is not there any more."},
        )

    def clean(self) -> dict[str, Any]:
        """At least one."""
        if not self.errors and not self.cleaned_data.get("workspaces"):
            self.add_error("workspaces", "Choose at least one workspace.")
        return self.cleaned_data


class NamedWorkspaceForm(StatedForm):
    """A workspace that only a person can see."""

    name = forms.CharField(
        label="Name of the workspace",
        max_length=256,
        help_text="As it stands in Knowledge Studio.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label="Language",
        choices=[CHOOSE, *LANGUAGES.items()],
        error_messages={"required": "Choose the language."},
        help_text="Under Settings of the workspace. A restore needs the same language.",
    )
    tokenizer = forms.ChoiceField(
        label="Tokenizer",
        choices=[*TOKENIZERS.items(), ("", "I do not know")],
        required=False,
        initial="ml",
    )
    description = forms.CharField(
        label="Description", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
