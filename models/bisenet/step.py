"""`Step`: one optimiser step of a training run."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bisenet.card import ModelCard
from bisenet.distributed import World
from bisenet.errors import EngineError
from bisenet.inference import normalise
from bisenet.losses import segmentation_loss
from bisenet.optimisation import learning_rate, require_finite, train_mode
from bisenet.recipe import Recipe
from bisenet.run_folder import TrainingState

_DTYPES = {"bf16": torch.bfloat16, "f16": torch.float16}


class Step:
    """One optimiser step on a batch."""

    def __init__(
        self, recipe: Recipe, card: ModelCard, state: TrainingState, world: World, weights: Tensor | None
    ) -> None:
        self.recipe, self.state, self.world, self.weights = recipe, state, world, weights
        self.ignore_id = card.classes.ignore_id
        self.pixel_loss = recipe.pixel_loss()
        self.mean, self.std = (
            torch.tensor(values, device=world.device).view(3, 1, 1) for values in (card.mean, card.std)
        )
        forward: nn.Module = TrainingForward(state.network)
        if recipe.compile:
            forward = torch.compile(forward)  # type: ignore[assignment]
        self.forward = world.shared(forward)
        train_mode(state.network, recipe.frozen_parts)

    def __call__(self, pictures: Tensor, labels: Tensor) -> Tensor:
        """pictures (B, 3, H, W) uint8, labels (B, H, W) uint8. Returns the loss of the whole batch, ().

        Raises FloatingPointError when it is not finite, before anything was changed (on a card it is found when it is
        written down), and EngineError when the card's memory is full.
        """
        try:
            return self._run(pictures.to(self.world.device, non_blocking=True), labels.to(self.world.device))
        except torch.OutOfMemoryError as error:
            recipe = self.recipe
            raise EngineError(
                f"{self.world.device} has too little memory for batches of {recipe.batch_size} crops of "
                f"{recipe.crop_width}x{recipe.crop_height}: --set a smaller batch_size (and learning_rate) or crop"
            ) from error

    def _run(self, pictures: Tensor, labels: Tensor) -> Tensor:
        recipe, state = self.recipe, self.state
        # Dropout is that of the step, however often the run was resumed.
        torch.manual_seed((recipe.seed + 1) * 1_000_003 + state.iteration * 1009 + self.world.rank)
        rate = learning_rate(state.iteration, recipe)
        for group in state.optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        inputs = normalise(pictures, self.mean, self.std).contiguous(memory_format=torch.channels_last)
        with torch.autocast(inputs.device.type, _DTYPES.get(recipe.precision), enabled=recipe.precision in _DTYPES):
            outputs = self.forward(inputs)
        loss = segmentation_loss(
            outputs,
            labels.long(),
            self.ignore_id,
            state.network.logits_upsampling,
            self.pixel_loss,
            strides=(recipe.loss_stride, recipe.aux_loss_stride),
            phase=state.iteration,
            aux_weight=recipe.aux_weight,
            class_weights=self.weights,
            over_all=self.world.mean,
        )
        value = self.world.mean(loss.detach())
        if self.world.synchronous:
            require_finite(float(value), state.iteration)
        state.optimizer.zero_grad(set_to_none=True)
        state.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        if recipe.gradient_clip:
            state.scaler.unscale_(state.optimizer)
            nn.utils.clip_grad_norm_(state.network.parameters(), recipe.gradient_clip)
        state.scaler.step(state.optimizer)
        state.scaler.update()
        state.average.update(state.network, state.iteration)
        return value


class TrainingForward(nn.Module):
    """A network whose forward is that of training: what DistributedDataParallel and torch.compile wrap is `forward`."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> list[Tensor]:
        outputs: list[Tensor] = self.network.forward_train(x)  # type: ignore[operator]
        return outputs
