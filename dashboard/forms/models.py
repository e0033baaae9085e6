"""Forms about deployed models: the filter above the list, and what is decided of each."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q

from dashboard.forms.filters import ALL, Filter
from migrator.models import ModelService, ServedModel, Standing

GONE = "gone"


class ModelFilter(Filter):
    """Which deployed models to list."""

    q = forms.CharField(label="Workspace or model id contains", required=False, max_length=256)
    standing = forms.ChoiceField(
        label="Standing",
        required=False,
        choices=[("", "All that are deployed"), *Standing.choices, (GONE, "Gone")],
    )
    service = forms.ChoiceField(label="Service", required=False)

    def __init__(self, *args: Any, services: Iterable[ModelService], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [ALL, *((str(each.pk), str(each)) for each in services)]
        self.fields["service"].choices = choices  # type: ignore[attr-defined]

    def applied(self) -> Any:
        """The models that fit, what needs somebody first, in one query."""
        given = self.cleaned_data if self.is_valid() else {}
        rows: Any = ServedModel.objects.for_listing()
        standing = given.get("standing")
        if standing == GONE:
            rows = rows.exclude(gone_at=None)
        else:
            rows = rows.present()
            rows = rows.filter(standing=standing) if standing else rows
        if given.get("service"):
            rows = rows.filter(service=given["service"])
        if given.get("q"):
            text = given["q"]
            rows = rows.filter(
                Q(workspace_name__icontains=text)
                | Q(name__icontains=text)
                | Q(model_id__icontains=text)
                | Q(workspace_id=text)
            )
        return rows.most_pressing_first()


class ChoicesForm(forms.Form):
    """What is to become of each of `models`: a choice and a reason for each."""

    CHOICES = (
        (ServedModel.Decision.UNDEPLOY, "Undeploy now"),
        (ServedModel.Decision.AFTER, "Undeploy after the copy is proved"),
        (ServedModel.Decision.LATER, "Keep for now, remind me"),
        (ServedModel.Decision.KEEP, "Keep on purpose"),
    )

    def __init__(self, *args: Any, models: Iterable[ServedModel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.models = list(models)
        for model in self.models:
            self.fields[f"choice_{model.pk}"] = forms.ChoiceField(
                choices=self.CHOICES, required=False
            )
            self.fields[f"reason_{model.pk}"] = forms.CharField(required=False, max_length=500)

    def chosen(self) -> list[tuple[ServedModel, str, str]]:
        """Model, choice and reason, of those where something was chosen."""
        given = self.cleaned_data
        said = [(m, given[f"choice_{m.pk}"], given[f"reason_{m.pk}"]) for m in self.models]
        return [each for each in said if each[1]]
