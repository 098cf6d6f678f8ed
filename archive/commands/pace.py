"""How fast a long step goes and how long it will take: beside a bar on a terminal, in a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import click
from click._termui_impl import ProgressBar

from archive.commands.common import say
from archive.steps import Progress

SAID_EVERY = 30.0
_WINDOW = 300.0
"""Seconds that the speed is taken over: scans come in runs, and are a hundred times slower than pages."""


class Pace:
    """The speed of a step from what it was told; `clock` in seconds, `done` what was told last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: deque[tuple[float, int]] = deque()
        self._left = 0
        self.done = 0

    def tell(self, done: int, total: int) -> None:
        """Takes note of how much is done now."""
        now = self._clock()
        self._told.append((now, done))
        while len(self._told) > 2 and now - self._told[1][0] >= _WINDOW:
            self._told.popleft()
        self.done, self._left = done, total - done

    def __str__(self) -> str:
        """Documents a second and what that makes of the rest, or nothing before there is something to go by."""
        if not self._told:
            return ""
        (since, before), (now, done) = self._told[0], self._told[-1]
        if now <= since or done <= before:
            return ""
        speed = (done - before) / (now - since)
        return f"{speed:.{0 if speed >= 10 else 2}f} a second, {duration(self._left / speed)} left"


def duration(seconds: float) -> str:
    """A time to wait as a person says it: seconds, minutes, or hours and minutes."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"


@contextmanager
def paced() -> Iterator[Progress]:
    """Shows how far steps are, how fast they go and how long they will take, on stderr."""
    if sys.stderr.isatty():
        with _bars() as report:
            yield report
    else:
        yield lines()


@contextmanager
def _bars() -> Iterator[Progress]:
    with ExitStack() as open_bars:
        shown: dict[str, tuple[ProgressBar[int], Pace]] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in shown:
                open_bars.close()
                pace = Pace()
                bar: ProgressBar[int] = click.progressbar(
                    length=total,
                    label=step,
                    file=sys.stderr,
                    show_pos=True,
                    show_eta=False,
                    item_show_func=lambda _: str(pace),
                )
                shown[step] = open_bars.enter_context(bar), pace
            shown_bar, pace = shown[step]
            pace.tell(done, total)
            shown_bar.update(done - shown_bar.pos, done)

        yield report


def lines(clock: Callable[[], float] = time.monotonic) -> Progress:
    """Says on stderr how far steps are, at most twice a minute; a step that is soon done says nothing."""
    paces: dict[str, tuple[Pace, float]] = {}

    def report(step: str, done: int, total: int) -> None:
        pace, said = paces.setdefault(step, (Pace(clock), clock()))
        pace.tell(done, total)
        if clock() - said >= SAID_EVERY:
            paces[step] = pace, clock()
            say(f"{step}: {done} of {total}" + (f", {pace}" if str(pace) else ""))

    return report
