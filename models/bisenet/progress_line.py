"""`ProgressLine`: what a person sees of a training run, and the figures of its log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from bisenet.closing import Closing
from bisenet.distributed import World
from bisenet.evaluation.metrics import Evaluation
from bisenet.optimisation import learning_rate
from bisenet.recipe import Recipe
from bisenet.run_folder import TrainingState

_WARM_STEPS = 3
"""Not timed: buffers are allocated, kernels chosen, workers started."""


class ProgressLine(Closing):
    """One line of progress: where the run is, pictures per second, time left, loss, best mIoU."""

    def __init__(self, recipe: Recipe, state: TrainingState, world: World) -> None:
        self._recipe, self._state = recipe, state
        self._began = self._counted_from = time.monotonic()
        self._first = state.iteration
        self._bar = tqdm(
            initial=state.iteration * recipe.batch_size,
            total=recipe.iterations * recipe.batch_size,
            unit="img",
            desc=recipe.name,
            disable=not world.first,
            # A log file takes a line now and then, not ten a second.
            mininterval=0.2 if sys.stderr.isatty() else 20,
        )

    def close(self) -> None:
        self._bar.close()

    def advance(self, loss: float) -> None:
        """After a step."""
        if self._state.iteration == self._first + _WARM_STEPS:
            self._counted_from = time.monotonic()
        best = f"{self._state.best:.4f}" if self._state.best >= 0 else "-"
        self._bar.set_postfix(loss=f"{loss:.3f}", miou=best, refresh=False)
        self._bar.update(self._recipe.batch_size)

    def figures(self, loss: float) -> dict[str, float]:
        """Of this iteration, for the log; the rate is the mean since the run was begun or resumed."""
        iteration = self._state.iteration
        steps = iteration - self._first - _WARM_STEPS
        seconds = time.monotonic() - self._counted_from
        figures = {
            "iteration": iteration,
            "loss": loss,
            "learning_rate": learning_rate(iteration - 1, self._recipe),
            "seconds": round(time.monotonic() - self._began),
        }
        if steps > 0:
            figures["images_per_s"] = round(steps * self._recipe.batch_size / seconds, 2)
        return figures

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What happens meanwhile does not count as training."""
        begun = time.monotonic()
        yield
        self._counted_from += time.monotonic() - begun

    def tell(self, evaluation: Evaluation | None) -> None:
        """Write a line above the bar."""
        if evaluation:
            iteration = self._state.iteration
            when = f"iteration {iteration}" if iteration else "before training"
            self._bar.write(f"{when}: val mIoU {evaluation.miou:.4f}")
