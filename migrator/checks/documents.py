"""Checks of documents and their sets."""

from migrator import menus
from migrator.checks.answers import (
    NOT_DUE,
    Answer,
    NotDue,
    State,
    Unknown,
    blocking,
    many,
    note,
    passed,
    verb,
    warning,
)
from migrator.checks.check import Choice, Group, Question, Source, check, yes_no
from migrator.checks.facts import Facts, FindingFacts, ItemFacts
from migrator.checks.seeing import examples, findings, total, unlisted
from migrator.formats.inspecting.bundle_parts import MAX_UPLOAD
from migrator.formats.inspecting.listing import MAX_CHARACTERS
from migrator.formats.inspecting.sets import MAX_SET_NAME

Found = tuple[FindingFacts, ...]


class Obscured(Facts, frozen=True, kw_only=True):
    """Sets that were pre-annotated, and obscured documents in the files; None: not looked at."""

    preannotated: tuple[str, ...] | None
    obscured: int | None
    examples: tuple[str, ...]


def _obscured(facts: ItemFacts) -> Obscured | Unknown:
    if facts.lists is None and facts.files is None:
        return unlisted(facts)
    found = facts.files.found("obscured_document") if facts.files else ()
    sets = facts.lists.sets if facts.lists else None
    return Obscured(
        preannotated=None if sets is None else tuple(x.name for x in sets if x.preannotated),
        obscured=total(found) if facts.files else None,
        examples=tuple(examples(found)),
    )


@check(
    "Obscured documents",
    group=Group.DOCUMENTS,
    level=State.BLOCKING,
    looked_at="Sets pre-annotated by Natural Language Understanding, and documents in the files "
    "that nobody can read",
    source=Source.INVENTORY,
    sees=_obscured,
    can_be_waived=True,
    question=yes_no(
        "Were documents of this workspace pre-annotated by Natural Language Understanding?",
        where=menus.DOCUMENT_SETS,
        state=State.BLOCKING,
        yes="Documents were pre-annotated by Natural Language Understanding.",
        no="No document was pre-annotated by Natural Language Understanding.",
        names="Which document sets?",
        fix="Accept that they can only go back into Knowledge Studio, and keep the originals.",
    ),
)
def obscured_documents(seen: Obscured) -> Answer:
    """Knowledge Studio hides their text in a download, human annotations included."""
    fix = (
        "Accept in writing that these documents can only go back into Knowledge Studio and that "
        "nobody can read, count or compare their annotations. Keep the original files as well."
    )
    allowed = "No document pre-annotated by Natural Language Understanding, unless accepted"
    if seen.obscured:
        return blocking(
            f"{many(seen.obscured, 'document')} {verb(seen.obscured, 'is', 'are')} obscured in "
            "the download.",
            allowed=allowed,
            items=seen.examples,
            fix=fix,
        )
    # Files that were read settle it, whatever the tool says of the sets.
    if seen.obscured is None and seen.preannotated:
        count = len(seen.preannotated)
        return blocking(
            f"{many(count, 'document set')} {verb(count, 'was', 'were')} pre-annotated: Knowledge "
            "Studio will obscure the documents in the download.",
            allowed=allowed,
            items=seen.preannotated,
            fix=fix,
        )
    if seen.obscured is None:
        return passed("No document set was pre-annotated.", allowed)
    return passed("Every document can be read.", allowed)


class Tokenizer(Facts, frozen=True, kw_only=True):
    """The source's tokenizer and the one that the target has or gets, empty where open."""

    source: str
    target: str


def _tokenizer(facts: ItemFacts) -> Tokenizer | Unknown:
    if facts.workspace is None or not facts.workspace.tokenizer:
        return Unknown("Nobody knows which tokenizer the workspace has.", look=facts.read_again)
    target = facts.target.tokenizer if facts.target else ""
    return Tokenizer(source=facts.workspace.tokenizer, target=target)


_TOKENIZER_FIX = (
    "Create the new workspace with the same tokenizer: it cannot be changed later, and another one "
    "moves sentence borders, so that annotations which then cross one are dropped."
)


@check(
    "Tokenizer",
    group=Group.DOCUMENTS,
    level=State.WARNING,
    looked_at="The tokenizer of the workspace, and the one that the target has or gets",
    source=Source.INVENTORY,
    sees=_tokenizer,
    question=Question(
        "Which tokenizer does this workspace have?",
        (
            Choice("ml", "Machine learning (default)", State.PASSED, "Machine learning."),
            Choice("dictionary", "Dictionary-based", State.WARNING, "Dictionary-based."),
        ),
        where=menus.WORKSPACE,
        fix=_TOKENIZER_FIX,
    ),
)
def tokenizer(seen: Tokenizer) -> Answer:
    """It is fixed when a workspace is created, and another one drops annotations."""
    words = {"ml": "the machine-learning tokenizer", "dictionary": "the dictionary-based tokenizer"}
    has = words.get(seen.source, seen.source)
    if seen.target and seen.target != seen.source:
        return warning(
            f"The source has {has}, the target {words.get(seen.target, seen.target)}.",
            allowed="The same tokenizer in source and target",
            fix=_TOKENIZER_FIX,
        )
    if seen.source == "dictionary":
        return warning(f"The workspace has {has}.", allowed="Machine learning", fix=_TOKENIZER_FIX)
    return passed(f"The workspace has {has}.", "The same tokenizer in source and target")


