"""The parts of which pages are made, as tags: each renders a file in templates/parts/."""

from functools import lru_cache
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import QueryDict
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from dashboard import states
from dashboard.answers import explained
from dashboard.targets import look_of
from migrator.formats.errors import StatedError
from migrator.models import Instance, RunState, Step
from migrator.services.targets.standing import Standing

register = template.Library()

# kind: (classes in full, icon)
NOTIFICATIONS = {
    "error": ("cds--inline-notification--error", "error--filled"),
    "warning": ("cds--inline-notification--warning", "warning--alt--filled"),
    "success": ("cds--inline-notification--success", "checkmark--filled"),
    "info": ("cds--inline-notification--info", "information--filled"),
}

WIDGET_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.Textarea, "cds--text-area"),
    (forms.CheckboxInput, ""),
    (forms.widgets.Input, "cds--text-input"),
)


@register.simple_tag
def run_badge(state: RunState) -> SafeString:
    """Whether it ran."""
    return _badge(states.of_run(state), "Run")


@register.simple_tag
def verified_badge(state: str) -> SafeString:
    """Whether it was proven."""
    return _badge(states.of_verified(state), "Verification")


@register.simple_tag
def instance_badge(instance: Instance) -> SafeString:
    """The state of an instance's connection."""
    return _badge(states.of_instance(instance), "Connection")


@register.simple_tag
def step_mark(step: Step) -> SafeString:
    """How far a step is."""
    return _mark(states.of_step(step))


@register.simple_tag
def run_mark(state: RunState) -> SafeString:
    """Whether it ran, in a table."""
    return _mark(states.of_run(state))


@register.simple_tag
def verified_mark(state: str) -> SafeString:
    """Whether it was proven, in a table."""
    return _mark(states.of_verified(state))


@register.simple_tag
def level_mark(level: str) -> SafeString:
    """The level of a finding."""
    return _mark(states.of_level(level))


@register.simple_tag
def target_mark(standing: Standing) -> SafeString:
    """Whether where a workspace goes was read, and whether something is in the way."""
    return _mark(look_of(standing))


@register.simple_tag
def badge(tone: str, icon: str, word: str, about: str) -> SafeString:
    """Any other pill; `about` says to screen readers what it is the state of."""
    return _badge(states.Look(tone, icon, word), about)


@register.simple_tag
def mark(tone: str, icon: str, word: str) -> SafeString:
    """Any other icon and word."""
    return _mark(states.Look(tone, icon, word))


@lru_cache(maxsize=1024)  # a page shows hundreds, a few different ones
def _mark(look: states.Look) -> SafeString:
    return render_to_string("parts/mark.html", {"look": look})


@lru_cache(maxsize=1024)
def _badge(look: states.Look, about: str) -> SafeString:
    return render_to_string("parts/badge.html", {"look": look, "about": about})


@register.inclusion_tag("parts/notification.html")
def notification(kind: str, title: object, text: str = "") -> dict[str, Any]:
    """A notification of kind error, warning, success or info; `title` may hold a second line."""
    head, _, rest = str(title).partition("\n")
    return _notified(kind, head, text or rest)


@register.inclusion_tag("parts/notification.html")
def refusal(error: StatedError, kind: str = "error") -> dict[str, Any]:
    """What a service refused: what happened, what it means, what to do, the reference."""
    return _notified(kind, error.happened, explained(error))


def _notified(kind: str, title: str, text: str) -> dict[str, Any]:
    css, name = NOTIFICATIONS[kind]
    return {"css": css, "icon": name, "title": title, "text": text}


@register.inclusion_tag("parts/notification.html")
def step_problem(step: Step) -> dict[str, Any]:
    """Why a step failed or refused, as it is kept on its row."""
    reference = f"Reference: {step.problem_reference}" if step.problem_reference else ""
    said = (step.problem_meaning, step.problem_remedy, reference)
    title = f"{step.item.name}, {step.get_kind_display().lower()}: {step.problem}"
    return _notified("error", title, " ".join(part for part in said if part))


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, narrow: bool = False) -> dict[str, Any]:
    """A form field with label, helper text and errors tied to it."""
    widget = bound.field.widget
    return {"field": bound, "narrow": narrow, "control": _control(bound, widget), "id": _id(bound)}


def _id(bound: BoundField) -> str:
    return bound.id_for_label or f"id_{bound.html_name}"


def _control(bound: BoundField, widget: forms.Widget) -> str:
    """The widget's HTML: Carbon's class, and the ids of what describes it."""
    described = [f"{_id(bound)}-help"] if bound.help_text else []
    attrs: dict[str, Any] = {}
    if bound.errors:
        described.append(f"{_id(bound)}-error")
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    found = next((css for kind, css in WIDGET_CLASSES if isinstance(widget, kind)), "")
    if found:
        attrs["class"] = found
    return str(bound.as_widget(attrs=attrs))


@register.filter
def widget_kind(bound: BoundField) -> str:
    """select, checkbox, radio or text."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "select" if isinstance(widget, forms.Select) else "text"


@register.inclusion_tag("parts/pages.html", takes_context=True)
def pages(context: Context, page: Page[Any], noun: str, name: str = "page") -> dict[str, Any]:
    """Moves through a paginated list, keeping the filters in the address."""
    query: QueryDict = context["request"].GET.copy()
    # The marks of what a browser shows are of its polling, not of the list.
    for marked in (name, "seen", "panels"):
        query.pop(marked, None)
    kept = query.urlencode()
    return {"page": page, "noun": noun, "name": name, "kept": f"&{kept}" if kept else ""}


@register.simple_tag(takes_context=True)
def current(context: Context, section: str) -> bool:
    """True on the pages of this section of the navigation."""
    return bool(context.get("section") == section)


@register.inclusion_tag("parts/breadcrumbs.html")
def breadcrumbs(*parts: str) -> dict[str, Any]:
    """Pairs of words and addresses: `{% breadcrumbs "Runs" runs_url %}`."""
    return {"crumbs": list(zip(parts[::2], parts[1::2], strict=True))}


@register.inclusion_tag("parts/where.html")
def where(path: str) -> dict[str, Any]:
    """Where to click, in Knowledge Studio's words: "Assets > Entity Types > Download Types"."""
    return {"steps": [step.strip() for step in path.split(">")]}


@register.simple_tag
def crumb(name: str, *args: Any) -> str:
    """The address of a page, for `breadcrumbs`."""
    return reverse(name, args=args)
