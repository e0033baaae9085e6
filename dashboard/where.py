"""Where to click in Knowledge Studio, in its own words: one place for pages and help."""

from dataclasses import dataclass

from migrator import menus
from migrator.models import Step


@dataclass(frozen=True)
class Place:
    """One thing a person does in Knowledge Studio, and the file that goes with it."""

    title: str
    # Menu entries and buttons, one after the other, with " > " between them.
    path: str
    # What comes out of it, or what is brought to it.
    file: str
    note: str = ""


PLACES = {
    Step.Kind.TYPES: Place(
        "Download the type system",
        "Assets > Entity Types > Download Types",
        "types-….json",
        "One file holds entity types, roles, subtypes and relation types.",
    ),
    Step.Kind.DICTIONARIES: Place(
        "Download the dictionaries",
        "Assets > Dictionaries > Download Dictionaries",
        "<workspace>_dictionary_….zip, or one CSV for each dictionary",
        "Read-only dictionaries cannot be downloaded: keep the file they were made from.",
    ),
    Step.Kind.DOCUMENTS: Place(
        "Download the documents",
        "Assets > Documents > Document Sets > Download Document Sets",
        "corpus-….zip",
        "Only approved annotations are in it: accept finished sets and resolve conflicts before.",
    ),
    Step.Kind.TARGET: Place(
        "Create the workspace",
        "Workspaces > Create Workspace",
        "",
        "Language and tokenizer are chosen here and cannot be changed later.",
    ),
    Step.Kind.RESTORE_TYPES: Place(
        "Upload the type system",
        "Assets > Entity Types > Upload",
        "types-….json",
        "First of all: dictionaries and documents refer to it.",
    ),
    Step.Kind.RESTORE_DICTIONARIES: Place(
        "Upload the dictionaries",
        "Assets > Dictionaries > Upload",
        "the dictionaries ZIP or CSV files",
        "",
    ),
    Step.Kind.RESTORE_READ_ONLY: Place(
        "Upload the read-only dictionaries",
        "Assets > Dictionaries > Menu > Upload Dictionary",
        "one CSV for each",
        "Uploaded directly, a CSV becomes read-only: right for these, wrong for editable ones.",
    ),
    Step.Kind.MAP_DICTIONARIES: Place(
        "Map dictionaries to entity types",
        "Assets > Dictionaries > choose a dictionary > Entity type",
        "",
        "Which dictionary belongs to which entity type is in no download.",
    ),
    Step.Kind.RESTORE_DOCUMENTS: Place(
        "Upload the documents",
        "Assets > Documents > Document Sets > Upload Document Sets",
        "corpus-….zip",
        "Choose to include the ground truth annotations. One upload takes at most 200 MB.",
    ),
    Step.Kind.RESTORE_PEOPLE: Place(
        "Give people their roles",
        menus.USERS,
        "",
        "Roles can be raised, never lowered. Project managers are added to each workspace.",
    ),
    Step.Kind.TRAIN_ML: Place(
        "Train the machine learning model",
        "Machine Learning Model > Performance > Train and evaluate",
        "",
        "Over the restored documents; it takes from minutes to hours.",
    ),
    Step.Kind.SNAPSHOT_ML: Place(
        "Take a snapshot", "Machine Learning Model > Versions > Take Snapshot", ""
    ),
    Step.Kind.DEPLOY_ML: Place(
        "Deploy the version",
        "Machine Learning Model > Versions > Deploy",
        "",
        "Choose the service and the instance. The deployed model gets a new model id.",
    ),
    Step.Kind.TRAIN_RULES: Place(
        "Build the rule-based model",
        "Rule-based Model > Rules",
        "",
        "Rules, classes and regular expressions have no export: enter them from the worksheet.",
    ),
    Step.Kind.SNAPSHOT_RULES: Place(
        "Take a snapshot", "Rule-based Model > Versions > Take Snapshot", ""
    ),
    Step.Kind.DEPLOY_RULES: Place(
        "Deploy the version",
        "Rule-based Model > Versions > Deploy",
        "",
        "Choose the service and the instance. The deployed model gets a new model id.",
    ),
    Step.Kind.PROOF_TYPES: Place(
        "Download the target's type system",
        "Assets > Entity Types > Download Types",
        "types-….json",
        "From the workspace you restored into: it is compared with the archive.",
    ),
    Step.Kind.PROOF_DICTIONARIES: Place(
        "Download the target's dictionaries",
        "Assets > Dictionaries > Download Dictionaries",
        "<workspace>_dictionary_….zip",
        "From the workspace you restored into.",
    ),
    Step.Kind.PROOF_DOCUMENTS: Place(
        "Download the target's documents",
        "Assets > Documents > Document Sets > Download Document Sets",
        "corpus-….zip",
        "From the workspace you restored into.",
    ),
}
