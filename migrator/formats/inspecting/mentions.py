"""Mentions: their spans, types, roles, and how they lie to one another."""

from bisect import bisect_left, bisect_right
from operator import attrgetter

from migrator.formats.ground_truth import MENTION_TYPES, NO_SUBTYPE, MentionSpan, SentenceSpan
from migrator.formats.inspecting.facts import Examined
from migrator.formats.inspecting.rules import TypeRules

_BEGIN = attrgetter("begin")
_END = attrgetter("end")
_SPAN = attrgetter("begin", "end")
_KNOWN_MENTION_TYPES = frozenset({None, *MENTION_TYPES})


def check_mentions(examined: Examined) -> None:
    """Every mention by itself, then all of them together."""
    mentions = examined.annotations.mentions
    if not mentions:
        examined.note("document_without_mentions")
        return
    for name in repeated([mention.id for mention in mentions]):
        examined.note("duplicate_mention_id", name)
    sentences = examined.annotations.sentences
    begins = [sentence.begin for sentence in sentences]
    placed = []
    for mention in mentions:
        if _is_placed(examined, mention):
            placed.append(mention)
            _check_place(examined, mention, sentences, begins)
        _check_words(examined, mention)
        if examined.rules:
            _check_type(examined, mention, examined.rules)
    _check_overlaps(examined, placed)


def repeated(names: list[str]) -> list[str]:
    """Each name that stands there again, once for each time."""
    if len(set(names)) == len(names):
        return []
    seen: set[str] = set()
    return [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]


def _is_placed(examined: Examined, mention: MentionSpan) -> bool:
    if 0 <= mention.begin < mention.end <= len(examined.annotations.text):
        return True
    is_empty = 0 <= mention.begin == mention.end <= len(examined.annotations.text)
    examined.note("empty_span" if is_empty else "offset_out_of_range", mention.id)
    return False


def _check_place(
    examined: Examined, mention: MentionSpan, sentences: list[SentenceSpan], begins: list[int]
) -> None:
    covered = examined.annotations.text[mention.begin : mention.end]
    if covered[0].isspace() or covered[-1].isspace():
        examined.note("mention_edge_space", mention.id)
    if "\n" in covered or "\r" in covered:
        examined.note("mention_newline", mention.id)
    number = bisect_right(begins, mention.begin) - 1
    if number < 0 or mention.begin >= sentences[number].end:
        follows = number + 1 < len(sentences) and mention.end > begins[number + 1]
        examined.note(
            "mention_across_sentences" if follows else "mention_outside_sentence", mention.id
        )
    elif mention.end > sentences[number].end:
        examined.note("mention_across_sentences", mention.id)
    elif not _is_on_tokens(mention, sentences[number]):
        examined.note("mention_off_tokens", mention.id)


def _is_on_tokens(mention: MentionSpan, sentence: SentenceSpan) -> bool:
    tokens = sentence.tokens
    first = bisect_left(tokens, mention.begin, key=_BEGIN)
    if first == len(tokens) or tokens[first].begin != mention.begin:
        return False
    last = bisect_left(tokens, mention.end, lo=first, key=_END)
    return last < len(tokens) and tokens[last].end == mention.end


def _check_words(examined: Examined, mention: MentionSpan) -> None:
    if mention.properties.mention_type not in _KNOWN_MENTION_TYPES:
        examined.note("unknown_mention_type", f"{mention.properties.mention_type}")


def _check_type(examined: Examined, mention: MentionSpan, rules: TypeRules) -> None:
    roles = rules.roles.get(mention.type)
    if roles is None:
        examined.note("undefined_mention_type", mention.type)
        return
    role, subtype = mention.properties.role, mention.properties.subtype
    if role is not None and role not in roles:
        examined.note("unknown_role", f"{mention.type} as {role}")
    if subtype not in (None, NO_SUBTYPE) and subtype not in rules.subtypes[mention.type]:
        examined.note("unknown_subtype", f"{mention.type}: {subtype}")


def _check_overlaps(examined: Examined, mentions: list[MentionSpan]) -> None:
    """Pairs that share text. Sorted by begin, only mentions still open can share any."""
    still_open: list[MentionSpan] = []
    for mention in sorted(mentions, key=_SPAN):
        begin = mention.begin
        if still_open:
            still_open = [other for other in still_open if other.end > begin]
            for other in still_open:
                _note_pair(examined, other, mention)
        still_open.append(mention)


def _note_pair(examined: Examined, first: MentionSpan, second: MentionSpan) -> None:
    pair = f"{first.id}, {second.id}"
    if first.begin == second.begin and first.end == second.end:
        examined.note("mentions_same_span", pair)
    elif second.end <= first.end or first.begin == second.begin:
        examined.note("mentions_nested", pair)
    else:
        examined.note("mentions_overlap", pair)
