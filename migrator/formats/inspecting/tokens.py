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
    """Where tokens begin and end: by offset, the number of their sentence from 1, 0 for nowhere.

    Lists, because storing into a growing dict takes twice as long.
    """

    def __init__(self, length: int) -> None:
        self.begins = [0] * (length + 1)
        self.ends = [0] * (length + 1)


def sentences_fit(annotations: LeanAnnotations) -> bool:
    """Whether each sentence's text is the text at its place."""
    text = annotations.text
    length = len(text)
    for sentence in annotations.sentences:
        begin, end = sentence.begin, sentence.end
        if text[begin:end] != sentence.text or begin < 0 or end > length:
            return False
    return True


def check_sentences(examined: Examined) -> TokenEdges:
    """Order of sentences, text between them, and every token."""
    text = examined.annotations.text
    edges = TokenEdges(len(text))
    at = 0
    has_text_between = False
    for number, sentence in enumerate(examined.annotations.sentences, start=1):
        begin = sentence.begin
        between = text[at:begin]
        if begin < at:
            examined.note("sentences_out_of_order", f"at {begin}")
        elif between and not between.isspace() and between.strip(_INVISIBLE):
            has_text_between = True
        at = sentence.end
        if not _tokens_fit(text, sentence, number, edges):
            _name_tokens(examined, sentence, number, edges)
    if has_text_between or text[at:].strip().strip(_INVISIBLE):
        examined.note("text_between_sentences")
    return edges


def _tokens_fit(text: str, sentence: SentenceSpan, number: int, edges: TokenEdges) -> bool:
    begins, ends = edges.begins, edges.ends
    at = sentence.begin
    try:
        for token in sentence.tokens:
            begin = token.begin
            if begin < at or text[begin : (at := token.end)] != token.text:
                return False
            begins[begin] = ends[at] = number
    except IndexError:  # a last token that claims to end beyond the text
        return False
    return at <= sentence.end


def _name_tokens(
    examined: Examined, sentence: SentenceSpan, number: int, edges: TokenEdges
) -> None:
    text = examined.annotations.text
    at = sentence.begin
    for token in sentence.tokens:
        begin, end = token.begin, token.end
        if begin < at or end > sentence.end:
            examined.note("tokens_out_of_order", f"at {begin}")
        at = end
        if not 0 <= begin <= end <= len(text) or text[begin:end] != token.text:
            examined.note("token_text_differs", f"at {begin}")
        else:
            edges.begins[begin] = edges.ends[end] = number
