"""What tests of the way in share."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from secondopinion.site.worker import run_jobs


@pytest.fixture
def run_due_jobs() -> Callable[[], None]:
    """Run the jobs that are due, in a thread of their own: Playwright's loop may be running in the test's."""

    def run() -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(run_jobs, wait=False).result()

    return run
