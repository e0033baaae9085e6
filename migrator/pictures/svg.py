"""A picture as SVG: classes and attributes only, so that no policy refuses it."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

from migrator.pictures.shapes import Circle, Group, Picture, Point, Polygon, Rect, Shape, Strokes
from migrator.pictures.shapes import Text as TextShape


def svg(picture: Picture, key: str, css: str = "app-pic") -> str:
    """The drawing; `key` begins its ids, so that several stand on one page."""
    head = (
        f'<svg class="{css}" role="img" '
        f'aria-labelledby="{escape(key)}-name {escape(key)}-about" '
        f'width="{number(picture.width)}" height="{number(picture.height)}" '
        f'viewBox="0 0 {number(picture.width)} {number(picture.height)}">'
        f'<title id="{escape(key)}-name">{text(picture.title)}</title>'
        f'<desc id="{escape(key)}-about">{text(picture.summary)}</desc>'
    )
    return head + "".join(map(_drawn, picture.shapes)) + "</svg>"


@lru_cache(maxsize=8192)
def number(value: float) -> str:
    """At most one decimal, and no minus zero: the same on every machine."""
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 100_000 else str(round(value))


def text(words: str) -> str:
    """Text for an element, without the signs that XML cannot hold."""
    kept = "".join(sign if sign.isprintable() or sign == " " else " " for sign in words)
    return escape(kept)


def _drawn(shape: Shape) -> str:
    match shape:
        case Rect():
            return _rect(shape)
        case Circle(x, y, radius, look):
            place = f'cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"'
            return f'<circle class="{look}" {place}/>'
        case Polygon(points, look):
            return f'<path class="{look}" d="{_path(points)}Z"/>'
        case Strokes(lines, look):
            return f'<path class="{look}" d="{"".join(map(_path, lines))}"/>'
        case TextShape():
            return _text(shape)
        case Group():
            return _group(shape)


def _rect(shape: Rect) -> str:
    rounded = f' rx="{number(shape.radius)}"' if shape.radius else ""
    return (
        f'<rect class="{shape.look}" x="{number(shape.x)}" y="{number(shape.y)}" '
        f'width="{number(max(shape.width, 0))}" height="{number(max(shape.height, 0))}"{rounded}/>'
    )


def _path(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def _text(shape: TextShape) -> str:
    look = f"{shape.look} app-pic-bold" if shape.bold else shape.look
    anchor = "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
    turn = f"{number(shape.angle)} {number(shape.x)} {number(shape.y)}"
    turned = f' transform="rotate({turn})"' if shape.angle else ""
    return (
        f'<text class="{look}" x="{number(shape.x)}" y="{number(shape.y)}" '
        f'font-size="{number(shape.size)}"{anchor}{turned}>{text(shape.text)}</text>'
    )


def _group(shape: Group) -> str:
    about = f"<title>{text(shape.about)}</title>" if shape.about else ""
    key = f' data-{shape.kind or "part"}="{text(shape.key)}"' if shape.key else ""
    return f"<g{key}>{about}{_all(shape.shapes)}</g>"


def _all(shapes: Sequence[Shape]) -> str:
    return "".join(map(_drawn, shapes))
