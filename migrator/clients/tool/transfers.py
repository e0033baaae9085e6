"""Files: type system, dictionaries and documents, out of a workspace and into one."""

from pathlib import Path

from migrator.clients.downloads import Received
from migrator.clients.multipart import Progress
from migrator.clients.shapes import Dictionary, Job, JobStarted, TypesUploaded
from migrator.clients.tool.connection import ToolConnection

CONTENT_TYPES = {".zip": "application/zip", ".csv": "text/csv", ".txt": "text/plain"}


class TransferCalls(ToolConnection):
    """Downloads stream into a file and may be resumed; uploads stream from one and never are.

    After a TransientError of an upload look at the workspace before another try: the service may
    have taken the file. `progress` gets bytes done and in all, or None where it is not told.
    """

    def download_types(
        self,
        workspace_id: str,
        destination: Path,
        progress: Progress | None = None,
        *,
        resume: bool = False,
    ) -> Received:
        """The type system's JSON file."""
        return self._fetch("download_types", destination, progress, resume, w=workspace_id)

    def download_dictionaries(
        self,
        workspace_id: str,
        destination: Path,
        progress: Progress | None = None,
        *,
        resume: bool = False,
    ) -> Received:
        """The ZIP of the editable dictionaries; read-only ones cannot be downloaded."""
        return self._fetch("download_dictionaries", destination, progress, resume, w=workspace_id)

    def download_documents(
        self,
        workspace_id: str,
        destination: Path,
        progress: Progress | None = None,
        *,
        resume: bool = False,
    ) -> Received:
        """The corpus ZIP: all documents with their approved annotations."""
        return self._fetch("download_documents", destination, progress, resume, w=workspace_id)

    def upload_types(
        self, workspace_id: str, path: Path, progress: Progress | None = None
    ) -> TypesUploaded:
        """Upload a type system into a workspace without one; 409, 413 over 20 MB."""
        name = "upload_types"
        answer = self._send_file(name, path, "application/json", progress=progress, w=workspace_id)
        return self._shaped(answer.json(self._doing(name)), TypesUploaded, name, answer)

    def upload_dictionaries(
        self, workspace_id: str, path: Path, progress: Progress | None = None
    ) -> list[Dictionary]:
        """Upload a dictionaries ZIP; 409 no type system, 413, 422 language or limits."""
        name = "upload_dictionaries"
        answer = self._send_file(name, path, "application/zip", progress=progress, w=workspace_id)
        items, _ = self._page(answer.json(self._doing(name)), name, answer)
        return [self._shaped(item, Dictionary, name, answer) for item in items]

    def upload_read_only_dictionary(
        self, workspace_id: str, path: Path, name: str, progress: Progress | None = None
    ) -> None:
        """Upload a CSV as a read-only dictionary of that name, which cannot be downloaded again."""
        operation = "upload_read_only_dictionary"
        fields = {"name": name}
        self._send_file(
            operation, path, "text/csv", progress=progress, fields=fields, w=workspace_id
        )

    def upload_documents(
        self,
        workspace_id: str,
        path: Path,
        ground_truth: bool = True,
        progress: Progress | None = None,
    ) -> str:
        """Upload a corpus ZIP, a CSV or a TXT; gives the id of the job that stores it.

        `ground_truth` False stores the documents without annotations. What is uploaded twice
        stands there twice.
        """
        name = "upload_documents"
        answer = self._send_file(
            name,
            path,
            CONTENT_TYPES.get(path.suffix.lower(), "application/octet-stream"),
            progress=progress,
            query={"ground_truth": "true" if ground_truth else "false"},
            w=workspace_id,
        )
        return self._shaped(answer.json(self._doing(name)), JobStarted, name, answer).job

    def job(self, workspace_id: str, job_id: str) -> Job:
        """How far a job is; a failed one is an answer, not an error."""
        return self._one("read_job", Job, places={"w": workspace_id, "job": job_id})
