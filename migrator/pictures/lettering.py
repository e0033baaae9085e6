"""How wide a text comes out, without a font at hand: what keeps texts from running together."""

import unicodedata

# Advance widths of IBM Plex Sans Regular, in thousandths of the size, from the blank to the tilde.
_WIDTHS = (
    *(236, 284, 419, 713, 598, 927, 694, 242, 335, 335, 450, 600, 272, 399, 272, 383),
    *(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 292, 292, 600, 600, 600, 477),
    *(891, 641, 653, 621, 671, 583, 559, 695, 707, 400, 510, 634, 501, 812, 707, 708),
    *(606, 708, 640, 581, 572, 678, 609, 891, 613, 593, 580, 317, 383, 317, 600, 565),
    *(600, 534, 580, 503, 580, 549, 324, 528, 568, 250, 250, 527, 272, 873, 568, 560),
    *(580, 580, 367, 487, 351, 568, 492, 768, 507, 499, 464, 343, 314, 343, 600),
)
_OTHER = 620
_WIDE = 1000
# Where Plex is missing, another font stands in and is a little wider.
_ROOM = 1.06
_BOLD = 1.05


def width_of(text: str, size: float = 12, *, bold: bool = False) -> float:
    """The width that `text` takes at `size`, with a little room for another font."""
    thousandths = sum(map(_advance, text))
    return thousandths / 1000 * size * _ROOM * (_BOLD if bold else 1)


def fitted(text: str, most: float, size: float = 12, *, bold: bool = False) -> str:
    """`text` on one line, cut with an ellipsis where it is wider than `most`."""
    line = " ".join(text.split())
    if width_of(line, size, bold=bold) <= most:
        return line
    kept = len(line)
    while kept > 1 and width_of(line[:kept] + "…", size, bold=bold) > most:
        kept -= 1
    return line[:kept].rstrip() + "…"


def _advance(sign: str) -> int:
    place = ord(sign) - 32
    if 0 <= place < len(_WIDTHS):
        return _WIDTHS[place]
    if unicodedata.combining(sign):
        return 0
    return _WIDE if unicodedata.east_asian_width(sign) in "WF" else _OTHER
