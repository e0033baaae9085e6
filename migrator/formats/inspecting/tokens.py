"""Sentences and tokens: ordered, disjoint, and equal to the text at their place.

The inner loop sees every token of a corpus, five million in 10,000 documents, so it does nothing
but compare and remember where tokens begin and end; what differs is looked at a second time.
"""

from migrator.formats.ground_truth import SentenceSpan
from migrator.formats.inspecting.facts import Examined
from migrator.formats.inspecting.lean import LeanAnnotations

# What the service's tokenizers skip beyond white space: controls and zero-width characters.
_INVISIBLE = "".join(map(chr, (*range(33), *range(127, 161)))) + "\u200b\u200c\u200d\ufeff"


class TokenEdges:
    """Where tokens begin and end: offset → number of the sentence."""

    def __init__(self) -> None:
        self.begins: dict[int, int] = {}
        self.ends: dict[int, int] = {}


def sentences_fit(annotations: LeanAnnotations) -> bool:
    """Whether each sentence's text is the text at its place."""
    text = annotations.text
    for sentence in annotations.sentences:
        if text[sentence.begin : sentence.end] != sentence.text or sentence.begin < 0:
            return False
    return True


def check_sentences(examined: Examined) -> TokenEdges:
    """Order of sentences, text between them, and every token."""
    text = examined.annotations.text
    edges = TokenEdges()
    at = 0
    has_text_between = False
    for number, sentence in enumerate(examined.annotations.sentences):
        begin = sentence.begin
        between = text[at:begin]
        if begin < at:
            examined.note("sentences_out_of_order", f"at {begin}")
        elif between and not between.isspace() and between.strip(_INVISIBLE):
            has_text_between = True
        at = sentence.end
        if not _tokens_fit(text, sentence, number, edges):
            _name_tokens(examined, sentence)
    if has_text_between or text[at:].strip().strip(_INVISIBLE):
        examined.note("text_between_sentences")
    return edges


def _tokens_fit(text: str, sentence: SentenceSpan, number: int, edges: TokenEdges) -> bool:
    begins, ends = edges.begins, edges.ends
    fit = True
    at = sentence.begin
    for token in sentence.tokens:
        begin = token.begin
        if begin < at:
            fit = False
        begins[begin] = number
        at = token.end
        ends[at] = number
        if text[begin:at] != token.text:
            fit = False
    return fit and at <= sentence.end


def _name_tokens(examined: Examined, sentence: SentenceSpan) -> None:
    text = examined.annotations.text
    at = sentence.begin
    for token in sentence.tokens:
        if token.begin < 0 or text[token.begin : token.end] != token.text:
            examined.note("token_text_differs", f"at {token.begin}")
        if token.begin < at or token.end > sentence.end:
            examined.note("tokens_out_of_order", f"at {token.begin}")
        at = token.end
