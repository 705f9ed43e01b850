"""Every address of the house."""

from django.urls import URLPattern, URLResolver, include, path

from secondopinion.site import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", pages.health, name="health"),
    path("sign-in", pages.sign_in, name="sign-in"),
    path("sign-out", pages.sign_out, name="sign-out"),
    path("", include("secondopinion.fhir.urls")),
    path("", include("secondopinion.portal.urls")),
    path("", include("secondopinion.portal.clinic_urls")),
    path("", include("secondopinion.desk.urls")),
]

handler400 = "secondopinion.site.pages.not_understood"
handler403 = "secondopinion.site.pages.not_allowed"
handler404 = "secondopinion.site.pages.not_found"
