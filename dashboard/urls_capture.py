"""The addresses of worksheets, people and tasks of a plan."""

from django.urls import path

from dashboard.views import plan_capture, plan_people, plan_work, task_kits, worksheets

_SHEET = "plans/worksheets/<int:item_pk>/<str:kind>"

urlpatterns = [
    path("plans/<int:pk>/work", plan_work.plan_work, name="plan-work"),
    path(
        "plans/<int:pk>/work/<int:item_pk>/accept",
        plan_work.plan_work_accept,
        name="plan-work-accept",
    ),
    path(
        "plans/<int:pk>/work/accept",
        plan_work.plan_work_accept_all,
        name="plan-work-accept-all",
    ),
    path("plans/<int:pk>/capture", plan_capture.plan_capture, name="plan-capture"),
    path("plans/<int:pk>/capture/fill", plan_capture.plan_capture_fill, name="plan-capture-fill"),
    path(
        "plans/<int:pk>/capture/complete",
        plan_capture.plan_capture_complete,
        name="plan-capture-complete",
    ),
    path(_SHEET, worksheets.worksheet_detail, name="plan-worksheet"),
    path(f"{_SHEET}/row", worksheets.worksheet_row, name="plan-worksheet-row"),
    path(f"{_SHEET}/state", worksheets.worksheet_state, name="plan-worksheet-state"),
    path(f"{_SHEET}/csv", worksheets.worksheet_csv, name="plan-worksheet-csv"),
    path(f"{_SHEET}/bring", worksheets.worksheet_bring, name="plan-worksheet-bring"),
    path(f"{_SHEET}/attach", worksheets.worksheet_attach, name="plan-worksheet-attach"),
    path(f"{_SHEET}/files/<int:file_pk>", worksheets.worksheet_file, name="plan-worksheet-file"),
    path(
        f"{_SHEET}/files/<int:file_pk>/remove",
        worksheets.worksheet_detach,
        name="plan-worksheet-detach",
    ),
    path("plans/<int:pk>/people", plan_people.plan_people, name="plan-people"),
    path("plans/<int:pk>/people/map", plan_people.plan_people_map, name="plan-people-map"),
    path("plans/<int:pk>/people/csv", plan_people.plan_people_csv, name="plan-people-csv"),
    path("plans/<int:pk>/people/bring", plan_people.plan_people_bring, name="plan-people-bring"),
    path("plans/<int:pk>/people/read", plan_people.plan_people_read, name="plan-people-read"),
    path("plans/workspaces/<int:item_pk>/tasks", task_kits.plan_tasks, name="plan-tasks"),
    path(
        "plans/workspaces/<int:item_pk>/tasks/make",
        task_kits.plan_tasks_make,
        name="plan-tasks-make",
    ),
    path(
        "plans/workspaces/<int:item_pk>/tasks/done",
        task_kits.plan_tasks_done,
        name="plan-tasks-done",
    ),
]
