"""What passes between a pass, its workers and the processes that read for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archive.models import Capture
from archive.parsing import Parsed


@dataclass(frozen=True, slots=True)
class Answer:
    """What one capture came to, `parsed`, or why it came to nothing there.

    `damage` says that the bytes are not those that were received, as a worker sees them; `trouble` that the worker
    could not read them at all. Neither says anything on the document yet.
    """

    parsed: Parsed | None = None
    damage: str | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What a reader needs before its first capture: the address of the captures, and whether to read scans."""

    store: str
    ocr: bool


@dataclass(frozen=True, slots=True)
class Job:
    """A stretch for a worker, with the setup of the machine that asks, which its own must equal."""

    captures: tuple[Capture, ...]
    order: Order
    setup: Mapping[str, str]
