"""Raw SQL as the program's own role: from every place, each table shows exactly the rows that place may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from apart.world import DAY, PLACES, SAVED_AT, STEM, Place, Subject, World
from house.test_guarded_tables import EVERYBODYS, TABLES
from secondopinion.people.rls import Scope, set_one_member, set_scope

See = Callable[[Subject, Place], bool]


def of_the_member(subject: Subject, place: Place) -> bool:
    """Rows that follow the Member."""
    return subject.member_is_seen_from(place)


def of_the_request(subject: Subject, place: Place) -> bool:
    """Rows that stay with whoever received the request."""
    return subject.is_kept_at(place)


def also_honoured(subject: Subject, place: Place) -> bool:
    """Rows that whoever must honour an authorization reads, too."""
    return subject.is_kept_at(place) or subject.is_honoured_at(place)


def of_the_plan(subject: Subject, place: Place) -> bool:
    """Rows that are the plan's alone."""
    return not place.network


def where_it_was_saved(subject: Subject, place: Place) -> bool:
    """What somebody keeps of their own work: at the network, which answers for it, and at their own sub-delegate."""
    at = next(each for each in PLACES if each.name == SAVED_AT[subject.life.key])
    if place.sub_delegate:
        return place == at and place.last is None
    return not place.network or place.network == at.network


def of_the_network(subject: Subject, place: Place) -> bool:
    """Rows that belong to the network of receipt as such, and to no sub-delegate."""
    return not place.sub_delegate and subject.is_kept_at(place)


def assigned(subject: Subject, place: Place) -> bool:
    """A network knows which days a Member was its own; a sub-delegate knows it of the Members it sees."""
    ever = place.network in (subject.life.before, subject.life.since)
    if place.sub_delegate:
        return ever and subject.member_is_seen_from(place)
    return bool(subject.life.since) and (not place.network or ever)


def of_both_ends(subject: Subject, place: Place) -> bool:
    """A forwarded request is seen at both ends; these go from the plan to the network of receipt, or from Grove."""
    sender = "grove" if not subject.life.received_at else ""
    return not place.sub_delegate and (not place.network or place.network in (sender, subject.life.received_at))


# Who sees a row of each guarded table, and how a row leads to its Member, as a condition on the alias `r`.
MEMBER = "r.member_id = %(member)s"
REFERRAL = "r.referral_id = %(referral)s"
NUMBER = "r.number = %(number)s"
LETTER = "r.{} IN (SELECT n.letter_id FROM referrals_notice n WHERE n.referral_id = %(referral)s)"
RULES: Mapping[str, tuple[See, str]] = MappingProxyType(
    {
        "people_member": (of_the_member, "r.id = %(member)s"),
        "people_enrollment": (of_the_member, MEMBER),
        "people_authorizedrepresentative": (of_the_member, MEMBER),
        "people_confidentialrequest": (of_the_member, MEMBER),
        "people_formatpreference": (of_the_member, MEMBER),
        "people_representativepaper": (of_the_member, MEMBER),
        "people_representativeend": (of_the_member, MEMBER),
        "people_disclosure": (of_the_member, MEMBER),
        "directory_pcpassignment": (of_the_member, MEMBER),
        "people_networkassignment": (assigned, MEMBER),
        "people_accessentry": (of_the_network, "r.about = %(member_id)s AND r.person = 'Somebody'"),
        "referrals_referral": (also_honoured, "r.id = %(referral)s"),
        "referrals_event": (also_honoured, REFERRAL),
        "referrals_runningclock": (also_honoured, REFERRAL),
        "referrals_notice": (of_the_request, REFERRAL),
        "referrals_paper": (of_the_request, REFERRAL),
        "referrals_consultationreport": (of_the_request, REFERRAL),
        "referrals_choicepage": (of_the_request, REFERRAL),
        "referrals_forwarded": (of_both_ends, "r.id = %(forwarded)s"),
        "letters_letter": (of_the_request, LETTER.format("id")),
        "referrals_translation": (of_the_request, REFERRAL),
        "referrals_readingaloud": (of_the_request, REFERRAL),
        "referrals_sensitivemark": (also_honoured, REFERRAL),
        "letters_mailing": (of_the_request, LETTER.format("letter_id")),
        "letters_letterfile": (of_the_request, LETTER.format("letter_id")),
        "fhir_submission": (of_the_network, REFERRAL),
        "people_ownpage": (of_the_member, MEMBER),
        "referrals_rightstatement": (of_the_member, MEMBER),
        # What is not sent yet is the Member's own; the plan sees it once its days are over, to delete it.
        "referrals_draft": (of_the_plan, MEMBER),
        "referrals_officerequest": (of_the_plan, "r.number = %(from_office)s"),
        "referrals_officepaper": (
            of_the_plan,
            "r.request_id = (SELECT o.id FROM referrals_officerequest o WHERE o.number = %(from_office)s)",
        ),
        "referrals_officekey": (of_the_request, NUMBER),
        "referrals_officevisit": (of_the_request, REFERRAL),
        "referrals_visitlink": (of_the_request, REFERRAL),
        "referrals_paperread": (of_the_request, REFERRAL),
        "referrals_savedview": (where_it_was_saved, "r.name = %(view)s"),
    }
)
places = pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)


