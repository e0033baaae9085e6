"""Who of the source becomes whom in the target, and in which role."""

from collections.abc import Sequence
from dataclasses import dataclass

from migrator.pictures import linked
from migrator.pictures.drawing import nothing
from migrator.pictures.linked import Box
from migrator.pictures.shapes import Picture
from migrator.pictures.table import counted, table

_HEAD = 28.0
DRAWN = 200  # rows


@dataclass(frozen=True)
class Mapped:
    """One person of the source; `target` is empty where nobody was chosen for them yet.

    `note` tells what else there is to say, such as "role would be lowered".
    """

    person: str
    role: str
    target: str = ""
    target_role: str = ""
    note: str = ""


def people_map(people: Sequence[Mapped], *, title: str) -> Picture:
    """Source person → target person, those without one first."""
    ordered = sorted(people, key=lambda one: bool(one.target))
    twin = table(
        ["Person in the source", "Role", "Person in the target", "Role there", "Note"],
        [
            [one.person, one.role, one.target or "Not mapped", one.target_role, one.note]
            for one in ordered
        ],
    )
    if not people:
        return nothing(title, "No person is known.", twin)
    boxes = [_box(one) for one in ordered[:DRAWN]]
    shapes = [*linked.headings(("In the source", "In the target"), 14)]
    shapes += linked.drawn(boxes, 0, _HEAD)
    missing = sum(1 for one in people if not one.target)
    return Picture(
        title=title,
        summary=f"{counted(len(people), 'person', 'people')}, {missing:,} of them not mapped.",
        table=twin,
        width=linked.left_of(2) - linked.GAP,
        height=_HEAD + len(boxes) * linked.ROW + 2,
        shapes=shapes,
        note="" if len(people) <= DRAWN else f"The first {DRAWN} of {len(people):,} are drawn.",
        is_boxed=True,
        head=_HEAD,
        row=linked.ROW,
    )


def _box(one: Mapped) -> Box:
    if not one.target:
        there = Box("Not mapped", one.note, "app-pic-dashed")
    else:
        note = "; ".join(part for part in (one.target_role, one.note) if part)
        there = Box(one.target, note, "app-pic-box-on")
    return Box(one.person, one.role, children=[there])
