"""Sign-in with an OpenID Connect provider."""

import logging
from typing import Any

import requests
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from jwt import PyJWTError
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from migrator.errors import ServiceError
from migrator.services import oidc_users

logger = logging.getLogger(__name__)


class Backend(OIDCAuthenticationBackend):  # type: ignore[misc] # the library has no types
    """People are known by the provider's `sub`, never by a name or an address they could choose."""

    def authenticate(self, request: HttpRequest | None, **given: Any) -> User | None:
        """Whom the provider confirms; None where it is away or answers what is no confirmation."""
        try:
            person: User | None = super().authenticate(request, **given)
        except (requests.RequestException, PyJWTError, KeyError, ValueError) as problem:
            # The type alone: the message may quote the provider's answer, and tokens with it.
            logger.warning("OpenID Connect: %s", type(problem).__name__)
            return None
        return person

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """True where it says who it is; an e-mail address is not asked for."""
        return bool(claims.get("sub"))

    def filter_users_by_claims(self, claims: dict[str, Any]) -> Any:
        """The person whom this `sub` belongs to."""
        return User.objects.filter(oidc_identity__subject=claims.get("sub", ""))

    def create_user(self, claims: dict[str, Any]) -> User | None:
        """A new person with the role that their groups give; None where the name is taken."""
        try:
            return oidc_users.add_from_provider(
                subject=claims["sub"],
                name=str(claims.get(settings.OIDC_USERNAME_CLAIM) or claims["sub"]),
                groups=self._groups(claims),
            )
        except ServiceError:
            return None

    def update_user(self, user: User, claims: dict[str, Any]) -> User:
        """The role follows the groups, where settings say which."""
        oidc_users.follow_groups(user, groups=self._groups(claims))
        return user

    @staticmethod
    def _groups(claims: dict[str, Any]) -> set[str]:
        found = claims.get(settings.OIDC_ROLES_CLAIM) or []
        return {str(group) for group in ([found] if isinstance(found, str) else found)}