def asked(sql: str, values: Any = None) -> list[tuple[Any, ...]]:
    """What the database answers to the role of the program."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def keys_of(subject: Subject) -> dict[str, object]:
    """The values by which a row is known to be this Member's."""
    return {"member": subject.member, "referral": subject.referral, "member_id": subject.member_id,
            "forwarded": subject.forwarded, "number": subject.number, "from_office": subject.from_office,
            "view": f"{subject.words[0]}view"}  # fmt: skip


def guarded() -> list[str]:
    """The tables under row-level security that tell of a Member."""
    of_all = {table for table, _ in EVERYBODYS}
    return sorted(name for name, is_guarded in asked(TABLES) if is_guarded and name not in of_all)


def test_every_guarded_table_has_its_rule_here(world: World) -> None:
    assert set(guarded()) == set(RULES), "Say in RULES who sees a row of the new table, and how it leads to its Member."


@places
def test_a_place_sees_the_rows_that_are_its_own_to_see_and_no_other(world: World, place: Place) -> None:
    wrong, cells = [], 0
    for table, (sees, leads) in RULES.items():
        for subject in world.subjects.values():
            with transaction.atomic():
                set_scope(Scope(None, DAY))
                ((all_of_them,),) = asked(f"SELECT count(*) FROM {table} r WHERE {leads}", keys_of(subject))
                expected = all_of_them if sees(subject, place) else 0
                if table == "people_networkassignment" and expected and place.network:
                    expected = len({subject.life.before, subject.life.since} & {place.network})
                before = asked(f"SELECT r.ctid::text FROM {table} r WHERE {leads}", keys_of(subject))
                set_scope(world.scope(place))
                found = set(asked(f"SELECT r.ctid::text FROM {table} r")) & set(before)
            cells += 1
            if len(found) != expected:
                wrong.append(f"{table}: {place.name} sees {len(found)} of {all_of_them} of “{subject.life.key}”")
    assert wrong == []
    assert cells == len(RULES) * len(world.subjects)


def test_the_world_has_rows_of_every_guarded_table_to_look_for(world: World) -> None:
    with transaction.atomic():
        set_scope(Scope(None, DAY))
        empty = [table for table in RULES if asked(f"SELECT count(*) FROM {table}") == [(0,)]]
    assert empty == []


@places
def test_no_table_tells_a_place_a_word_of_whom_it_may_not_see(world: World, place: Place) -> None:
    """Every table there is, guarded or not, row by row as text; files also as the bytes they are."""
    hidden = [word for subject in world.hidden_from(place) for word in subject.words]
    assert told_by_any_table(world.scope(place), hidden) == []
    if place.network not in ("", "grove"):
        assert hidden


