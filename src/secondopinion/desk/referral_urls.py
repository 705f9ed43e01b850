"""The addresses of one referral: its page, its decision, its consultation, its letters and papers."""

from __future__ import annotations

from django.urls import path

from secondopinion.desk.another import ask_another
from secondopinion.desk.choosing import choose_professional, give_page
from secondopinion.desk.consultation import consultation
from secondopinion.desk.decision import authorize_for_another_reason, decide
from secondopinion.desk.letter_post import letter_again, letter_came_back, letter_try_now
from secondopinion.desk.letters import letter, letter_pdf, paper_pdf
from secondopinion.desk.offices import confirm_office, give_code, give_link, take_back
from secondopinion.desk.packet import packet_pdf, packet_zip
from secondopinion.desk.purpose import ask_why
from secondopinion.desk.referral import referral
from secondopinion.desk.search_network import search_network
from secondopinion.desk.sensitive import sensitive
from secondopinion.desk.steps import take_step
from secondopinion.desk.translations_words import letter_aloud, letter_words, letter_words_approve

urlpatterns = [
    path("referrals/<slug:number>/", referral, name="referral"),
    path("referrals/<slug:number>/why/", ask_why, name="say-why"),
    path("referrals/<slug:number>/sensitive/", sensitive, name="sensitive"),
    path("referrals/<slug:number>/steps/<slug:step>/", take_step, name="take-step"),
    path("referrals/<slug:number>/another/", ask_another, name="ask-another"),
    path("referrals/<slug:number>/choose/", choose_professional, name="choose-professional"),
    path("referrals/<slug:number>/choose/page/", give_page, name="give-page"),
    path("referrals/<slug:number>/office-code/", give_code, name="give-office-code"),
    path("referrals/<slug:number>/confirm-office/", confirm_office, name="confirm-office"),
    path("referrals/<slug:number>/visit-link/", give_link, name="give-visit-link"),
    path("referrals/<slug:number>/take-back/", take_back, name="take-back"),
    path("referrals/<slug:number>/search/", search_network, name="search-network"),
    path("referrals/<slug:number>/decide/", decide, name="decide"),
    path("referrals/<slug:number>/authorize/", authorize_for_another_reason, name="authorize-for-another-reason"),
    path("referrals/<slug:number>/consultation/", consultation, name="consultation"),
    path("referrals/<slug:number>/letters/<uuid:letter_id>/", letter, name="letter"),
    path("referrals/<slug:number>/letters/<uuid:letter_id>/letter.pdf", letter_pdf, name="letter-pdf"),
    path("referrals/<slug:number>/letters/<uuid:letter_id>/try/", letter_try_now, name="letter-try-now"),
    path("referrals/<slug:number>/letters/<uuid:letter_id>/back/", letter_came_back, name="letter-came-back"),
    path("referrals/<slug:number>/letters/<uuid:letter_id>/again/", letter_again, name="letter-again"),
    path("referrals/<slug:number>/letters/<uuid:letter_id>/words/", letter_words, name="letter-words"),
    path("referrals/<slug:number>/letters/<uuid:letter_id>/words/approve/", letter_words_approve, name="approve-words"),
    path("referrals/<slug:number>/letters/<uuid:letter_id>/aloud/", letter_aloud, name="letter-aloud"),
    path("referrals/<slug:number>/papers/<uuid:paper_id>/paper.pdf", paper_pdf, name="paper-pdf"),
    path("referrals/<slug:number>/packet.pdf", packet_pdf, name="packet-pdf"),
    path("referrals/<slug:number>/packet.zip", packet_zip, name="packet-zip"),
]
