"""`every-frame`: each frame once, in order, and then the end."""

from __future__ import annotations

import pytest
from tests.app.pipeline.scripted import CLASSES, WAIT_S, FakeEngine, Gate, Log, Recording, finish

from bisenet_viewer.pipeline.events import Ended, EngineOpened, SourceOpened


def test_every_frame_is_delivered_in_order_and_then_the_end(make, log):
    source, engine = Recording(20), FakeEngine()
    finish(make(source, engine))
    assert log.numbers == list(range(20))
    assert [int(result.labels[1, 3]) for result in log.results] == list(range(20))
    assert log.results[3].stage_ms == {"decode": 0.5, "pre": 1.0, "network": 2.0, "post": 3.0}
    assert log.results[3].frame.captured_at == -1.0
    assert log.count(Ended) == 1
    assert isinstance(log.entries[-1], Ended)
    assert (source.opened_on, source.closed_on) == ("capture", "capture")
    assert (engine.opened_on, engine.closed_on) == ("inference", "inference")


def test_both_openings_are_told_before_the_first_result(make, log):
    source = Recording(3)
    finish(make(source))
    assert SourceOpened(source.info) in log.entries
    assert EngineOpened(FakeEngine().info, CLASSES) in log.entries
    assert {type(entry) for entry in log.entries[:2]} == {SourceOpened, EngineOpened}


def test_an_empty_source_ends(make, log):
    finish(make(Recording(0)))
    assert log.numbers == []
    assert isinstance(log.entries[-1], Ended)


def test_nothing_is_dropped_or_hoarded_while_deliver_blocks(make):
    gate, read = Gate(), []
    log = Log(gate)
    pipeline = make(Recording(50, read.append), log=log)
    pipeline.start()
    gate.await_reached()
    # A full channel holds the capture thread long before the end.
    assert len(read) < 10
    gate.open()
    assert pipeline.join(WAIT_S)
    assert log.numbers == list(range(50))
    assert pipeline.stats().drops == {"inference busy": 0, "damaged": 0}


def test_the_stats_count(make, clock):
    source = Recording(8, lambda _k: clock.set(clock.monotonic() + 0.25))
    pipeline = make(source)
    finish(pipeline)
    stats = pipeline.stats()
    assert (stats.captured, stats.inferred) == (8, 8)
    assert stats.capture_fps == pytest.approx(4.0)
    assert stats.inference_fps > 0


def test_damaged_frames_are_counted_over_all_iterations(make, log):
    def at_frame(k: int) -> None:
        # As the video source does: it counts anew in each iteration.
        source.damaged = 0 if k in (0, 2) else source.damaged + 1

    source = Recording(5, at_frame)
    pipeline = make(source, pacing="realtime")
    pipeline.pause()
    pipeline.start()
    log.await_numbers([0])
    pipeline.seek(0.2)
    log.await_numbers([0, 2])
    pipeline.stop()
    assert source.damaged == 1
    assert pipeline.stats().drops["damaged"] == 2


def test_another_pacing_is_refused(make):
    with pytest.raises(ValueError, match="expected the pacing realtime or every-frame, got 'fast'"):
        make(Recording(), pacing="fast")
