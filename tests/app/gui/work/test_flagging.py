"""Flagged frames: a data set that training takes as it stands, and never a picture without its mask."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.app.gui.work.conftest import CLASSES, make_result, names

from bisenet.classes import load_classes
from bisenet.data import open_dataset
from bisenet.data.check import check
from bisenet_viewer.gui.work import flag_folder
from bisenet_viewer.gui.work.flagging import Flags
from bisenet_viewer.gui.work.naming import identity

SOURCE = "/data/clip.mp4"
STEM = f"clip-{identity(SOURCE)}"


@pytest.fixture
def flags(tmp_path):
    made = Flags(tmp_path / "flagged")
    yield made
    assert made.close()


def flag(qtbot, flags, index, *, source=SOURCE, classes=CLASSES, live=False, **options):
    with qtbot.waitSignal(flags.flagged) as told:
        flags.flag(make_result(index, **options), classes, source, live=live)
    return told.args


def test_the_folder_is_a_data_set_that_passes_the_check_and_is_read_as_it_was(qtbot, flags):
    counts = [flag(qtbot, flags, k)[0] for k in (0, 7, 40)]
    assert counts == [1, 2, 3]
    stems = [f"{STEM}_{time}" for time in ("000000.000", "000000.280", "000001.600")]
    assert names(flags.folder) == sorted(
        ["classes.yaml", *(f"{kind}/{stem}.png" for kind in ("images", "masks") for stem in stems)]
    )
    report = check(f"folder:{flags.folder}")
    assert report.faults == ()
    assert [(split.name, split.pictures) for split in report.splits] == [("train", 3)]
    # As `bisenet train finetune --set classes=DIR/classes.yaml` reads it.
    classes = load_classes(str(flags.folder / "classes.yaml"))
    assert classes == CLASSES
    files = open_dataset(f"folder:{flags.folder}", "train", classes)
    for k, (rgb, labels) in zip((0, 7, 40), (files.read(i) for i in range(3)), strict=True):
        result = make_result(k)
        assert np.array_equal(rgb, result.frame.rgb)
        assert np.array_equal(labels, result.labels)


def test_a_model_with_raw_ids_is_written_with_its_class_ids(qtbot, flags):
    cityscapes = load_classes("cityscapes19")
    assert cityscapes.raw_ids
    flag(qtbot, flags, 3, classes=cityscapes)
    flag(qtbot, flags, 4, classes=cityscapes)
    assert check(f"folder:{flags.folder}").faults == ()
    _, labels = open_dataset(f"folder:{flags.folder}", "train", cityscapes).read(0)
    assert np.array_equal(labels, make_result(3).labels)


def test_a_frame_is_never_flagged_twice(qtbot, flags):
    flag(qtbot, flags, 5)
    before = names(flags.folder)
    with qtbot.waitSignal(flags.failed) as told:
        flags.flag(make_result(5), CLASSES, SOURCE, live=False)
    assert told.args == ["This frame is flagged already"]
    assert names(flags.folder) == before
    assert flag(qtbot, flags, 5, source="/other/clip.mp4")[0] == 2


def test_live_frames_are_called_after_the_moment_so_that_the_next_start_has_other_names(qtbot, flags):
    _, first = flag(qtbot, flags, 0, source="0", live=True, captured_at=1000.25)
    _, second = flag(qtbot, flags, 0, source="0", live=True, captured_at=1000.5)
    assert first != second
    assert Path(first).name.startswith(f"camera0-{identity('0')}_20")
    with qtbot.waitSignal(flags.failed):
        flags.flag(make_result(0, captured_at=1000.25), CLASSES, "0", live=True)


def test_a_folder_of_other_classes_is_refused_in_one_line(qtbot, flags):
    flag(qtbot, flags, 0)
    other = replace(CLASSES, names=("sky", "road", "tram"))
    with qtbot.waitSignal(flags.failed) as told:
        flags.flag(make_result(1), other, SOURCE, live=False)
    assert told.args == [f"{flags.folder} holds frames of a model with other classes; choose another folder"]
    # The same classes in other colours are the same classes.
    assert flag(qtbot, flags, 1, classes=replace(CLASSES, palette=((1, 1, 1), (2, 2, 2), (3, 3, 3))))[0] == 2


def test_a_class_list_that_cannot_be_read_is_told(qtbot, flags):
    flags.folder.mkdir()
    (flags.folder / "classes.yaml").write_text("rubbish: [", "utf-8")
    with qtbot.waitSignal(flags.failed) as told:
        flags.flag(make_result(1), CLASSES, SOURCE, live=False)
    assert "cannot read class list" in told.args[0]
    assert "\n" not in told.args[0]


def test_a_flag_can_be_taken_back(qtbot, flags):
    flag(qtbot, flags, 0)
    _, path = flag(qtbot, flags, 1)
    with qtbot.waitSignal(flags.removed) as told:
        flags.remove(path)
    assert told.args == [1, path]
    assert names(flags.folder) == [
        "classes.yaml", f"images/{STEM}_000000.000.png", f"masks/{STEM}_000000.000.png",
    ]  # fmt: skip
    assert flag(qtbot, flags, 1)[0] == 2


@pytest.mark.parametrize("fails_at", ["mask", "image"])
def test_a_full_disk_leaves_no_picture_without_its_mask(qtbot, flags, monkeypatch, fails_at):
    flag(qtbot, flags, 0)
    before = names(flags.folder)
    real, calls = flag_folder.write_part, []

    def full(folder, data):
        calls.append(data)
        if len(calls) == (1 if fails_at == "mask" else 2):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(folder, data)

    monkeypatch.setattr(flag_folder, "write_part", full)
    with qtbot.waitSignal(flags.failed) as told:
        flags.flag(make_result(1), CLASSES, SOURCE, live=False)
    assert told.args == [f"The frame was not flagged: {flags.folder}: No space left on device"]
    assert names(flags.folder) == before


def test_a_name_that_cannot_be_given_leaves_no_mask(qtbot, flags, monkeypatch):
    flag(qtbot, flags, 0)
    before = names(flags.folder)

    def broken(_part, _path):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(flag_folder, "take_name", broken)
    with qtbot.waitSignal(flags.failed):
        flags.flag(make_result(1), CLASSES, SOURCE, live=False)
    assert names(flags.folder) == before


def test_a_mask_that_a_killed_process_left_is_in_nobodys_way(qtbot, flags):
    flag(qtbot, flags, 0)
    (flags.folder / "images" / f"{STEM}_000000.000.png").unlink()
    assert flag(qtbot, flags, 0)[0] == 1
    assert check(f"folder:{flags.folder}").faults == ()
