"""Edits of the small workspace's texts, documents and sets, each with its findings."""

from collections.abc import Callable

from tests.formats.plain_exports import Plain, PlainCorpus
from tests.formats.small_exports import document_id, sentences_of

Edit = Callable[[PlainCorpus, Plain], None]


def set_text(corpus: PlainCorpus, text: str, number: int = 0) -> Plain:
    """Give a document another text everywhere, without annotations."""
    truth = corpus.ground_truths[document_id(number)]
    truth |= {"text": text, "sentences": sentences_of(text), "mentions": []}
    truth |= {"relations": [], "corefs": []}
    corpus.documents[number]["text"] = text
    return truth


def _text(text: str) -> Edit:
    def edit(corpus: PlainCorpus, _truth: Plain) -> None:
        set_text(corpus, text)

    return edit


def _set_field(number: int, **changes: object) -> Edit:
    def edit(corpus: PlainCorpus, _truth: Plain) -> None:
        corpus.sets[number] |= changes

    return edit


def _empty_text(corpus: PlainCorpus, _truth: Plain) -> None:
    set_text(corpus, "")["sentences"] = []


def _no_ground_truth(corpus: PlainCorpus, truth: Plain) -> None:
    del corpus.ground_truths[truth["id"]]


def _no_document(corpus: PlainCorpus, truth: Plain) -> None:
    del corpus.documents[0]
    for one in corpus.sets:
        one["documents"] = [name for name in one["documents"] if name != truth["id"]]
        one["count"] = len(one["documents"])


def _document_twice(corpus: PlainCorpus, _truth: Plain) -> None:
    corpus.documents.append(dict(corpus.documents[0]))


def _set_twice(corpus: PlainCorpus, _truth: Plain) -> None:
    corpus.sets[2]["id"] = corpus.sets[1]["id"]


def _same_name(corpus: PlainCorpus, _truth: Plain) -> None:
    corpus.documents[1]["name"] = corpus.documents[0]["name"]


def _copy_text(corpus: PlainCorpus, number: int) -> Plain:
    """Give document `number` the text and annotations of the first."""
    first, other = corpus.ground_truths[document_id(0)], corpus.ground_truths[document_id(number)]
    for name in ("text", "sentences", "mentions", "relations", "corefs"):
        other[name] = first[name]
    corpus.documents[number]["text"] = corpus.documents[0]["text"]
    return other


def _same_text(corpus: PlainCorpus, _truth: Plain) -> None:
    _copy_text(corpus, 7)


def _same_text_differently(corpus: PlainCorpus, _truth: Plain) -> None:
    _copy_text(corpus, 7)["relations"] = []


def _same_text_tested(corpus: PlainCorpus, _truth: Plain) -> None:
    _copy_text(corpus, 9)


def _other_text(corpus: PlainCorpus, _truth: Plain) -> None:
    corpus.documents[0]["text"] += " "


def _token_text(_corpus: PlainCorpus, truth: Plain) -> None:
    truth["sentences"][0]["tokens"][0]["text"] = "the"


def _tokens_swapped(_corpus: PlainCorpus, truth: Plain) -> None:
    tokens = truth["sentences"][0]["tokens"]
    tokens[0], tokens[1] = tokens[1], tokens[0]


def _sentences_swapped(_corpus: PlainCorpus, truth: Plain) -> None:
    truth["sentences"].reverse()


def _unspoken(_corpus: PlainCorpus, truth: Plain) -> None:
    del truth["sentences"][1]
    truth["mentions"] = truth["mentions"][:2]
    truth["mentions"][0]["inCoref"] = False
    truth["corefs"] = []


def _in_progress(corpus: PlainCorpus, _truth: Plain) -> None:
    corpus.documents[0]["status"] = "IN_PROGRESS"


def _no_sentences(_corpus: PlainCorpus, truth: Plain) -> None:
    truth["sentences"] = []


def _foreign_sentences(_corpus: PlainCorpus, truth: Plain) -> None:
    truth["sentences"][0]["text"] = "Quite another text."


