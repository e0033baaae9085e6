"""Addresses: the pages, the API and the health check."""

from django.conf import settings
from django.urls import include, path

from migrator import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("api/", include("migrator.api.urls")),
    path("", include("dashboard.urls")),
]
if settings.OIDC_NAME:
    urlpatterns.append(path("oidc/", include("mozilla_django_oidc.urls")))
