"""What tests of the way in share."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from secondopinion.referrals.sweep import Swept
from secondopinion.site import tasks
from secondopinion.site.worker import run_jobs


@pytest.fixture
def run_due_jobs(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Run the jobs that are due, in a thread of their own: Playwright's loop may be running in the test's.

    The sweep runs by the real clock, which has nothing to say about made-up days: it takes no step.
    """
    monkeypatch.setattr(tasks, "take_due", lambda now: Swept({}))

    def run() -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(run_jobs, wait=False).result()

    return run
