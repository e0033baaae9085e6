"""Which operation answers which path: below an instance's address, and beside the instances."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Response

from sandbox import (
    admin,
    browser,
    dictionaries,
    document_sets,
    documents,
    identity,
    jobs,
    model_services,
    pages,
    tasks,
    trained_models,
    type_systems,
    workspaces,
)

Endpoint = Callable[..., Response]
API = "/wks/api/v10"
W = f"{API}/workspaces/<w>"
VERSION = f"{W}/models/<k>/versions/<v>"
NLU = "/natural-language-understanding/instances/<guid>/v1"
DISCOVERY = "/discovery/instances/<guid>/v2/projects"


def _map(*lines: tuple[str, str, Endpoint]) -> Map:
    rules = [Rule(path, methods=[method], endpoint=endpoint) for method, path, endpoint in lines]
    return Map(rules, merge_slashes=False, redirect_defaults=False, strict_slashes=False)


TOOL = _map(
    ("GET", "/", browser.tooling),
    ("GET", "/ui/", browser.tooling),
    ("POST", "/ui/workspaces", browser.create),
    ("GET", "/ui/workspaces/<w>", browser.one),
    ("GET", "/ui/workspaces/<w>/<kind>", browser.download),
    ("POST", "/ui/workspaces/<w>/<kind>", browser.upload),
    ("GET", "/login", pages.login),
    ("POST", "/login", pages.signed_in),
    ("GET", f"{API}/monitor/wks", workspaces.health),
    ("GET", f"{API}/workspaces", workspaces.listing),
    ("POST", f"{API}/workspaces", workspaces.create),
    ("GET", W, workspaces.read),
    ("DELETE", W, workspaces.delete),
    ("GET", f"{API}/users", workspaces.users),
    ("POST", f"{API}/users", workspaces.add_user),
    ("GET", f"{W}/members", workspaces.members),
    ("PUT", f"{W}/members", workspaces.set_members),
    ("GET", f"{W}/typestore/export", type_systems.download),
    ("POST", f"{W}/typestore/import", type_systems.upload),
    ("POST", f"{W}/typestore/entitytypes", type_systems.create_entity_type),
    ("GET", f"{W}/rules/class", type_systems.rule_classes),
    ("GET", f"{W}/dictionaries", dictionaries.listing),
    ("GET", f"{W}/dictionaries/export", dictionaries.download),
    ("POST", f"{W}/dictionaries/import", dictionaries.upload),
    ("POST", f"{W}/dictionaries/readonly", dictionaries.upload_read_only),
    ("PUT", f"{W}/dictionaries/<d>", dictionaries.map_to_type),
    ("GET", f"{W}/documentsets", document_sets.listing),
    ("GET", f"{W}/documentsets/export", documents.download),
    ("POST", f"{W}/documentsets/import", documents.upload),
    ("GET", f"{W}/jobs/<job>", jobs.read),
    ("GET", f"{W}/tasks", tasks.listing),
    ("POST", f"{W}/tasks", tasks.create),
    ("POST", f"{W}/annotationsets", document_sets.create_annotation_sets),
    ("GET", f"{W}/models", trained_models.listing),
    ("POST", f"{W}/models/<k>/train", trained_models.train),
    ("POST", f"{W}/models/<k>/versions", trained_models.snapshot),
    ("POST", f"{VERSION}/deployments", trained_models.deploy),
    ("DELETE", f"{VERSION}/deployments/<model_id>", trained_models.undeploy),
    ("GET", f"{VERSION}/export", trained_models.export),
)

# The health check and the sign-in are open, and the pages look at the cookies themselves.
PAGES = (browser.tooling, browser.create, browser.one, browser.download, browser.upload)
WITHOUT_CREDENTIAL: frozenset[Any] = frozenset(
    (workspaces.health, pages.login, pages.signed_in, *PAGES)
)

SERVICES = _map(
    ("GET", "/", pages.home),
    ("POST", "/iam/identity/token", identity.iam_token),
    ("POST", "/cpd/icp4d-api/v1/authorize", identity.cp4d_token),
    ("GET", f"{NLU}/models", model_services.nlu_models),
    ("DELETE", f"{NLU}/models/<model_id>", model_services.nlu_delete),
    ("GET", DISCOVERY, model_services.projects),
    ("GET", f"{DISCOVERY}/<p>/collections", model_services.collections),
    ("GET", f"{DISCOVERY}/<p>/enrichments", model_services.enrichments),
    ("POST", f"{DISCOVERY}/<p>/enrichments", model_services.create_enrichment),
    ("GET", f"{DISCOVERY}/<p>/enrichments/<e>", model_services.enrichment),
    ("DELETE", f"{DISCOVERY}/<p>/enrichments/<e>", model_services.delete_enrichment),
    ("GET", "/resource-controller/v2/resource_instances", model_services.resource_instances),
    ("GET", "/_sandbox/faults", admin.faults),
    ("POST", "/_sandbox/faults", admin.add_fault),
    ("DELETE", "/_sandbox/faults", admin.clear_faults),
    ("GET", "/_sandbox/requests", admin.requests),
    ("DELETE", "/_sandbox/requests", admin.clear_requests),
    ("GET", "/_sandbox/state", admin.state),
    ("GET", "/_sandbox/state/<w>", admin.workspace_state),
    ("POST", "/_sandbox/expire-sessions", admin.expire_sessions),
    ("POST", "/_sandbox/sessions", admin.new_session),
    ("GET", "/_sandbox/options", admin.options),
    ("PUT", "/_sandbox/options", admin.set_options),
)
