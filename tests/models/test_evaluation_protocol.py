"""Protocols: sizes, windows, and what the command line may ask for."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from bisenet.errors import ConfigError
from bisenet.evaluation.protocol import PROTOCOLS, WHOLE, Protocol, parse_protocol, window_places


@pytest.mark.parametrize(
    ("name", "imgsz"), [("whole", None), ("v1", (1536, 768)), ("v2", (1024, 512)), ("sliding", None), ("ms", None)]
)
def test_input_of_a_cityscapes_picture(name: str, imgsz: tuple[int, int] | None) -> None:
    assert PROTOCOLS[name].imgsz(2048, 1024) == imgsz


def test_sizes_are_multiples_of_8_and_at_least_32() -> None:
    assert PROTOCOLS["v1"].imgsz(481, 361) == (360, 272)
    assert PROTOCOLS["v2"].imgsz(40, 2000) == (32, 1000)


def test_scales_are_of_the_models_own_size() -> None:
    assert PROTOCOLS["ms"].view_sizes(2048, 1024, 1024) == [
        (1024, 512), (1536, 768), (2048, 1024), (2560, 1280), (3072, 1536), (3584, 1792),
    ]  # fmt: skip
    assert WHOLE.view_sizes(640, 480, 240) == [(320, 240)]


def test_which_ones_average() -> None:
    assert [name for name, protocol in PROTOCOLS.items() if protocol.averages] == ["sliding", "ms"]
    assert not parse_protocol("ms", scales="1", flip=False).averages


def test_windows_of_the_official_code() -> None:
    # 2048 wide, 1024 windows, step ceil(1024 * 5/6) = 854: the last is pushed back to the edge.
    assert window_places(2048, 1024, 5 / 6) == [(0, 1024), (854, 1878), (1024, 2048)]
    assert window_places(1024, 1024, 5 / 6) == [(0, 1024)]
    assert window_places(700, 1024, 5 / 6) == [(0, 700)]
    assert window_places(300, 100, 1.0) == [(0, 100), (100, 200), (200, 300)]


@pytest.mark.parametrize("length", [100, 101, 150, 999])
@pytest.mark.parametrize("stride", [0.3, 5 / 6, 1.0])
def test_windows_cover_the_side(length: int, stride: float) -> None:
    places = window_places(length, 64, stride)
    assert places[0][0] == 0
    assert places[-1][1] == length
    assert all(end - begin == 64 for begin, end in places)
    assert all(after[0] <= before[1] for before, after in pairwise(places))


def test_the_command_lines_words() -> None:
    protocol = parse_protocol("sliding", window="512x256", stride="1/2", scales="0.5,1,2", flip=True)
    assert protocol == Protocol("sliding", None, (512, 256), 0.5, (0.5, 1.0, 2.0), flip=True)
    assert str(protocol) == "sliding (windows 512x256 at stride 0.5, scales 0.5 1 2, mirrored too)"
    assert parse_protocol("ms", window="512x512").flip
    assert parse_protocol("ms", flip=False).scales == (0.5, 0.75, 1, 1.25, 1.5, 1.75)
    assert parse_protocol("whole") is not None
    assert str(parse_protocol("whole")) == "whole"
    assert str(PROTOCOLS["v1"]) == "v1 (at 0.75 of the picture's size)"


def test_plain_values_hold_what_is_used() -> None:
    assert PROTOCOLS["v2"].to_dict() == {"name": "v2", "share": 0.5}
    assert PROTOCOLS["sliding"].to_dict() == {
        "name": "sliding", "share": None, "window": [1024, 1024], "stride": 0.833333, "scales": [1.0], "flip": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("hole", {}, "unknown protocol 'hole': choose one of whole, v1, v2, sliding, ms"),
        ("v1", {"window": "512x512"}, "--window is for the protocols sliding and ms, not v1"),
        ("whole", {"scales": "1,2"}, "--scales is for the protocols sliding and ms, not whole"),
        ("whole", {"flip": True}, "--flip is for"),
        ("ms", {"stride": "5/6"}, "give --window too"),
        ("sliding", {"window": "512"}, "--window is WIDTHxHEIGHT such as 1024x1024, got '512'"),
        ("sliding", {"window": "0x512"}, "window 0x512 is out of range"),
        ("sliding", {"stride": "0"}, "stride 0 must lie above 0"),
        ("sliding", {"stride": "5/0"}, "--stride is a share of the window such as 5/6 or 0.5, got '5/0'"),
        ("sliding", {"stride": "nan"}, "stride nan must lie"),
        ("ms", {"scales": "1,x"}, "--scales are numbers such as 0.5,1,1.5, got 'x'"),
        ("ms", {"scales": "1,,2"}, "--scales are numbers"),
        ("ms", {"scales": "0"}, "scales must lie between 0.1 and 4"),
        ("ms", {"scales": "1,nan"}, "scales must lie between 0.1 and 4"),
        ("ms", {"scales": "1,1.0"}, "scales must differ"),
    ],
)
def test_nonsense_is_refused_in_one_line(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_protocol(name, **options)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
