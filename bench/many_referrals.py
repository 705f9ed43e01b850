"""A table of a great many referrals, few of them open, for the figures of the work list.

The open ones lie scattered over the whole table, one to a page, and are shared out: the plan's own, and each Health
Network's. No index is left out; on a table still empty they are made when the rows are there, which is far quicker.
"""

from __future__ import annotations

from datetime import datetime

import psycopg
from ground import database

# A new column of the table takes its default. What is finished has no clock running, as in service.
FILL = """
INSERT INTO referrals_referral (id, number, member_id, network_id, program, decider, edition, channel, received_at,
  entered_at, requester, requester_name, requester_phone, requester_npi, requester_address, request_words, opinion,
  about, urgency, urgency_reason, condition, condition_code, procedure, clinician_name, clinician_taxonomy, state,
  position, head_hash, yes, no, due_at, due_kind)
SELECT gen_random_uuid(), 'SO-2026-' || lpad(n::text, 8, '0'), whose.member, whose.network, 'medi-cal', 'plan',
  '2024-12-01', 'phone', %(now)s - (n %% 7) * interval '1 day', %(now)s, 'member', 'Member One', '', '', '', '',
  'second', 'specialist-care', CASE WHEN n %% 10 = 0 THEN 'expedited' ELSE 'standard' END, '',
  'surgery on the lower back', '', '', '', '', CASE WHEN due_at IS NULL THEN 'closed' ELSE 'nurse_review' END, 2,
  repeat('0', 64), 0, 0, due_at, CASE WHEN due_at IS NULL THEN '' ELSE 'decision' END
FROM generate_series(1, %(rows)s) n,
LATERAL (SELECT CASE WHEN n %% %(every)s = 0
  THEN %(now)s + ((n / %(every)s) * 7919 %% 9973 - 300) * interval '1 minute' END AS due_at) clock,
LATERAL (SELECT (%(members)s::uuid[])[(n / %(every)s) %% 3 + 1] AS member,
                (%(networks)s::uuid[])[(n / %(every)s) %% 3 + 1] AS network) whose
"""
WHOSE = """
SELECT m.id, n.id
  FROM (VALUES ('M0000001', NULL), ('M0000003', 'Citrus%'), ('1122334455', 'Sierra%')) AS v(member, name)
  JOIN people_member m ON m.member_id = v.member LEFT JOIN people_healthnetwork n ON n.name LIKE v.name
"""
SECONDARY = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
 WHERE i.indrelid = 'referrals_referral'::regclass
   AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


def fill(owner: database.Address, rows: int, still_open: int, now: datetime) -> None:
    """Write `rows` referrals of the small county, `still_open` of them open, by plain SQL as the owner.

    They are due from five hours before `now` to a week after it.
    """
    with psycopg.connect(**owner.for_psycopg(), autocommit=True) as connection:
        whose = connection.execute(WHOSE).fetchall()
        given = {
            "now": now, "rows": rows, "every": rows // still_open,
            "members": [member for member, _ in whose], "networks": [network for _, network in whose],
        }  # fmt: skip
        connection.execute("SET maintenance_work_mem = '512MB'")
        secondary = connection.execute(SECONDARY).fetchall()
        with connection.transaction():
            for name, _ in secondary:
                connection.execute(f"DROP INDEX {name}")  # type: ignore[call-overload]
            # The rows' keys are taken from the tables themselves: they need not be looked up one by one.
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute(FILL, given)
            for _, definition in secondary:
                connection.execute(definition)
        connection.execute("VACUUM (FREEZE, ANALYZE) referrals_referral")
        connection.execute("CHECKPOINT")
