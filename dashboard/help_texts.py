"""The words of the help page: the procedure, what each page is for, errors, and the glossary."""

from dataclasses import dataclass

# The part of the help that tells about a page, by the first word of the page's URL name.
PARTS = {
    "home": "page-home",
    "instance": "page-instances",
    "workspace": "page-workspaces",
    "plan": "procedure",
    "worksheet": "procedure",
    "backup": "page-plans",
    "restore": "page-plans",
    "run": "page-runs",
    "archive": "page-archives",
    "verification": "page-proofs",
    "model": "page-models",
    "user": "page-people",
    "people": "page-workspaces",
    "report": "page-runs",
    "account": "page-people",
    "approval": "page-people",
    "audit": "page-people",
    "settings": "page-settings",
}


@dataclass(frozen=True)
class Stage:
    """One step of the procedure: its code and name on the plan's pages, what is done, when over."""

    code: str
    title: str
    does: str
    over: str


PROCEDURE: dict[str, tuple[Stage, ...]] = {
    "Assess": (
        Stage(
            "A1",
            "Scope",
            "Choose the instance, the workspaces, and what for: a backup alone, a move or a copy. "
            "Say whether the source will be deleted afterwards: much of the rest follows from it.",
            "the scope is saved",
        ),
        Stage(
            "A2",
            "Assess",
            "Checks look at everything that is known of each workspace. What nobody could look at "
            "says “could not check”, and a form asks you. That is never counted as passed.",
            "nothing blocks, and each warning is accepted by name with a reason",
        ),
    ),
    "Prepare": (
        Stage(
            "P1",
            "Finish work",
            "Only what was promoted to ground truth can be downloaded. See how far annotation is, "
            "who holds what, and how many mentions are at risk.",
            "no work is left, or the loss is accepted in writing",
        ),
        Stage(
            "P2",
            "Capture what can't move",
            "Worksheets for read-only dictionaries, annotation tasks, roles of people, rules and "
            "the mapping of dictionaries. They are filled from the inventory where it is "
            "connected, else by you or from CSV, and go into the archive.",
            "each worksheet is complete or waived",
        ),
        Stage(
            "P3",
            "Deployed models",
            "A deployed model whose workspace is deleted keeps running and keeps adding charges. "
            "Undeploy it first, or keep it on purpose.",
            "each model is gone, kept on purpose, or its workspace stays",
        ),
    ),
    "Back up": (
        Stage(
            "B1",
            "Collect",
            "Type system, editable dictionaries and documents are downloaded by the connector, or "
            "brought by you. Each file is inspected when it arrives.",
            "all three are there and come from one workspace",
        ),
        Stage(
            "B2",
            "Seal and verify",
            "Each workspace becomes one archive, which is read back before it counts as made.",
            "every archive is verified",
        ),
    ),
    "Restore": (
        Stage(
            "R1",
            "Target and conflicts",
            "The target is read before anything is changed. Language and tokenizer of a new "
            "workspace cannot be changed later. Say once what happens with what is there already.",
            "every conflict is decided, what the target brought up is answered or accepted, and "
            "every person is mapped or left out",
        ),
        Stage(
            "R2",
            "Review",
            "What will be created and what will not, in numbers.",
            "you confirmed it, and nothing of it has changed since",
        ),
        Stage(
            "R3",
            "Restore and prove",
            "Types first, then dictionaries and their mapping, then documents. Then the target is "
            "downloaded again and compared, mention by mention.",
            "every item has an outcome, and the proof is there",
        ),
    ),
    "Finish": (
        Stage(
            "F1",
            "Finish",
            "Train and deploy again, note the new model ids, create the unfinished tasks again. Do "
            "not run a pre-annotator on restored documents: it replaces what people annotated.",
            "the gate says that the source may be deleted, or you left it open on purpose",
        ),
    ),
}


@dataclass(frozen=True)
class About:
    """What a page or a picture is for; `anchor` is its place on the help page."""

    anchor: str
    title: str
    text: str


