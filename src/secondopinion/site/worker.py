"""``secondopinion worker``: runs the jobs. Run as many as you like, on as many machines as you like.

SIGTERM lets the running jobs finish. A worker that is killed loses nothing: its jobs are given
back to the queue when its heartbeat stops (``tasks.rescue``). A worker whose database goes away
waits and comes back. A worker that cannot write down how a job ended signs off and starts again, so
that the job has no living worker and is given back too.
"""

import asyncio
import logging
import signal
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from psycopg import OperationalError

HEARTBEAT = 5.0  # seconds between two signs of life
FORGOTTEN = 20.0  # seconds without one after which the other workers strike a worker off
CONCURRENCY = 2
GRACE = 20.0  # seconds that running jobs have to finish
COME_BACK = 2.0  # seconds between two tries at a database that is away

logger = logging.getLogger("secondopinion.worker")


def work(arguments: list[str]) -> int:
    """Run jobs until SIGTERM or Ctrl-C."""
    asyncio.run(_work_until_told())
    return 0


async def _work_until_told() -> None:
    told, lost = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)

    def hear(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # procrastinate awaits no job: one whose end it could not write down is only heard of here.
        if isinstance(context.get("exception"), ConnectorException):
            lost.set()
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(hear)
    stop = asyncio.create_task(told.wait())
    while not told.is_set():
        lost.clear()
        losing = asyncio.create_task(lost.wait())
        working = asyncio.create_task(_run_jobs(wait=True))
        await asyncio.wait({working, stop, losing}, return_when=asyncio.FIRST_COMPLETED)
        losing.cancel()
        working.cancel()  # told to stop, or lost: it finishes the jobs it has; ended by itself: this does nothing
        try:
            await working
        except asyncio.CancelledError:
            if not lost.is_set():
                return
            logger.warning("How a job ended could not be written down; it will be run again.")
        except (ConnectorException, OperationalError, ExceptionGroup) as away:
            logger.warning("The database is away (%s).", _first_line(away))
        # procrastinate also ends without a word, when the connection it listens on is lost.
        if not told.is_set():
            logger.warning("The worker starts again in %.0f s.", COME_BACK)
            await asyncio.wait({stop}, timeout=COME_BACK)


def run_jobs(*, wait: bool) -> None:
    """Run the jobs of every queue; with ``wait`` false only those that are due now."""
    asyncio.run(_run_jobs(wait=wait))


async def _run_jobs(*, wait: bool) -> None:
    # It opens connections of its own, apart from Django's: they listen for new jobs.
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as at_work:
        async with at_work.open_async():
            await at_work.run_worker_async(
                wait=wait,
                concurrency=CONCURRENCY,
                listen_notify=wait,
                install_signal_handlers=False,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=FORGOTTEN,
            )


def _first_line(error: BaseException) -> str:
    cause = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
    return str(cause.__cause__ or cause).strip().split("\n")[0]
