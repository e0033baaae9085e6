"""Addresses as people paste them, brought to the form the clients want."""

import re
from urllib.parse import SplitResult, quote, unquote

from migrator.clients.hosts import host_of, split_url
from migrator.errors import ServiceError

# Kinds of address: the first two are the kinds of a Knowledge Studio instance.
IBM_CLOUD = "cloud"
CP4D = "cp4d"
# The root of a service: IAM, Cloud Pak for Data itself.
ROOT = "root"
# Natural Language Understanding or Discovery: everything up to the instance's id.
WATSON = "watson"

PART = r"[\w.~:%@+-]+"
TOOL_PATHS = {
    IBM_CLOUD: re.compile(rf"(?:/{PART})*?/knowledge-studio/tools/app/{PART}/{PART}"),
    CP4D: re.compile(rf"(?:/{PART})*?/knowledge-studio/{PART}/instances/{PART}/tooling"),
}
EXAMPLES = {
    IBM_CLOUD: "https://us-south.knowledge-studio.watson.cloud.ibm.com/knowledge-studio/tools/app/…",
    CP4D: "https://cpd.example.com/knowledge-studio/…/instances/…/tooling",
    ROOT: "https://cpd.example.com",
    WATSON: "https://api.us-south.natural-language-understanding.watson.cloud.ibm.com/instances/…",
}


def clean_address(text: str, kind: str) -> str:
    """The address without what a browser adds to it, lower-case host, no slash at the end.

    ServiceError says what is wrong where `text` is no address of that kind.
    """
    if kind not in EXAMPLES:
        raise ValueError(f"no kind of address: {kind}")
    parts = split_url(_with_scheme(text.strip().strip("<>\"'").strip()))
    host = host_of(parts)
    if host.endswith(("watsonplatform.net", "bluemix.net")):
        raise _wrong(f"The host {host} was switched off by IBM in 2021.", kind)
    if host == "cloud.ibm.com":
        raise _wrong("This is a page of the IBM Cloud console, not of the service itself.", kind)
    return _origin(parts) + _path(parts, kind)


def cp4d_root(address: str) -> str:
    """The root of the installation that an address lies on, where tokens are issued."""
    return _origin(split_url(address))


def _with_scheme(text: str) -> str:
    return text if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", text) else f"https://{text}"


def _origin(parts: SplitResult) -> str:
    host = host_of(parts)
    shown = f"[{host}]" if ":" in host else host
    default = {"https": 443, "http": 80}[parts.scheme]
    port = f":{parts.port}" if parts.port not in {None, default} else ""
    return f"{parts.scheme}://{shown}{port}"


def _path(parts: SplitResult, kind: str) -> str:
    path = quote(unquote(parts.path), safe="/:@~+").rstrip("/")
    if ".." in path.split("/"):
        raise _wrong("The address climbs with “..”.", kind)
    if kind == ROOT:
        return path
    if kind == WATSON:
        return re.sub(r"/v[12](/.*)?$", "", path)
    found = TOOL_PATHS[kind].match(path)
    rest = path[found.end() :] if found else ""
    if not found or (rest and not rest.startswith(("/ui", "/wks", "/login"))):
        raise _wrong("This is not the address of a Knowledge Studio instance.", kind)
    return found[0]


def _wrong(happened: str, kind: str) -> ServiceError:
    how = "Launch the tool and copy" if kind in TOOL_PATHS else "Copy"
    return ServiceError(
        happened,
        meaning="The address was not stored.",
        remedy=f"{how} the address from the browser; it looks like {EXAMPLES[kind]}",
    )
