"""`bisenet-viewer doctor`: what works on this machine, and what to do about what does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bisenet_viewer.doctor import report
from bisenet_viewer.doctor.checks import all_checks
from bisenet_viewer.doctor.finding import Check, examine, failed

FAILED = 1
"""The exit code when something does not work."""


def run(*, as_json: bool, require_display: Callable[[], None], checks: Iterable[Check] | None = None) -> int:
    """Print each finding when it is there, or all at the end as JSON; returns the exit code.

    require_display: raises DisplayError where no window can be opened.
    """
    if not as_json:
        print(report.heading() + "\n")
    findings = []
    for finding in examine(all_checks(require_display) if checks is None else checks):
        findings.append(finding)
        if not as_json:
            print(report.line(finding), flush=True)
    if as_json:
        print(report.as_json(findings))
    return FAILED if failed(findings) else 0
