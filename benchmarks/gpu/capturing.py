"""Work as a CUDA graph, for those who measure it: no launch is waited for."""

from __future__ import annotations

from collections.abc import Callable

import torch

from bisenet.engines.cuda.card import open_card


def captured(
    work: Callable[[], object], device: torch.device, before: Callable[[], object] | None = None
) -> Callable[[], None]:
    """What runs the work again, on whatever stream is current then; elsewhere than on a card the work itself.

    before: what makes it ready, on the stream that it is captured on, which libraries tie their workspaces to.
    """

    def run() -> None:
        work()

    if device.type != "cuda":
        (before or run)()
        return run
    card = open_card(device)
    stream = card.stream()
    stream.wait_for_default()
    with stream.current():
        (before or run)()
        run()
        torch.cuda.current_stream(device).synchronize()
        replay = card.capture(run, card.pool())
    torch.cuda.synchronize(device)
    return replay
