"""The addresses of the checks of a plan."""

from django.urls import path

from dashboard.views import plan_assess, plan_check

urlpatterns = [
    path("plans/<int:pk>/assess", plan_assess.plan_assess, name="plan-assess"),
    path("plans/<int:pk>/assess/run", plan_assess.plan_assess_run, name="plan-assess-run"),
    path("plans/<int:pk>/assess/read", plan_assess.plan_assess_read, name="plan-assess-read"),
    path(
        "plans/<int:pk>/assess/reading",
        plan_assess.plan_assess_reading,
        name="plan-assess-reading",
    ),
    path(
        "plans/<int:pk>/assess/workspaces/<int:item_pk>",
        plan_assess.plan_assess_item,
        name="plan-assess-item",
    ),
    path(
        "plans/<int:pk>/assess/checks/<str:code>",
        plan_check.plan_assess_check,
        name="plan-assess-check",
    ),
    path(
        "plans/<int:pk>/assess/results/<int:result_pk>/withdraw",
        plan_check.plan_assess_withdraw,
        name="plan-assess-withdraw",
    ),
]
