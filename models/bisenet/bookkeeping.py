"""`Bookkeeping`: what a training run writes down between steps: figures, evaluations, the best model, checkpoints."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import torch
from torch import Tensor

from bisenet.card import ModelCard
from bisenet.checkpoint import save_checkpoint
from bisenet.closing import Closing
from bisenet.data.files import SegmentationFiles
from bisenet.distributed import World
from bisenet.evaluate import Evaluation, Scored, evaluate
from bisenet.evaluation.drawing import png, write_whole
from bisenet.evaluation.worst import WorstPictures, worst_sheet
from bisenet.optimisation import require_finite
from bisenet.progress_line import ProgressLine
from bisenet.recipe import Recipe
from bisenet.run_folder import LAST, RunLog, TrainingState, save_state
from bisenet.segmenter import Segmenter
from bisenet.zoo import build

_SHOWN = 6
"""Pictures on the sheet of an evaluation."""


class Bookkeeping(Closing):
    """Of the processes of a run the first one writes; the others wait while it evaluates."""

    def __init__(
        self,
        run: Path,
        recipe: Recipe,
        card: ModelCard,
        state: TrainingState,
        valset: SegmentationFiles | None,
        world: World,
        *,
        tensorboard: bool = False,
    ) -> None:
        self._run, self._recipe, self._card = run, recipe, card
        self._state, self._valset, self._world = state, valset, world
        self.model = run / f"{recipe.name}.safetensors"
        self.best: Evaluation | None = None
        """Of the model that is written; None before the first evaluation."""
        self._log = RunLog(run, done=state.iteration, tensorboard=tensorboard) if world.first else None
        self._line = ProgressLine(recipe, state, world)
        self._loss = torch.zeros(())
        """Of the last step."""
        self._read = math.nan
        """The last one that was read."""

    def close(self) -> None:
        self._line.close()
        if self._log:
            self._log.close()

    def before(self) -> None:
        """Measure what a run begins with: it is the model to beat, and what is left if training does not."""
        if self._world.first and (evaluation := self._evaluate()) and self._log:
            self._log.add({"iteration": self._state.iteration, "miou": evaluation.miou})
        self._world.wait()

    def after(self, loss: Tensor) -> None:
        """A step is done: count it, and do what is due. loss: ().

        Raises FloatingPointError, before anything is written, when a loss that is read is not finite; once one was, all
        that follow are.
        """
        recipe = self._recipe
        self._state.iteration += 1
        due = any(map(self._due, (recipe.log_every, recipe.evaluate_every, recipe.checkpoint_every)))
        self._loss = loss
        if due or self._world.synchronous:
            self._read_loss()
        self._line.advance(self._read)
        evaluation = None
        if self._due(self._recipe.evaluate_every):
            if self._world.first:
                with self._line.paused():
                    evaluation = self._evaluate()
            self._world.wait()
        if self._log is None:
            return
        if evaluation:
            self._log.add({**self._line.figures(self._read), "miou": evaluation.miou})
        elif self._due(self._recipe.log_every):
            self._log.add(self._line.figures(self._read))
        if self._due(self._recipe.checkpoint_every):
            save_state(self._run / LAST, self._state)

    def kept(self, what: str) -> str:
        """Save the run as it is; what happened, and how to go on, in one line. Raises FloatingPointError as `after`."""
        self._read_loss()
        last = self._run / LAST
        if self._world.first:
            save_state(last, self._state)
        return f"{what}; iteration {self._state.iteration} is kept in {last}: --resume goes on from there"

    def _read_loss(self) -> None:
        self._read = float(self._loss)
        require_finite(self._read, self._state.iteration)

    def _due(self, every: int) -> bool:
        return self._state.iteration % every == 0 or self._state.iteration == self._recipe.iterations

    def _evaluate(self) -> Evaluation | None:
        """Evaluate what would be shipped now, and write it if it is the best so far (or if nothing can be compared)."""
        card, state = self._card, self._state
        shipped = build(card.architecture, len(card.classes), card.variant).to(self._world.device)
        shipped.load_state_dict(state.average.state if self._recipe.ema_decay else state.network.state_dict())
        story = {**card.training, "history": list(state.history), "iterations": state.iteration}
        evaluation = None
        if self._valset:
            evaluation = self._measured(Segmenter(shipped.eval(), card), self._valset)
            story["val"] = evaluation.to_dict()
            self._line.tell(evaluation)
        if evaluation is None or evaluation.miou > state.best:
            state.best = evaluation.miou if evaluation else state.best
            self.best = evaluation
            save_checkpoint(self.model, shipped, dataclasses.replace(card, training=story))
        return evaluation

    def _measured(self, model: Segmenter, valset: SegmentationFiles) -> Evaluation:
        """Figures on the validation split; the pictures that the model does worst on are drawn."""
        worst = WorstPictures(model.card.classes, _SHOWN)

        def show(scored: Scored) -> None:
            name = valset.pairs[scored.index][0].name
            worst.add(name, scored.evaluation.miou, scored.rgb, scored.labels, scored.predicted)

        evaluation = evaluate(model.segment, model.card.classes, valset, on_picture=show)
        if worst.pictures():
            sheet = self._run / "evaluations" / f"{self._state.iteration:06d}.png"
            sheet.parent.mkdir(exist_ok=True)
            title = f"{model.card.name}, val mIoU {evaluation.miou:.4f}"
            write_whole(sheet, png(worst_sheet(worst.pictures(), model.card.classes, title)))
        return evaluation
