"""The product's addresses with the provider's ones, as they are where OIDC_CLIENT_ID is set."""

from django.urls import include, path

from migrator.urls import urlpatterns as ours

urlpatterns = [*ours, path("oidc/", include("mozilla_django_oidc.urls"))]
