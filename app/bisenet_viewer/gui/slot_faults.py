"""What happens to an exception in a slot, where Qt would abort the process."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

log = logging.getLogger(__name__)


@contextmanager
def slot_faults_told(tell: Callable[[BaseException], None]) -> Iterator[None]:
    """While entered, exceptions that nobody caught are logged with their trace and told; the program goes on."""
    previous = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("unexpected fault", exc_info=(kind, error, trace))
        try:
            tell(error)
        except Exception:  # raising here would abort the process
            log.exception("the fault could not be shown")

    sys.excepthook = hook
    try:
        yield
    finally:
        sys.excepthook = previous
