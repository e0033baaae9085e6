"""Pictures on pages: `{% picture types "types" %}` draws one with its table twin."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from migrator.pictures.clicks import clicks_drawing
from migrator.pictures.shapes import Picture
from migrator.pictures.svg import svg

register = template.Library()


@register.inclusion_tag("parts/picture.html")
def picture(drawn: Picture, key: str, hides_summary: bool = False) -> dict[str, Any]:
    """The drawing and its table; `key` begins the ids and must be the picture's own on the page.

    `hides_summary` leaves out the sentence above it where the page says the same.
    """
    # The SVG escapes every text itself; nothing else than shapes and texts is in it.
    drawing = mark_safe(svg(drawn, key)) if drawn.is_drawn else ""  # noqa: S308
    return {"picture": drawn, "drawing": drawing, "key": key, "hides_summary": hides_summary}


@register.simple_tag
def clicks(path: str, key: str) -> SafeString:
    """A small drawing of where to click; the list that `where` makes of `path` is its twin."""
    return mark_safe(svg(clicks_drawing(path), key))  # noqa: S308
