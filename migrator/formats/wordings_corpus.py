"""Words for what is found in documents, their texts and their sets."""

from migrator.formats.wording import AGAIN, Wording, error, note, warning

_TEXT_KEPT = "The text is kept as it is; offsets count every character once."
_LIMIT = "Knowledge Studio may refuse the upload."

CORPUS_WORDINGS: dict[str, Wording] = {
    "duplicate_document_id": error(
        "Documents whose id another document has",
        "Their ground truths and sets cannot be told apart.",
    ),
    "duplicate_set_id": error(
        "Document sets whose id another set has", "The sets cannot be told apart."
    ),
    "duplicate_entry": error(
        "Files that stand in the ZIP twice under one name",
        "Only the first was read; nobody can tell which one counts.",
    ),
    "damaged_entry": error(
        "Ground truth files that are damaged in the ZIP",
        "Their annotations are lost in this file. The other documents were read.",
    ),
    "malformed_document": error(
        "Items of documents.json or sets.json that are not what they should be",
        "They were left out of every count.",
    ),
    "document_without_ground_truth": error(
        "Documents without a ground truth file", "Their annotations are not in this file."
    ),
    "ground_truth_without_document": error(
        "Ground truth files of documents that documents.json does not list",
        "Their texts are in no set and would not be imported.",
    ),
    "ground_truth_malformed": error(
        "Ground truth files that do not have the shape of one",
        "They are JSON, but not a document with sentences and mentions.",
    ),
    "set_missing_document": error(
        "Entries of document sets that name a document which does not exist",
        "The set is larger than what can be restored.",
    ),
    "set_count_wrong": error(
        "Document sets whose count is not the number of their documents",
        "The list may have been cut or edited.",
    ),
    "sets_missing": error(
        "Corpus without sets.json",
        "Which document belongs to which set, and what trains and what tests, is lost.",
    ),
    "empty_text": error(
        "Documents with an empty text", "There is nothing to annotate; no real export has them."
    ),
    "token_text_differs": error(
        "Tokens that are not the text at their place",
        "The offsets of the document do not fit its text; no real export has that.",
    ),
    "tokens_out_of_order": error(
        "Tokens that overlap, stand in the wrong order or leave their sentence",
        "No real export has that.",
    ),
    "sentences_out_of_order": error(
        "Sentences that overlap or stand in the wrong order", "No real export has that."
    ),
    "obscured_document": warning(
        "Documents in a form that cannot be read outside of Knowledge Studio",
        "Documents pre-annotated by Natural Language Understanding download like this, human "
        "annotations included. They can go back into Knowledge Studio, but nobody can read, count "
        "or compare their annotations.",
        "Keep the workspace until a restore was looked at in the tool.",
    ),
    "ground_truth_id_differs": warning(
        "Ground truth files that name another document than their file name",
        "The file name counts here.",
        AGAIN,
    ),
    "text_differs": warning(
        "Documents whose text in the ground truth is not that in documents.json",
        "The annotations belong to the text in the ground truth; occurs in real exports.",
        "Look at these documents in the tool after a restore.",
    ),
    "text_between_sentences": warning(
        "Documents with text outside of every sentence", "It cannot be annotated.", AGAIN
    ),
    "duplicate_text_differently": warning(
        "Documents with the text of an earlier one but other annotations",
        "They teach a model two answers for one text.",
        "Decide in the tool which of the two is right.",
    ),
    "text_in_training_and_test": warning(
        "Texts that are both in the training and in the test or blind set",
        "The model is tested on what it has learned, so its score is too good.",
        "Move one of them in the tool before training again.",
    ),
    "document_in_training_and_test": warning(
        "Documents in more than one of the training, test and blind sets",
        "The three should have no document in common.",
        "Move them in the tool before training again.",
    ),
    "mixed_languages": warning(
        "Languages beyond the first in one corpus",
        "A workspace has one language; an upload into another language fails.",
        "Check which documents belong to the workspace.",
    ),
    "unsupported_language": warning(
        "Documents in a language that Knowledge Studio does not list",
        "They can only go back into a workspace of the same language.",
        "Check the language before you create the target workspace.",
    ),
    "limit_characters": warning(
        "Documents longer than 40,000 characters", _LIMIT, "Split them before a restore."
    ),
    "limit_documents": warning(
        "Documents in a corpus of more than 10,000",
        "A workspace holds at most 10,000 documents, annotation sets included.",
        "Restore into several workspaces.",
    ),
    "limit_document_sets": warning(
        "Document sets in a corpus of more than 1,000",
        "A workspace holds at most 1,000 document sets, annotation sets included.",
        "Restore into several workspaces.",
    ),
    "limit_set_name": warning(
        "Document sets with a name longer than 256 characters", _LIMIT, "Rename them in the tool."
    ),
    "limit_upload_size": note(
        "Corpora larger than the 200 MB of one upload",
        "A restore uploads them in several parts, by whole document sets where possible.",
    ),
    "duplicate_name": note(
        "Documents with the name of an earlier one",
        "Names need not be unique; documents are told apart by id and text.",
    ),
    "duplicate_text": note(
        "Documents with the text of an earlier one", "They count and train several times."
    ),
    "document_without_mentions": note(
        "Documents without mentions",
        "Not yet annotated, or there is nothing in them to annotate.",
    ),
    "document_in_progress": note(
        "Documents on which annotation is in progress",
        "They come with their last approved annotations; the draft of the work in progress is in "
        "no download.",
        "Finish and accept the annotation tasks before the backup.",
    ),
    "too_few_to_train": note(
        "Annotated documents missing to the 10 that training needs",
        "A model cannot be trained from this corpus alone.",
    ),
    "empty_set": note("Document sets without documents", "They are restored empty or not at all."),
    "document_in_several_annotation_sets": note(
        "Documents in more than one annotation set",
        "Annotators overlap, which is how agreement is measured.",
    ),
    "text_in_several_annotation_sets": note(
        "Texts in more than one annotation set, the same document or a copy of it",
        "Several annotators worked on them.",
    ),
    "stray_file": note(
        "Files in the corpus that belong to no corpus", "They were not read and are not restored."
    ),
    "utf16_offsets": note(
        "Documents whose offsets count UTF-16 units",
        "Characters beyond U+FFFF count two in them; they were converted for every check.",
    ),
    "text_carriage_return": note("Documents with carriage returns in the text", _TEXT_KEPT),
    "text_no_break_space": note("Documents with no-break spaces in the text", _TEXT_KEPT),
    "text_byte_order_mark": note("Documents with U+FEFF in the text", _TEXT_KEPT),
    "text_control_character": note(
        "Documents with control characters or line separators in the text", _TEXT_KEPT
    ),
    "text_html_entity": note("Documents with HTML entities left in the text", _TEXT_KEPT),
}
