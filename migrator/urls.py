"""Addresses: the pages, the API and the health check."""

from django.urls import include, path

from migrator import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("api/", include("migrator.api.urls")),
    path("", include("dashboard.urls")),
]
