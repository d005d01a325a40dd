"""The log: one line per event, with time and source; tracebacks for bugs alone."""

from __future__ import annotations

import logging
import re

import pytest

from bisenet_viewer import log
from bisenet_viewer.errors import SourceError

EVENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (.+)\n")


@pytest.fixture
def logger():
    """A logger of the package; afterwards the log is as it was."""
    package = logging.getLogger("bisenet_viewer")
    before, level = package.handlers[:], package.level
    yield logging.getLogger("bisenet_viewer.sources.thing")
    for name in ("bisenet_viewer", "bisenet"):
        logging.getLogger(name).handlers[:] = before
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize(
    ("verbose", "lines"), [(False, ["b: warning: gone"]), (True, ["a.mp4: opened, 3 frames", "b: warning: gone"])]
)
def test_a_line_has_its_source_and_only_verbose_tells_what_goes_well(logger, capsys, verbose, lines):
    log.set_up(verbose=True)
    log.set_up(verbose=verbose)
    log.SourceLog(logger, "a.mp4").info("opened,\n %d frames", 3)
    log.SourceLog(logger, "b").warning("gone")
    assert EVENT.findall(capsys.readouterr().err) == lines


def test_a_line_without_a_source_names_its_module(logger, capsys):
    log.set_up(verbose=False)
    logger.error("broken")
    assert EVENT.findall(capsys.readouterr().err) == ["thing: error: broken"]


@pytest.mark.parametrize(
    ("fault", "traced"), [(SourceError("away"), False), (OSError("away"), False), (KeyError("x"), True)]
)
def test_only_bugs_have_a_traceback(logger, capsys, fault, traced):
    log.set_up(verbose=False)
    try:
        raise fault
    except Exception as error:
        logger.warning("it ended", exc_info=error)
    shown = capsys.readouterr().err
    assert ("Traceback" in shown) == traced
    assert EVENT.findall(shown) == ["thing: warning: it ended"]


def test_an_event_that_is_always_told_looks_like_the_others(capsys):
    log.tell("a.mp4", "done")
    assert EVENT.fullmatch(capsys.readouterr().err)[1] == "a.mp4: done"
