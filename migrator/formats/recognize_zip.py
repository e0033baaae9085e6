"""ZIPs and folders told apart by the names in them, and by a look into what decides."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from migrator.formats.corpus import corpus_prefix, ground_truth_id
from migrator.formats.dictionaries import MAX_CSV, SCHEMA
from migrator.formats.json_decoding import decode
from migrator.formats.kinds import Kind
from migrator.formats.members import ZipMembers
from migrator.formats.near import BRING, Verdict, stranger
from migrator.formats.recognize_csv import recognize_csv
from migrator.formats.text_decoding import decode_text

_BAG = "bagit.txt"
_MODEL_ENDINGS = (".model", ".bin", ".ser", ".mdl", ".fst", ".weights")
_NOT_MODELS = "Models cannot be restored: they are trained anew."
_NOT_DOCUMENTS = "Bring the documents as Knowledge Studio downloads them (ZIP)."


def recognize_zip(path: Path) -> Verdict:
    """What a ZIP is; FormatError when it cannot be opened safely."""
    members = ZipMembers(path)
    try:
        verdict = recognize_names(members.names)
        if verdict.kind == Kind.DICTIONARIES:
            return _dictionaries(members, verdict)
        return verdict
    finally:
        members.close()


def recognize_names(names: Collection[str], *, is_folder: bool = False) -> Verdict:
    """What a ZIP or a folder with these names is."""
    if not names:
        what = "The folder is empty." if is_folder else "The ZIP is empty."
        return stranger(what, "empty")
    if not is_folder and any(name.lower().endswith(_BAG) for name in names):
        return Verdict(Kind.ARCHIVE, "An archive of a workspace.")
    if (prefix := _corpus_prefix(names, is_folder=is_folder)) is not None:
        count = sum(1 for name in names if ground_truth_id(name, prefix) is not None)
        return Verdict(Kind.CORPUS, f"The documents of a workspace: {count:,} ground truths.")
    last = {name.rsplit("/", 1)[-1].lower() for name in names}
    if not is_folder and (SCHEMA in last or all(name.endswith(".csv") for name in last)):
        return Verdict(Kind.DICTIONARIES, "The dictionaries of a workspace.")
    return _relative(names, last)


def _corpus_prefix(names: Collection[str], *, is_folder: bool) -> str | None:
    """A folder is a corpus only by what lies directly in it: it may hold several things."""
    prefix = corpus_prefix(names)
    return None if is_folder and prefix else prefix


def _relative(names: Collection[str], last: set[str]) -> Verdict:
    """The first near relative that fits; their order matters, since a model may hold JSON."""
    for fits, what, near, bring in _RELATIVES:
        if fits(names, last):
            return stranger(what, near, bring)
    return stranger("This ZIP holds no part of a workspace.", "zip")


def _is_profile(names: Collection[str], last: set[str]) -> bool:
    return any("klue" in name.lower() for name in names) or all(
        name.endswith(".xml") for name in last
    )


def _is_bundle(names: Collection[str], last: set[str]) -> bool:
    return any(name.endswith((".json", ".zip", ".csv")) for name in last)


def _is_model(names: Collection[str], last: set[str]) -> bool:
    return any("model" in name.lower() or name.lower().endswith(_MODEL_ENDINGS) for name in names)


_RELATIVES: tuple[tuple[Callable[[Collection[str], set[str]], bool], str, str, str], ...] = (
    (
        lambda _, last: "labeled_data.json" in last,
        "This is labelled data of Watson Discovery, which holds no workspace.",
        "discovery",
        _NOT_DOCUMENTS,
    ),
    (
        lambda names, _: any(name.endswith("metadata/install.xml") for name in names),
        "This is a PEAR, the export of a rule-based model.",
        "pear",
        _NOT_MODELS,
    ),
    (lambda _, last: "[content_types].xml" in last, "This is an Office document.", "office", BRING),
    (
        _is_profile,
        "This is a SIRE editor profile (XML), which holds no documents.",
        "sire_profile",
        _NOT_DOCUMENTS,
    ),
    (
        _is_model,
        "This looks like the export of a machine-learning model.",
        "model",
        _NOT_MODELS,
    ),
    (_is_bundle, "This holds several files.", "bundle", BRING),
)


def _dictionaries(members: ZipMembers, verdict: Verdict) -> Verdict:
    """Look into schema.json, or into the first CSV: both names occur elsewhere."""
    schema = [name for name in members.names if name.rsplit("/", 1)[-1] == SCHEMA]
    if not schema:
        return _named_csvs(members, verdict)
    plain = decode(members.read(min(schema, key=len)), Any, what=SCHEMA)
    if not isinstance(plain, list) or not all(isinstance(item, dict) for item in plain):
        return stranger("This ZIP holds a schema.json, but not one of dictionaries.", "zip")
    if plain and not all("id" in item and "name" in item for item in plain):
        return stranger("This ZIP holds a schema.json, but not one of dictionaries.", "zip")
    found = next((item["workspace"] for item in plain if item.get("workspace")), "")
    sentence = f"The dictionaries of a workspace: {len(plain):,}."
    workspace_id = found if isinstance(found, str) else ""
    return Verdict(Kind.DICTIONARIES, sentence, workspace_id=workspace_id)


def _named_csvs(members: ZipMembers, verdict: Verdict) -> Verdict:
    first = next(iter(members.names))
    if members.size(first) <= MAX_CSV:
        text = decode_text(members.read(first)).text
        if recognize_csv(text, is_whole=True).kind != Kind.DICTIONARY:
            return stranger("This ZIP holds CSV files, but no dictionaries.", "bundle")
    return verdict
