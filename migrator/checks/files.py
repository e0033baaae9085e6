"""Checks of the files of a workspace together: whole, of one workspace, of one language."""

from migrator.checks.answers import NOT_DUE, Answer, NotDue, State, blocking, many, note, passed
from migrator.checks.answers import warning as warned
from migrator.checks.check import Group, Source, check
from migrator.checks.facts import Facts, FindingFacts, ItemFacts
from migrator.checks.seeing import examples, findings, total
from migrator.formats.findings import CATALOGUE
from migrator.formats.wording import ERROR

Found = tuple[FindingFacts, ...]

# What only a corpus paired with the type system of a sibling workspace has.
STRANGERS = (
    "undefined_mention_type",
    "undefined_relation_type",
    "undefined_relation_signature",
    "unknown_role",
    "unknown_subtype",
)
TWO_LANGUAGES = ("mixed_languages", "dictionary_language_differs")
ENCODINGS = ("csv_encoding", "text_byte_order_mark")
# Errors of the type system have a check of their own.
ELSEWHERE = frozenset(
    {
        *STRANGERS,
        "type_duplicate_label",
        "type_duplicate_id",
        "role_undefined",
        "relation_type_end_undefined",
    }
)


@check(
    "One workspace",
    group=Group.FILES,
    level=State.BLOCKING,
    looked_at="The workspace that each file names, and whether the documents' types are defined",
    source=Source.FILES,
    sees=lambda facts: findings(facts, *STRANGERS, "workspace_ids_differ", "several_type_systems"),
)
def one_workspace(found: Found) -> Answer:
    """A corpus with the type system of a sibling is what a person brings by mistake."""
    allowed = "Type system, dictionaries and documents of one workspace"
    codes = {finding.code for finding in found}
    strangers = tuple(finding for finding in found if finding.code in STRANGERS)
    if strangers or "several_type_systems" in codes:
        return blocking(
            f"The files are of different workspaces: {many(total(strangers), 'annotation')} "
            "of types that the type system does not define."
            if strangers
            else "There are type systems of several workspaces.",
            allowed=allowed,
            items=examples(found),
            fix="Bring the type system of the workspace that the documents come from, and back up "
            "again.",
        )
    if found:
        return note(
            "The files name different workspaces, but every type is defined: they fit.",
            allowed=allowed,
            items=examples(found),
        )
    return passed("Every file is of this workspace, and every type is defined.", allowed)


class Readable(Facts, frozen=True, kw_only=True):
    """Errors of the inspection, and what was wrong when the archive was last read."""

    errors: Found
    damage: str


def _readable(facts: ItemFacts) -> Readable | NotDue:
    if facts.files is None:
        return NOT_DUE
    errors = [x for x in facts.files.findings if x.level == ERROR and x.code not in ELSEWHERE]
    return Readable(errors=tuple(errors), damage=facts.files.damage)


@check(
    "Readable files",
    group=Group.FILES,
    level=State.BLOCKING,
    looked_at="Every file and document of the backup, and the archive's fingerprints",
    source=Source.FILES,
    sees=_readable,
)
def readable_files(seen: Readable) -> Answer:
    """Unreadable, cut off or altered since: what is in it cannot be relied on."""
    allowed = "Files as Knowledge Studio writes them, unchanged since"
    if seen.damage:
        return blocking(
            f"The archive was altered or damaged. {seen.damage}",
            allowed=allowed,
            fix="Use another archive of this workspace, or back up again.",
        )
    if seen.errors:
        first = CATALOGUE.get(seen.errors[0].code)
        return blocking(
            f"{many(total(seen.errors), 'fault')} in the files: "
            + "; ".join(_title(one) for one in seen.errors)
            + ".",
            allowed=allowed,
            items=examples(seen.errors),
            fix=first.remedy if first else "Download the files again, and back up again.",
        )
    return passed("Every file was read to its end and is unchanged.", allowed)


def _title(finding: FindingFacts) -> str:
    wording = CATALOGUE.get(finding.code)
    title = wording.title if wording else finding.code.replace("_", " ")
    return f"{title[:1].lower()}{title[1:]}: {finding.count:,}"


class Languages(Facts, frozen=True, kw_only=True):
    """The workspace's language, the target's where one was chosen, and what the files mix."""

    source: str
    target: str
    found: Found


def _languages(facts: ItemFacts) -> Languages | NotDue:
    mixed = facts.files.found(*TWO_LANGUAGES) if facts.files else ()
    # A new workspace gets the source's language.
    target = facts.target.language if facts.target else ""
    if facts.workspace is None or not (target or facts.files):
        return NOT_DUE
    return Languages(source=facts.workspace.language, target=target, found=mixed)


@check(
    "Language",
    group=Group.FILES,
    level=State.BLOCKING,
    looked_at="The language of the workspace, of its files, and of the target",
    source=Source.FILES,
    sees=_languages,
)
def language(seen: Languages) -> Answer:
    """A workspace has one language for good, and refuses documents of another."""
    allowed = f"{seen.source} everywhere"
    if seen.target and seen.target.lower() != seen.source.lower():
        return blocking(
            f"The source has the language {seen.source}, the target {seen.target}.",
            allowed=allowed,
            fix="Choose a new workspace, or one of the same language: it cannot be changed.",
        )
    if seen.found:
        return blocking(
            "The files are of several languages.",
            allowed=allowed,
            items=examples(seen.found),
            fix=CATALOGUE[seen.found[0].code].remedy,
        )
    return passed(f"Everything is in {seen.source}.", allowed)


@check(
    "Encoding",
    group=Group.FILES,
    level=State.WARNING,
    looked_at="Byte order marks and encodings of dictionaries and texts in the files",
    source=Source.FILES,
    sees=lambda facts: findings(facts, *ENCODINGS),
)
def encoding(found: Found) -> Answer:
    """Knowledge Studio writes UTF-8 without a byte order mark, and expects it."""
    allowed = "UTF-8 without a byte order mark"
    if not found:
        return passed("Every file is in UTF-8.", allowed)
    return warned(
        f"{many(total(found), 'file or text', 'files or texts')} with a byte order mark or in "
        "another encoding.",
        allowed=allowed,
        items=examples(found),
        fix="Save a dictionary's CSV as UTF-8 without a byte order mark before an upload. A mark "
        "inside a text is kept as it is and counts as one character.",
    )


CHECKS = (one_workspace, readable_files, language, encoding)
