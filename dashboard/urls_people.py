"""The addresses of people and of the list of reports."""

from django.urls import path

from dashboard.views import people, report_list

urlpatterns = [
    path("people/", people.people_list, name="people-list"),
    path("people/csv", people.people_csv, name="people-csv"),
    path("people/against", people.people_against, name="people-against"),
    path("people/against/csv", people.people_against_csv, name="people-against-csv"),
    path("reports/", report_list.report_list, name="report-list"),
]
