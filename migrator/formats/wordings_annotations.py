"""Words for what is found in mentions, relations and coreference chains."""

from migrator.formats.wording import SIBLING, Wording, error, note, warning

_KEPT = "It is kept as it is and comparing knows it."
_IN_TOOL = "Correct it in the workspace where it matters, then download the documents again."

ANNOTATION_WORDINGS: dict[str, Wording] = {
    "undefined_mention_type": error(
        "Mentions of an entity type that the type system does not define",
        "Knowledge Studio refuses to import documents whose types are not defined.",
        SIBLING,
    ),
    "undefined_relation_type": error(
        "Relations of a type that the type system does not define",
        "Knowledge Studio refuses to import documents whose types are not defined.",
        SIBLING,
    ),
    "undefined_relation_signature": error(
        "Relations between two entity types for which their label is not defined",
        "The type system has the label, but not from this source to this target.",
        SIBLING,
    ),
    "unknown_role": error(
        "Mentions in a role that their entity type does not have",
        "The role is lost or refused when the documents are imported.",
        SIBLING,
    ),
    "unknown_subtype": error(
        "Mentions with a subtype that their entity type does not have",
        "The subtype is lost or refused when the documents are imported.",
        SIBLING,
    ),
    "offset_out_of_range": error(
        "Mentions that begin or end outside of the text",
        "They point nowhere; no real export has them.",
    ),
    "empty_span": error(
        "Mentions that cover no character", "They mark nothing; no real export has them."
    ),
    "mention_outside_sentence": error(
        "Mentions outside of every sentence",
        "Knowledge Studio keeps mentions in sentences only and would drop these.",
    ),
    "mention_across_sentences": error(
        "Mentions that reach from one sentence into another",
        "Knowledge Studio drops mentions that cross a sentence, with their relations.",
    ),
    "duplicate_mention_id": error(
        "Mentions whose id another mention of the document has",
        "Relations and chains that name the id cannot be told apart.",
    ),
    "duplicate_relation_id": error(
        "Relations whose id another relation of the document has",
        "The document was put together wrongly.",
    ),
    "duplicate_chain_id": error(
        "Coreference chains whose id another chain of the document has",
        "The document was put together wrongly.",
    ),
    "relation_without_two_arguments": error(
        "Relations that do not have exactly two arguments",
        "A relation links a source to a target; this one cannot be imported.",
    ),
    "relation_argument_missing": warning(
        "Relation arguments that name no mention of the document",
        "The relation hangs in the air. It occurs in real exports; an import drops it.",
        _IN_TOOL,
    ),
    "chain_member_missing": warning(
        "Members of coreference chains that name no mention of the document",
        "The chain is shorter than it says. Such chains occur in real exports.",
        _IN_TOOL,
    ),
    "mentions_overlap": warning(
        "Pairs of mentions that overlap partly",
        "Training a machine-learning model uses at most one of the two.",
        _IN_TOOL,
    ),
    "mention_off_tokens": warning(
        "Mentions that begin or end inside of a token",
        "An import tokenizes anew; a mention off the tokens may be moved or left out of training.",
        _IN_TOOL,
    ),
    "unknown_mention_type": warning(
        "Mentions whose SIRE_MENTION_TYPE is none of NAM, NOM, PRO, NONE",
        "Knowledge Studio shows no such mention type; the value may be lost in an import.",
        _IN_TOOL,
    ),
    "coref_flag_without_chain": note(
        "Mentions marked as coreferring that are in no chain",
        f"The mark alone says nothing. {_KEPT}",
    ),
    "chain_of_one": note(
        "Coreference chains with a single mention", f"A chain of one links nothing. {_KEPT}"
    ),
    "chain_mixed_types": note(
        "Coreference chains of mentions of different entity types",
        f"The annotators may have meant it. {_KEPT}",
    ),
    "mentions_nested": note(
        "Pairs of mentions of which one lies inside of the other",
        f"Knowledge Studio allows it; models learn one of them. {_KEPT}",
    ),
    "mentions_same_span": note(
        "Pairs of mentions on the same text with different entity types",
        f"Knowledge Studio allows it; models learn one of them. {_KEPT}",
    ),
    "mentions_same_span_and_type": note(
        "Pairs of mentions on the same text with the same entity type",
        f"One of them repeats the other, perhaps in another role. {_KEPT}",
    ),
    "mention_edge_space": note(
        "Mentions that begin or end with white space", f"The span is a little too wide. {_KEPT}"
    ),
    "mention_newline": note("Mentions that contain a line break", f"They span lines. {_KEPT}"),
}
