"""hypothesis strategies: any export of each format that the service could write, and odder ones."""

from typing import Any

from hypothesis import strategies as st

from migrator.formats.dictionaries import Dictionary, PosCode
from migrator.formats.dictionary_csv import Entry
from tests.formats.plain_exports import Plain, PlainCorpus
from tests.formats.small_exports import mention, sentences_of

labels = st.text("ABCXYZabcxyz_09", min_size=1, max_size=8)
# Any text that a file can hold: no lone surrogates.
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
words = st.text("abcdeäöß漢😀'.", min_size=1, max_size=6)
unknown_fields = st.dictionaries(
    st.sampled_from(("later", "x", "notYet")),
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | anything | st.lists(anything),
    max_size=2,
)


@st.composite
def type_systems(draw: st.DrawFn) -> Plain:
    """types-<workspaceId>.json as plain data; every id that is named is there."""
    names = draw(st.lists(labels, min_size=1, max_size=5, unique=True))
    ids = st.sampled_from([f"id-{name}" for name in names])
    entity_types = [
        {
            "id": f"id-{name}",
            "label": name,
            "sireProp": {
                "subtypes": draw(st.none() | st.lists(labels, max_size=3, unique=True)),
                "roles": [f"id-{name}"],
                "active": True,
            },
            **draw(unknown_fields),
        }
        for name in names
    ]
    relation_types = [
        {
            "id": f"r-{number}",
            "srcEntType": draw(ids),
            "tgtEntType": draw(ids),
            "label": draw(labels),
            **draw(unknown_fields),
        }
        for number in range(draw(st.integers(0, 4)))
    ]
    return {
        "entityTypes": entity_types,
        "relationshipTypes": relation_types,
        "pid": draw(st.uuids().map(str)),
        **draw(unknown_fields),
    }


# CSV has no way to tell an empty row from none, and blanks around a poscode are dropped.
entries = st.builds(
    Entry,
    lemma=anything.filter(bool),
    poscode=st.sampled_from(("0", "1", "3", "10")),
    surfaces=st.lists(anything, max_size=4),
)
dictionaries = st.builds(
    lambda name, rows: Dictionary(
        id="d", name=name, language="EN", pos_codes=[PosCode(id="3", name="Noun")], entries=rows
    ),
    anything.filter(str.strip),
    st.lists(entries, max_size=5),
)
rows = st.lists(st.tuples(anything.filter(str.strip), anything), min_size=1, max_size=5)


@st.composite
def ground_truths(draw: st.DrawFn, name: str) -> Plain:
    """gt/<docId>.json: tokens by words, mentions over tokens, and what links mentions."""
    lines = draw(st.lists(st.lists(words, min_size=1, max_size=5), min_size=1, max_size=3))
    text = "\n".join(map(" ".join, lines))
    sentences = sentences_of(text)
    tokens = [token for sentence in sentences for token in sentence["tokens"]]
    chosen = draw(st.lists(st.sampled_from(tokens), max_size=4, unique_by=lambda one: one["id"]))
    mentions = [
        mention(f"m{number}", draw(st.sampled_from(("Part", "Damage"))), one["begin"], one["end"])
        for number, one in enumerate(chosen)
    ]
    ids = [one["id"] for one in mentions]
    pairs = st.lists(st.sampled_from(ids), min_size=2, max_size=2) if ids else st.nothing()
    relations = [
        {"id": f"r{number}", "properties": {}, "type": "hasDamage", "args": arguments}
        for number, arguments in enumerate(
            draw(st.lists(pairs, max_size=3) if ids else st.just([]))
        )
    ]
    chains: list[Plain] = [{"id": "c0", "properties": {}, "mentions": ids}] if len(ids) > 1 else []
    for one in mentions:
        one["inCoref"] = bool(chains)
    return {
        "id": name,
        "name": draw(anything),
        "text": text,
        "language": "EN",
        "sentences": sentences,
        "mentions": mentions,
        "relations": relations,
        "corefs": chains,
        **draw(unknown_fields),
    }


@st.composite
def corpora(draw: st.DrawFn) -> PlainCorpus:
    """documents.json, sets.json and ground truths that agree with one another."""
    ids = [f"set-{number}" for number in range(draw(st.integers(0, 4)))]
    truths: dict[str, Any] = {name: draw(ground_truths(name)) for name in ids}
    documents = [
        {"id": name, "name": one["name"], "text": one["text"], "status": "READY"}
        for name, one in truths.items()
    ]
    everything = {"id": "id-all", "name": "All", "type": "ALL", "documents": ids, "count": len(ids)}
    return PlainCorpus(documents, [everything], truths)
