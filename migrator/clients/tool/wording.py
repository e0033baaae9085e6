"""What each operation of the tool is called in sentences, and what its refusals mean."""

from migrator.clients.calls import Refusal

# Completes "Could not …".
WORDS = {
    "health": "ask whether the tool is up",
    "list_workspaces": "list the workspaces",
    "read_workspace": "read the workspace",
    "create_workspace": "create the workspace",
    "delete_workspace": "delete the workspace",
    "list_users": "list the users",
    "add_user": "add the user",
    "list_members": "list the members of the workspace",
    "set_members": "set the members of the workspace",
    "download_types": "download the type system",
    "upload_types": "upload the type system",
    "create_entity_type": "create the entity type",
    "list_rule_classes": "list the classes of the rule-based model",
    "list_dictionaries": "list the dictionaries",
    "download_dictionaries": "download the dictionaries",
    "upload_dictionaries": "upload the dictionaries",
    "upload_read_only_dictionary": "upload the read-only dictionary",
    "map_dictionary": "map the dictionary to an entity type",
    "list_document_sets": "list the document sets",
    "download_documents": "download the documents",
    "upload_documents": "upload the documents",
    "read_job": "ask how far the work is",
    "list_tasks": "list the annotation tasks",
    "create_task": "create the annotation task",
    "create_annotation_sets": "create the annotation sets",
    "list_models": "list the models",
    "train": "train the model",
    "snapshot": "take a snapshot of the model",
    "deploy": "deploy the model",
    "undeploy": "undeploy the model",
    "export_model": "export the model",
}

NOT_STORED = "Nothing was stored on the target."
TYPES_FIRST = Refusal(
    "The workspace has no type system yet.",
    NOT_STORED,
    "Upload the type system first, then repeat this.",
)

REFUSALS: dict[str, dict[int, Refusal]] = {
    "create_workspace": {
        409: Refusal(
            "A workspace of this name exists already.",
            "No workspace was created, and the existing one was not touched.",
            "Choose another name, or restore into the existing workspace.",
        ),
        422: Refusal(
            "Knowledge Studio does not know this language or tokenizer.",
            "No workspace was created.",
            "Choose a language and a tokenizer that the target offers.",
        ),
    },
    "delete_workspace": {
        404: Refusal(
            "The workspace is not there.",
            "There is nothing left to delete.",
            "Take the inventory again.",
        ),
    },
    "read_workspace": {
        404: Refusal(
            "The workspace is not there any more.",
            "Nothing was read.",
            "Take the inventory again; somebody may have deleted it.",
        ),
    },
    "add_user": {
        409: Refusal(
            "The user is there with a higher role, and roles are never lowered.",
            "The user keeps the higher role.",
            "Change the role in Knowledge Studio if it must be lower.",
        ),
    },
    "upload_types": {
        400: Refusal(
            "Knowledge Studio cannot read the file as a type system.",
            NOT_STORED,
            "Check that it is the type system's JSON file, as it was downloaded.",
        ),
        409: Refusal(
            "The workspace has a type system already, which an upload would not replace.",
            "The existing type system was not touched.",
            "Restore into an empty workspace, or compare the two type systems.",
        ),
        413: Refusal(
            "The type system is larger than the 20 MB that Knowledge Studio takes.",
            NOT_STORED,
            "Remove unused relation types in the source and download it again.",
        ),
    },
    "create_entity_type": {
        409: Refusal(
            "An entity type with this label exists already.",
            "The existing entity type was not touched.",
            "Use the existing one, or choose another label.",
        ),
        422: Refusal(
            "Knowledge Studio does not accept the label or its roles.",
            NOT_STORED,
            "A label with a hyphen can only come by a type system upload.",
        ),
    },
    "upload_dictionaries": {
        409: TYPES_FIRST,
        413: Refusal(
            "The dictionaries are larger than Knowledge Studio takes.",
            NOT_STORED,
            "Split dictionaries of more than 15,000 entries or 1 MB.",
        ),
        422: Refusal(
            "The language of a dictionary differs from the workspace's, or there are too many "
            "dictionaries or entries.",
            NOT_STORED,
            "A workspace takes 64 dictionaries of 15,000 entries, in its own language.",
        ),
    },
    "upload_read_only_dictionary": {
        409: Refusal(
            "The workspace has no type system yet, or a dictionary of this name.",
            NOT_STORED,
            "Upload the type system first; if it is there, choose another name.",
        ),
        413: Refusal(
            "The dictionary is larger than the 16 MB that Knowledge Studio takes.",
            NOT_STORED,
            "Split the dictionary in two.",
        ),
    },
    "map_dictionary": {
        404: Refusal(
            "The dictionary is not there any more.",
            "The mapping was not set.",
            "Take the inventory again; dictionaries may have new ids after an upload.",
        ),
        422: Refusal(
            "The workspace has no entity type of this label.",
            "The mapping was not changed.",
            "Upload the type system first, or map the dictionary to another entity type.",
        ),
    },
    "upload_documents": {
        400: Refusal(
            "Knowledge Studio cannot read the file as documents.",
            NOT_STORED,
            "Check that it is the corpus ZIP as it was downloaded, or a two-column CSV.",
        ),
        409: TYPES_FIRST,
        413: Refusal(
            "The file is larger than the 200 MB that Knowledge Studio takes in one upload.",
            NOT_STORED,
            "Split the corpus by document sets and upload the parts one after another.",
        ),
        422: Refusal(
            "The documents do not fit the workspace: their language, number or length.",
            NOT_STORED,
            "Restore into a workspace of the same language, within the limits of the service.",
        ),
    },
    "create_task": {
        409: Refusal(
            "There are 256 active annotation tasks, or one of this name.",
            "No task was created.",
            "Close a finished task, or choose another name.",
        ),
    },
    "train": {
        422: Refusal(
            "There are fewer than 10 annotated documents to train with.",
            "No training was started.",
            "Restore the documents first, or add annotated ones.",
        ),
    },
    "snapshot": {
        409: Refusal(
            "The model has its ten versions already.",
            "No version was created, and none was removed.",
            "Delete a version in Knowledge Studio that is no longer needed.",
        ),
    },
    "undeploy": {
        404: Refusal(
            "The model is not deployed any more.",
            "There is nothing left to undeploy.",
            "Take the inventory again.",
        ),
    },
    "export_model": {
        403: Refusal(
            "The plan of this instance (Lite) does not allow the export of a model.",
            "The model stays where it is and can be trained again from the documents.",
            "Export it from an instance of another plan.",
        ),
    },
}
