"""How the tasks of a workspace are made again."""

from django import forms
from django.utils import timezone

from dashboard.forms.stated import StatedForm
from migrator.services.rebuilding.kit import ALL_DOCUMENTS, SOON, Kit


class KitForm(StatedForm):
    """The date for tasks without one to come, and how annotation sets are drawn."""

    due = forms.DateField(
        label="New due date",
        required=False,
        help_text="For tasks whose date is past or not known. Others keep theirs.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    base_set = forms.CharField(
        label="Base set",
        max_length=256,
        required=False,
        help_text="The document set that annotation sets are drawn from, where the worksheet names "
        f"none: its exact name, or {ALL_DOCUMENTS}.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    overlap = forms.IntegerField(
        label="Overlap %",
        min_value=0,
        max_value=100,
        help_text="The share of documents that every annotator of a task gets.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: object, kit: Kit, **kwargs: object) -> None:
        choices = kit.choices
        initial = {
            "due": choices.due or timezone.localdate() + SOON,
            "base_set": choices.base_set,
            "overlap": choices.overlap,
        }
        super().__init__(*args, initial=initial, **kwargs)
