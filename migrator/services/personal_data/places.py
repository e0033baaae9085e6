"""Every table that may name a person: what is done with it on request, or why it stays.

A table with a text or JSON column stands here or in NO_PEOPLE; a test asserts it, so that a new one
cannot be forgotten.
"""

from dataclasses import dataclass

_CHAIN = (
    "The audit log is chained: changing an entry would break it from there on. It stays, and says "
    "who did what."
)
_SIGNED = "A receipt is signed and never changed. It stays as long as this server's data does."
_CONTENT = (
    "It is a name in Knowledge Studio, by which things are found. Rename it there, then take an "
    "inventory."
)


@dataclass(frozen=True)
class Place:
    """Columns of one table, what people call the table, and why it stays; empty: it is changed."""

    model: str
    words: str
    fields: tuple[str, ...]
    stays: str = ""


PLACES = (
    Place("auth.User", "Users of this product", ("username", "first_name", "last_name", "email")),
    Place("migrator.Member", "Members of workspaces", ("user_id", "name")),
    Place("migrator.InstancePerson", "People of instances", ("user_id", "name")),
    Place("migrator.PersonMapping", "Who becomes whom", ("source_user", "target_user")),
    Place("migrator.Workspace", "Owners and descriptions of workspaces", ("owner", "description")),
    Place("migrator.DocumentSet", "Annotators of document sets", ("annotator",)),
    Place("migrator.AnnotationTask", "Annotation tasks", ("name", "sets")),
    Place("migrator.ModelVersion", "Descriptions of model versions", ("description",)),
    Place("migrator.WorksheetRow", "Lines of worksheets", ("key", "cells", "said", "was")),
    Place("migrator.Worksheet", "Who settled worksheets", ("reason", "stated_by_name")),
    Place("migrator.WorksheetFile", "Files of worksheets, by their names", ("name",)),
    Place("migrator.Plan", "Names of plans", ("name",)),
    Place("migrator.PlanItem", "Descriptions for targets", ("target_description",)),
    Place("migrator.PlanAnswer", "Answers in plans", ("value",)),
    Place(
        "migrator.CheckResult",
        "What checks found",
        ("found", "items", "accepted_as", "accepted_why", "accepted_answer"),
    ),
    Place(
        "migrator.Step",
        "Steps of runs",
        ("answer", "facts", "problem", "problem_meaning", "problem_remedy"),
    ),
    Place("migrator.StepFile", "Files of runs, by their names", ("name",)),
    Place("migrator.UnsortedFile", "Files that wait to be sorted, by their names", ("name",)),
    Place("migrator.Event", "Logs of runs", ("text",)),
    Place("migrator.Archive", "What is known of archives", ("facts", "findings")),
    Place("migrator.ArchiveHold", "Reasons of holds", ("reason",)),
    Place(
        "migrator.Verification", "Who accepted differences", ("accepted_by_name", "accepted_reason")
    ),
    Place(
        "migrator.Difference",
        "Differences of proofs",
        ("subject", "detail", "reason", "left", "right"),
    ),
    Place("migrator.ArchiveComparison", "Differences of archives", ("examples", "problem")),
    Place("migrator.TargetReading", "What was read of targets", ("facts",)),
    Place(
        "migrator.ServedModel",
        "Decisions on deployed models",
        ("description", "reason", "decided_who"),
    ),
    Place("migrator.Undeployment", "Who undeployed models", ("asked_who",)),
    Place("migrator.ModelReplacement", "Who noted new models", ("noted_who",)),
    Place("migrator.ModelScan", "Who looked for models", ("looked_by",)),
    Place("migrator.Approval", "Approvals", ("words", "reason")),
    Place("migrator.Notification", "Messages", ("title", "happened", "path")),
    Place("migrator.Delivery", "Why messages did not arrive", ("problem",)),
    Place("migrator.ApiToken", "Names of tokens", ("name",)),
    Place("axes.AccessAttempt", "Wrong passwords", ("username",)),
    Place("axes.AccessFailureLog", "Failed sign-ins", ("username",)),
    Place("axes.AccessLog", "Sign-ins", ("username",)),
    Place("migrator.AuditEntry", "The audit log", ("who", "details"), _CHAIN),
    Place("migrator.Receipt", "Receipts", ("account", "signed_name", "reason", "content"), _SIGNED),
    Place(
        "migrator.Instance",
        "Names of instances",
        ("name",),
        "An administrator can change it on the instance's page.",
    ),
    Place(
        "migrator.ModelService",
        "Names of services",
        ("name",),
        "An administrator can change it on the service's page.",
    ),
    Place(
        "migrator.NotificationRules",
        "Sender and account of the mail server",
        ("mail_sender", "mail_user", "mail_problem", "webhook_problem"),
        "An administrator can change it on the page Settings.",
    ),
    Place("migrator.Conflict", "Compared types and dictionaries", ("subject", "detail"), _CONTENT),
    Place("migrator.Dictionary", "Names of dictionaries", ("name",), _CONTENT),
)

# Table: why no person is looked for in it.
NO_PEOPLE = {
    "auth.Permission": "words of the product",
    "auth.Group": "not used",
    "contenttypes.ContentType": "words of the product",
    "sessions.Session": "signed and encoded; ends with the session, SESSION_HOURS at the latest",
    "migrator.TotpDevice": "the word for an authenticator app",
    "migrator.RecoveryCode": "hashes",
    "migrator.OidcIdentity": "the provider's own number; goes with the account",
    "migrator.Inventory": "sentences of the product",
    "migrator.Deployment": "ids of models",
    "migrator.AuditChain": "hashes",
    "migrator.Encryption": "public keys, taken away by choosing another encryption",
    "migrator.ArchiveRules": "public keys, which an administrator sets",
    "migrator.ArchiveFigures": "types and numbers",
    "migrator.ProofFigures": "types and numbers",
    "migrator.IdempotentAnswer": "gone after a day",
    "migrator.LedgerEntry": "ids of things that were restored",
    "migrator.NotificationChoice": "kinds of events; goes with the account",
    "migrator.ConflictChoice": "keys of types and dictionaries",
}
