"""Dictionaries: a ZIP of schema.json and CSVs, a ZIP of CSVs named after them, or one CSV."""

import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from msgspec import UNSET, UnsetType

from migrator.formats.dictionary_csv import DictionaryTable, Entry, read_table, write_rows
from migrator.formats.errors import FormatError
from migrator.formats.jackson import pretty
from migrator.formats.json_decoding import decode
from migrator.formats.members import ZipMembers
from migrator.formats.open_structs import OpenStruct, from_plain, to_plain
from migrator.formats.zip_writer import Sink, ZipWriter

SCHEMA = "schema.json"
MAX_CSV = 64_000_000  # bytes read at most; the service takes 16 MB
_TIME_STAMP = re.compile(r"_\d{10,}$")
_HOST_SYSTEM = 9  # what the service's ZIPs name as the system that made them


class PosCode(OpenStruct, kw_only=True, rename="camel"):
    """A part of speech that the dictionary's entries may have."""

    id: str
    name: str
    created_date: int | UnsetType = UNSET


class DictionarySchema(OpenStruct, kw_only=True, rename="camel"):
    """An item of schema.json. `properties` holds `language`, in 2016 also `entityTypeId`."""

    id: str
    name: str
    created_date: int | UnsetType = UNSET
    workspace: str | UnsetType = UNSET
    properties: dict[str, Any] = {}
    pos_codes: list[PosCode] = []
    num_items: int | UnsetType = UNSET


class Dictionary(msgspec.Struct, kw_only=True):
    """One dictionary with its entries.

    `id`, `language` (as written, such as `EN`), `entity_type_id` and `workspace_id` are empty where
    the file does not say them; `schema` is its item of schema.json, None where there is none;
    `encoding`, `has_header` and `csv_size` (bytes, 0 where there is none) are those of the CSV.
    """

    id: str = ""
    name: str = ""
    language: str = ""
    entity_type_id: str = ""
    workspace_id: str = ""
    pos_codes: list[PosCode] = []
    entries: list[Entry] = []
    schema: DictionarySchema | None = None
    encoding: str = "utf-8"
    has_header: bool = True
    csv_size: int = 0

    @property
    def declared(self) -> int | None:
        """The number of entries that schema.json promises, None where it promises none."""
        count = self.schema.num_items if self.schema else UNSET
        return None if isinstance(count, UnsetType) else count


def read_dictionaries(path: Path) -> list[Dictionary]:
    """All dictionaries of a ZIP or a CSV; FormatError when it is neither or damaged."""
    return list(iter_dictionaries(path))


def iter_dictionaries(path: Path) -> Iterator[Dictionary]:
    """The same one by one, so that only one is in memory."""
    with path.open("rb") as file:
        is_zip = file.read(2) == b"PK"
    if not is_zip:
        yield _read_single(path)
        return
    members = ZipMembers(path)
    try:
        schema = _schema_name(members.names)
        yield from _by_schema(members, schema) if schema is not None else _by_name(members)
    finally:
        members.close()


def write_dictionaries(
    dictionaries: Iterable[Dictionary],
    file: Sink,
    *,
    made_at: datetime | None = None,
) -> None:
    """The ZIP in the service's shape: schema.json, then a CSV for each dictionary."""
    kept = list(dictionaries)
    with ZipWriter(file, made_at=made_at, system=_HOST_SYSTEM) as writer:
        schema = [to_plain(schema_of(dictionary)) for dictionary in kept]
        writer.add_sized(SCHEMA, pretty(schema).encode())
        for dictionary in kept:
            writer.add_sized(f"{dictionary.id}.csv", _csv_bytes(dictionary.entries))


def write_dictionary_csv(dictionary: Dictionary, file: BinaryIO) -> None:
    """One dictionary as the service writes its CSV."""
    text = io.TextIOWrapper(file, encoding="utf-8", errors="surrogatepass", newline="")
    try:
        write_rows(dictionary.entries, text)
    finally:
        text.detach()


