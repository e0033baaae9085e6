"""Models: trained, versioned, deployed. `kind` is ml or rule."""

from collections.abc import Sequence
from pathlib import Path

from migrator.clients.downloads import Received
from migrator.clients.multipart import Progress
from migrator.clients.shapes import Deployment, JobStarted, Model, ModelVersion
from migrator.clients.tool.connection import ToolConnection


class ModelCalls(ToolConnection):
    """Reads and changes the models of a workspace."""

    def models(self, workspace_id: str) -> list[Model]:
        """The models with their versions and where these are deployed."""
        return self._all("list_models", Model, w=workspace_id)

    def train(self, workspace_id: str, kind: str, *, sets: Sequence[str] = ()) -> str:
        """Start a training over these sets, all where none is named; gives the job's id.

        422 under 10 documents; a full queue is a TransientError.
        """
        places = {"w": workspace_id, "k": kind}
        return self._one("train", JobStarted, places=places, fields={"sets": list(sets)}).job

    def snapshot(self, workspace_id: str, kind: str, *, description: str = "") -> ModelVersion:
        """Keep the model as it is as a version; 409 where there are ten."""
        places = {"w": workspace_id, "k": kind}
        fields = {"description": description}
        return self._one("snapshot", ModelVersion, places=places, fields=fields)

    def deploy(
        self, workspace_id: str, kind: str, version: str, *, service: str, instance: str
    ) -> Deployment:
        """Deploy a version to an instance of `service`; it starts as publishing and charges."""
        places = {"w": workspace_id, "k": kind, "v": version}
        fields = {"service": service, "instance": instance}
        return self._one("deploy", Deployment, places=places, fields=fields)

    def undeploy(self, workspace_id: str, kind: str, version: str, model_id: str) -> None:
        """Take a deployed model down; applications that name its id fail from then on."""
        places = {"w": workspace_id, "k": kind, "v": version, "m": model_id}
        self._call("undeploy", places=places)

    def export_model(
        self,
        workspace_id: str,
        kind: str,
        version: str,
        destination: Path,
        progress: Progress | None = None,
        *,
        resume: bool = False,
    ) -> Received:
        """The model as ZIP (ml) or PEAR (rule); 403 on a Lite plan."""
        places = {"w": workspace_id, "k": kind, "v": version}
        return self._fetch("export_model", destination, progress, resume, **places)