def _no_text(corpus: PlainCorpus, truth: Plain) -> None:
    truth["text"] = "\x01\x02\x03\x04" * 20
    corpus.documents[0]["text"] = truth["text"]


def _several_annotators(corpus: PlainCorpus, _truth: Plain) -> None:
    again = corpus.sets[2] | {"id": "a2", "name": "second", "documents": [document_id(0)]}
    corpus.sets.append(again | {"count": 1})


def _trained_and_tested(corpus: PlainCorpus, _truth: Plain) -> None:
    corpus.sets[4]["documents"].append(document_id(0))
    corpus.sets[4]["count"] += 1


def _other_language(_corpus: PlainCorpus, truth: Plain) -> None:
    truth["language"] = "DE"


LONG = "word " * 8_000 + "word"


CORPUS_CASES: dict[str, tuple[Edit, dict[str, int]]] = {
    "empty text": (_empty_text, {"empty_text": 2, "document_without_mentions": 1}),
    "no mentions": (_text("Nothing to mark here."), {"document_without_mentions": 1}),
    "no ground truth": (_no_ground_truth, {"document_without_ground_truth": 1}),
    "no document": (_no_document, {"ground_truth_without_document": 1}),
    "document twice": (_document_twice, {"duplicate_document_id": 1}),
    "set twice": (_set_twice, {"duplicate_set_id": 1}),
    "same name": (_same_name, {"duplicate_name": 1}),
    "same text": (_same_text, {"duplicate_text": 1}),
    "same text, other annotations": (
        _same_text_differently,
        {"duplicate_text": 1, "duplicate_text_differently": 1},
    ),
    "same text, trained and tested": (
        _same_text_tested,
        {"duplicate_text": 1, "text_in_training_and_test": 1},
    ),
    "other text": (_other_text, {"text_differs": 1}),
    "token that differs": (_token_text, {"token_text_differs": 1}),
    "tokens in another order": (_tokens_swapped, {"tokens_out_of_order": 1}),
    "sentences in another order": (
        _sentences_swapped,
        {"sentences_out_of_order": 1, "text_between_sentences": 1},
    ),
    "text between sentences": (_unspoken, {"text_between_sentences": 1}),
    "in progress": (_in_progress, {"document_in_progress": 1}),
    "sentences gone": (_no_sentences, {"obscured_document": 1}),
    "sentences of another text": (_foreign_sentences, {"obscured_document": 1}),
    "text that is none": (_no_text, {"obscured_document": 1}),
    "set with a stranger": (
        _set_field(4, documents=["nobody-1"], count=1),
        {"set_missing_document": 1},
    ),
    "wrong count": (_set_field(4, count=99), {"set_count_wrong": 1}),
    "empty set": (_set_field(4, documents=[], count=0), {"empty_set": 1}),
    "long set name": (_set_field(4, name="n" * 257), {"limit_set_name": 1}),
    "several annotators": (
        _several_annotators,
        {"document_in_several_annotation_sets": 1, "text_in_several_annotation_sets": 1},
    ),
    "trained and tested": (
        _trained_and_tested,
        {"document_in_training_and_test": 1, "text_in_training_and_test": 1},
    ),
    "another language": (_other_language, {"mixed_languages": 1}),
    "carriage return": (
        _text("One\r\nTwo"),
        {"text_carriage_return": 1, "document_without_mentions": 1},
    ),
    "no-break space": (
        _text("a\u00a0b"),
        {"text_no_break_space": 1, "document_without_mentions": 1},
    ),
    "byte order mark": (
        _text("\ufeffone two"),
        {"text_byte_order_mark": 1, "document_without_mentions": 1},
    ),
    "control character": (
        _text("one two three four five\x07 six seven"),
        {"text_control_character": 1, "document_without_mentions": 1},
    ),
    "HTML entity": (
        _text("one &amp; two"),
        {"text_html_entity": 1, "document_without_mentions": 1},
    ),
    "too long": (_text(LONG + "w" * 20), {"limit_characters": 1, "document_without_mentions": 1}),
}
