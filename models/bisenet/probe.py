"""Classifier rows of new classes, fitted to features that a trained network has already: a linear probe.

Training everything from rows that know nothing would first distort what the network knows ("linear probing then
fine-tuning", Kumar et al. 2022). The fit is convex, and takes seconds for a few dozen pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bisenet.card import ModelCard
from bisenet.data.files import SegmentationFiles
from bisenet.inference import normalise, preprocess
from bisenet.network import SegmentationNetwork
from bisenet.pictures import input_size

PICTURES = 48
"""Of all data sets together, evenly spread. A row has at most 1024 weights, so that more would add little."""
PIXELS = 400
"""Of a picture, shared among its classes."""
_DECAY = 1e-4
_STEPS = 100


@dataclass(slots=True)
class _Samples:
    """What one classifier saw of each picture: features (pixels, channels), class ids, how many pixels each is for."""

    features: list[Tensor] = field(default_factory=list)
    labels: list[Tensor] = field(default_factory=list)
    weights: list[Tensor] = field(default_factory=list)


def fit_rows(
    network: SegmentationNetwork, card: ModelCard, rows: Sequence[int], data: Sequence[SegmentationFiles], seed: int = 0
) -> int:
    """Fit the classifier rows of the classes `rows`, in the main and the auxiliary heads, and leave all else as it is.

    They minimise the cross entropy on pixels of `data`, together with the other rows as these are. A classifier that is
    no 1x1 convolution (SegNet's) is left as it is, too. Returns how many
    pictures were looked at; 0 when there are none, and nothing is changed. Raises DataError for a damaged picture.
    """
    training = network.training
    network.eval()
    classifiers = {
        name: module
        for name, module in network.named_modules()
        if name.endswith("classifier") and isinstance(module, nn.Conv2d) and module.kernel_size == (1, 1)
    }
    seen: dict[str, _Samples] = {name: _Samples() for name in classifiers}
    inputs: dict[str, Tensor] = {}
    hooks = [
        module.register_forward_pre_hook(lambda _, given, name=name: inputs.update({name: given[0]}))
        for name, module in classifiers.items()
    ]
    choose = torch.Generator().manual_seed(seed)
    count = 0
    try:
        for rgb, labels in _pictures(data):
            _forward(network, card, rgb)
            for name, features in inputs.items():
                _sample(seen[name], features[0], labels, len(card.classes), choose)
            count += 1
    finally:
        for hook in hooks:
            hook.remove()
        network.train(training)
    for name, samples in seen.items():
        if samples.labels:
            _fit(classifiers[name], samples, rows)
    return count


def _pictures(data: Sequence[SegmentationFiles]) -> Iterator[tuple[Tensor, Tensor]]:
    """(H, W, 3) uint8 RGB and (H, W) uint8 labels."""
    places = [(files, index) for files in data for index in range(len(files))]
    count = min(PICTURES, len(places))
    for place in range(count):
        files, index = places[place * len(places) // count]
        rgb, labels = files.read(index)
        yield torch.from_numpy(rgb), torch.from_numpy(labels)


@torch.no_grad()
def _forward(network: SegmentationNetwork, card: ModelCard, rgb: Tensor) -> None:
    height, width = rgb.shape[:2]
    weight = next(network.parameters())
    mean, std = (torch.tensor(values, device=weight.device).view(3, 1, 1) for values in (card.mean, card.std))
    batch = preprocess(rgb.numpy(), input_size(width, height, card.short_side)).to(weight.device)
    network.forward_train(normalise(batch, mean, std))


def _sample(samples: _Samples, features: Tensor, labels: Tensor, classes: int, choose: torch.Generator) -> None:
    """Take pixels of each class of a picture; features are (C, h, w), labels (H, W)."""
    nearest = F.interpolate(labels[None, None].float(), features.shape[1:], mode="nearest-exact")[0, 0].long().flatten()
    present = [label for label in range(classes) if bool((nearest == label).any())]
    for label in present:
        places = (nearest == label).nonzero().flatten()
        taken = places[torch.randperm(len(places), generator=choose)[: PIXELS // len(present) + 1]]
        samples.features.append(features.flatten(1).T[taken.to(features.device)].float())
        samples.labels.append(nearest[taken])
        samples.weights.append(torch.full((len(taken),), len(places) / len(taken)))


def _fit(classifier: nn.Conv2d, samples: _Samples, rows: Sequence[int]) -> None:
    """Newton's way (L-BFGS) to the best rows, from zero; the others stay."""
    features = torch.cat(samples.features)
    labels, weights = (torch.cat(each).to(features.device) for each in (samples.labels, samples.weights))
    weights = weights / weights.sum()
    chosen = torch.tensor(list(rows), device=features.device)
    matrix = classifier.weight.detach().float().flatten(1).clone()
    shift = matrix.new_zeros(len(matrix)) if classifier.bias is None else classifier.bias.detach().float().clone()
    others = (features @ matrix.T + shift).index_fill(1, chosen, 0.0)
    fitted = torch.zeros(len(rows), features.shape[1] + 1, device=features.device, requires_grad=True)
    optimizer = torch.optim.LBFGS([fitted], max_iter=_STEPS, line_search_fn="strong_wolfe")
    has_bias = classifier.bias is not None

    def closure() -> Tensor:
        optimizer.zero_grad()
        scores = features @ fitted[:, :-1].T + (fitted[:, -1] if has_bias else 0.0)
        losses = F.cross_entropy(others.index_copy(1, chosen, scores), labels, reduction="none")
        loss = (losses * weights).sum() + _DECAY * fitted[:, :-1].square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        classifier.weight[chosen] = fitted[:, :-1].view(len(rows), *classifier.weight.shape[1:]).to(classifier.weight)
        if classifier.bias is not None:
            classifier.bias[chosen] = fitted[:, -1].to(classifier.bias)
