"""What a plan is about: purpose, workspaces, what becomes of the source."""

from collections import Counter
from typing import Any

from django import forms

from dashboard.forms.backups import CHOOSE
from dashboard.forms.stated import StatedForm
from migrator.models import Instance, Plan, Workspace
from migrator.services.guided_plans import LONGEST_NAME
from migrator.services.plans import LANGUAGES, TOKENIZERS

PURPOSES = (
    (Plan.Purpose.BACKUP, "Back up: sealed archives, nothing is restored for now"),
    (Plan.Purpose.COPY, "Copy: also restore into a target; the source goes on being used"),
    (Plan.Purpose.MOVE, "Move: also restore into a target, which takes the source's place"),
)
LONGEST_WORKSPACE_NAME = 256
DELETES = {"yes": True, "no": False, "": None}


class PlanForm(StatedForm):
    """The scope of a plan over the workspaces of one instance.

    Where a person serves the instance, workspaces that are not listed yet may be named as well.
    """

    purpose = forms.ChoiceField(
        label="What is it for?",
        choices=PURPOSES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is for."},
    )
    deletes_source = forms.ChoiceField(
        label="Will you delete the source workspaces afterwards?",
        choices=(("yes", "Yes"), ("no", "No"), ("", "Not decided yet")),
        required=False,
        initial="",
        help_text="If so, their deployed models must be undeployed first, or they go on charging; "
        "the plan sees to that.",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label="Name of the plan",
        max_length=LONGEST_NAME,
        required=False,
        help_text="Empty: it is named after its workspaces.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    new_names = forms.CharField(
        label="Names of the workspaces",
        required=False,
        help_text="As they stand in Knowledge Studio, one on each line.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    new_language = forms.ChoiceField(
        label="Language",
        choices=[CHOOSE, *LANGUAGES.items()],
        required=False,
        help_text="Under Settings of a workspace. A restore needs the same language. Workspaces in "
        "another language are added later.",
    )
    new_tokenizer = forms.ChoiceField(
        label="Tokenizer",
        choices=[*TOKENIZERS.items(), ("", "I do not know")],
        required=False,
        initial="ml",
    )

    def __init__(self, *args: Any, instance: Instance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.takes_names = not instance.is_connected
        self.fields["workspaces"] = forms.ModelMultipleChoiceField(
            queryset=Workspace.objects.present().filter(instance=instance),
            required=False,
            error_messages={"invalid_choice": "One of these workspaces is not there any more."},
        )

    def clean(self) -> dict[str, Any]:
        """At least one workspace, chosen or named."""
        given = self.cleaned_data
        is_known = not self.errors.keys() & {"workspaces", "new_names"}
        if is_known and not (given.get("workspaces") or self.named):
            self.add_error("workspaces", "Choose at least one workspace.")
        if self.named and not given.get("new_language"):
            self.add_error("new_language", "Choose the language of the workspaces.")
        return given

    def clean_deletes_source(self) -> bool | None:
        """True, False, or None where nobody decided."""
        return DELETES[self.cleaned_data["deletes_source"]]

    def clean_new_names(self) -> list[str]:
        """One name on each line, none of them twice."""
        lines = self.cleaned_data["new_names"].splitlines()
        names = [line.strip() for line in lines if line.strip()]
        most = LONGEST_WORKSPACE_NAME
        for name in names:
            if len(name) > most:
                said = f"A name has at most {most} characters: {name[:40]}… has more."
                self.add_error("new_names", said)
        for name, times in Counter(names).items():
            if times > 1:
                self.add_error("new_names", f"{name} stands here {times} times.")
        return names

    @property
    def named(self) -> list[dict[str, str]]:
        """The workspaces that were named."""
        given = self.cleaned_data
        if not self.takes_names:
            return []
        return [
            {
                "name": name,
                "language": given.get("new_language", ""),
                "tokenizer": given.get("new_tokenizer", ""),
            }
            for name in given.get("new_names", [])
        ]


def initial_of(plan: Plan) -> dict[str, str]:
    """What the form shows of a plan that is there."""
    words = {value: word for word, value in DELETES.items()}
    return {
        "purpose": plan.purpose,
        "deletes_source": words[plan.deletes_source],
        "name": plan.name,
    }
