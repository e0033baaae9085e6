"""Discovery v2: which enrichments were made of Knowledge Studio models."""

from typing import TypeVar
from urllib.parse import quote

import msgspec

from migrator.clients.answers import Answer, unreadable
from migrator.clients.calls import Doing
from migrator.clients.credentials import Credential
from migrator.clients.http import Http
from migrator.clients.nlu import DeployedModel
from migrator.clients.services import service_authorization
from migrator.clients.tokens import authorized

VERSION = "2023-03-31"
SERVICE = "Discovery"
RENEW = "Store a credential of somebody who may use this Discovery instance."
LIST = Doing(service=SERVICE, words="list projects and enrichments", renew=RENEW)
# Made of a Knowledge Studio model: machine learning, rules, advanced rules.
TYPES = frozenset({"watson_knowledge_studio_model", "uima_annotator", "rule_based"})

T = TypeVar("T")


class _Project(msgspec.Struct):
    project_id: str
    name: str | None = None


class _Projects(msgspec.Struct):
    projects: list[_Project]


class _Enrichment(msgspec.Struct):
    enrichment_id: str
    name: str | None = None
    description: str | None = None
    type: str | None = None


class _Enrichments(msgspec.Struct):
    enrichments: list[_Enrichment]


class DiscoveryClient:
    """One instance; `address` as `clean_address(…, "watson")` gives it."""

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
        """Every enrichment of every project that holds a Knowledge Studio model.

        Discovery does not say which workspace one came from.
        """
        found: dict[str, DeployedModel] = {}
        for project in self._read("/v2/projects", _Projects).projects:
            for each in self._enrichments(project):
                found[each.model_id] = each
        return list(found.values())

    def _enrichments(self, project: _Project) -> list[DeployedModel]:
        path = f"/v2/projects/{quote(project.project_id, safe='')}/enrichments"
        return [
            DeployedModel(
                model_id=each.enrichment_id,
                name=each.name,
                description=f"Project {project.name or project.project_id}",
            )
            for each in self._read(path, _Enrichments).enrichments
            if each.type in TYPES
        ]

    def _read(self, path: str, shape: type[T]) -> T:
        answer = self._call(path)
        try:
            return msgspec.json.decode(answer.content, type=shape)
        except msgspec.DecodeError:
            raise unreadable(LIST, answer.transaction_id) from None

    def _call(self, path: str) -> Answer:
        return authorized(
            self._authorization,
            lambda headers: self._http.request(
                "GET",
                self._root + path,
                doing=LIST,
                retry=True,
                headers={"Accept": "application/json", **headers},
                params={"version": VERSION},
            ),
        )
