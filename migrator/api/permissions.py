"""Who may do what over the API: the same permissions as on the pages."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class MayDownload(BasePermission):
    """Downloading archives is a permission of its own."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True where the user holds it."""
        return request.user.has_perm("migrator.download_archive")


class ReadOr(BasePermission):
    """Reading for everybody who is signed in; changing needs the view's `change_permission`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """True where the user is signed in and may do what the method does."""
        if request.method in SAFE_METHODS:
            return bool(request.user and request.user.is_authenticated)
        wanted: str = view.change_permission  # type: ignore[attr-defined] # each view names its own
        return request.user.has_perm(wanted)
