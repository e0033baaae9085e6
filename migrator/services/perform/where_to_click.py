"""What a person is asked to do, in the words of Knowledge Studio's own pages.

Source of the names of pages and buttons: IBM's documentation, repository
ibm-cloud-docs/watson-knowledge-studio, page `exportimport`.
"""

from migrator import menus
from migrator.formats.errors import StatedError
from migrator.models import Run, Step

_K = Step.Kind

_TYPES = menus.ENTITY_TYPES
_DICTIONARIES = menus.DICTIONARIES
_DOCUMENTS = menus.DOCUMENT_SETS
_ML = "Machine Learning Model"
_RULES = "Rule-based Model"

# kind -> (what is asked, where to click, what it is for). {name} is the workspace.
_ASKED: dict[str, tuple[str, str, str]] = {
    _K.TYPES: (
        "Download the type system of {name} and bring the file here.",
        f"In Knowledge Studio open {_TYPES} and choose Download Types. The file is named "
        "types-<id>.json.",
        "The type system comes first: the documents are checked against it.",
    ),
    _K.DICTIONARIES: (
        "Download the dictionaries of {name} and bring the files here.",
        f"In Knowledge Studio open {_DICTIONARIES} and choose Download Dictionaries. The file is "
        "a ZIP; single CSV files are welcome too. Then say that these are all, or that the "
        "workspace has none.",
        "Read-only dictionaries cannot be downloaded: bring the CSV files they were made from.",
    ),
    _K.DOCUMENTS: (
        "Download the documents of {name} and bring the file here.",
        f"In Knowledge Studio open {_DOCUMENTS} and choose Download Document Sets. The file is "
        "named corpus-<id>.zip.",
        "Only annotations that were promoted to ground truth are in it.",
    ),
    _K.TARGET: (
        "Create the workspace {name} in the target instance.",
        "In Knowledge Studio choose Create Workspace and give it exactly the language and "
        "tokenizer shown here; neither can be changed later. Then confirm it here.",
        "Nothing is uploaded before the workspace is there.",
    ),
    _K.RESTORE_TYPES: (
        "Upload the type system into {name}.",
        f"Download the file offered here, open {_TYPES} in the target workspace, choose Upload "
        "and select it. Then confirm it here.",
        "Dictionaries and documents need the type system to be there before them.",
    ),
    _K.RESTORE_DICTIONARIES: (
        "Upload the dictionaries into {name}.",
        f"Download the file offered here, open {_DICTIONARIES} in the target workspace, choose "
        "Upload and select it. Then confirm it here.",
        "They stay editable when they are uploaded as the ZIP that was downloaded.",
    ),
    _K.RESTORE_READ_ONLY: (
        "Upload the read-only dictionaries into {name}.",
        f"Download the CSV files offered here, open {_DICTIONARIES} in the target workspace, "
        "choose Upload Dictionary from the menu beside Create Dictionary and select one after the "
        "other. Then confirm it here.",
        "A CSV file that is uploaded directly becomes a dictionary that can be neither edited nor "
        "downloaded, as these were. Do not do so with the editable ones.",
    ),
    _K.MAP_DICTIONARIES: (
        "Map the dictionaries of {name} to their entity types.",
        f"In the target workspace open {_DICTIONARIES}, open each dictionary listed here and "
        "choose its entity type. Then confirm it here.",
        "The mapping is not part of any download, so it is set again by hand.",
    ),
    _K.RESTORE_DOCUMENTS: (
        "Upload the documents into {name}.",
        f"Download the files offered here, open {_DOCUMENTS} in the target workspace, choose "
        "Upload Document Sets, select the first file and include the ground truth. Wait until it "
        "is imported, then go on with the next. Then confirm it here.",
        "Do not run a pre-annotator on them: it would overwrite what people annotated.",
    ),
    _K.RESTORE_PEOPLE: (
        "Give the people of {name} their roles.",
        f"In Knowledge Studio open {menus.USERS}, add the people listed here and give each the "
        f"role beside the name; then open {menus.WORKSPACE} and add its project managers. "
        "Then confirm it here.",
        "Roles can be raised but not lowered: give nobody more than the list says.",
    ),
    _K.TRAIN_ML: (
        "Train the machine learning model of {name}.",
        f"In the target workspace open {_ML} > Performance and choose Train and evaluate. When the "
        "training is over, confirm it here.",
        "A model cannot be moved, so it is trained again from the restored documents. Do not run a "
        "pre-annotator on them.",
    ),
    _K.SNAPSHOT_ML: (
        "Take a snapshot of the machine learning model of {name}.",
        f"In the target workspace open {_ML} > Versions and choose Take Snapshot. Then confirm it "
        "here.",
        "Only a version can be deployed.",
    ),
    _K.DEPLOY_ML: (
        "Deploy the machine learning model of {name}.",
        f"In the target workspace open {_ML} > Versions, choose Deploy, the service and its "
        "instance. Then confirm it here and note the new model id in the plan's last step.",
        "A new deployment gets a new model id: applications that name the old one must be told.",
    ),
    _K.TRAIN_RULES: (
        "Build the rule-based model of {name}.",
        f"In the target workspace open {_RULES} and enter classes, regular expressions and rules "
        "from the worksheet. Then confirm it here.",
        "Rules have no export, so they are entered again.",
    ),
    _K.SNAPSHOT_RULES: (
        "Take a snapshot of the rule-based model of {name}.",
        f"In the target workspace open {_RULES} > Versions and choose Take Snapshot. Then confirm "
        "it here.",
        "Only a version can be deployed.",
    ),
    _K.DEPLOY_RULES: (
        "Deploy the rule-based model of {name}.",
        f"In the target workspace open {_RULES} > Versions, choose Deploy, the service and its "
        "instance. Then confirm it here and note the new model id in the plan's last step.",
        "A new deployment gets a new model id: applications that name the old one must be told.",
    ),
    _K.PROOF_TYPES: (
        "Download the type system of the restored {name} and bring the file here.",
        f"In the target workspace open {_TYPES} and choose Download Types.",
        "It is compared with the archive: that is the proof.",
    ),
    _K.PROOF_DICTIONARIES: (
        "Download the dictionaries of the restored {name} and bring the file here.",
        f"In the target workspace open {_DICTIONARIES} and choose Download Dictionaries. Then say "
        "that these are all, or that there are none.",
        "They are compared with the archive: that is the proof.",
    ),
    _K.PROOF_DOCUMENTS: (
        "Download the documents of the restored {name} and bring the file here.",
        f"In the target workspace open {_DOCUMENTS} and choose Download Document Sets.",
        "They are compared with the archive, mention by mention: that is the proof.",
    ),
}


def words_for(step: Step) -> StatedError:
    """What the person is asked to do for `step`, where to click, and what it is for."""
    asked, where, purpose = _ASKED[step.kind]
    item = step.item
    name = item.name if step.run.kind == Run.Kind.BACKUP else item.new_name
    return StatedError(asked.format(name=name), meaning=purpose, remedy=where)
