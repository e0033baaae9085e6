"""Filters above lists: forms of GET requests, empty means all."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef

from migrator.models import Archive, ArchiveHold, AuditEntry, Instance, Run, Workspace
from migrator.services.plans import LANGUAGES

ALL = ("", "All")
PROTECTION = {
    "never": "Never backed up",
    "unverified": "Backup not verified",
    "verified": "Verified backup",
}


def instances() -> list[tuple[str, str]]:
    """Every instance as a choice, and all of them."""
    return [ALL, *((str(pk), name) for pk, name in Instance.objects.values_list("pk", "name"))]


class Filter(forms.Form):
    """The base: nothing has to be filled in, so no label says that it is optional."""

    all_optional = True


class WorkspaceFilter(Filter):
    """Which workspaces to list."""

    q = forms.CharField(label="Name contains", required=False, max_length=256)
    instance = forms.ChoiceField(label="Instance", required=False, choices=instances)
    language = forms.ChoiceField(
        label="Language", required=False, choices=[ALL, *LANGUAGES.items()]
    )
    protection = forms.ChoiceField(
        label="Backup", required=False, choices=[ALL, *PROTECTION.items()]
    )

    def applied(self) -> Any:
        """The workspaces that fit, newest knowledge of them, in one query."""
        rows = Workspace.objects.present().for_listing().order_by("name", "pk")
        given = self.cleaned_data if self.is_valid() else {}
        if given.get("q"):
            rows = rows.filter(name__icontains=given["q"])
        if given.get("instance"):
            rows = rows.filter(instance=given["instance"])
        if given.get("language"):
            rows = rows.filter(language__iexact=given["language"])
        return self._protected(rows, given.get("protection", ""))

    @staticmethod
    def _protected(rows: Any, protection: str) -> Any:
        if protection == "never":
            return rows.filter(last_backup_at=None)
        if protection == "unverified":
            return rows.exclude(last_backup_at=None).filter(last_verified_at=None)
        if protection == "verified":
            return rows.exclude(last_verified_at=None)
        return rows


ARCHIVE_STATES = {
    "verified": "Verified",
    "damaged": "Damaged",
    "held": "Held",
    "encrypted": "Encrypted",
    "never": "Never verified",
}


class ArchiveFilter(Filter):
    """Which archives to list."""

    q = forms.CharField(label="Workspace’s name contains", required=False, max_length=256)
    instance = forms.ChoiceField(label="Instance", required=False, choices=instances)
    state = forms.ChoiceField(label="State", required=False, choices=[ALL, *ARCHIVE_STATES.items()])

    def applied(self) -> Any:
        """The archives that fit, newest first, without what is large of them."""
        rows = Archive.objects.defer("facts", "findings")
        given = self.cleaned_data if self.is_valid() else {}
        if given.get("q"):
            rows = rows.filter(workspace_name__icontains=given["q"])
        if given.get("instance"):
            rows = rows.filter(instance=given["instance"])
        return self._in_state(rows, given.get("state", ""))

    @staticmethod
    def _in_state(rows: Any, state: str) -> Any:
        if state == "verified":
            return rows.whole()
        if state == "damaged":
            return rows.exclude(verify_problem="")
        if state == "held":
            holds = ArchiveHold.objects.filter(archive=OuterRef("pk"), lifted_at=None)
            return rows.filter(Exists(holds))
        if state == "encrypted":
            return rows.exclude(encryption="")
        return rows.filter(verified_at=None) if state == "never" else rows


class RunFilter(Filter):
    """Which runs to list."""

    kind = forms.ChoiceField(label="Kind", required=False, choices=[ALL, *Run.Kind.choices])
    open = forms.ChoiceField(
        label="State", required=False, choices=[ALL, ("open", "Not finished"), ("ended", "Ended")]
    )

    def applied(self) -> Any:
        """The runs that fit, newest first."""
        rows = Run.objects.all()
        given = self.cleaned_data if self.is_valid() else {}
        if given.get("kind"):
            rows = rows.filter(kind=given["kind"])
        if given.get("open"):
            rows = rows.filter(finished_at__isnull=given["open"] == "open")
        return rows


class AuditFilter(Filter):
    """Which entries of the audit log to list."""

    who = forms.CharField(label="Who", required=False, max_length=150)
    action = forms.CharField(
        label="What begins with", required=False, max_length=60, help_text="Such as backup or run."
    )
    since = forms.DateField(
        label="Since", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def applied(self) -> Any:
        """The entries that fit, newest first."""
        rows = AuditEntry.objects.order_by("-at", "-pk")
        given = self.cleaned_data if self.is_valid() else {}
        wanted = {
            "who": given.get("who"),
            "action__startswith": given.get("action"),
            "at__date__gte": given.get("since"),
            "at__date__lte": given.get("until"),
        }
        return rows.filter(**{name: value for name, value in wanted.items() if value})
