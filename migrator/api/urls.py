"""Addresses of the API."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import DefaultRouter

from migrator.api.archives import ArchiveViewSet
from migrator.api.instances import InstanceViewSet, WorkspaceViewSet
from migrator.api.models import ServedModelViewSet
from migrator.api.plans import PlanViewSet
from migrator.api.receipts import ReceiptViewSet
from migrator.api.restores import RestoreViewSet
from migrator.api.runs import RunViewSet
from migrator.api.worksheets import WorksheetViewSet

router = DefaultRouter()
router.register("instances", InstanceViewSet, basename="api-instance")
router.register("workspaces", WorkspaceViewSet, basename="api-workspace")
router.register("archives", ArchiveViewSet, basename="api-archive")
router.register("plans", PlanViewSet, basename="api-plan")
router.register("restores", RestoreViewSet, basename="api-restore")
router.register("runs", RunViewSet, basename="api-run")
router.register("models", ServedModelViewSet, basename="api-model")
router.register("worksheets", WorksheetViewSet, basename="api-worksheet")
router.register("receipts", ReceiptViewSet, basename="api-receipt")

urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    *router.urls,
]
