"""Pictures on pages: `{% picture types "types" %}` draws one with its table twin."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from migrator.pictures.clicks import clicks_drawing
from migrator.pictures.shapes import Picture
from migrator.pictures.svg import svg

register = template.Library()

# By its own width in px: below which room a page offers to open the picture large. What is wider
# than all of these is offered always.
WIDTHS = {
    500: "app-picture--small",
    700: "app-picture--medium",
    900: "app-picture--wide",
    1200: "app-picture--wider",
}


@register.inclusion_tag("parts/picture.html")
def picture(drawn: Picture, key: str, hides_summary: bool = False) -> dict[str, Any]:
    """The drawing and its table; `key` begins the ids and must be the picture's own on the page.

    `hides_summary` leaves out the sentence above it where the page says the same.
    """
    # The SVG escapes every text itself; nothing else than shapes and texts is in it.
    drawing = mark_safe(_drawing(drawn, key)) if drawn.is_drawn else ""  # noqa: S308
    fitting = (css for width, css in WIDTHS.items() if drawn.width <= width)
    return {
        "picture": drawn,
        "drawing": drawing,
        "key": key,
        "hides_summary": hides_summary,
        "css": next(fitting, ""),
    }


def _drawing(drawn: Picture, key: str) -> str:
    """The picture, and where there is one the same for a phone: the style sheet shows either."""
    if not drawn.narrow:
        return svg(drawn, key)
    phone = svg(drawn.narrow, f"{key}-narrow", "app-pic app-pic--narrow")
    return svg(drawn, key, "app-pic app-pic--broad") + phone


@register.simple_tag
def clicks(path: str, key: str) -> SafeString:
    """A small drawing of where to click; the list that `where` makes of `path` is its twin."""
    return mark_safe(svg(clicks_drawing(path), key))  # noqa: S308
