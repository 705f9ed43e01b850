"""Every address for offices that ask and for consulting professionals. None says anything about a patient."""

from django.urls import URLPattern, path

from secondopinion.portal import office_pages, visit_pages

urlpatterns: list[URLPattern] = [
    path("office/", office_pages.start, name="office-start"),
    path("office/ask/", office_pages.ask, name="office-ask"),
    path("office/status/", office_pages.status, name="office-status"),
    path("office/answer/", office_pages.answer, name="office-answer"),
    path("office/answer/record/", office_pages.add_record, name="office-add-record"),
    path("office/answer/record/added/", office_pages.record_added, name="office-record-added"),
    path("office/answer/read/", office_pages.have_read, name="office-have-read"),
    path("office/answer/report.pdf", office_pages.report, name="office-report"),
    path("office/answer/leave/", office_pages.leave, name="office-leave"),
    path("visit/", visit_pages.enter, name="visit-enter"),
    path("visit/open/", visit_pages.open_link, name="visit-open"),
    path("visit/page/", visit_pages.visit, name="visit"),
    path("visit/page/accept/", visit_pages.accept, name="visit-accept"),
    path("visit/page/appointment/", visit_pages.appointment, name="visit-appointment"),
    path("visit/page/decline/", visit_pages.decline, name="visit-decline"),
    path("visit/page/report/", visit_pages.report, name="visit-report"),
    path("visit/page/records/<uuid:paper_id>/record.pdf", visit_pages.record, name="visit-record"),
    path("visit/page/leave/", visit_pages.leave, name="visit-leave"),
    path("visit/declined/", visit_pages.declined, name="visit-declined"),
    path("visit/<slug:code>", visit_pages.enter, name="visit-enter-with-code"),
]
