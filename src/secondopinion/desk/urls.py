"""Every address of the desk."""

from django.urls import URLPattern, URLResolver, include, path

from secondopinion.desk import (
    administration,
    beginnings,
    delegation,
    directory,
    directory_health,
    directory_person,
    forwarding,
    intake,
    members,
    post,
    post_addresses,
    work_list,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", work_list.show, name="work-list"),
    path("administration/", administration.overview, name="administration"),
    path("administration/proposals/<uuid:proposal_id>/", administration.proposal, name="administration-proposal"),
    path("administration/<slug:kind>/", administration.kind_of_change, name="administration-kind"),
    path("administration/<slug:kind>/propose/", administration.propose, name="administration-propose"),
    path("delegation/", delegation.register, name="delegation"),
    path("directory/", directory.search, name="directory"),
    path("directory/health/", directory_health.health, name="directory-health"),
    path("directory/<slug:npi>/", directory_person.professional, name="directory-professional"),
    path("directory/<slug:npi>/doubt/", directory_person.doubt, name="directory-doubt"),
    path("directory/<slug:npi>/heard/", directory_person.heard, name="directory-heard"),
    path("forwarding/", forwarding.send, name="forward"),
    path("forwarding/<uuid:forwarded_id>/", forwarding.forwarded, name="forwarded"),
    path("post/", post.post_room, name="post"),
    path("post/days/", post.post_days, name="post-days"),
    path("post/days/post.csv", post.post_days_csv, name="post-days-csv"),
    path("post/offices/", post_addresses.offices, name="post-offices"),
    path("post/confidential/<slug:member_id>/", post_addresses.confidential, name="post-confidential"),
    path("intake/", members.find, name="intake-start"),
    path("intake/findings/", intake.findings, name="intake-findings"),
    path("intake/clinicians/", intake.clinicians, name="intake-clinicians"),
    path("intake/<slug:member_id>/", intake.intake, name="intake"),
    path("intake/<slug:member_id>/found/", beginnings.found_visit, name="intake-found"),
    path("intake/<slug:member_id>/plan/", beginnings.plan_asks, name="intake-plan"),
    path("", include("secondopinion.desk.referral_urls")),
]
