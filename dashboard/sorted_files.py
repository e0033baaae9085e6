"""What became of files that were brought for many workspaces at once, in messages."""

from collections import defaultdict
from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest

from dashboard.answers import explained
from dashboard.templatetags.words import plural
from migrator.models import PlanItem
from migrator.services.arrivals import Arrival
from migrator.services.sorting import Sorted

TOLD = 10  # workspaces, and refusals, that are told one by one


def tell_arrival(request: HttpRequest, arrival: Arrival) -> None:
    """What became of one file: taken, or kept until the person says which of two counts."""
    name, sentence = arrival.file.name, arrival.recognized.sentence
    if arrival.is_asked_about:
        said = f"{sentence} Another one is here already: say below which of the two counts."
        messages.warning(request, f"{name} does not count yet.\n{said}")
    else:
        messages.success(request, f"{name} was taken.\n{sentence}")


def tell_sorted(request: HttpRequest, found: Sorted) -> None:
    """One message for what was taken, one for what waits, one for each refusal."""
    if found.taken:
        verb = "was" if len(found.taken) == 1 else "were"
        title = f"{plural(len(found.taken), 'file')} {verb} taken."
        messages.success(request, f"{title}\n{_by_workspace(found.taken)}")
    if found.asked_about:
        verb = "does" if len(found.asked_about) == 1 else "do"
        title = f"{plural(len(found.asked_about), 'file')} {verb} not count yet."
        said = f"{_by_workspace(found.asked_about)} Others are here already: say below which count."
        messages.warning(request, f"{title}\n{said}")
    if found.unsorted:
        messages.warning(
            request,
            f"{plural(len(found.unsorted), 'file')} of unknown workspaces.\nNothing in them, and "
            "nothing in their names, tells which workspace they are of. Say it below.",
        )
    for refusal in found.refused[:TOLD]:
        messages.error(request, f"{refusal.happened}\n{explained(refusal)}")
    if len(found.refused) > TOLD:
        more = plural(len(found.refused) - TOLD, "more file")
        messages.error(request, f"Refused were {more}.\nNothing of them was stored.")


def _by_workspace(given: Iterable[tuple[str, PlanItem]]) -> str:
    names: dict[str, list[str]] = defaultdict(list)
    for name, item in given:
        names[item.name].append(name)
    told = [f"{workspace}: {', '.join(files)}." for workspace, files in names.items()]
    more = len(told) - TOLD
    return " ".join(told[:TOLD] + ([f"And {plural(more, 'workspace')} more."] if more > 0 else []))


def pk_in(request: HttpRequest, name: str) -> int:
    """The key that a field of the form names; 0 where it names none."""
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() else 0
