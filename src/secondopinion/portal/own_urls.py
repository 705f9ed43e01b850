"""Every address of the Member's own page. None of them says anything about a Member or a condition."""

from django.urls import URLPattern, path

from secondopinion.portal import acting, asking, home, own_entering

urlpatterns: list[URLPattern] = [
    path("your-page/", home.own_home, name="own-home"),
    path("your-page/enter/", own_entering.own_enter, name="own-enter"),
    path("your-page/open/", own_entering.own_open, name="own-open"),
    path("your-page/leave/", own_entering.own_leave, name="own-leave"),
    path("your-page/enter/<slug:code>", own_entering.own_enter, name="own-enter-with-code"),
    path("your-page/ask/", asking.ask, name="ask"),
    path("your-page/ask/begin/", asking.ask_begin, name="ask-begin"),
    path("your-page/ask/forget/", asking.ask_throw_away, name="ask-throw-away"),
    path("your-page/ask/check/", asking.ask_check, name="ask-check"),
    path("your-page/ask/send/", asking.ask_send, name="ask-send"),
    path("your-page/ask/call/<slug:page>/", asking.ask_call, name="ask-call"),
    path("your-page/ask/<slug:page>/", asking.ask_page, name="ask-page"),
    path("your-page/requests/<slug:number>/", home.own_referral, name="own-referral"),
    path("your-page/requests/<slug:number>/sent/", asking.ask_sent, name="ask-sent"),
    path("your-page/requests/<slug:number>/choose/", home.own_choose, name="own-choose"),
    path("your-page/requests/<slug:number>/papers/", acting.own_papers, name="own-papers"),
    path("your-page/requests/<slug:number>/stop/", acting.own_withdraw, name="own-withdraw"),
    path("your-page/requests/<slug:number>/object/", acting.own_object, name="own-object"),
    path("your-page/requests/<slug:number>/another/", acting.own_another, name="own-another"),
    path("your-page/requests/<slug:number>/letters/<uuid:letter_id>.pdf", home.own_letter, name="own-letter"),
]
