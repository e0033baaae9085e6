"""The type system, `types-<workspaceId>.json`: one JSON object on one line.

Fields that no rule looks at are passed through; most of them are always null.
"""

import json
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from msgspec import UNSET, UnsetType

from migrator.formats.errors import FormatError
from migrator.formats.json_decoding import decode
from migrator.formats.open_structs import OpenStruct, from_plain, to_plain

MAX_TYPE_SYSTEM = 64_000_000  # bytes read at most; the service takes 20 MB
WHAT = "The type system"


class EntityProperties(OpenStruct, kw_only=True, rename="camel"):
    """`roles` are entity type ids, the type's own among them; `subtypes` are plain strings."""

    mention_type: Any = UNSET
    subtypes: list[str] | UnsetType | None = UNSET
    roles: list[str] | UnsetType | None = UNSET
    clazz: Any = UNSET
    color: str | UnsetType | None = UNSET
    hotkey: str | UnsetType | None = UNSET
    back_ground_color: str | UnsetType | None = UNSET
    active: bool | UnsetType | None = UNSET
    role_only: bool | UnsetType | None = UNSET


class EntityType(OpenStruct, kw_only=True, rename="camel"):
    """`label` is unique in its type system. Dates are epoch ms."""

    id: str
    label: str
    sire_prop: EntityProperties
    creation_date: int | UnsetType | None = UNSET
    source: Any = UNSET
    modified_date: int | UnsetType | None = UNSET

    @property
    def roles(self) -> list[str]:
        """Ids of the entity types whose role a mention of this type may play."""
        return self.sire_prop.roles or []

    @property
    def subtypes(self) -> list[str]:
        """Labels of the subtypes."""
        return self.sire_prop.subtypes or []

    @property
    def can_be_created_alone(self) -> bool:
        """Whether the service can add it to a type system that is there.

        It creates single types with their own role only, without subtypes or a hyphen in the label.
        """
        own_role = set(self.roles) <= {self.id}
        return own_role and not self.subtypes and "-" not in self.label


class RelationProperties(OpenStruct, kw_only=True, rename="camel"):
    """How the tool shows a relation."""

    tense: Any = UNSET
    modality: Any = UNSET
    clazz: Any = UNSET
    back_ground_color: str | UnsetType | None = UNSET
    color: str | UnsetType | None = UNSET
    hotkey: str | UnsetType | None = UNSET
    active: bool | UnsetType | None = UNSET


class RelationType(OpenStruct, kw_only=True, rename="camel"):
    """One entry for each (label, source, target); `label` repeats. Both ends are type ids."""

    id: str
    src_ent_type: str
    tgt_ent_type: str
    label: str
    sire_prop: RelationProperties | UnsetType | None = UNSET
    creation_date: int | UnsetType | None = UNSET


class TypeSystem(OpenStruct, kw_only=True):
    """The whole file. `pid` (workspace id) and `modified_date` (epoch ms) exist since 2018-03."""

    entity_types: list[EntityType] = msgspec.field(name="entityTypes")
    relationship_types: list[RelationType] = msgspec.field(name="relationshipTypes")
    sire_info: Any = msgspec.field(name="sireInfo", default=UNSET)
    functional_entity_types: Any = msgspec.field(name="functionalEntityTypes", default=UNSET)
    pid: str | UnsetType | None = UNSET
    modified_date: int | UnsetType | None = UNSET
    kgimported: bool | UnsetType | None = UNSET

    @property
    def workspace_id(self) -> str:
        """`pid`, empty where the file does not say it."""
        return self.pid or ""

    @property
    def labels(self) -> dict[str, str]:
        """Entity type id → label."""
        return {entity_type.id: entity_type.label for entity_type in self.entity_types}

    @property
    def relation_labels(self) -> set[str]:
        """The distinct labels of the relation types."""
        return {relation_type.label for relation_type in self.relationship_types}


def read_type_system(source: Path | bytes) -> TypeSystem:
    """The type system in a file or in its bytes; FormatError when it is none."""
    payload = source if isinstance(source, bytes) else _read_limited(source)
    return from_plain(decode(payload, dict[str, Any], what=WHAT), TypeSystem, what=WHAT)


def write_type_system(type_system: TypeSystem, file: BinaryIO) -> None:
    """Write it on one line, as the service does."""
    plain = to_plain(type_system)
    try:
        file.write(msgspec.json.encode(plain))
    except UnicodeEncodeError:  # a lone surrogate in a label: UTF-8 cannot hold it, an escape can
        file.write(json.dumps(plain, separators=(",", ":")).encode())


def _read_limited(path: Path) -> bytes:
    with path.open("rb") as file:
        payload = file.read(MAX_TYPE_SYSTEM + 1)
    if len(payload) > MAX_TYPE_SYSTEM:
        raise FormatError(
            "The file is far larger than any type system: Knowledge Studio takes 20 MB.",
            meaning="It was not read.",
            remedy="Download the type system again from Assets > Entity Types.",
        )
    return payload
