"""``secondopinion worker``: runs the jobs. Run as many as you like, on as many machines as you like.

SIGTERM lets the running jobs finish. A worker that is killed loses nothing: its jobs are given
back to the queue when its heartbeat stops (``tasks.rescue``). A worker whose database goes away
waits and comes back.
"""

import logging
import signal
import time
from types import FrameType

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
    stopped = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    # procrastinate takes these two over while it runs, and hands them back when it ends.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopped:
        try:
            run_jobs(wait=True)
            return 0  # it ends by itself only when it was told to stop
        except (ConnectorException, OperationalError, ExceptionGroup) as lost:
            logger.warning("The database is away (%s); trying again in %.0f s.", _first_line(lost), COME_BACK)
            time.sleep(COME_BACK)
    return 0


def run_jobs(*, wait: bool) -> None:
    """Run the jobs of every queue; with ``wait`` false only those that are due now.

    It opens its own connections, apart from Django's: they listen for new jobs.
    """
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as at_work:
        at_work.run_worker(
            wait=wait,
            concurrency=CONCURRENCY,
            listen_notify=wait,
            install_signal_handlers=wait,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=FORGOTTEN,
        )


def _first_line(error: BaseException) -> str:
    cause = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
    return str(cause.__cause__ or cause).strip().split("\n")[0]
