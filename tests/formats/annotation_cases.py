"""Edits of the small workspace's annotations, each with the findings that it must give."""

from collections.abc import Callable

from tests.formats.plain_exports import Plain, PlainCorpus
from tests.formats.small_exports import mention

Edit = Callable[[PlainCorpus, Plain], None]


def _edit_mention(**changes: object) -> Edit:
    """Change the second mention of the first document; its relation goes away with it."""

    def edit(_corpus: PlainCorpus, truth: Plain) -> None:
        truth["mentions"][1] |= changes
        truth["relations"] = []

    return edit


def _property(name: str, value: str) -> Edit:
    def edit(_corpus: PlainCorpus, truth: Plain) -> None:
        truth["mentions"][1]["properties"][name] = value

    return edit


def _add_mention(label: str, begin: int, end: int) -> Edit:
    def edit(_corpus: PlainCorpus, truth: Plain) -> None:
        truth["mentions"].append(mention("cm9", label, begin, end))

    return edit


def _append(part: str, item: Plain) -> Edit:
    def edit(_corpus: PlainCorpus, truth: Plain) -> None:
        truth[part].append(item)

    return edit


def _mixed_chain(_corpus: PlainCorpus, truth: Plain) -> None:
    truth["corefs"][0]["mentions"].append("s0-m1")


RELATION = {"id": "s0-r9", "properties": {}, "type": "hasDamage", "args": ["s0-m0", "s0-m1"]}


ANNOTATION_CASES: dict[str, tuple[Edit, dict[str, int]]] = {
    "undefined mention type": (
        _edit_mention(type="Damgae"),
        {"undefined_mention_type": 1},
    ),
    "undefined relation type": (
        _append("relations", RELATION | {"type": "hasDamages"}),
        {"undefined_relation_type": 1},
    ),
    "undefined relation signature": (
        _append("relations", RELATION | {"args": ["s0-m1", "s0-m0"]}),
        {"undefined_relation_signature": 1},
    ),
    "a relation by role instead of type": (
        lambda _corpus, truth: (
            truth["mentions"][2]["properties"].update({"SIRE_MENTION_ROLE": "Damage"}),
            truth["relations"].append(RELATION | {"args": ["s0-m0", "s1-m0"]}),
        )[0],
        {},
    ),
    "unknown role": (_property("SIRE_MENTION_ROLE", "Place"), {"unknown_role": 1}),
    "unknown subtype": (_property("SIRE_ENTITY_SUBTYPE", "front"), {"unknown_subtype": 1}),
    "unknown mention type": (_property("SIRE_MENTION_TYPE", "OTHER"), {"unknown_mention_type": 1}),
    "beyond the text": (_edit_mention(begin=60, end=900), {"offset_out_of_range": 1}),
    "before the text": (_edit_mention(begin=-3, end=2), {"offset_out_of_range": 1}),
    "end before begin": (_edit_mention(begin=9, end=4), {"offset_out_of_range": 1}),
    "empty span": (_edit_mention(begin=4, end=4), {"empty_span": 1}),
    "outside of sentences": (
        _edit_mention(begin=31, end=32),
        {"mention_outside_sentence": 1, "mention_edge_space": 1, "mention_newline": 1},
    ),
    "across sentences": (
        _edit_mention(begin=27, end=38),
        {"mention_across_sentences": 1, "mention_newline": 1, "mentions_nested": 1},
    ),
    "mention id twice": (
        lambda _corpus, truth: truth["mentions"].append(mention("s0-m1", "Place", 53, 57)),
        {"duplicate_mention_id": 1, "undefined_relation_signature": 1},
    ),
    "relation id twice": (
        _append("relations", RELATION | {"id": "s0-r0"}),
        {"duplicate_relation_id": 1},
    ),
    "chain id twice": (
        _append("corefs", {"id": "c0", "mentions": ["s0-m0", "s1-m0"]}),
        {"duplicate_chain_id": 1},
    ),
    "three arguments": (
        _append("relations", RELATION | {"args": ["s0-m0", "s0-m1", "s1-m0"]}),
        {"relation_without_two_arguments": 1},
    ),
    "argument of nothing": (
        _append("relations", RELATION | {"args": ["s0-m0", "s9-m9"]}),
        {"relation_argument_missing": 1},
    ),
    "member of nothing": (
        _append("corefs", {"id": "c1", "mentions": ["s0-m0", "s9-m9"]}),
        {"chain_member_missing": 1},
    ),
    "marked without a chain": (_edit_mention(inCoref=True), {"coref_flag_without_chain": 1}),
    "chain of one": (_append("corefs", {"id": "c1", "mentions": ["s0-m1"]}), {"chain_of_one": 1}),
    "mixed chain": (_mixed_chain, {"chain_mixed_types": 1}),
    "partly overlapping": (
        _add_mention("Place", 0, 8),
        {"mentions_overlap": 1, "mention_off_tokens": 1},
    ),
    "nested": (_add_mention("Place", 0, 10), {"mentions_nested": 1}),
    "same span": (_add_mention("Place", 4, 10), {"mentions_same_span": 1}),
    "same span, same type": (_add_mention("Part", 4, 10), {"mentions_same_span_and_type": 1}),
    "off tokens": (_edit_mention(begin=27, end=29), {"mention_off_tokens": 1}),
    "edge space": (
        _edit_mention(begin=25, end=30),
        {"mention_edge_space": 1, "mention_off_tokens": 1},
    ),
}
