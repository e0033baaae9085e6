"""What a text holds that surprises people, and whether it is text at all."""

import hashlib
import re

_CONTROLS = bytes({*range(32), 127} - {9, 10, 13})  # all but tab, line feed, carriage return
_OTHER_CONTROLS = re.compile("[\u0080-\u009f\u2028\u2029]")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\ud800-\udfff]")
_HTML_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,10}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_PLAIN = bytes([10, *range(32, 127)])
_READABLE_SHARE = 10  # at most one unreadable character in ten


def text_digest(text: str) -> bytes:
    """Equal for equal texts, whichever process asks."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def is_plain(text: str) -> bool:
    """Whether the text is ASCII without anything but letters, signs, blanks and line feeds.

    Nearly all are, and then little else need be asked. A translation in C is 30 times faster than
    a regular expression over long texts.
    """
    return text.isascii() and not text.encode("ascii").translate(None, _PLAIN)


def surprises(text: str, *, plain: bool) -> list[str]:
    """The codes of what there is about a text; `plain` as `is_plain` says."""
    found = []
    if not text:
        found.append("empty_text")
    if "&" in text and _HTML_ENTITY.search(text):
        found.append("text_html_entity")
    if not plain:
        if "\r" in text:
            found.append("text_carriage_return")
        if _has_controls(text):
            found.append("text_control_character")
        if "\u00a0" in text:
            found.append("text_no_break_space")
        if "\ufeff" in text:
            found.append("text_byte_order_mark")
    return found


def is_readable(text: str) -> bool:
    """Whether the text is text: few of its characters are controls, private or replacements."""
    if text.isascii() and not _has_controls(text):
        return True
    return len(_UNREADABLE.findall(text)) * _READABLE_SHARE <= len(text)


def _has_controls(text: str) -> bool:
    raw = text.encode("utf-8", "surrogatepass")
    has_others = not text.isascii() and _OTHER_CONTROLS.search(text)
    return len(raw.translate(None, _CONTROLS)) != len(raw) or bool(has_others)
