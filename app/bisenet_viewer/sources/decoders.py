"""What may decode in the processor's place: a device whose pictures are fetched, or a card that keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import av
from av.container import InputContainer

from bisenet_viewer.sources import hardware
from bisenet_viewer.sources.picture import Converter

if TYPE_CHECKING:
    from bisenet.engines.cuda.pictures import Picture


class GaveUpError(Exception):
    """A device cannot go on; the processor can."""


class DeviceDecoder(Protocol):
    """Opens a file as often as it is asked to, and makes its pictures ready."""

    @property
    def name(self) -> str:
        """One of `hardware.DEVICES`, or `cuda:N` where the pictures stay."""
        ...

    def open(self, path: Path) -> InputContainer:
        """A container whose packets it decodes. Raises GaveUpError."""
        ...

    def pixels(self, frame: av.VideoFrame) -> Picture:
        """A decoded picture as a `Frame` takes it.

        Raises av.FFmpegError or ValueError for a picture that cannot be converted; GaveUpError.
        """
        ...


@dataclass(frozen=True, slots=True)
class FetchingDevice:
    """A device whose pictures are fetched from it."""

    name: str
    converter: Converter

    def open(self, path: Path) -> InputContainer:
        try:
            return hardware.open_on(path, self.name)
        except hardware.FAULTS as error:
            raise GaveUpError(error) from error

    def pixels(self, frame: av.VideoFrame) -> Picture:
        return self.converter.rgb(frame)


def device_decoder(
    path: Path, first: av.VideoFrame, converter: Converter, codec: str, card: int | None
) -> DeviceDecoder | None:
    """The best device that decodes a file's first picture as the processor did; None: there is none, or not worth it.

    first: that picture. codec: the name of the processor's decoder. card: the CUDA card whose engine will read the
    frames; None: the processor will.
    """
    if card is not None:
        from bisenet_viewer.sources.on_card import card_decoder  # torch with it, which the engine there needs as well

        keeping = card_decoder(path, first, converter, codec, card)
        if keeping is not None:
            return keeping
    device = hardware.decoding_device(path, first, converter.rgb, codec)
    return None if device is None else FetchingDevice(device, converter)
