"""Every address of the Member's door and of the public page. None says anything about a Member or a condition."""

from django.urls import URLPattern, path

from secondopinion.portal import doctors, entering, right

urlpatterns: list[URLPattern] = [
    path("your-right/", right.right_anywhere, name="right-anywhere"),
    path("your-right/<str:tag>/", right.right, name="right"),
    path("your-right/<str:tag>/edition-<int:number>/", right.right_edition, name="right-edition"),
    path("your-right/<str:tag>/<slug:program>/<slug:paper>.pdf", right.right_paper, name="right-paper"),
    path("your-choice/", entering.enter, name="member-page"),
    path("your-choice/open/", entering.open_page, name="member-open"),
    path("your-choice/doctors/", doctors.doctors, name="member-doctors"),
    path("your-choice/check/", doctors.check, name="member-check"),
    path("your-choice/choose/", doctors.choose, name="member-choose"),
    path("your-choice/none/", doctors.none_of_these, name="member-none"),
    path("your-choice/done/", doctors.done, name="member-done"),
    path("your-choice/leave/", doctors.leave, name="member-leave"),
    path("your-choice/<slug:code>", entering.enter, name="member-page-with-code"),
]