@pytest.mark.parametrize("scope", [None, Scope((), DAY)], ids=["no scope", "an administrator's"])
def test_who_has_no_network_and_is_not_the_plan_is_told_nothing_of_anybody(world: World, scope: Scope | None) -> None:
    assert told_by_any_table(scope, [STEM]) == []


def test_the_plan_is_told_of_everybody_so_the_search_for_words_finds_them(world: World) -> None:
    found = told_by_any_table(Scope(None, DAY), [STEM])
    assert set(RULES) - {"people_enrollment", "people_networkassignment", "directory_pcpassignment",
                         "referrals_choicepage", "referrals_runningclock", "referrals_consultationreport",
                         "referrals_notice", "referrals_readingaloud", "letters_mailing", "referrals_officepaper",
                         "referrals_officevisit", "referrals_paperread"} <= set(found)  # fmt: skip


def told_by_any_table(scope: Scope | None, words: list[str]) -> list[str]:
    """The tables in which a transaction of that scope can read one of the words."""
    told = []
    with transaction.atomic():
        if scope is not None:
            set_scope(scope)
        for (table,) in asked(f"SELECT name FROM ({TABLES.replace('c.relname,', 'c.relname AS name,')}) every"):
            for (row,) in asked(f'SELECT r::text FROM "{table}" r'):
                plain = row.casefold()
                if any(word in plain or word.encode().hex() in plain for word in words):
                    told.append(table)
                    break
    return told


def test_a_request_that_is_not_sent_yet_is_seen_from_its_members_own_page_alone(world: World) -> None:
    """But for the plan, which sees a draft once its days are over; see RULES."""
    kept = "SELECT member_id FROM referrals_draft WHERE gone_on >= %s"
    for scope in (None, Scope((), DAY), *(world.scope(place) for place in PLACES)):
        with transaction.atomic():
            if scope is not None:
                set_scope(scope)
            assert asked(kept, [DAY]) == []
    for subject in world.subjects.values():
        with transaction.atomic():
            set_one_member(subject.member, None, DAY)
            assert asked(kept, [DAY]) == [(subject.member,)]
            assert asked("SELECT DISTINCT member_id FROM referrals_draft") == [(subject.member,)]
        with transaction.atomic():
            set_one_member(subject.member, subject.referral, DAY)
            assert asked(kept, [DAY]) == []


@places
def test_a_place_changes_no_row_that_it_may_not_write(world: World, place: Place) -> None:
    """UPDATE reaches what the policies of writing show: never another's row, nor one that is only to be honoured."""
    wrong = []
    for table, (sees, leads) in RULES.items():
        for subject in world.subjects.values():
            writes = of_the_request if sees is also_honoured else sees
            if writes(subject, place):
                continue
            if touched(world.scope(place), table, leads, subject):
                wrong.append(f"{table}: {place.name} changes a row of “{subject.life.key}”")
    assert wrong == []


def touched(scope: Scope, table: str, leads: str, subject: Subject) -> int:
    """How many rows of a Member an UPDATE of that scope would change. It is taken back, and a trigger's word counts."""
    (column,) = {"people_member": ("phone",), "letters_letter": ("kind",)}.get(table, ("id",))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            set_scope(scope)
            cursor.execute(f"UPDATE {table} r SET {column} = {column} WHERE {leads}", keys_of(subject))
            changed = cursor.rowcount
            transaction.set_rollback(True)
            return changed
    except DatabaseError:
        return 1  # a write-once table refuses only what the policies let through to it


