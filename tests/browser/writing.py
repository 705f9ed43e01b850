"""A denial as a physician writes it, up to the letter on the screen."""

from __future__ import annotations

from playwright.sync_api import expect

from browser.desk import Desk

REASON = "Nobody has told you to have surgery. Your doctor asked you to wait and see."
CLINICAL = "The scan of October shows no change that surgery would help."
TO_SEND = "A note from your doctor that names a surgery"
EXPERTISE = "Fifteen years of back care in family practice, and a talk with a spine surgeon."
NO_OTHER = "The file was read for any other reason of like weight; none was found."


def write_a_denial(physician: Desk, number: str) -> None:
    """Open the decision page, fill in the form, and look at the letter."""
    physician.open(f"/referrals/{number}/decide/")
    form = physician.page.locator("#deny")
    form.get_by_label("Clause of the policy").first.select_option("II.C.1")
    physician.type("Why it is not met, in words the Member understands", REASON, within=form)
    physician.type("The medical reason", CLINICAL, within=form)
    physician.type("What would lead to a yes", TO_SEND, within=form)
    physician.type("Why no other good reason applies", NO_OTHER, within=form)
    if form.get_by_label("What fits you to judge this question?").count():
        physician.type("What fits you to judge this question?", EXPERTISE, within=form)
    physician.send("Show the letter", within=form)
    expect(form.get_by_role("button", name="Sign and deny")).to_be_visible()