def schema_of(dictionary: Dictionary) -> DictionarySchema:
    """The item of schema.json: the one it came with, brought up to date, else a new one."""
    properties = {"language": dictionary.language}
    if dictionary.entity_type_id:
        properties["entityTypeId"] = dictionary.entity_type_id
    before = dictionary.schema
    return DictionarySchema(
        id=dictionary.id,
        name=dictionary.name,
        created_date=before.created_date if before else 0,
        workspace=dictionary.workspace_id or (before.workspace if before else ""),
        properties={**(before.properties if before else {}), **properties},
        pos_codes=dictionary.pos_codes,
        num_items=len(dictionary.entries),
        unknown_fields=before.unknown_fields if before else {},
    )


def stray_csvs(path: Path) -> list[str]:
    """The CSVs of a ZIP that its schema.json does not name."""
    members = ZipMembers(path)
    try:
        schema_name = _schema_name(members.names)
        if schema_name is None:
            return []
        plain = decode(_limited(members, schema_name), list[dict[str, Any]], what=SCHEMA)
        known = {f"{schema_name.removesuffix(SCHEMA)}{item.get('id')}.csv" for item in plain}
        return [name for name in members.names if name.endswith(".csv") and name not in known]
    finally:
        members.close()


def csv_name(file_name: str) -> str:
    """The dictionary's name in `<name>_<ms>.csv`, spaces written as `+`."""
    stem = file_name.rsplit("/", 1)[-1]
    stem = stem[:-4] if stem.lower().endswith(".csv") else stem
    return _TIME_STAMP.sub("", stem).replace("+", " ")


def _csv_bytes(entries: Iterable[Entry]) -> bytes:
    text = io.StringIO(newline="")
    write_rows(entries, text)
    return text.getvalue().encode("utf-8", "surrogatepass")


def _read_single(path: Path) -> Dictionary:
    if path.stat().st_size > MAX_CSV:
        raise _too_large(path.name)
    payload = path.read_bytes()
    return _filled(Dictionary(name=csv_name(path.name)), read_table(payload), len(payload))


def _schema_name(names: Iterable[str]) -> str | None:
    found = [name for name in names if name.rsplit("/", 1)[-1] == SCHEMA]
    return min(found, key=len) if found else None


def _by_schema(members: ZipMembers, schema_name: str) -> Iterator[Dictionary]:
    """By schema.json, in its order; a dictionary without a CSV has no entries and size 0."""
    prefix = schema_name.removesuffix(SCHEMA)
    plain = decode(_limited(members, schema_name), list[dict[str, Any]], what=SCHEMA)
    for item in plain:
        schema = from_plain(item, DictionarySchema, what=f"A dictionary in {SCHEMA}")
        dictionary = Dictionary(
            id=schema.id,
            name=schema.name,
            language=_text(schema.properties.get("language")),
            entity_type_id=_text(schema.properties.get("entityTypeId")),
            workspace_id=schema.workspace or "",
            pos_codes=schema.pos_codes,
            schema=schema,
        )
        name = f"{prefix}{schema.id}.csv"
        if name in members.names:
            payload = _limited(members, name)
            _filled(dictionary, read_table(payload), len(payload))
        yield dictionary


def _by_name(members: ZipMembers) -> Iterator[Dictionary]:
    for name in members.names:
        if name.lower().endswith(".csv"):
            payload = _limited(members, name)
            yield _filled(Dictionary(name=csv_name(name)), read_table(payload), len(payload))


def _filled(dictionary: Dictionary, table: DictionaryTable, size: int) -> Dictionary:
    dictionary.entries = list(table.entries())
    dictionary.encoding, dictionary.has_header = table.encoding, table.has_header
    dictionary.csv_size = size
    return dictionary


def _limited(members: ZipMembers, name: str) -> bytes:
    if members.size(name) > MAX_CSV:
        raise _too_large(name)
    return members.read(name)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _too_large(name: str) -> FormatError:
    return FormatError(
        f"“{name}” is far larger than any dictionary: Knowledge Studio takes at most 16 MB.",
        meaning="It was not read.",
        remedy="Download the dictionaries again, or split the CSV.",
    )
