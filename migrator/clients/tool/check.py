"""The connection test: which read-only operations of the profile answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.clients.calls import Unavailable
from migrator.clients.profile import Operation
from migrator.clients.tool.models import ModelCalls
from migrator.clients.tool.workspaces import WorkspaceCalls
from migrator.errors import ServiceError, SessionLost, TransientError
from migrator.formats.errors import StatedError

NOT_TRIED = "Not tried: "
NEEDED = {
    "w": "there is no workspace to try it on.",
    "job": "it needs a running import or training.",
    "k": "there is no version of a model to try it on.",
    "v": "there is no version of a model to try it on.",
}


@dataclass(frozen=True)
class EntryAnswer:
    """How one entry of the profile answered; `answered` is None where it was not tried.

    `path` is the profile's, with its places; `status` seen or assumed.
    """

    operation: str
    path: str
    answered: bool | None
    sentence: str
    transaction_id: str
    status: str


class CheckCalls(WorkspaceCalls, ModelCalls):
    """Tries what can be tried without changing anything and without fetching whole files."""

    def check(self) -> list[EntryAnswer]:
        """Every read-only entry in the profile's order; raises nothing of its own calls.

        Once the service is silent or the credential refused, the rest is not tried: each entry
        would take its time-out or count as another failed sign-in.
        """
        answers: list[EntryAnswer] = []
        stopped = ""
        places: dict[str, str] = {}
        for name, operation in self.profile.operations.items():
            if not operation.read_only:
                continue
            lacking = [p for p in NEEDED if f"{{{p}}}" in operation.path and p not in places]
            if stopped or lacking:
                sentence = NOT_TRIED + (stopped or NEEDED[lacking[0]])
                answers.append(_entry(name, operation, None, sentence, ""))
                continue
            answer, stopped = self._tried(name, operation, places)
            answers.append(answer)
        return answers

    def _tried(
        self, name: str, operation: Operation, places: dict[str, str]
    ) -> tuple[EntryAnswer, str]:
        """The entry's answer, and why the following ones need not be tried."""
        try:
            transaction_id = self._probed(name, operation, places)
            self._learn(name, places)
        except (TransientError, ServiceError) as exc:
            return _entry(name, operation, False, str(exc), exc.reference), _stops(exc)
        return _entry(name, operation, True, "Answered.", transaction_id), ""

    def _probed(self, name: str, operation: Operation, places: Mapping[str, str]) -> str:
        url = self._root + operation.filled(
            **{place: value for place, value in places.items() if f"{{{place}}}" in operation.path}
        )
        answer = self._authorized(
            lambda headers: self._http.probe(
                url, doing=self._doing(name), headers=headers, params=operation.query
            )
        )
        return answer.transaction_id

    def _learn(self, name: str, places: dict[str, str]) -> None:
        """Take the first workspace and its first model version for the entries that need one."""
        if name == "list_workspaces":
            if workspaces := self.workspaces():
                places["w"] = workspaces[0].id
        elif name == "list_models":
            for model in self.models(places["w"]):
                if model.versions:
                    places |= {"k": model.kind, "v": model.versions[0].version}
                    return


def _stops(exc: StatedError) -> str:
    if isinstance(exc, SessionLost):
        return "the credential was refused."
    if isinstance(exc, Unavailable) and exc.http_status is None:
        return "the service does not answer."
    return ""


def _entry(
    name: str, operation: Operation, answered: bool | None, sentence: str, reference: str
) -> EntryAnswer:
    return EntryAnswer(
        operation=name,
        path=operation.path,
        answered=answered,
        sentence=sentence,
        transaction_id=reference,
        status=operation.status,
    )
