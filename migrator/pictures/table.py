"""The table twin of a picture: the same figures for a reader, a spreadsheet and a program."""

from collections.abc import Sequence
from dataclasses import dataclass

# None is what nobody counted, which is never nothing.
Cell = str | int | None

UNKNOWN = "–"
_HASH = 64


@dataclass(frozen=True)
class Column:
    """A heading, and whether figures stand below it."""

    label: str
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """Columns and rows of plain values."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]

    @property
    def shown(self) -> list[list[tuple[str, bool]]]:
        """The cells as a reader sees them, each with whether it is a figure."""
        return [
            [(in_words(cell), column.is_number) for cell, column in self._pairs(row)]
            for row in self.rows
        ]

    def _pairs(self, row: Sequence[Cell]) -> list[tuple[Cell, Column]]:
        return list(zip(row, self.columns, strict=True))


def in_words(cell: Cell) -> str:
    """12,345; a dash for what nobody counted, and for an empty text."""
    if cell is None or cell == "":
        return UNKNOWN
    return f"{cell:,}" if isinstance(cell, int) else cell


def is_hash(words: str) -> bool:
    """Whether it is a SHA-256 in hexadecimal, which is shown in letters of one width."""
    return len(words) == _HASH and all(sign in "0123456789abcdef" for sign in words)


def counted(count: int, one: str, many: str = "") -> str:
    """ "1 type", "3 types"; `many` where another letter is not enough."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Table:
    """A table; a heading that ends in "#" has figures below it, and is shown without the sign."""
    heads = [Column(name.removesuffix("#"), name.endswith("#")) for name in columns]
    return Table(heads, rows)
