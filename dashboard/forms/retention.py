"""The rule by which archives go, and a hold on one."""

from typing import Any

from django import forms

from dashboard.forms.stated import StatedForm
from migrator.services.retention import Rule


class RuleForm(StatedForm):
    """The rule of the server; the days left empty mean that nothing goes."""

    all_optional = True

    days = forms.IntegerField(
        label="Delete archives that are older than so many days",
        min_value=1,
        max_value=36_500,
        required=False,
        error_messages={"min_value": "At least one day."},
        help_text="Left empty, no archive is deleted by a rule.",
    )
    newest = forms.IntegerField(
        label="Always keep so many of the newest whole archives of each workspace",
        min_value=1,
        max_value=1000,
        required=False,
        error_messages={"min_value": "At least one archive."},
        help_text="At least 1: the only archive of a workspace is never deleted by a rule.",
    )
    takes_receipts = forms.BooleanField(
        label="Delete also what a receipt names",
        required=False,
        help_text="A receipt names the archive because of which a source workspace could be "
        "deleted. Without it, the receipt proves less.",
    )

    def clean_newest(self) -> int:
        """One where nothing was typed."""
        return self.cleaned_data.get("newest") or 1

    @property
    def rule(self) -> Rule:
        """What was typed, as a rule."""
        given: dict[str, Any] = self.cleaned_data
        return Rule(given["days"], given["newest"], given["takes_receipts"])


def fields_of(rule: Rule) -> dict[str, Any]:
    """A rule as the form's values."""
    return {"days": rule.days, "newest": rule.newest, "takes_receipts": rule.takes_receipts}


class HoldForm(StatedForm):
    """Why an archive has to stay."""

    reason = forms.CharField(
        label="Why it has to stay",
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
