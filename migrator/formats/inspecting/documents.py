"""One ground truth file: read, counted and checked. The inner loop of every inspection."""

import hashlib
from collections import Counter

from migrator.formats.ground_truth import Annotations, read_annotations
from migrator.formats.inspecting.facts import DocumentFacts, Examined
from migrator.formats.inspecting.links import check_chains, check_relations
from migrator.formats.inspecting.mentions import check_mentions
from migrator.formats.inspecting.rules import TypeRules
from migrator.formats.inspecting.texts import check_text, is_readable, text_digest
from migrator.formats.inspecting.tokens import check_sentences, sentences_fit
from migrator.formats.inspection import Occurrence
from migrator.formats.json_decoding import NotJson, OtherShape
from migrator.formats.offsets import count_code_points


def examine(document: str, payload: bytes, rules: TypeRules | None) -> DocumentFacts:
    """The facts of one ground truth file; what is wrong with it is among them."""
    try:
        annotations = read_annotations(payload)
    except NotJson:
        # Its CRC is right, so it was written like this: obscured, not damaged.
        return DocumentFacts(document, found=[Occurrence("obscured_document", document, "no JSON")])
    except OtherShape as exc:
        place = exc.happened.rpartition("`")[0].rpartition("`")[2]
        found = Occurrence("ground_truth_malformed", document, place)
        return DocumentFacts(document, found=[found])
    examined = Examined(annotations, rules, document)
    _check(examined)
    return _facts(examined)


def _check(examined: Examined) -> None:
    annotations = examined.annotations
    if annotations.id != examined.document:
        examined.note("ground_truth_id_differs", annotations.id)
    if count_code_points(annotations):
        examined.note("utf16_offsets")
    obscured = _why_obscured(annotations)
    if obscured:
        examined.note("obscured_document", obscured)
        return
    check_text(examined)
    check_sentences(examined)
    check_mentions(examined)
    check_relations(examined)
    check_chains(examined)


def _why_obscured(annotations: Annotations) -> str:
    """Why the document is obscured, by what a readable one must satisfy; empty where it is not."""
    text = annotations.text
    if not annotations.sentences and text and not text.isspace():
        return "no sentences"
    if not is_readable(text):
        return "the text is no text"
    return "" if sentences_fit(annotations) else "sentences that are not the text"


def _facts(examined: Examined) -> DocumentFacts:
    annotations = examined.annotations
    return DocumentFacts(
        id=examined.document,
        text_digest=text_digest(annotations.text),
        annotation_digest=_annotation_digest(annotations),
        language=annotations.language or "",
        characters=len(annotations.text),
        sentences=len(annotations.sentences),
        tokens=sum([len(sentence.tokens) for sentence in annotations.sentences]),
        mentions=len(annotations.mentions),
        relations=len(annotations.relations),
        coreferences=len(annotations.corefs),
        mention_labels=Counter([mention.type for mention in annotations.mentions]),
        relation_labels=Counter([relation.type for relation in annotations.relations]),
        found=examined.found,
    )


def _annotation_digest(annotations: Annotations) -> bytes:
    """Equal for two documents whose mentions have the same spans, types, roles and subtypes."""
    spans = {
        mention.id: (
            mention.begin,
            mention.end,
            mention.type,
            mention.properties.role or "",
            mention.properties.subtype or "",
        )
        for mention in annotations.mentions
    }
    links = [
        (relation.type, *[spans.get(name, ())[:2] for name in relation.args])
        for relation in annotations.relations
    ]
    written = repr((sorted(spans.values()), sorted(links))).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(written, digest_size=8).digest()
