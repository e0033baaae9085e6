"""Sentences and tokens: ordered, disjoint, and equal to the text at their place.

These loops see every token of a corpus, four and a half million in 10,000 documents, so they
do nothing but compare, and what differs is looked at a second time.
"""

from migrator.formats.ground_truth import Annotations, SentenceSpan
from migrator.formats.inspecting.facts import Examined

# What the service's tokenizers skip beyond white space: controls and zero-width characters.
_INVISIBLE = "".join(map(chr, (*range(33), *range(127, 161)))) + "\u200b\u200c\u200d\ufeff"


def sentences_fit(annotations: Annotations) -> bool:
    """Whether each sentence's text is the text at its place."""
    text = annotations.text
    for sentence in annotations.sentences:
        if text[sentence.begin : sentence.end] != sentence.text or sentence.begin < 0:
            return False
    return True


def check_sentences(examined: Examined) -> None:
    """Order of sentences, text between them, and every token."""
    text = examined.annotations.text
    at = 0
    is_gap_blank = True
    for sentence in examined.annotations.sentences:
        if sentence.begin < at:
            examined.note("sentences_out_of_order", f"at {sentence.begin}")
        elif sentence.begin > at and not _is_blank(text[at : sentence.begin]):
            is_gap_blank = False
        at = sentence.end
        if not _tokens_fit(text, sentence):
            _name_tokens(examined, sentence)
    if not is_gap_blank or (at < len(text) and not _is_blank(text[at:])):
        examined.note("text_between_sentences")


def _tokens_fit(text: str, sentence: SentenceSpan) -> bool:
    at = sentence.begin
    for token in sentence.tokens:
        begin = token.begin
        if begin < at or text[begin : (at := token.end)] != token.text:
            return False
    return at <= sentence.end


def _name_tokens(examined: Examined, sentence: SentenceSpan) -> None:
    text = examined.annotations.text
    at = sentence.begin
    for token in sentence.tokens:
        if token.begin < 0 or text[token.begin : token.end] != token.text:
            examined.note("token_text_differs", f"at {token.begin}")
        if token.begin < at or token.end > sentence.end:
            examined.note("tokens_out_of_order", f"at {token.begin}")
        at = token.end


def _is_blank(text: str) -> bool:
    return text.isspace() or not text.strip(_INVISIBLE)
