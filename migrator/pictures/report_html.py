"""A report as one HTML file that opens anywhere: styles and pictures are in it."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from migrator.pictures.looks import LOOKS, Colour, Look
from migrator.pictures.report import Report
from migrator.pictures.shapes import Picture
from migrator.pictures.svg import svg
from migrator.pictures.table import is_hash


def report_html(report: Report) -> str:
    """The file's text. Its colours are those of paper, in which it is also printed."""
    made = f"{report.made_at:%Y-%m-%d %H:%M %Z} for {report.made_by}"
    head = [("Report made", made), *report.facts]
    return _template().render(report=report, head=head, looks=_looks(), drawing=_drawing)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
    )
    environment.filters["is_hash"] = is_hash
    return environment.get_template("report.html.jinja")


def _drawing(picture: Picture, key: str) -> Markup:
    # The SVG escapes every text itself; nothing else than shapes and texts is in it.
    return Markup(svg(picture, key))  # noqa: S704


@cache
def _looks() -> Markup:
    """A rule for each look that a shape may have."""
    rules = [f".app-pic-{name} {{ {_rule(look)} }}" for name, look in LOOKS.items()]
    return Markup("\n".join(rules))  # noqa: S704


def _rule(look: Look) -> str:
    said = [f"fill: {_colour(look.fill)}"]
    if look.stroke:
        said += [f"stroke: {_colour(look.stroke)}", f"stroke-width: {look.width:g}"]
    if look.dash:
        said.append(f"stroke-dasharray: {look.dash[0]:g} {look.dash[1]:g}")
    return "; ".join(said)


def _colour(colour: Colour | None) -> str:
    return f"rgb{colour}" if colour else "none"
