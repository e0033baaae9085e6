"""A workspace of a plan about which everything is known and nothing is wrong."""

from typing import Any

import msgspec

from migrator.checks.facts import (
    Clashes,
    DictionaryFacts,
    FileFacts,
    FindingFacts,
    InstanceFacts,
    ItemFacts,
    Lists,
    MemberFacts,
    Said,
    SetFacts,
    TargetFacts,
    TaskFacts,
    TaskSetFacts,
    VersionFacts,
    WorkspaceFacts,
)
from migrator.formats.findings import CATALOGUE

BY_HAND = "Dallas is served by hand: nobody but a person can look."

SET = SetFacts(
    id="s1", name="Letters", type="SOURCE", annotator="", in_ground_truth=True, preannotated=False
)
DONE = TaskSetFacts(
    id="a1", name="Half", annotator="ann@x.org", documents=4, annotated=4, state="COMPLETED"
)
DICTIONARY = DictionaryFacts(name="Drugs", read_only=False, entries=300, entity_type="DRUG")
LISTS = Lists(
    sets=(SET,),
    dictionaries=(DICTIONARY,),
    tasks=(TaskFacts(name="Spring", state="COMPLETED", sets=(DONE,)),),
    versions=(),
    members=(MemberFacts(user_id="ann@x.org", name="Ann", role="Human annotator"),),
)
COUNTS = {
    "documents": 12,
    "document_sets": 3,
    "dictionaries": 1,
    "entity_types": 8,
    "relation_types": 9,
    "relation_labels": 4,
    "mentions": 300,
}
FILES = FileFacts(counts=COUNTS, findings=(), damage="", csv_dictionaries=())
SOURCE = InstanceFacts(name="Dallas", region="us-south", plan="premium", why_unknown="")
WORKSPACE = WorkspaceFacts(
    name="Claims", language="en", tokenizer="ml", documents=12, rule_classes=()
)
TARGET = TargetFacts(
    instance=InstanceFacts(name="Frankfurt", region="us-south", plan="premium", why_unknown=""),
    is_new=True,
    name="Claims",
    language="",
    tokenizer="",
    there=None,
    people={"ann@x.org": "Human annotator"},
    mapped_people={"ann@x.org": ("ann@x.org", "")},
    clashes=None,
    mapped_dictionaries=(),
)
RIGHT = ItemFacts(
    pk=1,
    name="Claims",
    restores=True,
    deletes_source=True,
    source=SOURCE,
    workspace=WORKSPACE,
    lists=LISTS,
    why_unlisted="",
    why_unscanned="",
    files=FILES,
    target=TARGET,
    said={},
)


def but(facts: Any, **changes: Any) -> Any:
    """The same facts with some of them changed."""
    return msgspec.structs.replace(facts, **changes)


def listing(**changes: Any) -> ItemFacts:
    """Right, but for what the source listed."""
    return but(RIGHT, lists=but(LISTS, **changes))  # type: ignore[no-any-return]


def finding(code: str, count: int = 2, *examples: str) -> FindingFacts:
    """A finding of the inspection, at the level that its catalogue gives it."""
    level = CATALOGUE[code].level
    return FindingFacts(code=code, level=level, count=count, examples=examples or ("d1: here",))


def finding_in_files(*found: FindingFacts, **changes: Any) -> ItemFacts:
    """Right, but for what the inspection found."""
    return but(RIGHT, files=but(FILES, findings=found, **changes))  # type: ignore[no-any-return]


def into(**changes: Any) -> ItemFacts:
    """Right, but for the target."""
    return but(RIGHT, target=but(TARGET, **changes))  # type: ignore[no-any-return]


def existing(**changes: Any) -> ItemFacts:
    """Right, into a workspace that is there and empty."""
    there = {"documents": 0, "document_sets": 1, "dictionaries": 0}
    none = Clashes(lacking=(), differing=())
    given = {"there": there, "language": "en", "tokenizer": "ml", "clashes": none}
    return into(is_new=False, **{**given, **changes})


def by_hand(**changes: Any) -> ItemFacts:
    """An instance that only a person can see into, before anything was collected."""
    facts: ItemFacts = but(
        RIGHT,
        source=but(SOURCE, region="", plan="", why_unknown=BY_HAND),
        workspace=but(WORKSPACE, tokenizer="", documents=None),
        lists=None,
        why_unlisted=BY_HAND,
        files=None,
        target=but(
            TARGET,
            instance=but(TARGET.instance, region="", plan="", why_unknown=BY_HAND),
            people=None,
            is_new=False,
        ),
    )
    return but(facts, **changes)  # type: ignore[no-any-return]


def version(kind: str = "ml", number: str = "1.0", *deployed: str) -> VersionFacts:
    """A version of a model, with the ids of its deployments."""
    deployments = tuple((one, "natural-language-understanding", "available") for one in deployed)
    return VersionFacts(kind=kind, version=number, deployments=deployments)


def said(value: str, *names: str) -> Said:
    """What a person answered."""
    return Said(value=value, names=names, who="ann", when="24 Nov 2026, 14:02")
