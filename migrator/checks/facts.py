"""What is known of one workspace of a plan: all that a check may look at, and nothing else.

Plain values in a fixed order, so that the same knowledge always has the same fingerprint. None is
*not looked at*, never *none*.
"""

import msgspec


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all facts."""


class SetFacts(Facts, frozen=True, kw_only=True):
    """A document or annotation set, as the tool lists it."""

    id: str
    name: str
    type: str
    annotator: str
    in_ground_truth: bool | None
    preannotated: bool | None


class DictionaryFacts(Facts, frozen=True, kw_only=True):
    """A dictionary, as the tool lists it; `entity_type` is empty where it is not mapped."""

    name: str
    read_only: bool
    entries: int | None
    entity_type: str


class TaskSetFacts(Facts, frozen=True, kw_only=True):
    """An annotation set within a task; `state` is the service's word."""

    id: str
    name: str
    annotator: str
    documents: int | None
    annotated: int | None
    state: str


class TaskFacts(Facts, frozen=True, kw_only=True):
    """An annotation task."""

    name: str
    state: str
    sets: tuple[TaskSetFacts, ...]


class VersionFacts(Facts, frozen=True, kw_only=True):
    """A version of a model; `version` is empty for a trained model without a snapshot."""

    kind: str
    version: str
    # model id, service and status of each deployment
    deployments: tuple[tuple[str, str, str], ...]


class MemberFacts(Facts, frozen=True, kw_only=True):
    """A person of a workspace."""

    user_id: str
    name: str
    role: str


class Lists(Facts, frozen=True, kw_only=True):
    """Everything that the last complete inventory listed of a workspace."""

    sets: tuple[SetFacts, ...]
    dictionaries: tuple[DictionaryFacts, ...]
    tasks: tuple[TaskFacts, ...]
    versions: tuple[VersionFacts, ...]
    members: tuple[MemberFacts, ...]


class Noted(Facts, frozen=True, kw_only=True):
    """What people wrote into the worksheets of a workspace that nobody listed.

    Each part is None where its worksheet is open and empty.
    """

    tasks: tuple[TaskFacts, ...] | None = None
    read_only: tuple[str, ...] | None = None
    # dictionary and the label of its entity type
    mappings: tuple[tuple[str, str], ...] | None = None
    members: tuple[MemberFacts, ...] | None = None
    # What is written down of the rule-based model: "Class Driver".
    rules: tuple[str, ...] | None = None
    # The kinds of worksheets that somebody waived in writing.
    waived: tuple[str, ...] = ()


class ServedFacts(Facts, frozen=True, kw_only=True):
    """A model of the workspace that a linked service was seen to serve, and what was decided.

    `kept_why` is the reason where it is kept on purpose; `is_put_off` where it is undeployed after
    the copy is proved; `is_gone` where a later scan of the service did not list it any more.
    """

    model_id: str
    version: str
    service: str
    status: str
    kept_why: str
    is_put_off: bool = False
    is_gone: bool


class FindingFacts(Facts, frozen=True, kw_only=True):
    """A finding of the inspection of the files."""

    code: str
    level: str
    count: int
    examples: tuple[str, ...]


class FileFacts(Facts, frozen=True, kw_only=True):
    """What the inspection of the workspace's files counted and found.

    `damage` says what was wrong when the archive was last read. `csv_dictionaries` are the names
    of dictionaries that were brought as CSV files, None where nobody knows.
    """

    counts: dict[str, int]
    findings: tuple[FindingFacts, ...]
    damage: str
    csv_dictionaries: tuple[str, ...] | None

    def found(self, *codes: str) -> tuple[FindingFacts, ...]:
        """Those findings that have one of these codes."""
        return tuple(finding for finding in self.findings if finding.code in codes)


class InstanceFacts(Facts, frozen=True, kw_only=True):
    """An instance: `why_unknown` says why its lists cannot be relied on, empty where they can.

    `region` and `plan` are empty where they are not known.
    """

    name: str
    region: str
    plan: str
    why_unknown: str


class WorkspaceFacts(Facts, frozen=True, kw_only=True):
    """The workspace itself; `tokenizer` is empty where it is not known."""

    name: str
    language: str
    tokenizer: str
    documents: int | None
    # Of the rule-based model; None where nobody tells.
    rule_classes: tuple[str, ...] | None = None


class Clashes(Facts, frozen=True, kw_only=True):
    """Types of the source that documents need and the target cannot get, and that differ there.

    Of those that differ, `kept` are the ones of which somebody decided that the target keeps its
    own.
    """

    lacking: tuple[str, ...]
    differing: tuple[str, ...]
    kept: tuple[str, ...] = ()


class TargetFacts(Facts, frozen=True, kw_only=True):
    """Where the workspace goes: into a new workspace or an existing one.

    `there` counts what the existing one holds, None for a new one and where nobody looked. `people`
    are the target's by user id in lower case with their role, None where nobody looked.
    """

    instance: InstanceFacts
    is_new: bool
    name: str
    language: str
    tokenizer: str
    # documents, document_sets, dictionaries; None where nobody counted.
    there: dict[str, int] | None
    people: dict[str, str] | None
    # Source user id in lower case to target user id and role wanted there: no user for somebody who
    # is left out on purpose, no role for the one of the source.
    mapped_people: dict[str, tuple[str, str]]
    # None where nobody compared.
    clashes: Clashes | None
    mapped_dictionaries: tuple[str, ...]


class Said(Facts, frozen=True, kw_only=True):
    """What a person answered to a check's question; `when` is a date in words."""

    value: str
    names: tuple[str, ...]
    who: str
    when: str


class ItemFacts(Facts, frozen=True, kw_only=True):
    """One workspace of a plan. `lists` is None where `why_unlisted` says why.

    `read_again` is what the product can do about that, empty by hand. `why_unscanned` says why
    nobody knows everything that linked services serve, empty where it is known.
    """

    pk: int
    name: str
    restores: bool
    deletes_source: bool | None
    source: InstanceFacts | None
    workspace: WorkspaceFacts | None
    lists: Lists | None
    why_unlisted: str
    read_again: str = ""
    why_unscanned: str
    noted: Noted = Noted()
    served: tuple[ServedFacts, ...] = ()
    # The source stays although the plan deletes the others.
    keeps_source: bool = False
    files: FileFacts | None
    target: TargetFacts | None
    # By the code of the check that asked.
    said: dict[str, Said]
