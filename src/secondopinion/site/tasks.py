"""The jobs that the worker runs. Each is safe to run again: the history says what is done already.

Jobs are put into the queue by `referrals.ledger`, in the transaction that owes the letter.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from uuid import UUID

from django.db import connections
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from secondopinion.directory.loading.refreshing import turn_the_day
from secondopinion.people.pace import forget
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.afterwards import take_fax_reports
from secondopinion.referrals.asking import delete_old_drafts
from secondopinion.referrals.ledger import MAIL_TASK, OFFICE_TASK
from secondopinion.referrals.offices import take_in, take_in_what_waits
from secondopinion.referrals.overnight import overnight as look_at_all_that_is_open
from secondopinion.referrals.posting import post
from secondopinion.referrals.right_owed import owe_what_is_due
from secondopinion.referrals.right_telling import tell_who_waits
from secondopinion.referrals.sweep import take_due
from secondopinion.site.postroom import close_batches, electronic, print_house, read_acknowledgements
from secondopinion.site.proving import outcome_of

FIRST_WAIT, LONGEST_WAIT = 5, 15 * 60  # seconds between two tries of a letter: doubled each time, to the longest


class UntilItIsMailed(BaseRetryStrategy):
    """Again and again, after pauses that double up to a longest: a letter is owed until it has left."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """After how long the next try is made."""
        return RetryDecision(retry_in={"seconds": min(FIRST_WAIT * 2 ** min(job.attempts, 10), LONGEST_WAIT)})


AGAIN = RetryStrategy(max_attempts=5, wait=2)  # seconds; the database may be away for a moment
STALLED_AFTER = 30.0  # seconds without a heartbeat of its worker

logger = logging.getLogger("secondopinion.overnight")


@app.task(name=MAIL_TASK, queue="mail", retry=UntilItIsMailed())
def mail(letter_id: str, referral_id: str) -> None:
    """Hand over whatever of a letter waits, and write the proof into the history."""
    try:
        post(UUID(letter_id), now=datetime.now(UTC), carrier=print_house(), electronic=electronic())
    finally:
        connections.close_all()  # the job's thread ends with the job, and must not leave its connection behind


@app.task(name=OFFICE_TASK, queue="mail", retry=UntilItIsMailed())
def take_in_from_office(request_id: str) -> str:
    """Take in what an office sent, or leave it to a person. Returns what became of it."""
    try:
        return take_in(UUID(request_id), now=datetime.now(UTC))
    finally:
        connections.close_all()


@app.periodic(cron="*/20 * * * * *")
@app.task(name="site.rescue", queue="house", queueing_lock="site.rescue", pass_context=True, retry=AGAIN)
async def rescue(context: JobContext, timestamp: int) -> None:
    """Give jobs of a killed worker back to the queue; procrastinate does not do it by itself."""
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER)
    for job in stalled:
        await app.job_manager.retry_job(job)


@app.periodic(cron="* * * * *")
@app.task(name="site.sweep", queue="house", queueing_lock="site.sweep", retry=AGAIN)
def sweep(timestamp: int) -> int:
    """Take the house's own steps that are due. Returns how many it took."""
    try:
        now = datetime.now(UTC)
        swept = take_due(now)
        take_in_what_waits(now)  # whatever the queue has lost
    finally:
        connections.close_all()
    if swept.taken or swept.failed:
        taken = ", ".join(f"{number} × {step}" for step, number in sorted(swept.taken.items())) or "none"
        logger.info("Steps at their time: %s; failed: %d.", taken, swept.failed)
    return sum(swept.taken.values())


@app.periodic(cron="5 7,8 * * *")  # UTC: soon after midnight in California, in summer and in winter
@app.task(name="site.directory_night", queue="house", queueing_lock="site.directory_night", retry=AGAIN)
def directory_night(timestamp: int) -> int:
    """Let what begins and ends with the day do so, and count how healthy the directory is.

    Returns how many entries turned with the day.
    """
    now = datetime.now(UTC)
    try:
        with plan_scope(now.astimezone(PACIFIC).date()):
            night = turn_the_day(now)
    finally:
        connections.close_all()
    if night is None:
        logger.warning("The directory: a file is being loaded, so the day turns with the next night.")
        return 0
    logger.info(
        "The directory: %d entries turned with the day; %d under contract.", night.turned, night.health.contracted
    )
    return night.turned


@app.periodic(cron="15 * * * *")
@app.task(name="site.paces", queue="house", queueing_lock="site.paces", retry=AGAIN)
def forget_paces(timestamp: int) -> int:
    """Drop what says nothing any more about how much somebody asked. Returns how many rows."""
    try:
        return forget(datetime.now(UTC))
    finally:
        connections.close_all()


@app.periodic(cron="* * * * *")
@app.task(name="site.post", queue="house", queueing_lock="site.post", retry=AGAIN)
def hear_from_carriers(timestamp: int) -> None:
    """Close the print house's batches at their times, read its acknowledgements, and ask about faxes under way."""
    now = datetime.now(UTC)
    try:
        close_batches(now)
        read_acknowledgements(now)
        take_fax_reports(now, electronic())
    finally:
        connections.close_all()


@app.periodic(cron="15 7,8 * * *")  # UTC: soon after midnight in California, in summer and in winter
@app.task(name="site.drafts", queue="house", queueing_lock="site.drafts", retry=AGAIN)
def forget_drafts(timestamp: int) -> int:
    """Delete what Members began to ask and did not send in time. Returns how many drafts that were."""
    today = datetime.now(UTC).astimezone(PACIFIC).date()
    try:
        with plan_scope(today):
            deleted = delete_old_drafts(today)
    finally:
        connections.close_all()
    if deleted:
        logger.info("Drafts whose days are over, deleted: %d.", deleted)
    return deleted


@app.periodic(cron="5 9 * * *")  # UTC: soon after one or two at night in California, before the proof of the night
@app.task(name="site.right", queue="house", queueing_lock="site.right", retry=AGAIN)
def owe_the_right(timestamp: int) -> int:
    """Owe the statement of the right to whom the year is nearly over, or to whom nothing is known to have been said.

    Returns how many debts it made.
    """
    now = datetime.now(UTC)
    try:
        with plan_scope(now.astimezone(PACIFIC).date()):
            made = owe_what_is_due(now)
    finally:
        connections.close_all()
    logger.info("The right to a second opinion: %d statements are newly owed.", made)
    return made


@app.periodic(cron="*/10 * * * *")
@app.task(name="site.tell", queue="house", queueing_lock="site.tell", retry=AGAIN)
def tell_of_the_right(timestamp: int) -> int:
    """Mail the statements of the right that are owed. Returns how many left."""
    try:
        run = tell_who_waits(datetime.now(UTC), print_house())
    finally:
        connections.close_all()
    return run.told


@app.periodic(cron="30 10 * * *")  # UTC: half past two or three at night in California
@app.task(name="site.overnight", queue="house", queueing_lock="site.overnight", retry=AGAIN)
def overnight(timestamp: int) -> int:
    """Look at every open referral and say, a line for each check, what is not as it must be. Returns how much."""
    try:
        summary = look_at_all_that_is_open(datetime.now(UTC))
    finally:
        connections.close_all()
    for tally in summary.tallies:
        level = logging.ERROR if tally.count else logging.INFO
        logger.log(level, "%s: %s %s", tally.check.name, tally.check.sentence, outcome_of(tally.count))
        for difference in tally.first:
            logger.error("%s: %s", difference.number, difference.what)
    logger.info("Referrals looked at: %d; %s.", summary.looked, outcome_of(summary.found))
    return summary.found
