"""`World`: the processes that train one model together, under `torchrun`; or this one alone.

Gradients, losses and batch statistics are those of the whole batch, so that a run does not depend on how many share it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import Sampler

from bisenet.engines.device import resolve_device
from bisenet.errors import ConfigError


@dataclass(frozen=True, slots=True)
class World:
    """Where this process stands."""

    rank: int
    size: int
    device: torch.device

    @property
    def first(self) -> bool:
        """Whether this process evaluates, writes and talks."""
        return self.rank == 0

    @property
    def synchronous(self) -> bool:
        """Whether a result is there at once. To look at one, a card must first finish all that it was given."""
        return self.device.type == "cpu"

    def mean(self, value: Tensor) -> Tensor:
        """The mean over all processes of a tensor that needs no gradient."""
        if self.size == 1:
            return value
        value = value.detach().clone()
        dist.all_reduce(value)
        return value / self.size

    def agree(self, flag: bool) -> bool:
        """Whether any process says so: all must leave a loop at the same step."""
        if self.size == 1:
            return flag
        return bool(self.mean(torch.tensor(float(flag), device=self.device)) > 0)

    def wait(self) -> None:
        """Until every process is here."""
        if self.size > 1:
            dist.barrier()

    def shared(self, module: nn.Module) -> nn.Module:
        """The module with the gradients of all processes averaged; itself when this process is alone."""
        if self.size == 1:
            return module
        return DistributedDataParallel(module, [self.device] if self.device.type == "cuda" else None)


@contextmanager
def joined(device: str) -> Iterator[World]:
    """Join the processes that torchrun started; alone without it. device: as in `resolve_device`; each process of
    torchrun takes a card of its own. Raises EngineError.
    """
    if "WORLD_SIZE" not in os.environ or int(os.environ["WORLD_SIZE"]) == 1:
        yield World(0, 1, resolve_device(device))
        return
    target = resolve_device(device)
    if target.type == "cuda":
        target = resolve_device(f"cuda:{os.environ['LOCAL_RANK']}")
        torch.cuda.set_device(target)
    store, rank, size = next(rendezvous("env://"))
    if os.environ.get("LOCAL_WORLD_SIZE") == os.environ["WORLD_SIZE"]:
        # On one machine torchrun keeps its store when it starts processes again, and a fast one would find the address
        # of a dead one in it. (Machines count their restarts apart: there a name of its own could keep them apart.)
        attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
        store = dist.PrefixStore(f"attempt-{attempt}", store)  # type: ignore[attr-defined]
    dist.init_process_group("nccl" if target.type == "cuda" else "gloo", store=store, rank=rank, world_size=size)
    try:
        yield World(dist.get_rank(), dist.get_world_size(), target)
    finally:
        dist.destroy_process_group()


class Share(Sampler[Any]):
    """What one process takes of the samples of all: of each batch every n-th, so that together they have the batch."""

    def __init__(self, samples: Sampler[Any], batch_size: int, world: World) -> None:
        if batch_size % world.size:
            raise ConfigError(f"batch_size {batch_size} must be a multiple of the {world.size} processes")
        self.samples, self.world = samples, world

    def __iter__(self) -> Iterator[Any]:
        return islice(iter(self.samples), self.world.rank, None, self.world.size)


def restarted() -> bool:
    """Whether torchrun started this process again after another one of the run had died."""
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0


def synchronise_statistics(network: nn.Module, world: World) -> None:
    """Let batch normalisation see the whole batch, in place; keys and values of the state stay."""
    if world.size == 1:
        return
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.BatchNorm2d):
                setattr(parent, name, _synchronised(child, world.device))


def _synchronised(bn: nn.BatchNorm2d, device: torch.device) -> nn.Module:
    if device.type == "cuda":
        return cast(nn.Module, nn.SyncBatchNorm.convert_sync_batchnorm(bn))  # type: ignore[no-untyped-call]
    twin = SharedBatchNorm(bn.num_features, bn.eps, bn.momentum)
    twin.load_state_dict(bn.state_dict())
    for ours, theirs in zip(twin.parameters(), bn.parameters(), strict=True):
        ours.requires_grad_(theirs.requires_grad)
    return twin.to(device)


class _SumOverAll(torch.autograd.Function):
    """The sum of a tensor over all processes; each one's loss depends on every one's tensor, so gradients sum too."""

    @staticmethod
    def forward(_context: Any, value: Tensor) -> Tensor:
        total = value.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(_context: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].clone()
        dist.all_reduce(total)
        return total


def _sum_over_all(value: Tensor) -> Tensor:
    return cast(Tensor, _SumOverAll.apply(value))  # type: ignore[no-untyped-call]


class SharedBatchNorm(nn.BatchNorm2d):
    """Batch normalisation over all processes, for the CPU: torch's own is for cards only."""

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return super().forward(input)
        count = input.numel() // input.shape[1] * dist.get_world_size()
        x = input.float()  # autocast leaves half precision here
        mean = _sum_over_all(x.sum((0, 2, 3))) / count
        centred = x - mean.view(1, -1, 1, 1)
        variance = _sum_over_all(centred.square().sum((0, 2, 3))) / count
        with torch.no_grad():
            assert self.running_mean is not None
            assert self.running_var is not None
            assert self.num_batches_tracked is not None
            assert self.momentum is not None
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean.to(self.running_mean), self.momentum)
            self.running_var.lerp_(variance.to(self.running_var) * count / max(count - 1, 1), self.momentum)
        scale = (variance + self.eps).rsqrt() * self.weight
        out: Tensor = (centred * scale.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)).to(input.dtype)
        return out
