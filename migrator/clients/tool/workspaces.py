"""Workspaces, people, and what a workspace lists."""

from collections.abc import Sequence

from migrator.clients.shapes import (
    AnnotationSet,
    Dictionary,
    DocumentSet,
    Member,
    RuleClass,
    Task,
    User,
    Workspace,
)
from migrator.clients.tool.connection import ToolConnection


class WorkspaceCalls(ToolConnection):
    """Reads and changes workspaces; every list is complete or an error."""

    def workspaces(self) -> list[Workspace]:
        """All workspaces that the credential's user sees."""
        return self._all("list_workspaces", Workspace)

    def workspace(self, workspace_id: str) -> Workspace:
        """One workspace; ServiceError with `http_status` 404 where it is gone."""
        return self._one("read_workspace", Workspace, places={"w": workspace_id})

    def create_workspace(
        self, *, name: str, description: str, language: str, tokenizer: str
    ) -> Workspace:
        """A new workspace; 409 name taken, 422 unknown language or tokenizer.

        Never repeated: after a TransientError look by name whether it is there.
        """
        fields = {
            "name": name,
            "description": description,
            "language": language,
            "tokenizer": tokenizer,
        }
        return self._one("create_workspace", Workspace, fields=fields)

    def delete_workspace(self, workspace_id: str) -> None:
        """Delete for good. Its deployed models stay behind and go on charging."""
        self._call("delete_workspace", places={"w": workspace_id})

    def users(self) -> list[User]:
        """All users of the instance with their roles."""
        return self._all("list_users", User)

    def add_user(self, *, user_id: str, role: str) -> User:
        """Add the user or raise the role; 409 where the role would be lowered."""
        return self._one("add_user", User, fields={"user_id": user_id, "role": role})

    def members(self, workspace_id: str) -> list[Member]:
        """Who works on a workspace."""
        return self._bare_list("list_members", Member, places={"w": workspace_id})

    def set_members(self, workspace_id: str, *, project_managers: Sequence[str]) -> list[Member]:
        """Make exactly these users the project managers."""
        fields = {"project_managers": list(project_managers)}
        return self._bare_list("set_members", Member, places={"w": workspace_id}, fields=fields)

    def dictionaries(self, workspace_id: str) -> list[Dictionary]:
        """All dictionaries, read-only ones included, with their mapping."""
        return self._all("list_dictionaries", Dictionary, w=workspace_id)

    def map_dictionary(
        self, workspace_id: str, dictionary_id: str, entity_type: str | None
    ) -> None:
        """Map a dictionary to the entity type of that label; None removes the mapping."""
        places = {"w": workspace_id, "d": dictionary_id}
        self._call("map_dictionary", places=places, fields={"entity_type": entity_type})

    def document_sets(self, workspace_id: str) -> list[DocumentSet]:
        """All document sets, annotation sets included."""
        return self._all("list_document_sets", DocumentSet, w=workspace_id)

    def rule_classes(self, workspace_id: str) -> list[RuleClass]:
        """The classes of the rule-based model."""
        return self._bare_list("list_rule_classes", RuleClass, places={"w": workspace_id})

    def tasks(self, workspace_id: str) -> list[Task]:
        """All annotation tasks with their sets."""
        return self._all("list_tasks", Task, w=workspace_id)

    def create_task(self, workspace_id: str, *, name: str, due: int, sets: Sequence[str]) -> Task:
        """A new annotation task over annotation sets; `due` in epoch milliseconds."""
        fields = {"name": name, "due": due, "sets": list(sets)}
        return self._one("create_task", Task, places={"w": workspace_id}, fields=fields)

    def create_annotation_sets(
        self, workspace_id: str, *, base_set: str, overlap: int, annotators: dict[str, str]
    ) -> list[AnnotationSet]:
        """Draw a set for each `{name: annotator}` from the base set; `overlap` in percent.

        Which documents go where cannot be said: the service draws them.
        """
        sets = [{"name": name, "annotator": user} for name, user in annotators.items()]
        fields = {"base_set": base_set, "overlap": overlap, "sets": sets}
        places = {"w": workspace_id}
        return self._bare_list(
            "create_annotation_sets", AnnotationSet, places=places, fields=fields
        )

    def create_entity_type(
        self, workspace_id: str, *, label: str, role_ids: Sequence[str] = ()
    ) -> None:
        """A single entity type with its default role; labels with a hyphen are refused."""
        fields = {"label": label, "properties": {}, "sire_prop": {"roles": list(role_ids)}}
        self._call("create_entity_type", places={"w": workspace_id}, fields=fields)
