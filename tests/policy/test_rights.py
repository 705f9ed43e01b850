"""Rights follow from program, decision and date, and from nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from policy.when import day
from secondopinion.policy import parameters
from secondopinion.policy import rights as room
from secondopinion.policy.asked import Program
from secondopinion.policy.rights import DECISIONS, contacts, rights

MC, OC = Program.MEDI_CAL, Program.ONECARE


@pytest.mark.clause("II.K.2")
@pytest.mark.parametrize(
    ("program", "days", "by"), [(MC, 60, "Sunday 2027-01-31"), (OC, 65, "Friday 2027-02-05")], ids=["V13", "V13"]
)
@pytest.mark.parametrize("decision", DECISIONS)
def test_a_member_may_appeal_until_the_last_day_of_the_window(program, days, by, decision):
    found = rights(program, decision, day("Wednesday 2026-12-02"))
    assert (found.appeal_days, found.appeal_by) == (days, day(by))
    assert (found.appeal_decided_days, found.appeal_expedited_hours) == (30, 72)
    assert found.state_hearing_days == 120


def test_v13_care_goes_on_only_where_it_was_authorized_before():
    noticed_on = day("Wednesday 2026-12-02")
    assert rights(MC, "deny", noticed_on).continuation_by is None
    for program in Program:
        taken_back = rights(program, "modify", noticed_on, previously_authorized=True)
        assert taken_back.continuation_by == day("Saturday 2026-12-12")


@pytest.mark.parametrize(("noticed", "days"), [("Tuesday 2024-12-31", 60), ("Wednesday 2025-01-01", 65)])
def test_the_onecare_window_grew_with_the_year(noticed, days):
    assert rights(OC, "deny", day(noticed)).appeal_days == days


@pytest.mark.clause("II.K.3")
def test_a_medi_cal_letter_names_dhcs_and_a_onecare_letter_names_dhcs_and_the_qio():
    noticed_on = day("Monday 2026-11-23")
    (dhcs,) = rights(MC, "deny", noticed_on).complaint_contacts
    assert (dhcs.key, dhcs.phone, dhcs.tty) == ("dhcs", "1-888-452-8609", "711")
    both = rights(OC, "deny", noticed_on).complaint_contacts
    assert [contact.key for contact in both] == ["dhcs", "qio"]
    assert both[1].name.startswith("Commence Health")
    assert both[1].phone == "1-877-588-1123"
    assert contacts(OC, noticed_on)["medicare"].phone == "1-800-633-4227"
    assert contacts(MC, noticed_on)["state-hearing"].address[-1] == "Sacramento, CA 94244-2430"


def test_a_contact_bears_the_name_of_its_time():
    assert contacts(OC, day("Thursday 2025-07-31"))["qio"].name.startswith("Livanta")
    assert contacts(OC, day("Friday 2025-08-01"))["qio"].name.startswith("Commence Health")


def test_no_member_is_sent_to_a_review_that_is_not_open():
    on = date(2015, 1, 1)
    while on <= date(2035, 12, 31):
        for program in Program:
            found = rights(program, "deny", on)
            shown = (*found.complaint_contacts, found.hearing_contact, *found.help_contacts)
            assert not found.external_review
            assert "dmhc" not in {contact.key for contact in shown}
        on += timedelta(days=97)


def test_the_review_appears_when_its_dated_setting_opens_it(monkeypatch):
    opened = parameters.read(
        "settings",
        {
            "external_review": {
                "medi_cal": {
                    "label": "Open",
                    "unit": "yes or no",
                    "value": [
                        {"from": date(2015, 1, 1), "is": False, "authority": "a", "read_on": date(2026, 11, 23)},
                        {"from": date(2030, 1, 1), "is": True, "authority": "a", "read_on": date(2026, 11, 23)},
                    ],
                }
            }
        },
    )
    as_written = room.value
    monkeypatch.setattr(
        room,
        "value",
        lambda name, on: (
            opened.value(name.removeprefix("settings."), on)
            if "medi_cal" in name and "settings" in name
            else as_written(name, on)
        ),
    )
    before, after = (rights(MC, "deny", on) for on in (date(2029, 12, 31), date(2030, 1, 1)))
    assert (before.external_review, after.external_review) == (False, True)
    assert "dmhc" not in {contact.key for contact in before.help_contacts}
    assert "dmhc" in {contact.key for contact in after.help_contacts}


def test_only_a_onecare_appeal_goes_on_by_itself():
    noticed_on = day("Monday 2026-11-23")
    assert rights(OC, "deny", noticed_on).goes_on_by_itself
    assert not rights(MC, "deny", noticed_on).goes_on_by_itself


def test_a_decision_nobody_can_appeal_has_no_rights():
    with pytest.raises(ValueError, match="'authorize' is not a decision one can appeal: give deny, modify, late"):
        rights(MC, "authorize", day("Monday 2026-11-23"))


@pytest.mark.parametrize("program", Program)
def test_every_contact_says_who_names_it_and_how_to_call(program):
    for on in (date(2015, 1, 1), date(2026, 11, 23), date(2035, 12, 31)):
        for key, contact in contacts(program, on).items():
            assert contact.key == key
            assert contact.name
            assert contact.authority
            assert contact.phone.startswith("1-")
            assert len(contact.phone) == 14
