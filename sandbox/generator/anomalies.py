"""The anomalies of real exports, one to a document, so that each can be found and named.

Some are written into the text, some are made to the annotations afterwards; those of whole
document sets are in `sets`.
"""

import random
from collections.abc import Callable
from dataclasses import replace

from sandbox.generator.texts import Composed, Mention

# Sentences that stand in the text as they are; blanks and invisible characters are on purpose.
REMARKS = {
    "no-break space": "Total:\u00a012\u00a0400, paid in full.",
    "byte order mark": "\ufeffCopied from the old system.",
    "control character": "Printed page\u000c and reference\u001f number.",
    "HTML entity": "Terms &amp; conditions apply to items &lt; 100.",
}


def no_mentions(made: Composed, _rng: random.Random) -> None:
    """A document that nobody annotated."""
    made.mentions, made.relations, made.chains = [], [], []


def dangling_relation(made: Composed, _rng: random.Random) -> None:
    """A relation argument that names no mention."""
    first = made.mentions[0]
    made.relations.append(("hasDamage", first.id, "s99-m99"))


def dangling_chain_member(made: Composed, _rng: random.Random) -> None:
    """A chain member that names no mention."""
    chained = _unchained(made, 2)
    made.chains.append([*(mention.id for mention in chained), "cm98"])


def coref_without_chain(made: Composed, _rng: random.Random) -> None:
    """`inCoref` is true and no chain holds the mention."""
    _free(made)[0].in_coref = True


def chain_of_one(made: Composed, _rng: random.Random) -> None:
    """A coreference chain with a single mention."""
    made.chains.append([mention.id for mention in _unchained(made, 1)])


def mixed_chain(made: Composed, _rng: random.Random) -> None:
    """A coreference chain whose mentions are of two types."""
    first = _free(made)[0]
    other = next(mention for mention in _free(made) if mention.type != first.type)
    first.in_coref = other.in_coref = True
    made.chains.append([first.id, other.id])


def overlapping(made: Composed, _rng: random.Random) -> None:
    """Two mentions that overlap partly, along token boundaries."""
    longest = _with_words(made)
    first_end = longest.begin + made.text[longest.begin : longest.end].index(" ")
    before = made.text.rfind(" ", 0, longest.begin - 1) + 1
    sentence = next(begin for begin, end in made.sentences if begin <= longest.begin < end)
    if before >= sentence and before < longest.begin:
        _add(made, longest, "Part", before, first_end)
    else:
        after = made.text.index(" ", longest.end + 1)
        _add(made, longest, "Part", first_end + 1, after)


def nested(made: Composed, _rng: random.Random) -> None:
    """A mention inside another."""
    outer = _with_words(made)
    blank = made.text.index(" ", outer.begin)
    _add(made, outer, "Part", outer.begin, blank)


def same_span(made: Composed, _rng: random.Random) -> None:
    """The same span marked with two types."""
    one = made.mentions[0]
    _add(made, one, "Part" if one.type != "Part" else "Damage", one.begin, one.end)


def off_tokens(made: Composed, _rng: random.Random) -> None:
    """A mention that begins inside a token."""
    _with_words(made).begin += 1


def edge_white_space(made: Composed, _rng: random.Random) -> None:
    """A mention that begins with a blank."""
    starts = {begin for begin, _ in made.sentences}
    mention = next(
        one for one in made.mentions if one.begin not in starts and made.text[one.begin - 1] == " "
    )
    mention.begin -= 1


def with_line_end(made: Composed, _rng: random.Random) -> None:
    """A mention over a line end: the sentence goes on after it, as where lines were wrapped."""
    mention = _with_words(made)
    blank = made.text.index(" ", mention.begin)
    made.text = f"{made.text[:blank]}\n{made.text[blank + 1 :]}"


def unknown_mention_type(made: Composed, _rng: random.Random) -> None:
    """A SIRE_MENTION_TYPE that the type system does not list."""
    for mention in made.mentions[:3]:
        mention.mention_type = "OTHER"


def optional_properties(made: Composed, _rng: random.Random) -> None:
    """Properties that only some versions write; nothing is wrong with them."""
    for mention in made.mentions:
        mention.extra = {"SIRE_ENTITY_LEVEL": "NONE", "SIRE_ENTITY_CLASS": "SPC"}
        mention.source = "IMPORT"


def fewer_mentions(made: Composed, _rng: random.Random) -> None:
    """For a repeated document: another person marked less in it."""
    made.relations, made.chains = [], []
    made.mentions = [replace(one, in_coref=False) for one in made.mentions[::2]]


STRUCTURAL: dict[str, Callable[[Composed, random.Random], None]] = {
    "no mentions": no_mentions,
    "dangling relation argument": dangling_relation,
    "dangling chain member": dangling_chain_member,
    "inCoref without chain": coref_without_chain,
    "chain of one": chain_of_one,
    "mixed chain": mixed_chain,
    "overlapping mentions": overlapping,
    "nested mentions": nested,
    "same span": same_span,
    "off token boundaries": off_tokens,
    "edge white space": edge_white_space,
    "line end in mention": with_line_end,
    "unknown mention type": unknown_mention_type,
    "optional properties": optional_properties,
    "repeated document": fewer_mentions,
}

# Made where a document is written: its text in documents.json, line ends, a stop in a name.
OTHER = ("other text", "carriage returns", "abbreviation")

NAMES = (*STRUCTURAL, *REMARKS, *OTHER)


def anomaly_of(position: int) -> str:
    """The anomaly of the document at `position` (from 0): every other document has one."""
    return NAMES[position // 2 % len(NAMES)] if position % 2 else ""


def _free(made: Composed) -> list[Mention]:
    """The mentions that no chain holds."""
    return [mention for mention in made.mentions if not mention.in_coref]


def _unchained(made: Composed, count: int) -> list[Mention]:
    """`count` mentions of one type that no chain holds, marked as chained."""
    free = _free(made)
    fitting = [one for one in free if one.type == free[0].type][:count]
    for mention in fitting:
        mention.in_coref = True
    return fitting


def _with_words(made: Composed) -> Mention:
    """The first mention of several words."""
    return next(one for one in made.mentions if " " in made.text[one.begin : one.end])


def _add(made: Composed, like: Mention, kind: str, begin: int, end: int) -> None:
    """Another mention at [begin, end), beside `like`."""
    added = Mention(f"cm{len(made.mentions) + 40}", kind, kind, "NONE", begin, end)
    made.mentions.insert(made.mentions.index(like) + 1, added)
