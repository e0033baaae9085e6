"""The generated type system: entity types with subtypes and roles, relation types, and its JSON."""

import random
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from migrator.formats.open_structs import from_plain
from migrator.formats.type_system import WHAT, TypeSystem, write_type_system

# Entity type: (subtypes, labels of the other types that its mentions can play as a role).
ENTITY_TYPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Organization": (("Insurer", "Supplier", "Workshop"), ("Customer", "Supplier")),
    "Customer": ((), ()),
    "Supplier": ((), ()),
    "Product": (("Appliance", "Vehicle", "Tool"), ()),
    "Part": ((), ()),
    "Damage": (("Water", "Electrical", "Wear"), ()),
    "Location": (("City", "Region"), ("Origin", "Destination")),
    "Origin": ((), ()),
    "Destination": ((), ()),
    "Date": ((), ()),
    "Amount": ((), ()),
    "Contract": ((), ()),
}

# (label, source, target); as in real exports a label stands once for each pair it joins.
RELATION_TYPES: tuple[tuple[str, str, str], ...] = (
    ("hasDamage", "Product", "Damage"),
    ("hasDamage", "Part", "Damage"),
    ("partOf", "Part", "Product"),
    ("madeBy", "Product", "Supplier"),
    ("ownedBy", "Product", "Customer"),
    ("locatedIn", "Organization", "Location"),
    ("locatedIn", "Product", "Location"),
    ("reports", "Organization", "Damage"),
    ("costs", "Damage", "Amount"),
    ("costs", "Part", "Amount"),
    ("costs", "Product", "Amount"),
    ("happenedOn", "Damage", "Date"),
    ("movedFrom", "Product", "Origin"),
    ("movedTo", "Product", "Destination"),
    ("coveredBy", "Product", "Contract"),
)

CREATED = 1_604_000_000_000  # ms; when the generated workspace began
MADE_AT = datetime.fromtimestamp(CREATED / 1000, UTC)

_NO_FACTS = (
    "typeType",
    "typeClass",
    "typeVersion",
    "typeDesc",
    "typeSuperType",
    "typeCreateDate",
    "typeUpdateDate",
    "typeProvenance",
)
_COLOURS = (("white", "#AA00FF"), ("black", "#00FF7F"), ("black", "#AAFFFF"), ("white", "gray"))


def new_id(rng: random.Random) -> str:
    """A UUID of the time-based look that the service issues."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=1))


def seeded(seed: int | str) -> random.Random:
    """The source of all choices: content for tests and demonstrations, never a secret."""
    return random.Random(seed)  # noqa: S311 - reproducible on purpose


def write_generated_types(path: Path, rng: random.Random, workspace_id: str) -> None:
    """Write types-<workspaceId>.json: one line, as the service does."""
    plain = type_system_document(rng, workspace_id)
    with path.open("wb") as file:
        write_type_system(from_plain(plain, TypeSystem, what=WHAT), file)


def type_system_document(rng: random.Random, workspace_id: str) -> dict[str, Any]:
    """The whole of types-<workspaceId>.json as plain data, in the service's order of fields."""
    ids = {label: new_id(rng) for label in ENTITY_TYPES}
    return {
        "entityTypes": [_entity_type(n, label, ids) for n, label in enumerate(ENTITY_TYPES)],
        "relationshipTypes": [_relation_type(rng, *signature, ids) for signature in RELATION_TYPES],
        "sireInfo": {"entityProp": _entity_properties(), "relationProp": None},
        "functionalEntityTypes": [_catch_all()],
        "pid": workspace_id,
        "modified_date": CREATED + 86_400_000,
        "kgimported": False,
    }


def _entity_type(position: int, label: str, ids: dict[str, str]) -> dict[str, Any]:
    subtypes, roles = ENTITY_TYPES[label]
    colour, background = _COLOURS[position % len(_COLOURS)]
    return {
        "id": ids[label],
        "label": label,
        "sireProp": {
            "mentionType": None,
            "subtypes": list(subtypes) or None,
            "roles": [*(ids[role] for role in roles), ids[label]],
            "clazz": None,
            "color": colour,
            "hotkey": chr(ord("a") + position),
            "backGroundColor": background,
            "active": True,
            "roleOnly": False,
        },
        "creationDate": CREATED + position * 7_000,
        **_entity_nulls(),
    }


def _entity_nulls() -> dict[str, Any]:
    nulls = {"source": None, "modifiedDate": 0, **dict.fromkeys(_NO_FACTS)}
    return {**nulls, "typeSuperTypeId": None, "alchemyAPITypes": None, "nluAPITypes": None}


def _relation_type(
    rng: random.Random, label: str, source: str, target: str, ids: dict[str, str]
) -> dict[str, Any]:
    keys = ("tense", "modality", "clazz", "backGroundColor", "color", "hotkey")
    return {
        "id": new_id(rng),
        "srcEntType": ids[source],
        "tgtEntType": ids[target],
        "label": label,
        "sireProp": {**dict.fromkeys(keys), "active": True},
        "creationDate": CREATED + 600_000,
        "source": None,
        **dict.fromkeys(_NO_FACTS),
        "modifiedDate": 0,
    }


def _choices(*rows: tuple[str, str, str]) -> list[dict[str, str]]:
    return [
        {"color": colour, "hotkey": str(n + 1), "backGroundColor": background, "name": name}
        for n, (name, colour, background) in enumerate(rows)
    ]


def _entity_properties() -> dict[str, Any]:
    return {
        "mentionType": _choices(
            ("NAM", "white", "#AA00FF"),
            ("NOM", "black", "#00FF7F"),
            ("PRO", "black", "#AAFFFF"),
            ("NONE", "white", "gray"),
        ),
        "subtypes": None,
        "roles": None,
        "clazz": _choices(
            ("GEN", "black", "#AAFFFF"), ("NEG", "black", "#00FF7F"), ("SPC", "#A5A5A5", "white")
        ),
        **_no_look(),
    }


def _no_look() -> dict[str, Any]:
    look = dict.fromkeys(("color", "hotkey", "backGroundColor"))
    return {**look, "active": True, "roleOnly": False}


def _catch_all() -> dict[str, Any]:
    keys = ("mentionType", "subtypes", "roles", "clazz")
    return {
        "id": "CATCH_ALL_ENTITY_ID",
        "label": "*",
        "sireProp": {**dict.fromkeys(keys), **_no_look()},
        "creationDate": CREATED - 60_000,
        **_entity_nulls(),
    }
