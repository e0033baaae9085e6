"""Forms whose refusal comes from a service, in its own words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms

from migrator.formats.errors import StatedError


class StatedForm(forms.Form):
    """A form that shows what a service said when it refused; nothing of the input is lost."""

    refusal: StatedError | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = f"{field.label} is missing."

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Within this block a StatedError becomes the form's refusal."""
        try:
            yield
        except StatedError as error:
            self.refusal = error
