"""What the options ask for: sizes, configurations, and options that do not fit together."""

from __future__ import annotations

import pytest

from bisenet_viewer.benchmark.options import BenchmarkOptions, what_to_measure
from bisenet_viewer.benchmark.plan import ALL_SIZES, DEFAULT_SIZES, Configuration, Sizes, configurations, fitted
from bisenet_viewer.errors import SourceError, UsageError


@pytest.mark.parametrize(
    ("text", "picture", "imgsz"),
    [("640x360", (640, 360), (640, 360)), ("2048x1024@1536x768", (2048, 1024), (1536, 768))],
)
def test_a_size_is_of_the_picture_and_of_the_input(text, picture, imgsz):
    sizes = Sizes.parse(text)
    assert (sizes.picture, sizes.imgsz) == (picture, imgsz)
    assert str(sizes) == text


@pytest.mark.parametrize("text", ["640", "640x", "640x360@", "16x360", "640x9000", "640x360@640", "axb"])
def test_a_bad_size_is_told_with_an_example(text):
    with pytest.raises(ValueError, match="such as 1280x720@640x360"):
        Sizes.parse(text)


def test_all_combinations_size_by_size_with_their_baseline():
    sizes = (Sizes.parse("640x360"), Sizes.parse("1280x720"))
    wanted = configurations(["a", "b"], ["torch", "torch", "openvino"], [], sizes, baseline=True)
    assert [each.label for each in wanted[:6]] == [
        "a torch auto 640x360", "a openvino auto 640x360", "a baseline 640x360",
        "b torch auto 640x360", "b openvino auto 640x360", "b baseline 640x360",
    ]  # fmt: skip
    assert {each.sizes for each in wanted[6:]} == {sizes[1]}
    assert len(wanted) == 12


def test_a_file_is_called_by_its_name_alone():
    assert Configuration("/home/someone/m.safetensors", DEFAULT_SIZES[1]).label == "m.safetensors auto auto 640x360"
    assert Configuration("enet/paper", DEFAULT_SIZES[1]).label == "enet/paper auto auto 640x360"
    files = [
        Configuration(name, DEFAULT_SIZES[1]).file for name in ("a/b/m8.xml", "m8.onnx", "street-x39", "enet/paper")
    ]
    assert files == ["m8.xml", "m8.onnx", None, None]


@pytest.mark.parametrize(
    ("picture", "imgsz"), [((1280, 720), (640, 360)), ((960, 540), (640, 360)), ((480, 640), (640, 856))]
)
def test_a_file_is_run_640_wide(picture, imgsz):
    assert fitted(picture).imgsz == imgsz


def test_the_short_set_and_the_whole_one():
    short, source = what_to_measure(BenchmarkOptions(["m"]))
    assert [each.sizes for each in short] == list(DEFAULT_SIZES)
    assert source == "demo street"
    assert len(what_to_measure(BenchmarkOptions(["m"], quick=True))[0]) == 1
    everything, _ = what_to_measure(BenchmarkOptions(["m"], all=True))
    assert {each.sizes for each in everything} == set(ALL_SIZES)
    assert {(each.engine, each.precision) for each in everything} >= {("torch", "f32"), ("openvino", "int8")}
    on_card, _ = what_to_measure(BenchmarkOptions(["m"], all=True, device="cuda:1"))
    assert {each.engine for each in on_card} == {"torch", "onnxruntime", "tensorrt"}


def test_table_5_measures_the_networks_of_its_rows():
    wanted, _ = what_to_measure(BenchmarkOptions(["street-x39"], table="5", engines=["torch"]))
    assert len(wanted) == 12
    assert [each.model for each in wanted[:4]] == [
        "segnet/paper", "enet/paper", "bisenetv1-x39/torchseg", "bisenetv1-r18/torchseg",
    ]  # fmt: skip
    assert all(each.network_only and each.engine == "torch" for each in wanted)


def test_a_clip_is_taken_in_its_own_size(make_clip):
    path = str(make_clip(width=96, height=64))
    (only,), name = what_to_measure(BenchmarkOptions(["m"], source=path, clip_s=1.0))
    assert (only.sizes, name) == (Sizes((96, 64), (640, 424)), "clip.mkv")
    with pytest.raises(UsageError, match="as they are, 96x64: 640x360 is another size"):
        what_to_measure(BenchmarkOptions(["m"], source=path, clip_s=1.0, sizes=[Sizes.parse("640x360")]))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"all": True, "quick": True}, "exclude each other"),
        ({"table": "5", "baseline": True}, "its own networks"),
        ({"table": "5", "engines": ["torch", "openvino"]}, "one engine"),
    ],
)
def test_what_does_not_fit_together(options, text):
    with pytest.raises(UsageError, match=text):
        what_to_measure(BenchmarkOptions(["m"], **options))


def test_a_source_that_is_not_there_is_told_at_once():
    with pytest.raises(SourceError, match="no such file"):
        what_to_measure(BenchmarkOptions(["m"], source="nowhere.mp4"))
