"""Where an archive goes: a new workspace or one that is there."""

from typing import Any

from django import forms

from dashboard.forms.stated import StatedForm
from migrator.models import Archive, Instance, PlanItem, Workspace
from migrator.services.plans import LANGUAGES, TOKENIZERS

NEW = "new"


def _initial(draft: PlanItem, target: Instance) -> dict[str, str]:
    """What was chosen before, as far as it fits this target."""
    if draft.target_workspace_id:
        same = draft.plan.target_id == target.pk
        return {"into": draft.target_workspace_id} if same else {}
    return {"name": draft.new_name, "tokenizer": draft.target_tokenizer}


class RestoreForm(StatedForm):
    """New or existing, name, tokenizer, and the entity type of each dictionary.

    `dictionaries` are names, `labels` the archive's entity types, `draft` what the person chose
    the last time without starting it.
    """

    all_optional = True  # the name is needed for a new workspace only

    into = forms.ChoiceField(label="Restore into", widget=forms.RadioSelect)
    name = forms.CharField(
        label="Name of the new workspace",
        max_length=256,
        required=False,
        help_text="The target must not have a workspace of that name.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    tokenizer = forms.ChoiceField(
        label="Tokenizer",
        choices=TOKENIZERS.items(),
        required=False,
        help_text="It cannot be changed later. Another tokenizer than the source's moves sentence "
        "borders, and annotations that then cross one are dropped.",
    )

    def __init__(
        self,
        *args: Any,
        archive: Archive,
        target: Instance,
        dictionaries: list[str],
        labels: list[str],
        known: dict[str, str],
        draft: PlanItem | None = None,
        **kwargs: Any,
    ) -> None:
        if draft is not None:
            known = {one["dictionary"]: one["entity_type"] for one in draft.mappings}
            kwargs["initial"] = _initial(draft, target)
        super().__init__(*args, **kwargs)
        self.archive, self.dictionaries = archive, dictionaries
        self.candidates = list(
            Workspace.objects.present().filter(instance=target, language__iexact=archive.language)[
                :200
            ]
        )
        there = [(row.workspace_id, f"{row.name} (existing)") for row in self.candidates]
        self.fields["into"].choices = [(NEW, "A new workspace"), *there]  # type: ignore[attr-defined]
        self.fields["into"].initial = NEW
        self.fields["name"].initial = archive.workspace_name
        self.fields["tokenizer"].initial = archive.facts["workspace"].get("tokenizer") or "ml"
        for number, dictionary in enumerate(dictionaries):
            self.fields[f"type_{number}"] = forms.ChoiceField(
                label=dictionary,
                choices=[("", "Leave it without an entity type"), *((x, x) for x in labels)],
                required=False,
                initial=known.get(dictionary, ""),
            )

    @property
    def language_note(self) -> str:
        """Why some workspaces of the target are not offered."""
        language = LANGUAGES.get(self.archive.language.lower(), "not known")
        return (
            f"The archive's language is {language}, "
            "so only workspaces of that language are offered, and a new one gets it."
        )

    def clean(self) -> dict[str, Any]:
        """A new workspace needs a name."""
        if self.cleaned_data.get("into") == NEW and not self.cleaned_data.get("name"):
            self.add_error("name", "A new workspace needs a name.")
        return self.cleaned_data

    @property
    def type_fields(self) -> list[forms.BoundField]:
        """One field for each dictionary."""
        return [self[f"type_{number}"] for number in range(len(self.dictionaries))]

    @property
    def existing(self) -> Workspace | None:
        """The chosen workspace, None for a new one."""
        chosen = self.cleaned_data["into"]
        return next((row for row in self.candidates if row.workspace_id == chosen), None)

    @property
    def mappings(self) -> list[dict[str, str]]:
        """The chosen entity types, as a plan keeps them."""
        chosen = [self.cleaned_data[f"type_{n}"] for n in range(len(self.dictionaries))]
        pairs = zip(self.dictionaries, chosen, strict=True)
        return [{"dictionary": name, "entity_type": label} for name, label in pairs if label]
