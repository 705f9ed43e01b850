"""``secondopinion load``: one file into the directory, or of the enrollment, as the program's own role."""

import argparse
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

from secondopinion.directory.loading.load import KINDS, AfterBatch, load
from secondopinion.directory.loading.reading import FileFault
from secondopinion.directory.loading.runs import Order
from secondopinion.directory.models import LoadRun
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.enrolling import load_enrollment
from secondopinion.referrals.models_right import EnrollmentFile
from secondopinion.site.refusal import Refusal

BAR = 30  # characters
ENROLLMENT = "enrolment"


class _Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise Refusal(f"`secondopinion load` did not understand ({message}): {self.format_usage().strip()}")


def bring_in(arguments: list[str]) -> int:
    """Load a file, show how far it has come when standard error is a terminal, and print what became of the rows.

    Returns 0; refused rows are told, and are no failure of the load. Raises Refusal.
    """
    asked = _parser().parse_args(arguments)
    if asked.kind == ENROLLMENT:
        return _enrollment(asked)
    order = Order(
        kind=asked.kind,
        path=asked.file,
        today=datetime.now(UTC).astimezone(PACIFIC).date(),
        on_day=asked.on,
        errors=asked.errors,
        layout=asked.layout,
        encoding=asked.encoding,
        complete=asked.complete,
    )
    shows = sys.stderr.isatty()
    try:
        run = load(order, _progress() if shows else lambda run, share: None)
    except FileFault as fault:
        raise Refusal(str(fault)) from None
    finally:
        if shows:
            sys.stderr.write("\n")
    sys.stdout.write(summary_of(run))
    return 0


def _enrollment(asked: argparse.Namespace) -> int:
    if asked.complete or asked.layout:
        raise Refusal("An enrolment file takes neither --complete nor --layout: its columns are in docs/enrollment.md.")
    now = datetime.now(UTC)
    try:
        file = load_enrollment(asked.file, now=now, on_day=asked.on, errors=asked.errors, encoding=asked.encoding)
    except FileFault as fault:
        raise Refusal(str(fault)) from None
    sys.stdout.write(enrollment_summary_of(file))
    return 0


def enrollment_summary_of(file: EnrollmentFile) -> str:
    """What became of an enrollment file's rows, in lines."""
    refused = sum(file.refused.values())
    return "\n".join(
        [
            f"{file.file_name}, received on {file.on_day}: {file.rows:,} rows read.",
            f"{file.new:,} new Members, {file.changed:,} changed, {file.unchanged:,} unchanged, {refused:,} refused.",
            *(f"  {count:,} {reason}" for reason, count in sorted(file.refused.items(), key=lambda e: (-e[1], e[0]))),
            f"{file.owed:,} Members are now owed the statement of the right to a second opinion.",
            "",
        ]
    )


def summary_of(run: LoadRun) -> str:
    """What became of a file's rows, in lines."""
    refused = sum(run.refused.values())
    lines = [
        f"{run.file_name}, as it stands on {run.on_day}: {run.rows_done:,} rows read.",
        f"{run.new:,} new, {run.changed:,} changed, {run.unchanged:,} unchanged, "
        f"{run.passed_over:,} of no concern, {refused:,} refused.",
        *(
            f"  {count:,} {reason}"
            for reason, count in sorted(run.refused.items(), key=lambda each: (-each[1], each[0]))
        ),
    ]
    if run.ended:
        lines.append(f"{run.ended:,} periods have ended: the file does not hold them any more.")
    return "\n".join([*lines, *filter(None, [run.why]), ""])


def bar_of(rows: int, refused: int, share: float, rate: float, left: float) -> str:
    """How far a load has come, as one line: a `share` (0 to 1) of the file's bytes, rows a second, seconds left."""
    bar = ("#" * round(share * BAR)).ljust(BAR, ".")
    minutes, seconds = divmod(round(left), 60)
    return (
        f"[{bar}] {share:4.0%}  {rows:,} rows, {refused:,} refused, {rate:,.0f} a second, {minutes}:{seconds:02} left "
    )


def _progress() -> AfterBatch:
    """Shows the bar. A load that goes on has rows and a share behind it, so both are measured from the first batch."""
    begun: list[tuple[float, int, float]] = []

    def show(run: LoadRun, share: float) -> None:
        now = time.perf_counter()
        begun[:] = begun or [(now, run.rows_done, share)]
        at, rows, from_share = begun[0]
        took = max(now - at, 0.001)
        left = took * (1 - share) / (share - from_share) if share > from_share else 0.0
        refused = sum(run.refused.values())
        sys.stderr.write(f"\r{bar_of(run.rows_done, refused, share, (run.rows_done - rows) / took, left)}")
        sys.stderr.flush()

    return show


def _parser() -> argparse.ArgumentParser:
    parser = _Arguments(prog="secondopinion load", add_help=False)
    parser.add_argument("kind", choices=sorted({*KINDS, ENROLLMENT}), metavar="KIND")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--errors", type=Path, metavar="ERRORS.csv")
    parser.add_argument("--on", type=date.fromisoformat, metavar="DAY")
    parser.add_argument("--layout", type=Path, metavar="LAYOUT.toml")
    parser.add_argument("--encoding", default="utf-8", metavar="NAME")
    parser.add_argument("--complete", action="store_true")
    return parser
