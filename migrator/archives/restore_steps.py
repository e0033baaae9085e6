"""How to restore an archive by hand, in the words of Knowledge Studio's pages.

Source: IBM's documentation of Knowledge Studio, pages "Backing up and restoring data", "Uploading
resources from another workspace" and "Creating dictionaries".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from migrator.archives.contents import CORPUS_PATTERN, DICTIONARIES, TYPES_PATTERN
from migrator.archives.worksheets import FILES

ORIGINALS = f"{FILES}read_only/"


@dataclass(frozen=True)
class LinkedFile:
    """A file of the archive; `size` is bytes with separators."""

    name: str
    what: str
    size: str
    sha256: str

    @property
    def link(self) -> str:
        """The address relative to index.html."""
        return quote(self.name)


@dataclass(frozen=True)
class RestoreStep:
    """One thing to do, and the files to bring."""

    title: str
    sentences: Sequence[str]
    files: Sequence[LinkedFile] = field(default_factory=list)


def steps(workspace: Mapping[str, Any], files: Sequence[LinkedFile]) -> list[RestoreStep]:
    """The steps in IBM's order; what the archive does not hold has no step."""
    types = [file for file in files if TYPES_PATTERN.fullmatch(file.name)]
    corpus = [file for file in files if CORPUS_PATTERN.fullmatch(file.name)]
    dictionaries = [file for file in files if file.name.startswith(DICTIONARIES)]
    return [
        _unpack(),
        _create(workspace.get("workspace") or {}),
        *([_upload_types(types)] if types else []),
        *([_upload_dictionaries(dictionaries)] if dictionaries else []),
        _read_only(workspace, [file for file in files if file.name.startswith(ORIGINALS)]),
        _map(workspace),
        *([_upload_documents(corpus)] if corpus else []),
        _compare(),
        _models(),
        _tasks(workspace),
        _people(),
    ]


def _unpack() -> RestoreStep:
    return RestoreStep(
        "Unpack and check",
        [
            "Unpack the archive once, into a folder. The files below data stay as they are: do not "
            "unpack, open and save, or rename them.",
            "Check the fingerprints as described in the next section.",
        ],
    )


def _create(facts: Mapping[str, Any]) -> RestoreStep:
    language = facts.get("language") or "the language of the original, which was not recorded"
    tokenizer = "Keep the default tokenizer."
    if facts.get("tokenizer") == "dictionary":
        tokenizer = (
            "The original used the dictionary-based tokenizer. To use it again, expand Advanced "
            "Options and change the tokenizer setting now."
        )
    elif not facts.get("tokenizer"):
        tokenizer = (
            "Which tokenizer the original used was not recorded. If it was the dictionary-based "
            "one, expand Advanced Options and change the tokenizer setting now."
        )
    return RestoreStep(
        "Create the workspace",
        [
            f"Create a workspace. Language of documents: {language}. It must match the original, "
            "and cannot be changed later.",
            f"{tokenizer} The tokenizer cannot be changed later either.",
            "Name and description may differ; those of the original stand under Facts about the "
            "workspace.",
        ],
    )


def _upload_types(files: Sequence[LinkedFile]) -> RestoreStep:
    return RestoreStep(
        "Upload the type system",
        [
            "Open Assets > Entity Types, click Upload and choose this file. The type system comes "
            "before anything else: dictionaries and documents are refused without it.",
        ],
        files,
    )


def _upload_dictionaries(files: Sequence[LinkedFile]) -> RestoreStep:
    sentences = []
    if any(file.name.endswith(".zip") for file in files):
        sentences.append(
            "ZIP file: open Assets > Dictionaries, click the Menu icon next to Create Dictionary, "
            "select Upload Dictionary and choose the file. Its dictionaries stay editable."
        )
    if any(file.name.endswith(".csv") for file in files):
        sentences.append(
            "CSV file: click Create Dictionary, give it a name and save it. Then open it, click "
            "Upload and choose the file. Uploaded directly as a dictionary, a CSV file becomes a "
            "dictionary that can be neither edited nor downloaded."
        )
    return RestoreStep("Upload the dictionaries", sentences, files)


def _read_only(workspace: Mapping[str, Any], originals: Sequence[LinkedFile]) -> RestoreStep:
    listed = workspace.get("dictionaries")
    names = [str(one.get("name")) for one in listed or [] if one.get("read_only")]
    if names:
        said = f"Upload these again from where they came from: {', '.join(names)}."
    elif listed is None:
        said = (
            "Whether there were any was not looked at. If so, upload them again from their source."
        )
    else:
        said = "The workspace had none. Nothing to do."
    sentences = [f"Read-only dictionaries cannot be downloaded. {said}"]
    if originals:
        sentences.append(
            "The files that they were made from were kept: click Create Dictionary, choose Upload "
            "and select the file, so that the dictionary is read-only again."
        )
    return RestoreStep("Upload read-only dictionaries again", sentences, originals)


def _map(workspace: Mapping[str, Any]) -> RestoreStep:
    return RestoreStep(
        "Associate the dictionaries with entity types",
        [
            "The mapping is in no download. For each dictionary, select it under Assets > "
            "Dictionaries and choose its entity type.",
            _known_mappings(workspace),
        ],
    )


def _known_mappings(workspace: Mapping[str, Any]) -> str:
    mappings = workspace.get("mappings")
    if mappings is None:
        return "Which type belonged to which dictionary was not looked at."
    known = [f"{one.get('dictionary')} → {one.get('entity_type')}" for one in mappings]
    return f"It was: {'; '.join(known)}." if known else "The original had no such mapping."


def _upload_documents(files: Sequence[LinkedFile]) -> RestoreStep:
    return RestoreStep(
        "Upload the documents",
        [
            "Open Assets > Documents, select the Document Sets tab, click Upload Document Sets and "
            "choose this file. Choose to include the ground truth annotations, then click Upload.",
            "One upload takes at most 200 MB, and a workspace at most 10,000 documents. The same "
            "document uploaded twice stands there twice.",
            "Do not run a pre-annotator on documents restored in this way: they would lose the "
            "annotations that people added.",
        ],
        files,
    )


def _compare() -> RestoreStep:
    return RestoreStep(
        "Compare",
        [
            "Download from the new workspace what you have uploaded (Download Types, Download "
            "Dictionaries, Download Document Sets) and compare it with this archive, at least by "
            "the counts above. An upload that is reported as finished may have dropped mentions.",
        ],
    )


def _models() -> RestoreStep:
    return RestoreStep(
        "Train and deploy again",
        [
            "Train the machine learning model on the restored documents, create a version and "
            "deploy it. A new deployment gets a new model ID: change it in the applications that "
            "use it. For a rule-based model, create the rules again first.",
            "Undeploy the models of the original before its workspace is deleted: left behind, "
            "they keep adding charges to the monthly bill.",
        ],
    )


def _tasks(workspace: Mapping[str, Any]) -> RestoreStep:
    open_ones = "were not looked at" if workspace.get("tasks") is None else "are listed above"
    return RestoreStep(
        "Create unfinished annotation tasks again",
        [
            f"The annotation tasks of the original {open_ones}. Upload documents that were not yet "
            "annotated, create annotation sets from them, and create the tasks with the same "
            "names, an appropriate due date and the right human annotators.",
        ],
    )


def _people() -> RestoreStep:
    return RestoreStep(
        "Add people",
        [
            "Somebody with the Admin role adds the users to the new instance and assigns their "
            "roles. Those that were recorded stand under People.",
        ],
    )