PAGES = (
    About(
        "page-home",
        "Home",
        "First what waits for you, then what runs, then how well each workspace is protected. In "
        "the strip a disc is a verified backup, a ring one that was not verified, a crossed "
        "diamond a damaged one.",
    ),
    About(
        "page-instances",
        "Instances",
        "Each Knowledge Studio service you work with. By hand, you bring and upload files "
        "yourself; connected, the connector does it with a credential of yours, which is stored "
        "sealed and never shown again.",
    ),
    About(
        "page-workspaces",
        "Workspaces",
        "What the last inventory saw. A dash means that nobody looked, which is not the same as "
        "none. The type graph shows the newest archive.",
    ),
    About(
        "page-plans",
        "Plans and quick starts",
        "A plan walks you from assessment to the end and may be left at any time, by you or a "
        "colleague. A quick start backs up chosen workspaces or restores one archive at once, "
        "without assessment.",
    ),
    About(
        "page-runs",
        "Runs",
        "Two badges: whether it ran, and whether the result was verified. You may close the page. "
        "Waiting for you is a normal state. Retry touches only what failed; cancelling leaves what "
        "was done. In the timeline hatched means waiting.",
    ),
    About(
        "page-archives",
        "Archives",
        "One sealed ZIP for each workspace, which any unzip program opens. Verify it again before "
        "you rely on it, and keep a copy outside of this server. An encrypted one (.zip.age) is "
        "opened by its private key or passphrase alone, here for a few hours or anywhere by the "
        "program age. Whoever loses the key loses the archive.",
    ),
    About(
        "page-proofs",
        "Proofs",
        "The archive against what the target gave back. Paired bars show mentions by type, largest "
        "loss first. In the compared type graph a crossed square is missing on the target, a "
        "diamond is only there, a double ring changed.",
    ),
    About(
        "page-models",
        "Deployed models",
        "Every model of every linked service. Unknown is never zero: where a service could not be "
        "asked, treat it as not safe.",
    ),
    About(
        "page-people",
        "Roles, approvals and the audit log",
        "A viewer sees everything but document texts. An operator plans, runs and uploads. An "
        "approver is the second person for what cannot be undone. An admin manages instances, "
        "credentials and users. The audit log cannot be changed.",
    ),
    About(
        "page-settings",
        "Settings and messages",
        "What needs somebody is also told by mail and to a webhook: a run that waits or failed, "
        "differences, a refused credential, deployed models, a damaged archive, an approval. Each "
        "person chooses on their account what reaches them. A message is told once, tried for a "
        "day, and holds no document text.",
    ),
    About(
        "page-reports",
        "Reports",
        "Each run and each plan has a report as page, HTML, PDF, CSV and JSON: who, when, "
        "fingerprints, results and pictures, never the text of a document.",
    ),
)

ERRORS = (
    About("error-wrong", "Wrong file", "The file is of another workspace. Nothing was stored."),
    About(
        "error-lost",
        "A worker was lost",
        "After five minutes of silence another takes over, at the same place. Nothing is sent "
        "twice.",
    ),
    About(
        "error-credential",
        "The credential is no longer accepted",
        "The run pauses, keeps its place and asks for a new one.",
    ),
    About(
        "error-partial",
        "Differences found",
        "The copy is not equal. See which documents, then restore them again or accept the "
        "difference. Do not delete the source before.",
    ),
    About(
        "error-damaged",
        "A damaged archive",
        "A file in it no longer matches its fingerprint. Use another archive of the workspace.",
    ),
)

WORDS = {
    "Instance": "One Knowledge Studio service, in IBM Cloud or Cloud Pak for Data. It is reached "
    "by the connector, or served by you with files.",
    "Connector": "Talks to the interface that Knowledge Studio's own pages use. IBM does not "
    "publish it, so it is off until an administrator turns it on.",
    "Workspace": "What Knowledge Studio calls a project: one type system, its dictionaries, "
    "documents, models and tasks.",
    "Type system": "The entity types, their subtypes and roles, and the relation types.",
    "Mention": "A place in a text that somebody marked as an entity type.",
    "Ground truth": "Annotations that were approved and promoted. Only these are in a download.",
    "Document set": "Documents that were uploaded or annotated together.",
    "Read-only dictionary": "One that was uploaded as such. It cannot be downloaded; the file it "
    "was made from can be uploaded again.",
    "Tokenizer": "How texts are split into words: by machine learning or by a dictionary. It is "
    "chosen when a workspace is created and cannot be changed.",
    "Obscured": "A document that a pre-annotator touched and that Knowledge Studio therefore hides "
    "in a download. It can only go back into Knowledge Studio.",
    "Plan": "What is to be done with which workspaces, as a saved row that several people may "
    "work on.",
    "Run": "What somebody started. It goes on when you close the page, and keeps its place when it "
    "is interrupted.",
    "Ran, verified": "Two results of a run. Ran says that every step ended well; verified says "
    "that the content was compared and is equal.",
    "Archive": "A sealed ZIP file (BagIt 1.0) that holds one workspace and a fingerprint (SHA-256) "
    "of every file in it.",
    "Recipient": "A public key (age1…, or of SSH) that archives are encrypted to. Only the private "
    "key that belongs to it opens them.",
    "Worksheet": "What cannot move, noted so that a person can make it again.",
    "Undeploy": "Stop a model in its service. Applications that call it get no results any more, "
    "and a new deployment gets a new model id.",
    "Orphaned model": "A deployed model whose workspace is gone. It keeps running and keeps adding "
    "charges.",
}
