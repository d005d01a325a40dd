"""The class ids that the street is labelled with: those of `assets/classes/camvid11.yaml`."""

from __future__ import annotations

from enum import IntEnum


class Class(IntEnum):
    """CamVid's 11 classes in the order of the SegNet layout."""

    SKY = 0
    BUILDING = 1
    POLE = 2
    ROAD = 3
    PAVEMENT = 4
    TREE = 5
    SIGN = 6
    FENCE = 7
    CAR = 8
    PEDESTRIAN = 9
    BICYCLIST = 10
