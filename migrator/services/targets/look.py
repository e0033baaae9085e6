"""Looking at one target: what the connector lists and downloads, or what a person brought."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from migrator.clients.shapes import Dictionary as ListedDictionary
from migrator.clients.shapes import User, Workspace
from migrator.clients.tool import ToolClient
from migrator.formats.kinds import Kind
from migrator.formats.recognize import recognize
from migrator.models import TargetReading
from migrator.services.beats import Progress

# What of a workspace can be read as files, and how a page calls it.
TYPES, DICTIONARIES, DOCUMENTS = "types", "dictionaries", "documents"


@dataclass
class Look:
    """What was seen of a target: `facts` for the reading's row, files to compare with."""

    facts: dict[str, Any]
    listed: list[ListedDictionary] = field(default_factory=list)
    # The users of the instance; None where nobody looked.
    users: list[User] | None = None
    types: Path | None = None
    dictionaries: list[Path] = field(default_factory=list)
    corpus: Path | None = None

    @property
    def read(self) -> list[str]:
        """Which parts were read as files."""
        found = ((TYPES, self.types), (DICTIONARIES, self.dictionaries), (DOCUMENTS, self.corpus))
        return [name for name, file in found if file]


def look_by_connector(
    reading: TargetReading, client: ToolClient, folder: Path, progress: Progress
) -> Look:
    """Everything of the workspace, or for a new one whether its name is free; and the people."""
    users = client.users()
    if not reading.workspace_id:
        return _look_for_name(reading, client, users)
    there = client.workspace(reading.workspace_id)
    listed = client.dictionaries(there.id)
    look = Look({**_workspace_facts(there), **_lists(client, there.id)}, listed, users)
    look.types, look.corpus = folder / "target-types.json", folder / "target-corpus.zip"
    dictionaries = folder / "target-dictionaries.zip"
    client.download_types(there.id, look.types, progress)
    client.download_dictionaries(there.id, dictionaries, progress)
    client.download_documents(there.id, look.corpus, progress)
    look.dictionaries = [dictionaries]
    return look


def look_at_files(paths: list[Path]) -> Look:
    """What a person downloaded of the target and brought; the rest was not looked at."""
    look = Look({"workspace": None, "members": None})
    for path in paths:
        kind = recognize(path).kind
        if kind == Kind.TYPE_SYSTEM:
            look.types = path
        elif kind == Kind.CORPUS:
            look.corpus = path
        else:
            look.dictionaries.append(path)
    return look


def _look_for_name(reading: TargetReading, client: ToolClient, users: list[User]) -> Look:
    seen = client.workspaces()
    taken = next((one for one in seen if one.name == reading.name), None)
    plan = next((one.plan for one in seen if one.plan), None)
    return Look(
        {
            "workspace": None,
            "plan": plan,
            "taken_by": msgspec.to_builtins(taken) if taken else None,
            "workspaces": len(seen),
            "members": None,
        },
        users=users,
    )


def _workspace_facts(there: Workspace) -> dict[str, Any]:
    return {"workspace": msgspec.to_builtins(there), "plan": there.plan, "taken_by": None}


def _lists(client: ToolClient, workspace_id: str) -> dict[str, Any]:
    members = [msgspec.to_builtins(one) for one in client.members(workspace_id)]
    return {"members": members, "document_sets": len(client.document_sets(workspace_id))}
