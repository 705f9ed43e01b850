"""The addresses of the FHIR door, under one base per version of the guide (PAS 2.2.1, conf-1)."""

from django.urls import path

from secondopinion.fhir import views

urlpatterns = [
    path("fhir/pas/2.2.1/metadata", views.metadata, name="fhir-metadata"),
    path("fhir/pas/2.2.1/Claim/$submit", views.claim_submit, name="fhir-claim-submit"),
    path("fhir/<path:rest>", views.nothing_here, name="fhir-nothing-here"),
]
