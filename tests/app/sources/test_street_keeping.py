"""What is drawn for a street is kept for the next start, and never costs more than time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from bisenet_viewer.sources.demo import DemoOptions, DemoSource
from bisenet_viewer.sources.street import keeping, props
from bisenet_viewer.sources.street.canvas import Pixels
from bisenet_viewer.sources.street.keeping import FILES, keep, kept
from bisenet_viewer.sources.street.noise import to_rgb
from bisenet_viewer.sources.street.people import PHASES, Phases, draw_rider, draw_walker
from bisenet_viewer.sources.street.planes import packed
from bisenet_viewer.sources.street.scene import Street

_SEED = 11
_NOTES = {"sizes": [[1.5, 2.0]], "state": 2**127 + 1}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are kept; it is not there yet, and no street was drawn before."""
    monkeypatch.setenv("BISENET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(props, "_finished", {})
    return tmp_path / "cache" / "street"


def _pictures() -> dict[str, Pixels]:
    rng = np.random.default_rng(0)
    return {name: rng.integers(0, 256, shape, np.uint8) for name, shape in (("a", (3, 5, 4)), ("b", (2, 7, 3)))}


def _frames() -> list[Pixels]:
    """A start: all that is drawn at a few moments."""
    props._finished.clear()
    street = Street(160, 96, _SEED)
    return [array for time_s in (0.0, 31.4, 8.1) for array in street.render(time_s)]


def _file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def test_a_second_start_shows_the_same_without_drawing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _frames()
    assert _file(folder).stat().st_size < 50e6
    monkeypatch.setattr(props, "drawing_scenery", None)
    assert all(np.array_equal(one, two) for one, two in zip(first, _frames(), strict=True))
    assert [type(part) for part in props.drawing(_SEED)] == [props.Props]


def test_a_source_keeps_its_street_after_its_first_frame(folder: Path) -> None:
    frames = (frame for frame in DemoSource(DemoOptions(width=64, height=64, seed=_SEED)).frames() if frame)
    next(frames)
    assert not folder.exists()
    next(frames)
    assert _file(folder).stat().st_size < 50e6


def test_frames_after_a_source_kept_its_street_are_the_same(folder: Path) -> None:
    def frames() -> list[Pixels]:
        props._finished.clear()
        source = DemoSource(DemoOptions(width=160, height=96, seed=_SEED))
        return [frame.rgb for frame in islice(filter(None, source.frames()), 3) if isinstance(frame.rgb, np.ndarray)]

    first = frames()
    assert _file(folder).is_file()
    assert len(first) == 3
    assert all(np.array_equal(one, two) for one, two in zip(first, frames(), strict=True))


def test_a_damaged_file_is_drawn_and_written_again(folder: Path) -> None:
    first = _frames()
    sound = _file(folder).read_bytes()
    _file(folder).write_bytes(sound[:100_000] + bytes([sound[100_000] ^ 1]) + sound[100_001:])
    assert all(np.array_equal(one, two) for one, two in zip(first, _frames(), strict=True))
    assert _file(folder).read_bytes() == sound


def test_a_street_is_drawn_where_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("BISENET_CACHE", str(tmp_path / "file" / "below"))
    keep(1, _pictures(), _NOTES)
    assert kept(1) is None


@pytest.mark.usefixtures("folder")
def test_what_was_kept_comes_back() -> None:
    assert kept(1) is None
    keep(1, _pictures(), _NOTES)
    found = kept(1)
    assert found is not None
    pictures, notes = found
    assert notes == _NOTES
    assert list(pictures) == ["a", "b"]
    assert all(np.array_equal(pictures[name], pixels) for name, pixels in _pictures().items())
    assert kept(2) is None


@pytest.mark.parametrize(
    "damaged",
    [b"", b"0", b"\0" * 200, b"<html>not found</html>", b"00000000ffffffff" * 9],
    ids=["empty", "short", "zeros", "text", "lengths"],
)
def test_what_was_not_written_by_it_is_no_file(folder: Path, damaged: bytes) -> None:
    keep(1, _pictures(), _NOTES)
    _file(folder).write_bytes(damaged)
    assert kept(1) is None


def test_no_byte_can_change_or_go(folder: Path) -> None:
    keep(1, _pictures(), _NOTES)
    file = _file(folder)
    sound = file.read_bytes()
    for at in range(len(sound)):
        file.write_bytes(sound[:at] + bytes([sound[at] ^ 4]) + sound[at + 1 :])
        assert kept(1) is None
        file.write_bytes(sound[:at])
        assert kept(1) is None


def test_a_folder_in_the_files_place(folder: Path) -> None:
    keep(1, _pictures(), _NOTES)
    file = _file(folder)
    file.unlink()
    file.mkdir()
    keep(1, _pictures(), _NOTES)
    assert kept(1) is None
    assert _file(folder) == file  # and nothing half written beside it


def test_other_code_draws_its_own(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    keep(1, _pictures(), _NOTES)
    monkeypatch.setattr(keeping, "_made_by", lambda: "another")
    assert kept(1) is None
    keep(1, _pictures(), "other")
    found = kept(1)
    assert found is not None
    assert found[1] == "other"
    assert len([*folder.iterdir()]) == 2


def test_code_that_cannot_be_read_keeps_nothing(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(keeping, "_made_by", lambda: None)
    keep(1, _pictures(), _NOTES)
    assert kept(1) is None
    assert not folder.exists()


def test_few_files_are_kept(folder: Path) -> None:
    for key in range(FILES + 3):
        keep(key, _pictures(), _NOTES)
    (folder / "left.part").touch()
    keep(99, _pictures(), _NOTES)
    assert len([*folder.iterdir()]) == FILES
    assert kept(99) is not None


@pytest.mark.usefixtures("folder")
def test_several_may_write_the_same_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda _: keep(1, _pictures(), _NOTES), range(64)):
            found = kept(1)
            assert found is None or np.array_equal(found[0]["a"], _pictures()["a"])
    keep(1, _pictures(), _NOTES)
    assert kept(1) is not None


def test_planes_are_rounded_as_pictures_are() -> None:
    planes = np.random.default_rng(0).uniform(-40, 300, (3, 77, 31)).astype(np.float32)
    assert np.array_equal(packed(planes), to_rgb(planes.transpose(1, 2, 0)))
    assert np.array_equal(packed(planes, opaque=True)[..., :3], packed(planes))
    assert (packed(planes, opaque=True)[..., 3] == 255).all()


@pytest.mark.parametrize("draw", [draw_walker, draw_rider])
def test_a_phase_does_not_depend_on_those_seen_before(draw: Callable[..., Phases]) -> None:
    forwards, backwards = (draw(np.random.default_rng(5), facing=True) for _ in range(2))
    seen = {k: forwards[k].reduced(1, 1) for k in range(PHASES)}
    assert all(np.array_equal(backwards[k].reduced(1, 1), seen[k]) for k in reversed(range(PHASES)))
