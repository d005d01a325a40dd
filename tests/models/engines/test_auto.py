"""The trial behind `auto`, with runners whose speed is a number and a clock that they move."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bisenet.engines import choices, picking
from bisenet.engines.choices import Choice, remember, remembered
from bisenet.engines.picking import pick
from bisenet.engines.trial import ROUNDS, Candidate, Outcome, fastest
from bisenet.errors import EngineError
from bisenet.upsampling import Upsampling

PICTURE = np.zeros((1, 4, 4, 3), np.uint8)


class Clock:
    """Stands still but for the runners."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class FakeRunner:
    """Takes so many seconds, one after the other; the last again and again."""

    upsampling: Upsampling = "bilinear"
    precision = "f32"

    def __init__(self, clock: Clock, seconds: Sequence[float]) -> None:
        self.clock = clock
        self.seconds = list(seconds)
        self.runs = 0
        self.closed = False

    def run(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        assert not self.closed
        self.clock.now_s += self.seconds[min(self.runs, len(self.seconds) - 1)]
        self.runs += 1
        return np.zeros((2, *pictures.shape[1:3]), np.float32)

    def close(self) -> None:
        self.closed = True


class Field:
    """Candidates by name, "engine precision", and their runners."""

    def __init__(self, **seconds: Sequence[float]) -> None:
        self.clock = Clock()
        self.runners = {name: FakeRunner(self.clock, taken) for name, taken in seconds.items()}
        self.opened: list[str] = []

    def candidates(self) -> list[Candidate[FakeRunner]]:
        def opener(name: str) -> Candidate[FakeRunner]:
            def open_it() -> FakeRunner:
                self.opened.append(name)
                if not self.runners[name].seconds:
                    raise EngineError(f"{name} is broken")
                return self.runners[name]

            return Candidate(name, "f32", 1, open_it)

        return [opener(name) for name in self.runners]

    def fastest(self, budget_s: float = 2.0, rounds: int = ROUNDS) -> Outcome[FakeRunner]:
        return fastest(self.candidates(), PICTURE, clock=self.clock, budget_s=budget_s, rounds=rounds)


def test_the_fastest_wins_and_the_others_are_closed() -> None:
    field = Field(slow=[0.03], fast=[0.02], slower=[0.04])
    outcome = field.fastest()
    assert outcome.candidate.engine == "fast"
    assert outcome.runner is field.runners["fast"]
    assert [name for name, runner in field.runners.items() if not runner.closed] == ["fast"]
    assert list(outcome.milliseconds) == ["fast f32", "slow f32", "slower f32"]
    assert outcome.milliseconds["slow f32"] == pytest.approx(30)


def test_the_first_run_is_not_measured() -> None:
    assert Field(other=[0.03], warming=[5.0, 0.02]).fastest().candidate.engine == "warming"


def test_one_disturbed_run_does_not_decide() -> None:
    assert Field(other=[0.03], disturbed=[0.02, 0.02, 0.5, 0.02, 0.02]).fastest().candidate.engine == "disturbed"


@pytest.mark.parametrize(("later", "winner"), [(0.0097, "preferred"), (0.0093, "later")])
def test_a_later_one_wins_by_a_margin_or_not_at_all(later: float, winner: str) -> None:
    assert Field(preferred=[0.01], later=[later]).fastest().candidate.engine == winner


def test_hopeless_ones_are_not_run_again() -> None:
    field = Field(fast=[0.01], hopeless=[0.3])
    field.fastest()
    assert field.runners["hopeless"].runs == 2
    assert field.runners["fast"].runs > 5


def test_quick_ones_may_run_more_often() -> None:
    """As on a card, where a picture takes a millisecond."""
    field = Field(one=[0.001], two=[0.0011])
    field.fastest(rounds=50)
    assert [runner.runs for runner in field.runners.values()] == [51, 51]


def test_the_budget_holds_for_slow_networks() -> None:
    field = Field(one=[0.9], two=[0.8], three=[0.85])
    began = field.clock.now_s + 0.9 + 0.8 + 0.85  # the runs that are not measured
    assert field.fastest(budget_s=2.0).candidate.engine == "two"
    assert field.clock.now_s - began <= 2.0 + 0.9
    assert all(runner.runs >= 2 for runner in field.runners.values())


def test_what_cannot_be_opened_is_left_out_and_told() -> None:
    outcome = Field(broken=[], works=[0.01]).fastest()
    assert outcome.candidate.engine == "works"
    assert outcome.failures == {"broken f32": "broken is broken"}


def test_nothing_can_be_opened() -> None:
    with pytest.raises(EngineError, match=r"^first is broken$"):
        Field(first=[], second=[]).fastest()


def test_a_fault_while_measuring_closes_all() -> None:
    field = Field(one=[0.01], two=[0.01])

    def fail(_: NDArray[np.uint8]) -> NDArray[np.float32]:
        raise EngineError("it broke")

    def sabotage() -> None:
        field.runners["two"].run = fail  # type: ignore[method-assign]

    with pytest.raises(EngineError, match="it broke"):
        fastest(field.candidates(), PICTURE, clock=field.clock, ready=sabotage)
    assert all(runner.closed for runner in field.runners.values())


# ---- remembering ----


def picked(field: Field, circumstances: object = "version 1") -> tuple[str, str]:
    """Engine and reason."""
    result = pick(field.candidates(), size=(640, 360), circumstances=circumstances, ready=lambda: None)
    assert not field.runners[result.candidate.engine].closed
    return result.candidate.engine, result.reason


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch, empty_cache: Path) -> Field:
    made = Field(slow=[0.03], fast=[0.02])
    monkeypatch.setattr(picking, "fastest", lambda *args, **how: fastest(*args, clock=made.clock, **how))
    assert not empty_cache.exists()
    return made


