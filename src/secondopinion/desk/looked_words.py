"""What each page that looks at a record does, in words for the Member whose record it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# By the name of the view that the door writes down.
LOOKED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "find": "Found you by your birth date and another identifier",
        "referral": "Opened your request",
        "consultation": "Looked at where your visit stands",
        "decide": "Read your request to decide it, or decided it",
        "authorize_for_another_reason": "Decided your request",
        "take_step": "Recorded a step of your request",
        "letter": "Read a letter about you",
        "letter_pdf": "Read a letter about you",
        "letter_try_now": "Tried again to send a letter",
        "letter_came_back": "Recorded that a letter came back",
        "letter_again": "Sent a letter again",
        "letter_words": "Looked at the translation of a letter about you, or translated it",
        "letter_words_approve": "Checked the translation of a letter about you",
        "letter_aloud": "Recorded that a letter was read out to you",
        "letter_to_read": "Read a letter aloud to a caller",
        "read": "Recorded that your letters were read aloud to a caller",
        "read_aloud": "Read aloud to a caller where your request stands",
        "formats": "Looked at the format you read letters in, or recorded it",
        "paper_pdf": "Opened a medical record or report",
        "packet_pdf": "Put your whole file together",
        "packet_zip": "Put your whole file together",
        "choose_professional": "Looked at whom you can choose, or recorded your choice",
        "give_page": "Gave you a page of your own to choose on",
        "search_network": "Searched the network for you",
        "ask_another": "Recorded that you want another opinion",
        "intake": "Took in a request for you",
        "found_visit": "Recorded a visit that you had",
        "plan_asks": "Recorded that the plan wants an opinion about your care",
        "confidential": "Looked at, or changed, where you want to be written to",
        "representatives": "Looked at, or changed, who may act for you",
        "end_representative": "Recorded that somebody may not act for you any more",
        "representative_paper": "Opened a paper that shows who may act for you",
        "sensitive": "Looked at, or changed, what about your request is sensitive",
        "looks": "Looked at this list",
        "disclosures": "Looked at, or added to, the list of what was disclosed about you",
        "disclosures_csv": "Saved the list of what was disclosed about you",
        "forwarded": "Looked at a request that was sent on",
        "ask_why": "Was asked why your request is opened",
        "say_why": "Said why your request is opened",
        "doctors": "Looked at the list of doctors, on your own page",
        "check": "Looked at one doctor, on your own page",
        "choose": "Chose a doctor, on your own page",
        "none_of_these": "Said that no doctor suits, on your own page",
        "done": "Looked at what happens next, on your own page",
        "try_member_page": "Tried to open your own page with its code",
    }
)
