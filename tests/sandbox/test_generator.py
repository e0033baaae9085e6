"""The generator: real shapes, every anomaly, the same bytes for the same seed, flat memory."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from migrator.formats.dictionaries import read_dictionaries
from migrator.formats.inspect import inspect
from migrator.formats.jackson import pretty
from migrator.formats.type_system import read_type_system
from sandbox.generator import BENCHMARK_TOKENS, GeneratedExport, generate
from sandbox.generator.anomalies import NAMES

ENOUGH_FOR_ALL = 2 * len(NAMES)
LANGUAGES = ("en", "de", "es")


def ground_truths(export: GeneratedExport) -> dict[str, dict[str, Any]]:
    with zipfile.ZipFile(export.corpus) as corpus:
        names = [name for name in corpus.namelist() if name.startswith("gt/")]
        return {name[3:-5]: json.loads(corpus.read(name)) for name in names}


def part(export: GeneratedExport, name: str) -> list[dict[str, Any]]:
    with zipfile.ZipFile(export.corpus) as corpus:
        items: list[dict[str, Any]] = json.loads(corpus.read(name))
        return items


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    one = generate(tmp_path / "one", seed=3, documents=20)
    same = generate(tmp_path / "same", seed=3, documents=20)
    other = generate(tmp_path / "other", seed=4, documents=20)
    for left, right in zip(one[:3], same[:3], strict=True):
        assert Path(left).read_bytes() == Path(right).read_bytes()
    assert one.corpus.read_bytes() != other.corpus.read_bytes()


def test_a_corpus_has_the_services_zip_shape_and_print(tmp_path: Path) -> None:
    export = generate(tmp_path, seed=1, documents=ENOUGH_FOR_ALL)
    with zipfile.ZipFile(export.corpus) as corpus:
        assert corpus.namelist()[:2] == ["documents.json", "sets.json"]
        assert {entry.flag_bits for entry in corpus.infolist()} == {0x808}
        for name in corpus.namelist():
            printed = corpus.read(name).decode()
            assert printed == pretty(json.loads(printed))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("anomalies", [False, True])
def test_sentences_and_tokens_are_slices_of_the_text(
    tmp_path: Path, language: str, anomalies: bool
) -> None:
    export = generate(
        tmp_path, seed=2, documents=ENOUGH_FOR_ALL, language=language, anomalies=anomalies
    )
    for document in ground_truths(export).values():
        text = document["text"]
        place = 0
        for sentence in document["sentences"]:
            assert not text[place : sentence["begin"]].strip()
            assert text[sentence["begin"] : sentence["end"]] == sentence["text"]
            for token in sentence["tokens"]:
                assert text[token["begin"] : token["end"]] == token["text"]
            place = sentence["end"]
        assert place == len(text)
        assert document["language"] == language.upper()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_annotation_fits_the_generated_types(tmp_path: Path, language: str) -> None:
    export = generate(tmp_path, seed=2, documents=30, language=language, anomalies=False)
    types = read_type_system(export.types)
    labels = types.labels
    roles = {one.label: {labels[role] for role in one.roles} for one in types.entity_types}
    subtypes = {one.label: {*one.subtypes, "NONE"} for one in types.entity_types}
    signatures = {
        (one.label, labels[one.src_ent_type], labels[one.tgt_ent_type])
        for one in types.relationship_types
    }
    for document in ground_truths(export).values():
        mentions = {one["id"]: one for one in document["mentions"]}
        assert len(mentions) == len(document["mentions"])
        for mention in mentions.values():
            assert mention["properties"]["SIRE_MENTION_ROLE"] in roles[mention["type"]]
            assert mention["properties"]["SIRE_ENTITY_SUBTYPE"] in subtypes[mention["type"]]
        for relation in document["relations"]:
            ends = [
                {mentions[arg]["type"], mentions[arg]["properties"]["SIRE_MENTION_ROLE"]}
                for arg in relation["args"]
            ]
            assert any(
                relation["type"] == label and source in ends[0] and target in ends[1]
                for label, source, target in signatures
            )


def test_mentions_of_a_clean_export_lie_on_tokens_inside_one_sentence(tmp_path: Path) -> None:
    export = generate(tmp_path, seed=2, documents=30, anomalies=False)
    for document in ground_truths(export).values():
        tokens = [token for sentence in document["sentences"] for token in sentence["tokens"]]
        begins, ends = ({token[edge] for token in tokens} for edge in ("begin", "end"))
        for mention in document["mentions"]:
            assert mention["begin"] in begins
            assert mention["end"] in ends
            assert any(
                one["begin"] <= mention["begin"] and mention["end"] <= one["end"]
                for one in document["sentences"]
            )


def test_sets_are_disjoint_where_they_must_be_and_named_by_annotators(tmp_path: Path) -> None:
    export = generate(tmp_path, seed=5, documents=60)
    sets = part(export, "sets.json")
    documents = {document["id"] for document in part(export, "documents.json")}
    assert {one["type"] for one in sets} == {
        "ALL", "SOURCE", "ASSIGNMENT", "TRAINING", "TEST", "BLIND"
    }  # fmt: skip
    assert set(sets[0]["documents"]) == documents
    shares = [one["documents"] for one in sets if one["type"] in ("TRAINING", "TEST", "BLIND")]
    assert sum(map(len, shares)) == len(set().union(*shares)) < len(documents)
    for one in sets:
        assert one["count"] == len(one["documents"])
        assert ("annotator" in one) == (one["type"] == "ASSIGNMENT")
        assert one.get("annotator", "@example.com").endswith("@example.com")
    sources = [one for one in sets if one["type"] == "SOURCE" and one["documents"]]
    assert all(document.startswith(one["id"]) for one in sources for document in one["documents"])


def test_anomalies_are_there_unless_they_are_not_wanted(tmp_path: Path) -> None:
    odd = ground_truths(generate(tmp_path / "odd", seed=6, documents=ENOUGH_FOR_ALL))
    clean = ground_truths(
        generate(tmp_path / "clean", seed=6, documents=ENOUGH_FOR_ALL, anomalies=False)
    )

    def dangling(document: dict[str, Any]) -> bool:
        ids = {mention["id"] for mention in document["mentions"]}
        named = [arg for relation in document["relations"] for arg in relation["args"]]
        return not ids.issuperset(named)

    def unannotated(document: dict[str, Any]) -> bool:
        return not document["mentions"]

    for rule in (dangling, unannotated):
        assert any(map(rule, odd.values()))
        assert not any(map(rule, clean.values()))
    texts = [document["text"] for document in odd.values()]
    for sign in ("\r", "\u00a0", "\ufeff", "\u001f", "&amp;"):
        assert any(sign in text for text in texts)
    assert len(set(texts)) < len(texts)
    assert len({document["text"] for document in clean.values()}) == len(clean)


# What an inspection must find in an export that holds every anomaly.
FINDINGS = {
    "chain_member_missing", "chain_mixed_types", "chain_of_one", "coref_flag_without_chain",
    "document_in_several_annotation_sets", "document_without_mentions", "duplicate_name",
    "duplicate_text", "duplicate_text_differently", "empty_set", "entry_duplicate_lemma",
    "entry_lemma_empty", "entry_lemma_not_surface", "entry_padded_lemma",
    "entry_repeated_surface", "mention_edge_space", "mention_newline", "mention_off_tokens",
    "mentions_nested", "mentions_overlap", "mentions_same_span", "relation_argument_missing",
    "text_byte_order_mark", "text_carriage_return", "text_control_character", "text_differs",
    "text_html_entity", "text_no_break_space", "unknown_mention_type",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clean_export_inspects_without_errors_or_warnings(tmp_path: Path, language: str) -> None:
    export = generate(tmp_path, seed=9, documents=40, language=language, anomalies=False)
    assert {finding.level for finding in inspect(export[:3]).findings} <= {"note"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_inspection_finds_every_anomaly_and_no_error(tmp_path: Path, language: str) -> None:
    export = generate(tmp_path, seed=9, documents=ENOUGH_FOR_ALL, language=language)
    findings = inspect(export[:3]).findings
    assert {finding.code for finding in findings} >= FINDINGS
    assert "error" not in {finding.level for finding in findings}


def test_dictionaries_are_ragged_and_odd_only_where_wanted(tmp_path: Path) -> None:
    odd = read_dictionaries(generate(tmp_path / "odd", seed=7, documents=10).dictionaries)
    clean = read_dictionaries(
        generate(tmp_path / "clean", seed=7, documents=10, anomalies=False).dictionaries
    )
    assert len({len(entry.surfaces) for entry in odd[0].entries}) > 2
    assert any(not entry.lemma for entry in odd[0].entries)
    for dictionary in clean:
        lemmas = [entry.lemma for entry in dictionary.entries]
        assert len(set(lemmas)) == len(lemmas)
        assert all(entry.lemma in entry.surfaces for entry in dictionary.entries)


def test_a_benchmark_document_takes_60_to_67_kilobytes(tmp_path: Path) -> None:
    export = generate(tmp_path, seed=8, documents=40, tokens_per_document=BENCHMARK_TOKENS)
    with zipfile.ZipFile(export.corpus) as corpus:
        size = sum(entry.file_size for entry in corpus.infolist())
    assert 60_000 <= size / 40 <= 67_000


def test_a_language_without_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="en, de, es"):
        generate(tmp_path, seed=1, documents=1, language="xx")


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_documents(tmp_path: Path) -> None:
    few, many = (_peak(tmp_path / str(count), count) for count in (50, 1500))
    assert many < few + 8_000


def _peak(folder: Path, documents: int) -> int:
    """Peak memory in KB of a process that generates."""
    program = (
        "import resource, pathlib; from sandbox.generator import generate; "
        f"generate(pathlib.Path({str(folder)!r}), seed=1, documents={documents}); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return int(ran.stdout)
