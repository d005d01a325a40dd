"""What a trained model takes the classes of other data for: how classes begin that it does not know by name."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from bisenet.data.files import SegmentationFiles
from bisenet.segmenter import Segmenter

PICTURES = 48
"""Of all data sets together, evenly spread. A classifier row needs no more, and a processor takes some seconds."""


def taken_for(donor: Segmenter, data: Sequence[SegmentationFiles], classes: int) -> Tensor:
    """(classes, the donor's classes) float32: of the pixels of each class, the share that the donor gives each of its.

    data: labelled for the new classes. A class that does not occur in what is looked at has a row of zeros. Raises
    DataError for a damaged picture.
    """
    known = len(donor.card.classes)
    counts = torch.zeros(classes, known, dtype=torch.float64)
    for files, index in _spread(data):
        rgb, labels = files.read(index)
        truth, taken = torch.from_numpy(labels).flatten().long(), torch.from_numpy(donor.segment(rgb)).flatten().long()
        valid = truth < classes
        counts += torch.bincount(truth[valid] * known + taken[valid], minlength=classes * known).view(classes, known)
    return (counts / counts.sum(1, keepdim=True).clamp_min(1)).float()


def _spread(data: Sequence[SegmentationFiles]) -> list[tuple[SegmentationFiles, int]]:
    places = [(files, index) for files in data for index in range(len(files))]
    count = min(PICTURES, len(places))
    return [places[place * len(places) // count] for place in range(count)]
