"""The parts of a bundle, one after the other: types first, because the documents need them."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from migrator.formats.corpus import Corpus, open_corpus
from migrator.formats.dictionaries import Dictionary, iter_dictionaries, stray_csvs
from migrator.formats.documents_csv import read_documents_csv
from migrator.formats.inspecting.corpora import CorpusSums, Progress, inspect_corpus
from migrator.formats.inspecting.dictionary_rows import check_dictionary
from migrator.formats.inspecting.listing import MAX_CHARACTERS
from migrator.formats.inspecting.pool import Pool
from migrator.formats.inspecting.rules import TypeRules, rules_of
from migrator.formats.inspecting.tally import Tally
from migrator.formats.inspecting.types import check_types, type_counts
from migrator.formats.inspection import shown
from migrator.formats.kinds import Kind
from migrator.formats.type_system import TypeSystem, read_type_system

MAX_UPLOAD = 200_000_000  # bytes, of the ZIP
MAX_DICTIONARIES = 64

Counts = dict[str, int]


class BundleParts:
    """What the files came to so far; reading a part raises FormatError when it cannot be read."""

    def __init__(self, tally: Tally, pool: Pool, progress: Progress | None) -> None:
        self.tally = tally
        self.sums = CorpusSums()
        self.type_systems: list[TypeSystem] = []
        self.dictionaries: dict[str, dict[str, Any]] = {}
        self._names: Counter[str] = Counter()
        self._pool = pool
        self._progress = progress
        self._done = 0
        self._rules: TypeRules | None = None
        self.readers: dict[Kind, Callable[[Path], Counts]] = {
            Kind.TYPE_SYSTEM: self._types,
            Kind.DICTIONARIES: self._dictionaries,
            Kind.DICTIONARY: self._dictionaries,
            Kind.CORPUS: self._corpus,
            Kind.DOCUMENTS: self._documents,
        }

    @property
    def rules(self) -> TypeRules | None:
        """The type systems read so far as rules, None where there was none."""
        if self._rules is None:
            self._rules = rules_of(self.type_systems)
        return self._rules

    def _types(self, path: Path) -> Counts:
        type_system = read_type_system(path)
        if self.type_systems:
            self.tally.add("several_type_systems", detail=path.name)
        self.type_systems.append(type_system)
        check_types(type_system, path.stat().st_size, self.tally)
        return type_counts(type_system)

    def _dictionaries(self, path: Path) -> Counts:
        counts = {"dictionaries": 0, "entries": 0}
        for dictionary in iter_dictionaries(path):
            counts["dictionaries"] += 1
            counts["entries"] += len(dictionary.entries)
            check_dictionary(dictionary, self.tally)
            self._keep_dictionary(dictionary)
        for name in _stray(path):
            self.tally.add("csv_without_dictionary", detail=name)
        return counts

    def _keep_dictionary(self, dictionary: Dictionary) -> None:
        self._names[dictionary.name] += 1
        if self._names[dictionary.name] > 1:
            self.tally.add("dictionary_name_duplicate", detail=dictionary.name)
        key = dictionary.id or f"{dictionary.name} {self._names[dictionary.name]}"
        self.dictionaries[shown(key)] = {
            "name": shown(dictionary.name),
            "language": shown(dictionary.language),
            "entries": len(dictionary.entries),
            "entity_type_id": shown(dictionary.entity_type_id),
        }

    def _corpus(self, path: Path) -> Counts:
        if path.is_file() and path.stat().st_size > MAX_UPLOAD:
            self.tally.add("limit_upload_size", detail=f"{path.stat().st_size:,} bytes")
        with open_corpus(path) as corpus:
            sums = self._inspect(corpus)
        self._add(sums)
        return dict(sums.counts)

    def _inspect(self, corpus: Corpus) -> CorpusSums:
        def step(done: int, total: int | None) -> None:
            assert self._progress is not None
            self._progress(before + done, None if total is None else before + total)

        before = self._done
        progress = step if self._progress else None
        sums = inspect_corpus(corpus, self.rules, self.tally, self._pool, progress)
        self._done += corpus.ground_truth_count
        return sums

    def _add(self, sums: CorpusSums) -> None:
        ours = self.sums
        ours.mention_labels.update(sums.mention_labels)
        ours.relation_labels.update(sums.relation_labels)
        ours.signatures.update(sums.signatures)
        ours.languages.update(sums.languages)
        ours.statuses.update(sums.statuses)
        ours.sets = {**ours.sets, **sums.sets}

    def _documents(self, path: Path) -> Counts:
        counts = {"documents": 0, "characters": 0}
        names: set[int] = set()
        for document in read_documents_csv(path):
            counts["documents"] += 1
            counts["characters"] += len(document.text)
            where = f"row {counts['documents']}"
            if not document.text.strip():
                self.tally.add("empty_text", detail=where)
            if len(document.text) > MAX_CHARACTERS:
                self.tally.add("limit_characters", detail=where)
            if hash(document.name) in names:
                self.tally.add("duplicate_name", detail=where)
            names.add(hash(document.name))
        return counts


def _stray(path: Path) -> list[str]:
    with path.open("rb") as file:
        is_zip = file.read(2) == b"PK"
    return stray_csvs(path) if is_zip else []
