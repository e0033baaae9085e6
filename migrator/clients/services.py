"""How the Watson services beside Knowledge Studio are signed in to."""

from migrator.clients.addresses import cp4d_root
from migrator.clients.cp4d import Cp4dTokens
from migrator.clients.credentials import ApiKeyCredential, Credential, SessionCredential
from migrator.clients.http import Http
from migrator.clients.iam import IamTokens
from migrator.clients.tokens import Authorization
from migrator.errors import ServiceError


def service_authorization(
    http: Http, credential: Credential, *, address: str, iam_url: str, cp4d_url: str, service: str
) -> Authorization:
    """Tokens for `service`; ServiceError where the credential is a browser's session."""
    if isinstance(credential, ApiKeyCredential):
        return IamTokens(http, iam_url, credential.apikey)
    if isinstance(credential, SessionCredential):
        raise ServiceError(
            f"{service} takes no browser session.",
            meaning="Nothing was sent.",
            remedy="Store an API key for it.",
        )
    return Cp4dTokens(http, cp4d_url or cp4d_root(address), credential)
