"""Every address of the house."""

from django.urls import URLPattern, URLResolver, include, path

from secondopinion.site import accounts, own_account, pages, permissions, sign_in, sign_in_provider

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", pages.health, name="health"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-in/second", sign_in.second, name="sign-in-second"),
    path("sign-in/start", sign_in.start, name="sign-in-start"),
    path("sign-in/passkey", sign_in.passkey, name="sign-in-passkey"),
    path("sign-in/passkey/ask", sign_in.ask_passkey, name="sign-in-passkey-ask"),
    path("sign-in/by/<slug:key>", sign_in_provider.leave, name="sign-in-by"),
    path("sign-in/back/<slug:key>", sign_in_provider.back, name="sign-in-back"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("account/", own_account.show, name="account"),
    path("account/app/", own_account.app, name="account-app"),
    path("account/passkey/", own_account.passkey, name="account-passkey"),
    path("account/passkey/ask", own_account.ask_passkey, name="account-passkey-ask"),
    path("account/codes/", own_account.codes, name="account-codes"),
    path("account/password/", own_account.password, name="account-password"),
    path("account/everywhere/", own_account.everywhere, name="account-everywhere"),
    path("account/stay/", own_account.stay, name="account-stay"),
    path("account/link/<slug:key>/", sign_in_provider.link, name="account-link"),
    path("account/remove/<slug:kind>/<int:pk>/", own_account.remove, name="account-remove"),
    path("accounts/", accounts.show, name="accounts"),
    path("accounts/<int:pk>/new-start/", accounts.ask, name="accounts-ask"),
    path("accounts/new-start/<int:pk>/", accounts.answer, name="accounts-answer"),
    path("who-may/", permissions.show, name="who-may"),
    path("", include("secondopinion.fhir.urls")),
    path("", include("secondopinion.portal.urls")),
    path("", include("secondopinion.portal.clinic_urls")),
    path("", include("secondopinion.desk.urls")),
]

handler400 = "secondopinion.site.pages.not_understood"
handler403 = "secondopinion.site.pages.not_allowed"
handler404 = "secondopinion.site.pages.not_found"
