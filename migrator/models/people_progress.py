"""How far the people map of guided plans is: counts in SQL, for the state of a step."""

from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, TextField, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower

from migrator.models.people import PersonMapping
from migrator.models.plan_progress import counted
from migrator.models.worksheets import Worksheet, WorksheetRow

_K = Worksheet.Kind


def people_counts() -> dict[str, Any]:
    """How many people of a plan are decided, are not, and are to become somebody in the target."""
    decided, becoming = Q(_decided()), Q(_decided(target_user__gt=""))
    return {
        "people_undecided": counted(_named().exclude(decided), *_PEOPLE),
        "people_decided": counted(_named().filter(decided), *_PEOPLE),
        "people_given": counted(_named().filter(becoming), *_PEOPLE),
    }


_PEOPLE = ("worksheet__item__plan", "person")


def _named() -> QuerySet[WorksheetRow]:
    """Whom the worksheets of a plan name, as `services.people_map.source_people` reads them."""
    user: Any = Case(
        When(worksheet__kind=_K.ROLES, then=KeyTextTransform("user", "cells")),
        default=KeyTextTransform("annotator", "cells"),
        output_field=TextField(),
    )
    rows = WorksheetRow.objects.annotate(spelled=user, person=Lower(user)).filter(
        person__gt="",
        worksheet__kind__in=[_K.ROLES, _K.TASKS],
        worksheet__item__plan=OuterRef("pk"),
        worksheet__item__left_at=None,
    )
    waived = Q(worksheet__state=Worksheet.State.WAIVED)
    return rows.exclude(waived).exclude(change=WorksheetRow.Change.GONE)


def _decided(**only: Any) -> Any:
    """True where somebody said what the person becomes.

    Mostly the name is spelled alike, which an index answers; its case is looked at only where not.
    """
    mappings = PersonMapping.objects.filter(plan=OuterRef("worksheet__item__plan"), **only)
    folded = mappings.annotate(person=Lower("source_user")).filter(person=OuterRef("person"))
    alike = mappings.filter(source_user=OuterRef("spelled"))
    return Exists(alike) | Exists(folded)
