"""Numbers, sizes, times and names as people read them."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from migrator.models import Step
from migrator.services.plans import LANGUAGES, TOKENIZERS

register = template.Library()

LEAST_SECONDS = 10  # a pace measured over less tells nothing


@register.filter
def number(value: int | None) -> str:
    """12,345; an en dash where nobody counted."""
    return "–" if value is None else f"{value:,}"


@register.filter
def size(value: int | None) -> str:
    """Bytes in decimal units, as Knowledge Studio's limits are: 1.2 MB."""
    if value is None:
        return "–"
    amount = float(value)
    for unit in ("bytes", "KB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


@register.filter
def plural(count: int, noun: str) -> str:
    """`3|plural:"document"` is "3 documents"; "entry,entries" gives both forms."""
    one, _, many = noun.partition(",")
    return f"{count:,} {one if count == 1 else many or one + 's'}"


@register.filter
def language(code: str) -> str:
    """English (en); the code itself where it is none of the service's."""
    name = LANGUAGES.get(code.lower())
    return f"{name} ({code})" if name else code or "–"


@register.filter
def tokenizer(code: str) -> str:
    """Machine learning or Dictionary."""
    return TOKENIZERS.get(code, code or "Not known").removesuffix(" (default)")


@register.filter
def ago(moment: datetime | None) -> str | SafeString:
    """The time as a distance, with the exact time for machines and on hover."""
    if moment is None:
        return "Never"
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        moment.isoformat(timespec="seconds"),
        timezone.localtime(moment).strftime("%-d %b %Y, %H:%M:%S %Z"),
        in_words(timezone.now() - moment),
    )


def in_words(gone: timedelta) -> str:
    """ "4 s ago", "12 min ago", "3 h ago", "5 days ago"."""
    seconds = max(int(gone.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s ago"
    if seconds < 3600:
        return f"{seconds // 60} min ago"
    if seconds < 2 * 86400:
        return f"{seconds // 3600} h ago"
    return f"{seconds // 86400} days ago"


@register.filter
def moment(value: datetime | None) -> str | SafeString:
    """The exact time: 12 Nov 2026, 14:02."""
    if value is None:
        return "–"
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>',
        value.isoformat(timespec="seconds"),
        local.strftime("%-d %b %Y, %H:%M"),
    )


@register.filter
def took(step: object) -> str:
    """How long something with started_at and finished_at took: 0:12 or 1:02:03; empty before."""
    started, finished = getattr(step, "started_at", None), getattr(step, "finished_at", None)
    if started is None or finished is None:
        return ""
    seconds = max(round((finished - started).total_seconds()), 0)
    if seconds < 1:
        return "under 1 s"
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


# What each collecting step is asked for: names of counts.
_FOUND = {
    Step.Kind.TYPES: ("entity_types", "relation_types"),
    Step.Kind.DICTIONARIES: ("dictionaries", "entries"),
    Step.Kind.DOCUMENTS: ("documents", "mentions", "relations"),
}


_NOUNS = {
    "entity_types": "entity type",
    "relation_types": "relation type",
    "dictionaries": "dictionary,dictionaries",
    "entries": "entry,entries",
    "documents": "document",
    "mentions": "mention",
    "relations": "relation",
}


@register.filter
def found(step: Step) -> str:
    """ "12 entity types, 15 relation types": what the step's files hold; empty where unknown."""
    counts = step.facts.get("inspection", {}).get("counts", {})
    names = [name for name in _FOUND.get(Step.Kind(step.kind), ()) if name in counts]
    return ", ".join(plural(counts[name], _NOUNS[name]) for name in names)


@register.filter
def work_done(step: Step) -> str:
    """ "6,210 of 8,954 documents", bytes as sizes; empty where nothing was counted yet."""
    if not step.done and step.total is None:
        return ""
    shown = size if step.unit == "bytes" else number
    of = f" of {shown(step.total)}" if step.total is not None else ""
    unit = "" if step.unit == "bytes" else f" {step.unit}"
    return f"{shown(step.done)}{of}{unit}"


@register.filter
def time_left(step: Step) -> str:
    """ "about 6–9 min left", from the pace so far; empty without enough to go by."""
    if not (step.total and step.done and step.started_at) or step.done >= step.total:
        return ""
    gone = (timezone.now() - step.started_at).total_seconds()
    if gone < LEAST_SECONDS:
        return ""
    left = gone * (step.total - step.done) / step.done
    if left < 60:
        return "less than a minute left"
    low, high = max(int(left * 0.8 / 60), 1), int(left * 1.3 / 60) + 1
    return f"about {low}–{high} min left"
