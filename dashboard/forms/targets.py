"""Where one item of a plan goes: a new workspace or one that is there."""

from typing import Any

from django import forms
from django.contrib.auth.models import User

from dashboard.forms.stated import StatedForm
from migrator.models import Instance, Plan, Workspace
from migrator.services.plans import TOKENIZERS
from migrator.services.targets import wanted
from migrator.services.targets.standing import Standing

NEW = "new"
OFFERED = 200  # existing workspaces in one list


class TargetForm(forms.Form):
    """The target instance of a plan."""

    target = forms.TypedChoiceField(label="Target instance", coerce=int)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The source comes last: a copy beside the original is rarely what is meant.
        self.instances = sorted(Instance.objects.all(), key=lambda one: one.pk == plan.source_id)
        choices = [(one.pk, _called(one, plan)) for one in self.instances]
        self.fields["target"].choices = [("", "Choose an instance"), *choices]  # type: ignore[attr-defined]
        self.fields["target"].initial = plan.target_id

    @property
    def has_instances(self) -> bool:
        """True where there is one to choose."""
        return bool(self.instances)

    @property
    def instance(self) -> Instance:
        """The chosen one."""
        return next(one for one in self.instances if one.pk == self.cleaned_data["target"])


def _called(instance: Instance, plan: Plan) -> str:
    if instance.pk == plan.source_id:
        return f"{instance.name} (the source itself, under other names)"
    return instance.name


class WhereForm(StatedForm):
    """New or existing, the name typed by the person, the tokenizer."""

    all_optional = True  # name and tokenizer are needed for a new workspace only

    into = forms.ChoiceField(label="Restore into")
    name = forms.CharField(
        label="Name of the new workspace",
        max_length=256,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    tokenizer = forms.ChoiceField(
        label="Tokenizer of the new workspace", choices=TOKENIZERS.items(), required=False
    )

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing
        item = standing.item
        self.candidates = {row.workspace_id: row for row in _candidates(standing)}
        there = [(key, f"{row.name} (existing)") for key, row in self.candidates.items()]
        self.fields["into"].choices = [(NEW, "A new workspace"), *there]  # type: ignore[attr-defined]
        self.fields["into"].initial = item.target_workspace_id or NEW
        self.fields["name"].initial = item.new_name
        self.fields["tokenizer"].initial = item.target_tokenizer or standing.tokenizer or "ml"

    def save(self, user: User) -> None:
        """Send the item where the form says; raises ServiceError."""
        given = self.cleaned_data
        item = self.standing.item
        if given["into"] != NEW:
            wanted.send_into_existing(item, self.candidates[given["into"]], user=user)
            return
        tokenizer = given["tokenizer"] or "ml"
        wanted.send_into_new(item, user=user, name=given["name"], tokenizer=tokenizer)


def _candidates(standing: Standing) -> list[Workspace]:
    """What the target offers in the archive's language."""
    rows = Workspace.objects.present().filter(instance=standing.item.plan.target)
    if standing.item.workspace_id is not None:
        rows = rows.exclude(pk=standing.item.workspace_id)
    if standing.archive is not None:
        rows = rows.filter(language__iexact=standing.archive.language)
    return list(rows[:OFFERED])
