"""Words for type systems, dictionaries, loose documents, and how the parts fit together."""

from migrator.formats.wording import Wording, error, note, warning

_TYPES_AGAIN = "Download the type system again from Assets > Entity Types."
_DICTIONARIES_AGAIN = "Download the dictionaries again from Assets > Dictionaries."
_ROW_KEPT = "The row is kept as it is."

PART_WORDINGS: dict[str, Wording] = {
    "not_recognized": error(
        "Files that are no part of a Knowledge Studio workspace",
        "They were not used. What each one looks like stands beside it.",
        "Bring the type system (JSON), the dictionaries (ZIP or CSV) and the documents (ZIP) as "
        "they come from Knowledge Studio.",
    ),
    "type_duplicate_label": error(
        "Entity types whose label another entity type has",
        "Mentions name their type by label, so these cannot be told apart.",
        _TYPES_AGAIN,
    ),
    "type_duplicate_id": error(
        "Types whose id another type has", "Roles and relations go by id.", _TYPES_AGAIN
    ),
    "role_undefined": error(
        "Roles that name no entity type of the file",
        "The type system was edited or cut; Knowledge Studio may refuse it.",
        _TYPES_AGAIN,
    ),
    "relation_type_end_undefined": error(
        "Relation types whose source or target is no entity type of the file",
        "The type system was edited or cut; Knowledge Studio may refuse it.",
        _TYPES_AGAIN,
    ),
    "own_role_missing": warning(
        "Entity types that are not among their own roles",
        "Every entity type of a real export may play its own role.",
        _TYPES_AGAIN,
    ),
    "relation_type_duplicate": warning(
        "Relation types that stand there twice with the same label, source and target",
        "One of them is enough.",
    ),
    "limit_type_system_size": warning(
        "Type systems larger than 20 MB",
        "Knowledge Studio refuses the upload of a type system over 20 MB.",
        "Reduce the type system in the tool.",
    ),
    "limit_relation_label": warning(
        "Relation types with a label longer than 128 characters",
        "Knowledge Studio may refuse them.",
        "Rename them in the tool.",
    ),
    "type_label_irregular": note(
        "Entity types with a label beyond letters, digits and underscore, or over 64 characters",
        "They can be uploaded but not created one by one.",
    ),
    "limit_entity_types": note(
        "Entity types in a type system of more than 50",
        "IBM advises at most 50; more are accepted and slow the tool down.",
    ),
    "limit_relation_types": note(
        "Relation types in a type system of more than 50",
        "IBM advises at most 50; more are accepted and slow the tool down.",
    ),
    "several_type_systems": warning(
        "Type systems beyond the first",
        "The documents were checked against all of them together.",
        "Bring the files of one workspace at a time.",
    ),
    "workspace_ids_differ": note(
        "Files that name another workspace than the first",
        "The files may come from several workspaces. One real pair does and fits all the same.",
        "Look whether undefined types are reported too; if not, the files fit.",
    ),
    "dictionary_count_differs": error(
        "Dictionaries with another number of entries than schema.json promises",
        "Entries were lost or added after the download.",
        _DICTIONARIES_AGAIN,
    ),
    "dictionary_without_csv": error(
        "Dictionaries of schema.json without a CSV", "Their entries are lost.", _DICTIONARIES_AGAIN
    ),
    "csv_without_dictionary": warning(
        "CSV files that schema.json does not name",
        "They were not counted and would not be restored.",
        _DICTIONARIES_AGAIN,
    ),
    "entry_lemma_empty": warning(
        "Dictionary entries without a lemma",
        "Knowledge Studio needs a lemma and may drop the row.",
        "Fill in the lemma, or remove the row, in the tool.",
    ),
    "entry_unknown_poscode": warning(
        "Dictionary entries with a poscode that their language does not have",
        "Knowledge Studio may refuse the row.",
        "Correct the poscode; 0 stands for unknown, 3 for a noun.",
    ),
    "limit_surface": warning(
        "Dictionary surfaces longer than 256 characters", "Knowledge Studio may refuse them."
    ),
    "limit_entries": warning(
        "Entries in dictionaries of more than 15,000",
        "An editable dictionary holds at most 15,000 entries.",
        "Split the dictionary, or upload it read-only.",
    ),
    "limit_dictionary_size": warning(
        "Dictionaries whose CSV is larger than 1 MB",
        "An editable dictionary takes 1 MB of CSV, a read-only one 16 MB.",
        "Split the dictionary, or upload it read-only.",
    ),
    "limit_dictionaries": warning(
        "Dictionaries of more than 64",
        "A workspace holds at most 64 dictionaries.",
        "Merge some of them.",
    ),
    "csv_encoding": warning(
        "CSV files that are not in UTF-8",
        "They were read by their byte order mark, else as Windows-1252; some letters may be wrong.",
        "Save them as UTF-8 before an upload.",
    ),
    "dictionary_name_duplicate": warning(
        "Dictionaries with the name of another one", "Knowledge Studio may refuse the second."
    ),
    "dictionary_language_differs": warning(
        "Dictionaries in another language than the documents",
        "Knowledge Studio refuses dictionaries in another language than the workspace's.",
        "Bring the files of one workspace at a time.",
    ),
    "dictionary_type_undefined": warning(
        "Dictionaries mapped to an entity type that the type system does not define",
        "The mapping cannot be restored as it was.",
        "Map the dictionary anew after the restore.",
    ),
    "csv_header_missing": note(
        "Dictionary CSV files without the row lemma, poscode, surface",
        "Every row was read as an entry.",
    ),
    "entry_duplicate_lemma": note("Dictionary entries whose lemma stands there twice", _ROW_KEPT),
    "entry_padded_lemma": note("Dictionary entries with blanks around the lemma", _ROW_KEPT),
    "entry_lemma_not_surface": note(
        "Dictionary entries whose lemma is not among their surfaces",
        f"The lemma itself is then not found in texts. {_ROW_KEPT}",
    ),
    "entry_repeated_surface": note("Dictionary entries that repeat a surface", _ROW_KEPT),
}
