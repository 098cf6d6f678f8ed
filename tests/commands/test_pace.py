"""A long step says how fast it goes and how long it will take, from what was done and not from what is hoped."""

from __future__ import annotations

import pytest

from archive.commands.pace import SAID_EVERY, Pace, duration, lines


class Clock:
    """A clock that goes when it is told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_speed_is_that_of_the_last_minutes() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert str(pace) == ""
    pace.tell(0, 1000)
    assert str(pace) == ""
    clock.now += 10
    pace.tell(400, 1000)
    assert str(pace) == "40 a second, 15 s left"
    for _ in range(100):  # scans from here on
        clock.now += 10
        pace.tell(pace.done + 2, 1000)
    assert str(pace) == "0.20 a second, 33 min left"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (119, "119 s"), (121, "2 min"), (3_600, "60 min"), (90_000, "25 h 00 min")]
)
def test_a_wait_is_said_as_a_person_says_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_without_a_terminal_a_line_is_said_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    report = lines(clock)
    for done in range(0, 101, 10):
        report("reading captures", done, 200)
        clock.now += SAID_EVERY / 5
    assert capsys.readouterr().err.splitlines() == [
        "reading captures: 50 of 200, 1.67 a second, 90 s left",
        "reading captures: 100 of 200, 1.67 a second, 60 s left",
    ]
