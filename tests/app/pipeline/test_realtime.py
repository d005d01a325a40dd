"""`realtime`: recordings at their own speed, cameras always in the present, and pauses."""

from __future__ import annotations

from tests.app.pipeline.scripted import RATE, WAIT_S, Camera, FakeEngine, Gate, Recording

from bisenet_viewer.pipeline.events import Ended, EngineOpened, SourceOpened


def test_frames_are_released_at_their_time(make, log, clock):
    pipeline = make(Recording(3), pacing="realtime")
    pipeline.start()
    log.await_numbers([0])
    clock.await_sleeper(1000.1)
    clock.set(1000.09)
    clock.await_sleeper(1000.1)
    assert log.numbers == [0]
    clock.set(1000.11)
    log.await_numbers([0, 1])
    clock.await_sleeper(1000.2)
    clock.set(1000.2)
    log.await_event(Ended)
    assert log.numbers == [0, 1, 2]
    assert [result.frame.captured_at for result in log.results] == [1000.0, 1000.11, 1000.2]


def test_the_newest_wins_while_inference_is_busy_and_the_last_frame_is_kept(make, log, clock):
    gate, source = Gate(), Recording(5)
    pipeline = make(source, FakeEngine(gate), pacing="realtime")
    pipeline.start()
    gate.await_reached()
    for k in (1, 2, 3, 4):
        clock.await_sleeper(1000 + k / RATE)
        clock.set(1000 + k / RATE)
    assert source.read_out.wait(WAIT_S)
    gate.open()
    log.await_event(Ended)
    assert log.numbers == [0, 4]
    stats = pipeline.stats()
    assert stats.drops == {"inference busy": 3, "damaged": 0}
    assert stats.captured == stats.inferred + 3 == 5


def test_a_recording_waits_for_the_engine(make, log, clock):
    opening, read = Gate(), []

    def open_engine() -> FakeEngine:
        opening(0)
        return FakeEngine()

    pipeline = make(Recording(3, read.append), open_engine, pacing="realtime")
    pipeline.start()
    opening.await_reached()
    log.await_event(SourceOpened)
    clock.set(2000.0)
    opening.open()
    log.await_numbers([0])
    clock.await_sleeper(2000.1)
    assert log.results[0].frame.captured_at == 2000.0
    assert pipeline.stats().drops["inference busy"] == 0


def test_of_a_camera_the_newest_frame_waits_while_the_engine_opens(make, log):
    opening, camera = Gate(), Camera()

    def open_engine() -> FakeEngine:
        opening(0)
        return FakeEngine()

    pipeline = make(camera, open_engine, pacing="realtime")
    pipeline.start()
    opening.await_reached()
    for k in range(5):
        camera.show(k)
    opening.open()
    log.await_numbers([4])
    assert log.results[0].frame.captured_at == -1.0
    stats = pipeline.stats()
    assert (stats.captured, stats.inferred) == (1, 1)
    assert stats.drops["inference busy"] == 0


def test_a_paused_camera_is_read_on_and_shows_the_present_afterwards(make, log):
    camera = Camera()
    pipeline = make(camera, pacing="realtime")
    pipeline.start()
    log.await_event(EngineOpened)
    camera.show(1)
    log.await_numbers([1])
    pipeline.pause()
    for k in range(2, 9):
        camera.show(k)
    assert pipeline.stats().captured == 1
    pipeline.resume()
    camera.show(9)
    log.await_numbers([1, 9])


def test_a_pause_holds_the_frames_and_the_next_is_due_at_once_afterwards(make, log, clock):
    pipeline = make(Recording(4), pacing="realtime")
    pipeline.start()
    log.await_numbers([0])
    clock.await_sleeper(1000.1)
    pipeline.pause()
    assert pipeline.paused
    clock.set(1500.0)
    assert log.numbers == [0]
    pipeline.resume()
    assert not pipeline.paused
    log.await_numbers([0, 1])
    clock.await_sleeper(1500.1)


def test_after_the_shortest_pause_too(make, log, clock):
    pipeline = make(Recording(4), pacing="realtime")
    pipeline.start()
    log.await_numbers([0])
    clock.await_sleeper(1000.1)
    pipeline.pause()
    clock.await_no_sleeper()
    pipeline.resume()
    log.await_numbers([0, 1])


def test_paused_before_the_start_only_the_first_frame_comes(make, log):
    pipeline = make(Recording(4), pacing="every-frame")
    pipeline.pause()
    pipeline.start()
    log.await_numbers([0])
    assert not pipeline.join(0.02)
    assert log.numbers == [0]
    pipeline.resume()
    assert pipeline.join(WAIT_S)
    assert log.numbers == [0, 1, 2, 3]
