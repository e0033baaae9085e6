"""Tables that a phone shows as stacked rows: `{% table "heading" %}<table>…</table>{% endtable %}`.

Each cell gets the words of its column's head, which the style sheet sets before it where the rows
are stacked, and each part of the table its role: parts that are no longer laid out as a table
would otherwise lose it in some browsers, and with it what a screen reader says of rows and columns.
"""

import re

from django import template
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_HEAD = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<(th|td)\b([^>]*)>")
_PART = re.compile(r"<(table|thead|tbody|tr|th|td)\b([^>]*)>")
_ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}


@register.simple_block_tag
def table(content: str, label: str = "", name: str = "", css: str = "") -> SafeString:
    """A region that scrolls where the table is too wide and stacks where the screen is narrow.

    `label` is the id of the heading that names it; where there is none, `name` is what a screen
    reader says. `css` are further classes, written in full.
    """
    named = ("labelledby", label) if label else ("label", name)
    return format_html(
        '<div class="app-table app-table--rows{}" tabindex="0" role="region" aria-{}="{}">{}</div>',
        f" {css}" if css else "",
        *named,
        labelled(content),
    )


def labelled(html: str) -> SafeString:
    """The table with the role of each part and, in its body, the column's words on each cell."""
    head, body, rows = html.partition("<tbody>")
    words = [_words(inner) for inner in _HEAD.findall(head)]
    whole = head + body + _ROW.sub(lambda row: _with_words(row[0], words), rows)
    # The templates have escaped what they show; only attributes of ours are added.
    return mark_safe(_PART.sub(_with_role, whole))  # noqa: S308


def _words(head: str) -> str:
    """What a column's head says; nothing where it says it to screen readers only."""
    shown = "" if "app-hidden" in head else strip_tags(head)
    return " ".join(shown.split()).replace('"', "&quot;")


def _with_words(row: str, words: list[str]) -> str:
    left = iter(words)

    def cell(found: re.Match[str]) -> str:
        said = next(left, "")
        spans = "colspan" in found[2]
        return found[0] if spans or not said else f'<{found[1]}{found[2]} data-label="{said}">'

    return _CELL.sub(cell, row)


def _with_role(found: re.Match[str]) -> str:
    name, attributes = found.groups()
    heads = "rowheader" if 'scope="row"' in attributes else "columnheader"
    return f'<{name}{attributes} role="{_ROLES.get(name, heads)}">'
