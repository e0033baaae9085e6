"""Sentences and tokens: ordered, disjoint, and equal to the text at their place.

The inner loop sees every token of a corpus, five million in 10,000 documents, so it does nothing
but compare and remember where tokens begin and end; what differs is looked at a second time.
"""

from migrator.formats.ground_truth import SentenceSpan
from migrator.formats.inspecting.facts import Examined

# What the service's tokenizers skip beyond white space: controls and zero-width characters.
_INVISIBLE = "".join(map(chr, (*range(33), *range(127, 161)))) + "\u200b\u200c\u200d\ufeff"


class TokenEdges:
    """Where tokens begin and end: by offset, the number of their sentence from 1, 0 for nowhere.

    Lists, because storing into a growing dict takes twice as long. `is_plain` says that no
    sentence holds a line end, a control or white space other than blanks.
    """

    def __init__(self, length: int, *, is_plain: bool) -> None:
        self.begins = [0] * (length + 1)
        self.ends = [0] * (length + 1)
        self.is_plain = is_plain


def check_sentences(examined: Examined) -> TokenEdges | None:
    """Order of sentences, text between them, and every token.

    None where a sentence is not the text at its place, whatever was noted until then.
    """
    text = examined.annotations.text
    length = len(text)
    edges = TokenEdges(length, is_plain=examined.is_plain)
    at = 0
    has_text_between = False
    for number, sentence in enumerate(examined.annotations.sentences, start=1):
        begin, end = sentence.begin, sentence.end
        if text[begin:end] != sentence.text or begin < 0 or end > length:
            return None
        if begin != at:
            if begin < at:
                examined.note("sentences_out_of_order", f"at {begin}")
            elif not (between := text[at:begin]).isspace() and between.strip(_INVISIBLE):
                has_text_between = True
        at = end
        if "\n" in sentence.text:
            edges.is_plain = False
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
    edges.is_plain = False  # a token may reach beyond its sentence
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
