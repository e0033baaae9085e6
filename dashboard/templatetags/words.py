"""Numbers, sizes, times and names as people read them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from migrator.models import Step
from migrator.services.pace import Pace, pace_of
from migrator.services.plans import LANGUAGES, TOKENIZERS
from migrator.services.worksheets.cells import state_word

register = template.Library()


@register.filter
def number(value: int | str | None) -> str:
    """12,345; an en dash where nobody counted: None, or "" for a count that is not there at all."""
    return f"{value:,}" if isinstance(value, int) else "–"


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
def cell(cells: Mapping[str, object], key: str) -> object:
    """What stands under `key`; "" where nothing does."""
    return cells.get(key, "")


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
def state(code: str) -> str:
    """A state of Knowledge Studio's in words: "In progress" for IN_PROGRESS."""
    return state_word(code) or "–"


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
def noted_moment(value: str | None) -> str | SafeString:
    """The same of a time that is written down in ISO form."""
    return moment(datetime.fromisoformat(value)) if value else "–"


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
def pace(step: Step) -> str:
    """ "12 documents a second, about 6–9 min left"; empty without enough to go by."""
    found = pace_of(step, timezone.now())
    return in_pace(found, step.unit) if found else ""


def in_pace(found: Pace, unit: str) -> str:
    """A pace in words: the rate, and what is left as a range."""
    return ", ".join(part for part in (_rate(found.rate, unit), _left(found)) if part)


def _rate(rate: float, unit: str) -> str:
    if unit == "bytes":
        return f"{size(round(rate))}/s"
    amount, span = (rate, "second") if rate >= 1 else (rate * 60, "minute")
    return f"{amount:,.0f} {unit} a {span}" if amount >= 1 else ""


def _left(pace: Pace) -> str:
    if pace.soonest is None or pace.latest is None:
        return ""
    if pace.latest < timedelta(minutes=1):
        return "less than a minute left"
    span, unit = (60, "min") if pace.soonest < timedelta(hours=2) else (3600, "h")
    low, high = (int(each.total_seconds() / span) for each in (pace.soonest, pace.latest))
    return f"about {max(low, 1)}–{max(high, low, 1) + 1} {unit} left"
