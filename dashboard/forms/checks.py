"""Accepting what checks found, and answering what nobody else knows."""

from typing import Any

from django import forms
from django.http import HttpRequest

from dashboard.forms.stated import StatedForm
from migrator.checks.check import Question

_SEVERAL_LINES = {"rows": 3, "autocomplete": "off"}


class AcceptForm(StatedForm):
    """Why it may stay as it is; kept with the name of who says so."""

    # It shares its HTML form with the other one, and each has a button of its own.
    use_required_attribute = False

    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        help_text="Why it may stay as it is. Your name and the time are kept with it, and it holds "
        "until what was found changes.",
        widget=forms.Textarea(attrs=_SEVERAL_LINES),
    )


class AnswerForm(StatedForm):
    """The question of a check; its words are the label of the choices."""

    use_required_attribute = False

    value = forms.ChoiceField(widget=forms.RadioSelect)
    names = forms.CharField(
        max_length=10_000,
        required=False,
        help_text="One a line.",
        widget=forms.Textarea(attrs=_SEVERAL_LINES),
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(choice.value, choice.words) for choice in question.choices]
        self.fields["value"].choices = choices  # type: ignore[attr-defined]
        self.fields["value"].label = question.words
        self.fields["value"].error_messages["required"] = "Choose one of the answers."
        self.fields["names"].label = question.names
        if not question.names:
            del self.fields["names"]


def chosen_results(request: HttpRequest) -> dict[int, str]:
    """The results that were ticked, with the mark of what the page showed of each."""
    chosen = (one.partition(":") for one in request.POST.getlist("chosen"))
    return {int(pk): mark for pk, _, mark in chosen if pk.isdecimal()}
