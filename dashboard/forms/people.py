"""Filters above the lists of people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q

from dashboard.forms.filters import ALL, Filter, instances
from dashboard.people_rows import RESULTS, keys_of
from migrator.models import Instance, InstancePerson, Member
from migrator.services.worksheets.columns import ROLES


class PeopleFilter(Filter):
    """Which people to list."""

    q = forms.CharField(label="User or name contains", required=False, max_length=256)
    instance = forms.ChoiceField(label="Instance", required=False, choices=instances)
    role = forms.ChoiceField(
        label="Role", required=False, choices=[ALL, *((role, role) for role in ROLES)]
    )

    @property
    def instance_pk(self) -> int | None:
        """The instance that was chosen."""
        pk = self.cleaned_data.get("instance") if self.is_valid() else ""
        return int(pk) if pk else None

    def keys(self) -> list[str]:
        """Who fits, as user ids in lower case; one query."""
        people = InstancePerson.objects.all()
        members = Member.objects.filter(workspace__gone_at=None)
        given = self.cleaned_data if self.is_valid() else {}
        if given.get("q"):
            named = self._named(given["q"])
            people, members = people.filter(named), members.filter(named)
        if given.get("instance"):
            people = people.filter(instance=given["instance"])
            members = members.filter(workspace__instance=given["instance"])
        if given.get("role"):
            role = Q(role__iexact=given["role"])
            people, members = people.filter(role), members.filter(role)
        return keys_of(people, members)

    @staticmethod
    def _named(words: str) -> Q:
        return Q(user_id__icontains=words) | Q(name__icontains=words)


class AgainstForm(Filter):
    """Which instance against which; `show` keeps one result."""

    source = forms.ChoiceField(label="Source")
    target = forms.ChoiceField(label="Target")
    show = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[ALL, *((key, look.word) for key, look in RESULTS.items())],
    )

    def __init__(self, *args: Any, known: Iterable[Instance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = {str(instance.pk): instance for instance in known}
        choices = [(pk, instance.name) for pk, instance in self._known.items()]
        for name, (pk, _) in zip(("source", "target"), choices[:2], strict=False):
            self.initial.setdefault(name, pk)
        self.fields["source"].choices = choices  # type: ignore[attr-defined]
        self.fields["target"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Two instances, in place of their keys."""
        given = self.cleaned_data
        if not self.errors and given["source"] == given["target"]:
            self.add_error("target", "Choose another instance than the source.")
            return given
        for name in ("source", "target"):
            if name in given:
                given[name] = self._known[given[name]]
        return given
