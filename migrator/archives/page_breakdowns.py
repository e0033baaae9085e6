"""The tables of the archive's page that divide the counts: by set, by type, by language."""

from collections.abc import Mapping
from typing import Any

from migrator.archives.page_tables import Column, Table, number, text

_SET_FIGURES = {
    "documents": "Documents",
    "annotated": "With annotations",
    "mentions": "Mentions",
    "relations": "Relations",
    "coreferences": "Coreference chains",
}
_BY_VALUE = {
    "entity_types": ("Mentions by entity type", "Entity type", "Mentions"),
    "relation_types": ("Relations by label", "Relation label", "Relations"),
    "languages": ("Documents by language", "Language", "Documents"),
    "statuses": ("Documents by status", "Status", "Documents"),
}


def breakdown_tables(inspection: Mapping[str, Any]) -> list[Table]:
    """The tables for which inspection.json has figures in `details`; it may have none."""
    details = inspection.get("details") or {}
    tables = [
        _sets_table(details.get("document_sets") or {}),
        *(_value_table(key, details.get(key) or {}) for key in _BY_VALUE),
        _dictionaries_table(details.get("dictionaries") or {}),
    ]
    return [table for table in tables if table.rows]


def _sets_table(sets: Mapping[str, Mapping[str, Any]]) -> Table:
    columns = [Column("Document set"), Column("Type")]
    columns += [Column(label, is_number=True) for label in _SET_FIGURES.values()]
    rows = [
        [
            text(one.get("name")),
            text(one.get("type")),
            *(number(one.get(figure)) for figure in _SET_FIGURES),
        ]
        for one in sets.values()
    ]
    return Table("Document sets in the corpus", columns, rows)


def _value_table(key: str, counts: Mapping[str, Any]) -> Table:
    caption, label, counted = _BY_VALUE[key]
    rows = [
        [text(value), number(count)]
        for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return Table(caption, [Column(label), Column(counted, is_number=True)], rows)


def _dictionaries_table(dictionaries: Mapping[str, Mapping[str, Any]]) -> Table:
    columns = [Column("Dictionary"), Column("Language"), Column("Entries", is_number=True)]
    rows = [
        [text(one.get("name")), text(one.get("language")), number(one.get("entries"))]
        for one in dictionaries.values()
    ]
    return Table("Dictionaries in the download", columns, rows)
