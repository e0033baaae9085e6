"""The addresses of archives: the files, their keys, and the rules for all of them."""

from django.urls import path

from dashboard.views import archives, comparisons, encryption, retention

urlpatterns = [
    path("archives/", archives.archive_list, name="archive-list"),
    path("archives/bring", archives.archive_bring, name="archive-bring"),
    path("archives/rules", encryption.archive_rules, name="archive-rules"),
    path("archives/retention", retention.archive_retention, name="archive-retention"),
    path(
        "archives/retention/apply",
        retention.archive_retention_apply,
        name="archive-retention-apply",
    ),
    path(
        "archives/comparisons/<int:pk>/",
        comparisons.archive_comparison,
        name="archive-comparison",
    ),
    path("archives/<int:pk>/compare", comparisons.archive_compare, name="archive-compare"),
    path("archives/<int:pk>/", archives.archive_detail, name="archive-detail"),
    path("archives/<int:pk>/download", archives.archive_download, name="archive-download"),
    path("archives/<int:pk>/verify", archives.archive_verify, name="archive-verify"),
    path("archives/<int:pk>/state", archives.archive_state, name="archive-state"),
    path("archives/<int:pk>/delete", archives.archive_delete, name="archive-delete"),
    path("archives/<int:pk>/unlock", encryption.archive_unlock, name="archive-unlock"),
    path("archives/<int:pk>/lock", encryption.archive_lock, name="archive-lock"),
    path("archives/<int:pk>/hold", retention.archive_hold, name="archive-hold"),
    path(
        "archives/<int:pk>/holds/<int:hold_pk>/lift",
        retention.archive_hold_lift,
        name="archive-hold-lift",
    ),
    path("plans/<int:pk>/encryption", encryption.plan_encryption, name="plan-encryption"),
]
