"""Findings as text for people and as JSON for programs. Nothing in them names a person or a host."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version

from bisenet_viewer.doctor.finding import Finding, failed


def heading() -> str:
    """What was examined, in one line."""
    return f"bisenet-viewer {program_version()} on {platform.system()} {platform.machine()}"


def line(finding: Finding) -> str:
    """`warn  Processor         ...`, and below it what to do."""
    first = f"{finding.state:<5} {finding.name:<14} {finding.text}"
    return f"{first}\n{'':<20} -> {finding.fix}" if finding.fix else first


def text(findings: Sequence[Finding]) -> str:
    """The whole report."""
    return "\n".join([heading(), "", *map(line, findings)]) + "\n"


def as_json(findings: Sequence[Finding]) -> str:
    """The same for programs."""
    report = {
        "version": program_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "ok": not failed(findings),
        "findings": [asdict(finding) for finding in findings],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def program_version() -> str:
    try:
        return version("bisenet-viewer")
    except PackageNotFoundError:
        return "(not installed)"
