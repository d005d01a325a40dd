"""What can be chosen together, and the reason where it cannot."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from bisenet.engine_names import ENGINES
from bisenet_viewer.gui.player import Request
from bisenet_viewer.gui.switching import here, options
from bisenet_viewer.gui.switching.options import Here, Option

PLAIN = Here(frozenset({"openvino", "torch"}), has_driver=False, has_cuda=False, has_bf16=False)
FULL = Here(frozenset({"openvino", "onnxruntime", "torch"}), has_driver=True, has_cuda=True, has_bf16=True)
REQUEST = Request("demo://", "street-x39")


def why_not(listed: list[Option]) -> dict[object, str]:
    return {option.value: option.why_not for option in listed if option.why_not}


def test_what_is_missing_says_so() -> None:
    assert why_not(options.engine_options(REQUEST, PLAIN)) == {
        "onnxruntime": "not installed",
        "torch-compile": "not installed",
        "tensorrt": "not installed",
    }
    assert "Triton" in options.engine_options(REQUEST, PLAIN)[4].tip
    assert options.engine_options(REQUEST, PLAIN)[2].tip == 'pip install "bisenet-viewer[onnx]"'
    assert why_not(options.device_options(REQUEST, PLAIN)) == {"cuda": "no NVIDIA driver here"}
    assert why_not(options.device_options(REQUEST, replace(PLAIN, has_driver=True))) == {
        "cuda": "torch here is without CUDA"
    }
    assert why_not(options.precision_options(REQUEST, PLAIN)) == {
        "bf16": "this processor has no bf16",
        "f16": "for NVIDIA cards",
        "int8": "needs a model exported to int8",
    }


def test_on_a_card_torch_computes_in_half_precision() -> None:
    on_card = replace(REQUEST, device="cuda")
    missing = {"torch-compile", "tensorrt"}
    assert set(why_not(options.engine_options(on_card, FULL))) == {"openvino", "onnxruntime", *missing}
    assert set(why_not(options.precision_options(on_card, FULL))) == {"int8"}
    assert set(why_not(options.context_options(on_card, FULL))) == {2, 3, 4, 6, 8}
    assert why_not(options.context_options(replace(REQUEST, device="cpu"), FULL)) == {}


def test_on_a_card_its_own_engines_can_be_chosen() -> None:
    everything = replace(FULL, engines=frozenset(ENGINES), has_onnxruntime_gpu=True)
    on_card = replace(REQUEST, device="cuda")
    assert why_not(options.engine_options(on_card, everything)) == {"openvino": "runs on the processor only"}
    assert why_not(options.engine_options(REQUEST, everything)) == {}
    assert why_not(options.engine_options(replace(REQUEST, device="cpu"), everything)) == {
        "torch-compile": "for NVIDIA cards",
        "tensorrt": "for NVIDIA cards",
    }
    cpu_build = replace(everything, has_onnxruntime_gpu=False)
    assert why_not(options.engine_options(on_card, cpu_build))["onnxruntime"] == "onnxruntime-gpu is not installed"
    assert set(why_not(options.precision_options(replace(on_card, engine="tensorrt"), everything))) == {"bf16", "int8"}


def test_where_auto_leads_to_is_followed() -> None:
    everything = replace(FULL, engines=frozenset(ENGINES))
    assert options.runs_on_card(REQUEST, everything)
    assert not options.runs_on_card(REQUEST, PLAIN)
    assert not options.runs_on_card(replace(REQUEST, engine="onnxruntime"), everything)
    assert options.runs_on_card(replace(REQUEST, engine="onnxruntime"), replace(everything, has_onnxruntime_gpu=True))
    assert options.runs_on_card(replace(REQUEST, model="a.torchscript"), everything)
    assert not options.runs_on_card(replace(REQUEST, model="a.xml"), everything)
    assert not options.runs_on_card(replace(REQUEST, model="a.onnx"), everything)
    assert options.runs_on_card(replace(REQUEST, model="a.onnx", engine="tensorrt"), everything)


def test_an_exported_model_brings_its_own_size_and_engines() -> None:
    xml = replace(REQUEST, model="/models/x39-int8.xml")
    assert set(why_not(options.engine_options(xml, FULL))) == {"onnxruntime", "torch", "torch-compile", "tensorrt"}
    assert why_not(options.precision_options(xml, FULL)) == {"f16": "for NVIDIA cards"}
    assert None not in why_not(options.size_options(xml))
    assert (640, 360) in why_not(options.size_options(xml))
    onnx = replace(REQUEST, model="x39.onnx")
    refused = why_not(options.engine_options(onnx, FULL))
    assert refused["torch"] == "this file is for openvino or onnxruntime or tensorrt"
    assert why_not(options.device_options(onnx, FULL)) == {"cuda": "nothing here runs this file on a card"}
    assert why_not(options.device_options(replace(REQUEST, engine="openvino"), FULL)) == {
        "cuda": "openvino runs on the processor"
    }


def test_ones_own_size_is_listed() -> None:
    assert [option.value for option in options.size_options(REQUEST)] == [None, *options.SIZES, options.OWN]
    own = replace(REQUEST, imgsz=(800, 448))
    assert options.size_options(own)[-2].text == "800×448"


def test_what_runs_is_always_among_the_models() -> None:
    listed = options.model_options(("street-r18", "street-x39"), ("/a/b.safetensors",), "/c/mine.onnx")
    assert [option.text for option in listed] == ["street-r18", "street-x39", "mine.onnx", "b.safetensors"]
    assert listed[2].tip == "/c/mine.onnx"
    assert len(options.model_options(("street-x39",), ("street-x39",), "street-x39")) == 1


@pytest.mark.parametrize(
    ("asked", "fitting"),
    [
        ({"device": "cuda", "engine": "openvino"}, {"device": "cuda", "engine": "auto"}),
        ({"model": "a.xml", "engine": "torch", "imgsz": (640, 360)}, {"engine": "auto", "imgsz": None}),
        ({"precision": "int8"}, {"precision": "auto"}),
        ({"engine": "onnxruntime", "precision": "bf16", "device": "cpu"}, {"precision": "auto"}),
        ({"device": "cuda", "context_every": 4}, {"context_every": 1}),
        ({"device": "cpu", "context_every": 4, "engine": "openvino"}, {"context_every": 4}),
    ],
)
def test_what_cannot_go_together_becomes_auto(asked: dict[str, object], fitting: dict[str, object]) -> None:
    request = replace(REQUEST, **asked)  # type: ignore[arg-type]
    assert options.fitted(request, FULL) == replace(request, **fitting)  # type: ignore[arg-type]


def test_what_fits_stays_and_fitting_twice_changes_nothing() -> None:
    request = replace(REQUEST, engine="openvino", precision="f32", imgsz=(640, 360), context_every=2)
    assert options.fitted(request, PLAIN) == request
    odd = replace(REQUEST, model="a.xml", device="cuda", engine="torch", precision="f16", imgsz=(8, 8), context_every=3)
    once = options.fitted(odd, FULL)
    assert options.fitted(once, FULL) == once


@pytest.mark.parametrize(
    ("asked", "here_", "tried"),
    [
        ({}, PLAIN, ("auto",)),
        ({}, FULL, ("f32", "f16")),
        ({"device": "cpu"}, FULL, ("f32", "bf16")),
        ({"engine": "onnxruntime"}, FULL, ("auto",)),
        ({"precision": "f32"}, FULL, ("f32",)),
    ],
)
def test_tuning_tries_the_precisions_that_are_worth_it(
    asked: dict[str, object], here_: Here, tried: tuple[str, ...]
) -> None:
    assert options.precisions_to_try(replace(REQUEST, **asked), here_) == tried  # type: ignore[arg-type]


def test_a_request_in_words() -> None:
    assert options.request_text(REQUEST) == "street-x39"
    whole = replace(REQUEST, model="/m/a.onnx", engine="torch", precision="f32", imgsz=(640, 360))
    assert options.request_text(whole) == "a.onnx · torch · f32 · 640×360"


def test_this_machine_is_looked_up() -> None:
    found = here.this_machine()
    assert "torch" in found.engines
    assert {"street-r18", "street-x39"} <= set(here.bundled_names())


@pytest.mark.parametrize(
    ("version", "has_cuda"), [("2.9.0+cpu", False), ("2.9.0+cu128", True), ("2.9.0", sys.platform == "linux")]
)
def test_builds_of_torch_are_known_by_their_version(
    monkeypatch: pytest.MonkeyPatch, version: str, has_cuda: bool
) -> None:
    monkeypatch.setattr(here, "version", lambda _name: version)
    assert here._has_cuda() == has_cuda
