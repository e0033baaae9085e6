"""One ground truth file: read, counted and checked. The inner loop of every inspection."""

import hashlib
from collections import Counter

from migrator.formats.errors import FormatError
from migrator.formats.inspecting.facts import DocumentFacts, Examined, Seen
from migrator.formats.inspecting.lean import LeanAnnotations, LeanMention, read_lean
from migrator.formats.inspecting.links import check_chains, check_relations
from migrator.formats.inspecting.mentions import check_mentions
from migrator.formats.inspecting.texts import check_text, is_readable, text_digest
from migrator.formats.inspecting.tokens import check_sentences, sentences_fit
from migrator.formats.inspection import Occurrence
from migrator.formats.json_decoding import NotJson, OtherShape
from migrator.formats.offsets import count_code_points


def examine(document: str, payload: bytes, seen: Seen) -> DocumentFacts:
    """The facts of one ground truth file; what is wrong with it is among them."""
    try:
        annotations = read_lean(payload)
    except NotJson:
        # Its CRC is right, so it was written like this: obscured, not damaged.
        return DocumentFacts(document, found=[Occurrence("obscured_document", document, "no JSON")])
    except OtherShape as exc:
        place = exc.happened.rpartition("`")[0].rpartition("`")[2]
        found = Occurrence("ground_truth_malformed", document, place)
        return DocumentFacts(document, found=[found])
    examined = Examined(annotations, seen, document)
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
    edges = check_sentences(examined)
    mentions = check_mentions(examined, edges)
    check_relations(examined, mentions)
    check_chains(examined, mentions)


def _why_obscured(annotations: LeanAnnotations) -> str:
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
        language=annotations.language if isinstance(annotations.language, str) else "",
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


def annotation_digest(payload: bytes) -> bytes:
    """Equal for two documents whose mentions and relations are; empty for what is unreadable.

    Spans, types, roles and subtypes count, ids do not.
    """
    try:
        annotations = read_lean(payload)
    except FormatError:
        return b""
    spans = {
        mention.id: (mention.begin, mention.end, mention.type, _words(mention))
        for mention in annotations.mentions
    }
    links = [
        (relation.type, [spans.get(name, ())[:3] for name in relation.args])
        for relation in annotations.relations
    ]
    written = repr((sorted(spans.values()), sorted(links))).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(written, digest_size=16).digest()


def _words(mention: LeanMention) -> tuple[str, str]:
    return mention.properties.role or "", mention.properties.subtype or ""
