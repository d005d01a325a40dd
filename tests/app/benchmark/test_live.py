"""The figures for a program that looks on: told while they grow, and ended when nobody wants them."""

from __future__ import annotations

import pytest
from tests.app.benchmark.fakes import FakeSubject

from bisenet_viewer.benchmark import live
from bisenet_viewer.benchmark.bench import Order
from bisenet_viewer.benchmark.plan import Configuration, Sizes
from bisenet_viewer.benchmark.schedule import Limits
from bisenet_viewer.errors import SourceError, UsageError

SMALL, LARGE = Sizes.parse("640x360"), Sizes.parse("1280x720")
LIMITS = Limits(repeats=20, seconds=None)


def wanted(*pairs: tuple[str, Sizes]) -> list[Configuration]:
    return [Configuration(model, sizes, network_only=True) for model, sizes in pairs]


def run(configurations: list[Configuration], open_subject, check=lambda: None) -> list[dict]:
    told: list[dict] = []
    live.measure(configurations, told.append, check, open_subject=open_subject, limits=LIMITS)
    return told


def test_medians_are_told_as_repeats_are_added():
    subjects: list[FakeSubject] = []

    def open_subject(order: Order, _check) -> FakeSubject:
        subjects.append(FakeSubject(order, 20.0 if order.configuration.model == "a" else 40.0, []))
        return subjects[-1]

    told = run(wanted(("a", SMALL), ("b", SMALL), ("a", LARGE)), open_subject)
    figures = [line for line in told if line["kind"] == "figure"]
    assert {(line["model"], tuple(line["size"])) for line in figures} == {
        ("a", (640, 360)),
        ("b", (640, 360)),
        ("a", (1280, 720)),
    }
    last = {(line["model"], tuple(line["size"])): line for line in figures}
    assert last["a", (640, 360)]["repeats"] == 20
    assert last["a", (640, 360)]["ms"] == pytest.approx(21.5)
    assert last["b", (640, 360)]["ms"] == pytest.approx(41.5)
    assert told[-1]["kind"] == "done"
    assert all(subject.closed for subject in subjects)


def test_the_models_of_a_size_take_turns_and_those_of_the_next_come_later():
    log: list[str] = []

    def open_subject(order: Order, _check) -> FakeSubject:
        model = order.configuration.model
        return FakeSubject(order, 20.0, [], before_turn=lambda _: log.append(f"{model} {order.configuration.sizes}"))

    run(wanted(("a", SMALL), ("b", SMALL), ("c", LARGE)), open_subject)
    first = [line for line in log if "640x360" in line]
    assert log[: len(first)] == first
    assert first[:4] != ["a 640x360"] * 4
    assert first.count("a 640x360") == first.count("b 640x360")


def test_what_cannot_be_measured_is_told_once_and_the_rest_goes_on():
    def open_subject(order: Order, _check) -> FakeSubject:
        if order.configuration.model == "a":
            raise SourceError("no such thing")
        return FakeSubject(order, 20.0, [])

    told = run(wanted(("a", SMALL), ("b", SMALL), ("a", LARGE)), open_subject)
    assert [(line["what"], line["why"]) for line in told if line["kind"] == "left_out"] == [
        ("a at 640x360", "no such thing")
    ]
    assert {line["model"] for line in told if line["kind"] == "figure"} == {"b"}


def test_it_ends_when_it_is_told_to():
    subjects: list[FakeSubject] = []

    def open_subject(order: Order, _check) -> FakeSubject:
        subjects.append(FakeSubject(order, 20.0, []))
        return subjects[-1]

    def check() -> None:
        if subjects and subjects[0].turns == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(wanted(("a", SMALL)), open_subject, check)
    assert subjects[0].closed


@pytest.mark.parametrize("text", ["street-x39", "street-x39@640", "street-x39@9x9"])
def test_what_is_wanted_has_to_be_named(text: str):
    with pytest.raises(UsageError, match=text):
        live.main([text])