@check(
    "Long documents",
    group=Group.DOCUMENTS,
    level=State.WARNING,
    looked_at="The characters of each document in the files",
    source=Source.FILES,
    sees=lambda facts: findings(facts, "limit_characters"),
)
def document_length(found: Found) -> Answer:
    """Knowledge Studio takes documents of at most 40,000 characters."""
    allowed = f"{MAX_CHARACTERS:,} characters"
    if not found:
        return passed("No document is longer.", allowed)
    return warning(
        f"{many(total(found), 'document')} longer.",
        allowed=allowed,
        items=examples(found),
        fix="Split them in the source where they matter: Knowledge Studio may refuse the upload.",
    )


@check(
    "Size of uploads",
    group=Group.DOCUMENTS,
    level=State.WARNING,
    looked_at="The size of the documents' file",
    source=Source.FILES,
    sees=lambda facts: findings(facts, "limit_upload_size"),
)
def upload_size(found: Found) -> Answer:
    """One upload takes 200 MB; a restore splits a larger file."""
    allowed = f"{MAX_UPLOAD // 1_000_000} MB in one upload"
    if not found:
        return passed("The documents fit into one upload.", allowed)
    return warning(
        "The documents do not fit into one upload.",
        allowed=allowed,
        items=examples(found),
        fix="A restore uploads them in several parts, by whole document sets where possible. "
        "Nothing has to be done; it takes longer, and a training set may come in two parts.",
    )


class SetNames(Facts, frozen=True, kw_only=True):
    """Listed sets whose name is too long, and the same as found in the files."""

    listed: tuple[str, ...]
    found: Found


def _set_names(facts: ItemFacts) -> SetNames | NotDue:
    if facts.lists is None and facts.files is None:
        return NOT_DUE
    names = [one.name for one in facts.lists.sets] if facts.lists else []
    return SetNames(
        listed=tuple(name for name in names if len(name) > MAX_SET_NAME),
        found=facts.files.found("limit_set_name") if facts.files else (),
    )


@check(
    "Names of sets",
    group=Group.DOCUMENTS,
    level=State.WARNING,
    looked_at="Names of document and annotation sets",
    source=Source.INVENTORY,
    sees=_set_names,
)
def set_names(seen: SetNames) -> Answer:
    """A set's name has at most 256 characters."""
    items = seen.listed or tuple(examples(seen.found))
    allowed = f"{MAX_SET_NAME} characters"
    if not items:
        return passed("Every name is short enough.", allowed)
    return warning(
        f"{many(max(len(seen.listed), total(seen.found)), 'name')} longer.",
        allowed=allowed,
        items=items,
        fix="Rename the sets in Knowledge Studio: an upload may be refused.",
    )


@check(
    "Duplicates",
    group=Group.DOCUMENTS,
    level=State.NOTE,
    looked_at="Names and texts of the documents in the files",
    source=Source.FILES,
    sees=lambda facts: findings(
        facts, "duplicate_name", "duplicate_text", "duplicate_text_differently"
    ),
)
def duplicates(found: Found) -> Answer:
    """They move as they are, and train several times."""
    if not found:
        return passed("No name and no text stands there twice.")
    by_code = {finding.code: finding.count for finding in found}
    words = (
        ("duplicate_name", "name", "names"),
        ("duplicate_text", "text", "texts"),
        ("duplicate_text_differently", "text annotated otherwise", "texts annotated otherwise"),
    )
    said = [many(by_code[code], one, several) for code, one, several in words if code in by_code]
    return note(
        f"There twice: {', '.join(said)}.",
        items=examples(found),
        fix="They move as they are. Where copies were annotated otherwise, decide in Knowledge "
        "Studio which of them is right.",
    )


@check(
    "Training and test",
    group=Group.DOCUMENTS,
    level=State.NOTE,
    looked_at="Texts of the training, test and blind sets in the files",
    source=Source.FILES,
    sees=lambda facts: findings(
        facts, "text_in_training_and_test", "document_in_training_and_test"
    ),
)
def shared_texts(found: Found) -> Answer:
    """A model that is tested on what it has learned scores too well."""
    if not found:
        return passed("Training and test sets have no text in common.")
    return note(
        f"{many(total(found), 'text')} both in training and in test or blind sets.",
        items=examples(found),
        fix="Move one of them before training again: the score is too good.",
    )


CHECKS = (
    obscured_documents,
    tokenizer,
    document_length,
    upload_size,
    set_names,
    duplicates,
    shared_texts,
)
