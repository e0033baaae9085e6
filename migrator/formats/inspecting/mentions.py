"""Mentions: their spans, types, roles, and how they lie to one another.

Nearly all are whole tokens of one sentence and of a type seen before, which two look-ups tell;
only the others are looked at rule by rule.
"""

from bisect import bisect_right
from itertools import pairwise

import msgspec

from migrator.formats.ground_truth import MENTION_TYPES, NO_SUBTYPE
from migrator.formats.inspecting.facts import Examined
from migrator.formats.inspecting.lean import LeanMention
from migrator.formats.inspecting.rules import TypeRules
from migrator.formats.inspecting.tokens import TokenEdges

_KNOWN_MENTION_TYPES = frozenset({None, *MENTION_TYPES})


class Referred(msgspec.Struct):
    """What relations and chains ask of mentions: the kind of each id, who claims to be in a chain.

    The latter are as often there as mentions claim it.
    """

    kinds: dict[str, int] = {}
    flagged: list[str] = []


def check_mentions(examined: Examined, edges: TokenEdges) -> Referred:
    """Every mention by itself, then all of them together."""
    mentions, text = examined.annotations.mentions, examined.annotations.text
    if not mentions:
        examined.note("document_without_mentions")
        return Referred()
    begins, ends, is_plain = edges.begins, edges.ends, edges.is_plain
    words, length = examined.seen.words, len(text)
    kinds: dict[str, int] = {}
    flagged: list[str] = []
    last, is_ordered = 0, True
    for mention in mentions:
        begin, end, own = mention.begin, mention.end, mention.properties
        if last <= begin < end <= length:
            number = begins[begin]
            if (
                not number
                or number != ends[end]
                or not (is_plain or text[begin:end].isprintable())
                or text[begin] == " "
                or text[end - 1] == " "
            ):
                _check_span(examined, mention, edges)
        else:
            is_ordered = False
            _check_span(examined, mention, edges)
        last = end
        kind = words.get((mention.type, own.role, own.subtype, own.mention_type))
        kinds[mention.id] = _check_words(examined, mention) if kind is None else kind
        if mention.in_coref:
            flagged.append(mention.id)
    _check_together(examined, len(kinds), is_ordered=is_ordered)
    return Referred(kinds, flagged)


def _check_together(examined: Examined, different: int, *, is_ordered: bool) -> None:
    """`different` is the number of ids; in order each mention ends before the next begins."""
    mentions = examined.annotations.mentions
    if different != len(mentions):
        for name in repeated([mention.id for mention in mentions]):
            examined.note("duplicate_mention_id", name)
    if not is_ordered:
        _check_overlaps(examined)


def repeated(names: list[str]) -> list[str]:
    """Each name that stands there again, once for each time."""
    if len(set(names)) == len(names):
        return []
    seen: set[str] = set()
    again = []
    for name in names:
        if name in seen:
            again.append(name)
        seen.add(name)
    return again


def _check_span(examined: Examined, mention: LeanMention, edges: TokenEdges) -> None:
    text, begin, end = examined.annotations.text, mention.begin, mention.end
    if not 0 <= begin < end <= len(text):
        is_empty = 0 <= begin == end <= len(text)
        examined.note("empty_span" if is_empty else "offset_out_of_range", mention.id)
        return
    covered = text[begin:end]
    if covered[0].isspace() or covered[-1].isspace():
        examined.note("mention_edge_space", mention.id)
    if "\n" in covered or "\r" in covered:
        examined.note("mention_newline", mention.id)
    if code := _place_of(examined, begin, end):
        examined.note(code, mention.id)
    elif not (edges.begins[begin] and edges.ends[end]):
        examined.note("mention_off_tokens", mention.id)


def _place_of(examined: Examined, begin: int, end: int) -> str:
    """The finding where a span is not inside of one sentence, empty where it is."""
    sentences = examined.annotations.sentences
    number = bisect_right([sentence.begin for sentence in sentences], begin) - 1
    if number >= 0 and begin < sentences[number].end:
        return "mention_across_sentences" if end > sentences[number].end else ""
    reaches_next = number + 1 < len(sentences) and end > sentences[number + 1].begin
    return "mention_across_sentences" if reaches_next else "mention_outside_sentence"


def _check_words(examined: Examined, mention: LeanMention) -> int:
    """Type, role, subtype and mention type; what passes is remembered for the next mention."""
    before = len(examined.found)
    own = mention.properties
    if own.mention_type not in _KNOWN_MENTION_TYPES:
        examined.note("unknown_mention_type", f"{mention.id}: {own.mention_type}")
    if examined.rules:
        _check_type(examined, mention, examined.rules)
    kind = examined.seen.kind(mention.type, own.role)
    if len(examined.found) == before:
        examined.seen.words[mention.type, own.role, own.subtype, own.mention_type] = kind
    return kind


def _check_type(examined: Examined, mention: LeanMention, rules: TypeRules) -> None:
    roles = rules.roles.get(mention.type)
    if roles is None:
        examined.note("undefined_mention_type", mention.type)
        return
    role, subtype = mention.properties.role, mention.properties.subtype
    if role is not None and role not in roles:
        examined.note("unknown_role", f"{mention.type} as {role}")
    if subtype not in (None, NO_SUBTYPE) and subtype not in rules.subtypes[mention.type]:
        examined.note("unknown_subtype", f"{mention.type}: {subtype}")


def _check_overlaps(examined: Examined) -> None:
    """Pairs that share text. Sorted, and without any, each ends before the next begins."""
    mentions = examined.annotations.mentions
    spans = sorted([(mention.begin, mention.end) for mention in mentions])
    for first, second in pairwise(spans):
        if first[1] > second[0]:
            _name_pairs(examined)
            return


def _name_pairs(examined: Examined) -> None:
    """Every pair, by a sweep: sorted by begin, only mentions still open can share text."""
    still_open: list[LeanMention] = []
    mentions = [one for one in examined.annotations.mentions if one.begin < one.end]
    for mention in sorted(mentions, key=lambda one: (one.begin, one.end)):
        still_open = [other for other in still_open if other.end > mention.begin]
        for other in still_open[:MOST_OPEN]:
            _name_pair(examined, other, mention)
        still_open.append(mention)


# Mentions over one place that are paired; real ones reach 4. A made-up document with 10,000 on one
# place would give 50 million pairs.
MOST_OPEN = 50


def _name_pair(examined: Examined, first: LeanMention, second: LeanMention) -> None:
    pair = f"{first.id}, {second.id}"
    if first.begin == second.begin and first.end == second.end:
        same_type = first.type == second.type
        examined.note("mentions_same_span_and_type" if same_type else "mentions_same_span", pair)
    elif second.end <= first.end or first.begin == second.begin:
        examined.note("mentions_nested", pair)
    else:
        examined.note("mentions_overlap", pair)
