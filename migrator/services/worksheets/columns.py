"""What each kind of worksheet asks for: its columns, and what makes a line the same line."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from migrator import menus
from migrator.models import Worksheet
from migrator.services.plans import LANGUAGES, TOKENIZERS

_K = Worksheet.Kind

LONGEST_TEXT = 500  # characters of a cell
LONGEST_NOTE = 20_000  # characters of a cell that takes whole rules or notes
MOST_ROWS = 5_000  # lines of one worksheet
# Lowest first: Knowledge Studio raises a role and never lowers it.
ROLES = ("Human annotator", "Project manager", "Admin")
RULE_SORTS = ("Class", "Rule", "Regular expression", "Dictionary of the rules", "Other")


class Sort(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    NOTE = "note"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    # A state of Knowledge Studio's, kept as the service says it: IN_PROGRESS.
    STATE = "state"


@dataclass(frozen=True)
class Column:
    """One column: `is_required` for a complete worksheet, `is_known` where the inventory fills it.

    `choices` are value → word; the identity of a line is made of the columns that `names` it.
    """

    key: str
    label: str
    sort: Sort = Sort.TEXT
    is_required: bool = False
    is_known: bool = True
    names: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""

    @property
    def longest(self) -> int:
        """The most characters that it takes."""
        return LONGEST_NOTE if self.sort == Sort.NOTE else LONGEST_TEXT


@dataclass(frozen=True)
class Sheet:
    """A kind of worksheet: columns, and the words of its page."""

    kind: str
    columns: tuple[Column, ...]
    # What it is for and, by hand, where to look in Knowledge Studio.
    purpose: str
    where: str
    # What its column is called where all kinds stand side by side.
    short: str
    # What is added to it: "a person".
    one: str
    # True for the one that has exactly one line.
    is_single: bool = False
    # Whether a file belongs to each line, to the worksheet as a whole, or nowhere.
    files: str = ""
    # True where a line is complete only with a file.
    needs_file: bool = False

    @property
    def by_key(self) -> Mapping[str, Column]:
        """The columns by their keys."""
        return {column.key: column for column in self.columns}

    @property
    def notes(self) -> tuple[Column, ...]:
        """The columns that take more text than a table has room for."""
        return tuple(column for column in self.columns if column.sort == Sort.NOTE)

    @property
    def required(self) -> tuple[Column, ...]:
        """The columns without which a line is not complete."""
        return tuple(column for column in self.columns if column.is_required)

    def identity(self, cells: Mapping[str, Any]) -> tuple[str, ...]:
        """What makes a line the same line in two lists; case and edge blanks do not."""
        named = [column.key for column in self.columns if column.names]
        return tuple(str(cells.get(key, "")).strip().casefold() for key in named)

    def title(self, cells: Mapping[str, Any]) -> str:
        """What a line is called in a sentence."""
        named = [str(cells.get(column.key, "")) for column in self.columns if column.names]
        return ", ".join(part for part in named if part) or "A line without a name"


_FACTS = Sheet(
    _K.FACTS,
    (
        Column("name", "Name", is_required=True, names=True),
        Column("description", "Description", Sort.NOTE),
        Column("owner", "Owner", is_required=True, hint="Who created it, or answers for it."),
        Column(
            "language",
            "Language of documents",
            Sort.CHOICE,
            is_required=True,
            choices=tuple(LANGUAGES.items()),
        ),
        Column(
            "tokenizer",
            "Tokenizer",
            Sort.CHOICE,
            is_required=True,
            choices=tuple(TOKENIZERS.items()),
            hint="It cannot be changed once the new workspace is there.",
        ),
        Column("note", "Note", Sort.NOTE, is_known=False),
    ),
    "The new workspace is made with these. Language and tokenizer cannot be changed afterwards.",
    "Workspaces > Edit Workspace Details",
    "Facts",
    "a fact",
    is_single=True,
)
_TASKS = Sheet(
    _K.TASKS,
    (
        Column("task", "Task", is_required=True, names=True),
        Column("due", "Due", Sort.DATE),
        Column("state", "State", Sort.STATE),
        Column("set", "Annotation set", is_required=True, names=True),
        Column("annotator", "Annotator", is_required=True, hint="The user, such as an e-mail."),
        Column("documents", "Documents", Sort.NUMBER),
        Column("annotated", "Annotated", Sort.NUMBER),
        Column("outside", "Not in ground truth", Sort.NUMBER),
        Column(
            "base_set",
            "Base set",
            is_known=False,
            hint="The document set that the annotation set is drawn from.",
        ),
        Column("overlap", "Overlap %", Sort.NUMBER, is_known=False, hint="0 to 100."),
    ),
    "Tasks and their annotation sets are in no download. They are created again from this list.",
    menus.ANNOTATION_TASKS,
    "Tasks",
    "an annotation set",
)
_READ_ONLY = Sheet(
    _K.READ_ONLY,
    (
        Column("dictionary", "Dictionary", is_required=True, names=True),
        Column("entries", "Entries", Sort.NUMBER),
        Column("entity_type", "Entity type"),
        Column(
            "source",
            "Where it came from",
            is_required=True,
            is_known=False,
            hint="A system, a list or a person: whoever can give the file again.",
        ),
        Column("note", "Note", Sort.NOTE, is_known=False),
    ),
    "Knowledge Studio does not give read-only dictionaries out again. Attach the CSV file that "
    "each was uploaded from.",
    menus.DICTIONARIES,
    "Read-only",
    "a dictionary",
    files="row",
    needs_file=True,
)
_ROLES = Sheet(
    _K.ROLES,
    (
        Column("user", "User", is_required=True, names=True, hint="Usually an e-mail address."),
        Column("name", "Name"),
        Column(
            "role",
            "Role",
            Sort.CHOICE,
            is_required=True,
            choices=tuple((role, role) for role in ROLES),
        ),
        Column("note", "Note", Sort.NOTE, is_known=False),
    ),
    "Roles belong to the instance and are in no download. Somebody with the Admin role gives them "
    "again in the new instance.",
    menus.USERS,
    "Roles",
    "a person",
)
_MAPPINGS = Sheet(
    _K.MAPPINGS,
    (
        Column("dictionary", "Dictionary", is_required=True, names=True),
        Column("entity_type", "Entity type", is_required=True),
    ),
    "Which dictionary pre-annotates which entity type is in no download. It is set again after "
    "the dictionaries are restored.",
    menus.DICTIONARIES,
    "Mapping",
    "a mapping",
)
_RULES = Sheet(
    _K.RULES,
    (
        Column(
            "sort",
            "What",
            Sort.CHOICE,
            is_required=True,
            names=True,
            choices=tuple((sort, sort) for sort in RULE_SORTS),
        ),
        Column("name", "Name", is_required=True, names=True),
        Column(
            "definition",
            "Definition",
            Sort.NOTE,
            is_known=False,
            hint="The rule or expression itself, copied from its page, or where it is written.",
        ),
    ),
    "The rules, classes and regular expressions of a rule-based model have no download. Copy them "
    "here or attach a file with them.",
    menus.RULES,
    "Rules",
    "an entry",
    files="sheet",
)

SHEETS: Mapping[str, Sheet] = {
    sheet.kind: sheet for sheet in (_FACTS, _TASKS, _READ_ONLY, _ROLES, _MAPPINGS, _RULES)
}