FOR_ANOTHER = (
    "INSERT INTO people_accessentry (at, person, person_network, what, about, why)"
    " VALUES (now(), 'x', %(other)s, 'x', 'x', 'x') RETURNING id",
    "INSERT INTO people_networkassignment (member_id, network_id, from_on)"
    " VALUES (%(member)s, %(other)s, '2026-11-25') RETURNING id",
    "INSERT INTO people_enrollment (member_id, program, from_on) VALUES (%(member)s, 'medi-cal', '2026-11-25')",
    "INSERT INTO referrals_notice (referral_id, network_id, position, kind, recipient_role, letter_id)"
    " VALUES (%(referral)s, %(other)s, 1, 'approval_to_member', 'member', %(letter)s)",
    "INSERT INTO referrals_paper (id, referral_id, network_id, kind, name, pages, content, sha256, added_at, added_by)"
    " VALUES (gen_random_uuid(), %(referral)s, %(other)s, 'record', 'x', 1, '', '', now(), 'x')",
    "INSERT INTO referrals_officerequest (id, number, entry, received_at, card, birth_date, first_name, last_name,"
    " told, paper_name, held_why, ended_by, ended_why) VALUES (gen_random_uuid(), 'x', gen_random_uuid(), now(), 'x',"
    " now(), 'x', 'x', '{}', '', '', '', '')",
    "INSERT INTO referrals_officekey (id, number, network_id, code_sha256, given_at, given_by, expires_at,"
    " confirmed_by, taken_back_by) VALUES (gen_random_uuid(), %(number)s, %(other)s, 'x', now(), 'x', now(), '', '')",
    "INSERT INTO referrals_visitlink (id, referral_id, network_id, member_id, professional_id, authorization_number,"
    " code_sha256, given_at, given_by, expires_at, tries, taken_back_by, visit_sha256) VALUES (gen_random_uuid(),"
    " %(referral)s, %(other)s, %(member)s, %(professional)s, '', 'x', now(), 'x', now(), 0, '', '')",
    "INSERT INTO referrals_paperread (staff_id, paper_id, referral_id, network_id, read_at)"
    " VALUES (%(staff)s, %(paper)s, %(referral)s, %(other)s, now())",
    "INSERT INTO referrals_savedview (staff_id, network_id, name, filters, saved_at)"
    " VALUES (%(staff)s, %(other)s, 'x', '{}', now())",
    "INSERT INTO referrals_draft (id, member_id, answers, begun_at, saved_at, gone_on)"
    " VALUES (gen_random_uuid(), %(member)s, '{}', now(), now(), '2026-12-25')",
    "INSERT INTO people_ownpage (id, member_id, code_sha256, how, given_at, given_by, expires_at, tries, visit_sha256,"
    " choosing_sha256) VALUES (gen_random_uuid(), %(member)s, 'x', 'phone', now(), 'x', now(), 0, '', '')",
    "INSERT INTO referrals_rightstatement (id, member_id, program, occasion, counts_from, due_on, owed_at, told_by,"
    " evidence, tries, why) VALUES (gen_random_uuid(), %(member)s, 'medi-cal', 'yearly', '2026-11-25', '2026-12-01',"
    " now(), '', '', 0, '')",
)
OF_ONES_OWN = ("people_enrollment", "people_ownpage", "referrals_rightstatement")  # go with the Member


@pytest.mark.parametrize("sql", FOR_ANOTHER, ids=lambda sql: sql.split()[2])
@pytest.mark.parametrize("place", [p for p in PLACES if p.network], ids=lambda place: place.name)
def test_a_place_writes_no_row_for_another_network(world: World, place: Place, sql: str) -> None:
    """INSERT for a network that is not one's own is refused by the policy, whatever the table."""
    key = "former" if place.network == "citrus" else "left" if place.network == "sierra" else "own"
    subject, other = world.subjects[key], next(n for n in ("citrus", "sierra") if n != place.network)
    told = {**keys_of(subject), "letter": subject.letter, "paper": subject.paper, "other": world.networks[other],
            "staff": world.there.staff["nurse@plan"].pk, "professional": world.there.sam.pk}  # fmt: skip
    if place.network == "sierra" and sql.split()[2] in OF_ONES_OWN:
        told["member"] = world.subjects["own"].member  # the one of “left” is Sierra's own today
    assert "row-level security" in str(refusal(world.scope(place), sql, told))


def refusal(scope: Scope, sql: str, told: dict[str, object]) -> DatabaseError | None:
    """What the database says to a statement of that scope; None when it obeyed, which is taken back."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            set_scope(scope)
            cursor.execute(sql, told)
            transaction.set_rollback(True)
    except DatabaseError as refused:
        return refused
    return None
