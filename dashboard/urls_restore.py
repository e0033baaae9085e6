"""The addresses of the restore: of a plan, and of one archive."""

from django.urls import path

from dashboard.views import plan_restore, plan_review, plan_target, restores, verifications

urlpatterns = [
    path("plans/<int:pk>/target", plan_target.plan_target, name="plan-target"),
    path("plans/<int:pk>/target/choose", plan_target.plan_target_choose, name="plan-target-choose"),
    path("plans/<int:pk>/target/read", plan_target.plan_target_read, name="plan-target-read"),
    path(
        "plans/<int:pk>/target/<int:item_pk>",
        plan_target.plan_target_item,
        name="plan-target-item",
    ),
    path("targets/<int:item_pk>/read", plan_target.target_read, name="target-read"),
    path("conflicts/<int:pk>/", plan_target.conflict_detail, name="conflict-detail"),
    path("conflicts/<int:pk>/choose", plan_target.conflicts_choose, name="conflicts-choose"),
    path("plans/<int:pk>/review", plan_review.plan_review, name="plan-review"),
    path("plans/<int:pk>/restore", plan_restore.plan_restore, name="plan-restore"),
    path(
        "plans/<int:pk>/restore/start", plan_restore.plan_restore_start, name="plan-start-restore"
    ),
    path(
        "plans/<int:pk>/restore/again", plan_restore.plan_restore_again, name="plan-restore-again"
    ),
    path("archives/<int:pk>/restore", restores.restore_new, name="restore-new"),
    path("archives/<int:pk>/restore/<int:instance_pk>", restores.restore_into, name="restore-into"),
    path("restores/<int:pk>/", restores.restore_review, name="restore-review"),
    path("verifications/<int:pk>/accept", verifications.accept, name="verification-accept"),
]
