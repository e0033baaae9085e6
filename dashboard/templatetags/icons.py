"""Carbon's icons, inlined: no request and no font."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=1024)  # a page shows hundreds, a few different ones
def icon(name: str, size: int = 16, extra: str = "") -> SafeString:
    """`templates/icons/<name>.svg`, hidden from screen readers: the word stands beside it."""
    return format_html(
        '<svg class="app-icon {}" width="{}" height="{}" viewBox="0 0 32 32" aria-hidden="true" '
        'focusable="false">{}</svg>',
        extra,
        size,
        size,
        _shapes(name),
    )


@lru_cache
def _shapes(name: str) -> SafeString:
    path = settings.BASE_DIR / "templates" / "icons" / f"{name}.svg"
    return mark_safe(path.read_text().strip())  # noqa: S308 - a file of ours, no input of anybody
