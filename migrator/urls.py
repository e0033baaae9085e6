"""Addresses: the pages, the API, the health checks and the figures."""

from django.conf import settings
from django.urls import include, path

from migrator import health, metrics

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/", include("migrator.api.urls")),
    path("", include("dashboard.urls")),
]
if settings.OIDC_NAME:
    urlpatterns.append(path("oidc/", include("mozilla_django_oidc.urls")))
