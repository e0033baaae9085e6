"""Natural Language Understanding v1: which models are deployed, and their removal."""

from urllib.parse import quote

import msgspec

from migrator.clients.answers import Answer, unreadable
from migrator.clients.calls import Doing, Refusal
from migrator.clients.credentials import Credential
from migrator.clients.http import Http
from migrator.clients.services import service_authorization
from migrator.clients.tokens import authorized

VERSION = "2022-08-10"
SERVICE = "Natural Language Understanding"
RENEW = "Store a credential of somebody who may use this Natural Language Understanding instance."
LIST = Doing(service=SERVICE, words="list the deployed models", renew=RENEW)
DELETE = Doing(
    service=SERVICE,
    words="undeploy the model",
    changes=True,
    renew=RENEW,
    refusals={
        404: Refusal(
            "The model is not deployed here any more.",
            "There is nothing left to undeploy.",
            "Scan the deployed models again.",
        )
    },
)


class DeployedModel(msgspec.Struct, frozen=True, kw_only=True):
    """`workspace_id` joins it to a Knowledge Studio workspace and survives redeployments, which
    `model_id` does not; None for a model from elsewhere. `created` is ISO 8601."""

    model_id: str
    workspace_id: str | None = None
    version: str | None = None
    version_description: str | None = None
    model_version: str | None = None
    name: str | None = None
    description: str | None = None
    language: str | None = None
    status: str | None = None
    created: str | None = None


class _Models(msgspec.Struct):
    models: list[DeployedModel]


def models_in(content: bytes | str) -> list[DeployedModel]:
    """The models in an answer of `GET /v1/models`; msgspec.DecodeError where it is none."""
    return msgspec.json.decode(content, type=_Models).models


class NluClient:
    """One instance; `address` as `clean_address(…, "watson")` gives it. 5 calls a second."""

    def __init__(
        self,
        http: Http,
        *,
        address: str,
        credential: Credential,
        iam_url: str = "",
        cp4d_url: str = "",
    ) -> None:
        self._http = http
        self._root = address.rstrip("/")
        self._authorization = service_authorization(
            http, credential, address=address, iam_url=iam_url, cp4d_url=cp4d_url, service=SERVICE
        )

    def models(self) -> list[DeployedModel]:
        """All deployed models; the service has no pages here."""
        answer = self._call("GET", "/v1/models", LIST)
        try:
            return models_in(answer.content)
        except msgspec.DecodeError:
            raise unreadable(LIST, answer.transaction_id) from None

    def delete(self, model_id: str) -> None:
        """Undeploy; ServiceError with `http_status` 404 where there is no such model."""
        self._call("DELETE", f"/v1/models/{quote(model_id, safe='')}", DELETE)

    def _call(self, method: str, path: str, doing: Doing) -> Answer:
        return authorized(
            self._authorization,
            lambda headers: self._http.request(
                method,
                self._root + path,
                doing=doing,
                retry=True,
                headers={"Accept": "application/json", **headers},
                params={"version": VERSION},
            ),
        )
