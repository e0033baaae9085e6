"""Forms of a worksheet: one line of it, and what is said of the whole."""

from collections.abc import Mapping
from typing import Any

from django import forms

from migrator.models import WorksheetRow
from migrator.services.worksheets.columns import Column, Sheet, Sort
from migrator.services.worksheets.editing import BadCells


class CellField(forms.CharField):
    """A cell as text; whether it can be taken, and whether it is missing, the service says."""

    def validate(self, value: Any) -> None:
        """Take anything."""


class RowForm(forms.Form):
    """One line, with the columns of its sheet."""

    use_required_attribute = False

    def __init__(self, sheet: Sheet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in sheet.columns:
            self.fields[column.key] = CellField(
                label=column.label,
                required=column.is_required,
                help_text=column.hint,
                strip=False,
                widget=_widget(column),
            )

    @property
    def given(self) -> dict[str, str]:
        """What was sent, by column."""
        return {key: self.data[key] for key in self.fields if key in self.data}

    def show(self, refused: BadCells) -> None:
        """Say at each field why it cannot be taken."""
        for key, words in refused.wrong.items():
            self.add_error(key, f"{self.fields[key].label} {words}")


def initial_of(row: WorksheetRow | None) -> Mapping[str, Any]:
    """What a form about `row` shows first."""
    return row.cells if row else {}


def _widget(column: Column) -> forms.Widget:
    if column.choices:
        return forms.Select(choices=[("", "Not known"), *column.choices])
    if column.sort == Sort.NOTE:
        return forms.Textarea(attrs={"rows": 4})
    if column.sort == Sort.DATE:
        return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if column.sort == Sort.NUMBER:
        return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.TextInput(attrs={"autocomplete": "off"})
