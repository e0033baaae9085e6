"""Pictures in a PDF: the same shapes, drawn by the PDF library, their words as text."""

from collections.abc import Iterable

from migrator.pictures.looks import Look, look_of
from migrator.pictures.pdf_page import SANS, Page
from migrator.pictures.shapes import Circle, Group, Picture, Polygon, Rect, Shape, Strokes, Text

MM = 25.4 / 96  # of a CSS pixel
POINT = 0.75


_HEADED = 30  # mm that a page keeps for the words above a picture


def draw(page: Page, picture: Picture) -> None:
    """The picture at the cursor, as wide as the page at most, on several where it is tall."""
    scale, room = _fitted(page, picture)
    for top, bottom in _parts(picture, room):
        high = (bottom - top) * scale * MM
        if page.get_y() + high > page.h - page.b_margin:
            page.add_page()
        with page.local_context(), page.rect_clip(page.l_margin, page.get_y(), page.epw, high):
            pen = _Pen(page, scale * MM, page.l_margin, page.get_y() - top * scale * MM)
            pen.draw_all(picture.shapes)
        page.set_y(page.get_y() + high + 2)


def height_of(page: Page, picture: Picture) -> float:
    """The height in mm of what stands on its first page."""
    if not picture.is_drawn:
        return 0
    scale, room = _fitted(page, picture)
    return min(picture.height, room) * scale * MM


def _fitted(page: Page, picture: Picture) -> tuple[float, float]:
    """The scale, and how much of the picture a page has room for, in its own pixels."""
    scale = min(1.0, page.epw / (picture.width * MM))
    room = (page.eph - _HEADED) / (scale * MM)
    if picture.height > room and not picture.row:
        scale, room = scale * room / picture.height, picture.height
    return scale, room


def _parts(picture: Picture, room: float) -> Iterable[tuple[float, float]]:
    """From where to where each page shows it, parted between rows."""
    if picture.height <= room:
        yield 0, picture.height
        return
    first = picture.head + (room - picture.head) // picture.row * picture.row
    rows = room // picture.row * picture.row
    top, bottom = 0.0, first
    while top < picture.height:
        yield top, min(bottom, picture.height)
        top, bottom = bottom, bottom + rows


class _Pen:
    """Draws shapes at a place and scale; `scale` is mm for each CSS pixel."""

    def __init__(self, page: Page, scale: float, x: float, y: float) -> None:
        self.page, self.scale, self.x, self.y = page, scale, x, y

    def draw_all(self, shapes: Iterable[Shape]) -> None:
        """One after the other, later ones on top."""
        for shape in shapes:
            self._draw(shape)

    def _draw(self, shape: Shape) -> None:
        match shape:
            case Group():
                self.draw_all(shape.shapes)
            case Text():
                self._text(shape)
            case Rect():
                style = self._pick(shape.look)
                corner = self._place(shape.x, shape.y)
                size = max(shape.width, 0) * self.scale, max(shape.height, 0) * self.scale
                self.page.rect(*corner, *size, style=style)
            case Circle():
                style = self._pick(shape.look)
                radius = shape.radius * self.scale
                self.page.circle(*self._place(shape.x, shape.y), radius, style=style)
            case Polygon():
                style = self._pick(shape.look)
                points = [self._place(*point) for point in shape.points]
                self.page.polygon(points, style=style)
            case Strokes():
                self._strokes(shape)

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return self.x + x * self.scale, self.y + y * self.scale

    def _strokes(self, shape: Strokes) -> None:
        self._pick(shape.look)
        for line in shape.lines:
            self.page.polyline([self._place(*point) for point in line])

    def _pick(self, name: str) -> str:
        """Set the colours of a look; how the library is to draw with them."""
        look = look_of(name)
        if look.fill:
            self.page.set_fill_color(*look.fill)
        if look.stroke:
            self._set_line(look)
        return {(True, True): "DF", (True, False): "F", (False, True): "D"}[
            (look.fill is not None, look.stroke is not None)
        ]

    def _set_line(self, look: Look) -> None:
        assert look.stroke is not None
        self.page.set_draw_color(*look.stroke)
        self.page.set_line_width(look.width * self.scale)
        dash, gap = (each * self.scale for each in look.dash or (0, 0))
        self.page.set_dash_pattern(dash=dash, gap=gap)

    def _text(self, shape: Text) -> None:
        page, words = self.page, self.page.shown(shape.text)
        page.set_text_color(*(look_of(shape.look).fill or (0, 0, 0)))
        page.set_font(SANS, "B" if shape.bold else "", shape.size * POINT * self.scale / MM)
        x, y = self._place(shape.x, shape.y)
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor]
        if shape.angle:
            with page.rotation(-shape.angle, x, y):
                page.place(x, y, words)
            return
        page.place(x - page.get_string_width(words) * before, y, words)