def test_it_is_measured_once_and_remembered(field: Field) -> None:
    assert picked(field) == ("fast", "20.0 ms at 640x360; slow f32 30.0")
    field.runners["slow"].closed = False
    field.opened.clear()
    assert picked(field) == ("fast", "20.0 ms at 640x360; slow f32 30.0 (measured before)")
    assert field.opened == ["fast"]


def test_times_are_told_with_the_digits_that_tell_cards_apart(field: Field) -> None:
    field.runners["fast"].seconds = [0.00072]
    assert picked(field) == ("fast", "0.72 ms at 640x360; slow f32 30.0")


def test_other_circumstances_are_measured_anew(field: Field) -> None:
    picked(field)
    for runner, seconds in zip(field.runners.values(), ([0.01], [0.02]), strict=True):
        runner.closed, runner.seconds = False, list(seconds)
    assert picked(field, "version 2")[0] == "slow"
    field.runners["fast"].closed = False
    assert picked(field, "version 1")[0] == "fast"


def test_another_set_of_candidates_is_measured_anew(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    picked(field)
    other = Field(slow=[0.03], fast=[0.02], new=[0.001])
    monkeypatch.setattr(picking, "fastest", lambda *args, **how: fastest(*args, clock=other.clock, **how))
    assert picked(other)[0] == "new"


@pytest.mark.parametrize(
    "damage", ["", "{", "[1, 2]", "null", '{"KEY": 3}', '{"KEY": {"engine": "fast"}}', b"\xff\xfe\x00"]
)
def test_damaged_memory_is_measured_anew(
    field: Field, empty_cache: Path, damage: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    picked(field)
    file = empty_cache / "choices.json"
    (key,) = json.loads(file.read_text())
    file.write_bytes(damage if isinstance(damage, bytes) else damage.replace("KEY", key).encode())
    for runner in field.runners.values():
        runner.closed = False
    with caplog.at_level(logging.WARNING):
        assert picked(field)[1] == "20.0 ms at 640x360; slow f32 30.0"
    assert "damaged" in caplog.text
    assert list(json.loads(file.read_text())) == [key]


def test_a_remembered_one_that_fails_now_is_replaced(field: Field) -> None:
    picked(field)
    field.runners["slow"].closed = False
    field.runners["fast"].seconds = []
    assert picked(field) == ("slow", "30.0 ms at 640x360; fast f32 failed: fast is broken")


def test_the_oldest_choices_are_forgotten(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choices, "MOST_CHOICES", 3)
    for number in range(5):
        remember(str(number), Choice("torch", "f32", {"torch f32": number}))
    assert [remembered(str(number)) is not None for number in range(5)] == [False, False, True, True, True]
    assert [file.name for file in empty_cache.iterdir()] == ["choices.json"]


def test_a_folder_that_cannot_be_written_costs_only_the_memory(
    field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BISENET_CACHE", str(tmp_path / "file" / "below"))
    with caplog.at_level(logging.WARNING):
        assert picked(field)[0] == "fast"
    assert "cannot keep" in caplog.text
