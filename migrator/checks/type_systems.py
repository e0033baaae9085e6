"""Checks of the type system: without it nothing else can be uploaded."""

from migrator import menus
from migrator.checks.answers import NOT_DUE, Answer, NotDue, State, blocking, many, passed, warning
from migrator.checks.check import Group, Source, check
from migrator.checks.facts import Facts, FileFacts, FindingFacts, ItemFacts
from migrator.checks.seeing import examples, files_of, findings, total
from migrator.formats.findings import CATALOGUE
from migrator.formats.inspecting.types import ADVISED, MAX_RELATION_LABEL
from migrator.formats.wording import ERROR

INVALID = (
    "type_duplicate_label",
    "type_duplicate_id",
    "role_undefined",
    "relation_type_end_undefined",
    "limit_type_system_size",
)


class Types(Facts, frozen=True, kw_only=True):
    """What the type system counts, what the documents need of it, and what is wrong with it."""

    entity_types: int
    relation_types: int
    mentions: int
    invalid: tuple[FindingFacts, ...]


def _types(facts: ItemFacts) -> Types | NotDue:
    files = files_of(facts)
    if isinstance(files, NotDue):
        return NOT_DUE
    counted = _counted(files)
    return Types(**counted, invalid=files.found(*INVALID))


def _counted(files: FileFacts) -> dict[str, int]:
    names = ("entity_types", "relation_types", "mentions")
    return {name: files.counts.get(name, 0) for name in names}


@check(
    "Type system",
    group=Group.TYPES,
    level=State.BLOCKING,
    looked_at="The type system's file: its types, roles and relation types, and its size",
    source=Source.FILES,
    sees=_types,
)
def type_system(seen: Types) -> Answer:
    """Missing, or such that Knowledge Studio would refuse it."""
    if seen.invalid:
        return blocking(
            f"{many(total(seen.invalid), 'fault')} in the type system: "
            + "; ".join(f"{_title(one.code)}: {one.count:,}" for one in seen.invalid)
            + ".",
            allowed=_VALID,
            items=examples(seen.invalid),
            fix=CATALOGUE[seen.invalid[0].code].remedy,
        )
    if seen.mentions and not seen.entity_types:
        return blocking(
            f"The type system is empty or missing, but the documents have {seen.mentions:,} "
            "mentions.",
            allowed=_VALID,
            fix=f"Download the type system again from {menus.ENTITY_TYPES}, and back up again.",
        )
    return passed(
        f"{many(seen.entity_types, 'entity type')}, {many(seen.relation_types, 'relation type')}, "
        "all of them whole.",
        _VALID,
    )


_VALID = "A type system of at most 20 MB whose parts name each other"


def _title(code: str) -> str:
    wording = CATALOGUE[code]
    return wording.title if wording.level == ERROR else wording.title.lower()


def _sizes(facts: ItemFacts) -> tuple[int, int] | NotDue:
    if facts.files is None:
        return NOT_DUE
    counts = facts.files.counts
    return counts.get("entity_types", 0), counts.get("relation_labels", 0)


@check(
    "Number of types",
    group=Group.TYPES,
    level=State.WARNING,
    looked_at="Entity types, and relation types by label, in the type system's file",
    source=Source.FILES,
    sees=_sizes,
)
def many_types(sizes: tuple[int, int]) -> Answer:
    """IBM advises at most 50 of each."""
    entity_types, labels = sizes
    found = f"{many(entity_types, 'entity type')}, {many(labels, 'label')} of relation types."
    allowed = f"At most {ADVISED} entity types and {ADVISED} relation types, as IBM advises"
    if max(sizes) <= ADVISED:
        return passed(found, allowed)
    return warning(
        found,
        allowed=allowed,
        fix="Nothing has to be done: Knowledge Studio takes more, and becomes slower. Annotators "
        "are surer with fewer types; merge those that are hardly used.",
    )


@check(
    "Names of types",
    group=Group.TYPES,
    level=State.WARNING,
    looked_at="Labels of entity types and relation types in the type system's file",
    source=Source.FILES,
    sees=lambda facts: findings(facts, "type_label_irregular", "limit_relation_label"),
)
def type_names(found: tuple[FindingFacts, ...]) -> Answer:
    """IBM's rule for labels; others can be uploaded, but not created one by one."""
    allowed = (
        "Entity types: letters, digits and underscore, a letter first, at most 64 characters; "
        f"relation types: at most {MAX_RELATION_LABEL} characters"
    )
    if not found:
        return passed("Every label keeps the rule.", allowed)
    return warning(
        f"{many(total(found), 'label')} beyond IBM's rule.",
        allowed=allowed,
        items=examples(found),
        fix="They go back by upload into a workspace without types. Into one that has types they "
        "cannot be added one by one: choose a new workspace, or rename them in the source.",
    )


CHECKS = (type_system, many_types, type_names)
