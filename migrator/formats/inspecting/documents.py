"""One ground truth file: read, counted and checked. The inner loop of every inspection."""

import hashlib

from migrator.formats.inspecting.facts import DocumentFacts, Examined, Seen, Sums
from migrator.formats.inspecting.lean import LeanAnnotations, LeanMention, read_lean
from migrator.formats.inspecting.links import check_chains, check_relations
from migrator.formats.inspecting.mentions import check_mentions
from migrator.formats.inspecting.texts import is_readable, surprises, text_digest
from migrator.formats.inspecting.tokens import check_sentences
from migrator.formats.inspection import Occurrence
from migrator.formats.json_decoding import NotJson, OtherShape
from migrator.formats.offsets import count_code_points


def examine(
    document: str, payload: bytes, seen: Seen, sums: Sums, *, is_copy: bool = False
) -> DocumentFacts:
    """The facts of one ground truth file; what is wrong with it is among them.

    What it holds is added to `sums`. `is_copy` asks for the digest of its annotations.
    """
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
    sums.add(annotations)
    return _facts(examined, is_copy=is_copy)


def _check(examined: Examined) -> None:
    annotations = examined.annotations
    if annotations.id != examined.document:
        examined.note("ground_truth_id_differs", annotations.id)
    if count_code_points(annotations):
        examined.note("utf16_offsets")
    if obscured := _why_obscured(examined):
        examined.note("obscured_document", obscured)
        return
    before = len(examined.found)
    for code in surprises(annotations.text, plain=examined.is_plain):
        examined.note(code)
    edges = check_sentences(examined)
    if edges is None:
        del examined.found[before:]  # what else is wrong follows from this
        examined.note("obscured_document", "sentences that are not the text")
        return
    referred = check_mentions(examined, edges)
    check_relations(examined, referred.kinds)
    check_chains(examined, referred.flagged)


def _why_obscured(examined: Examined) -> str:
    """Why the document is obscured, by what a readable one must satisfy; empty where it is not."""
    text = examined.annotations.text
    if not examined.annotations.sentences and text and not text.isspace():
        return "no sentences"
    return "" if examined.is_plain or is_readable(text) else "the text is no text"


def _facts(examined: Examined, *, is_copy: bool) -> DocumentFacts:
    annotations = examined.annotations
    return DocumentFacts(
        examined.document,
        text_digest(annotations.text),
        annotation_digest(annotations) if is_copy else b"",
        len(annotations.mentions),
        len(annotations.relations),
        len(annotations.corefs),
        examined.found,
    )


def annotation_digest(annotations: LeanAnnotations) -> bytes:
    """Equal for two documents whose mentions and relations are.

    Spans, types, roles and subtypes count, ids do not.
    """
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
