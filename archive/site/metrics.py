"""What one process of the site counts, and how Prometheus reads it.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/. Counters begin anew with each generation, as each
has a process of its own; Prometheus's `rate()` expects that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Upper bounds of the histogram of latency, in seconds."""


@dataclass(slots=True)
class Metrics:
    """Requests by kind of page and status, and how long they took by kind."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    buckets: dict[str, list[int]] = field(default_factory=dict)
    seconds: Counter[str] = field(default_factory=Counter)

    def count(self, kind: str, status: int, seconds: float) -> None:
        """Counts one answered request."""
        self.requests[kind, status] += 1
        self.buckets.setdefault(kind, [0] * (len(BUCKETS) + 1))[bisect_left(BUCKETS, seconds)] += 1
        self.seconds[kind] += seconds  # type: ignore[assignment]  # a Counter adds floats as well

    def clear(self) -> None:
        """Forgets everything."""
        self.requests.clear()
        self.buckets.clear()
        self.seconds.clear()

    def lines(self) -> list[str]:
        """The counters in the text format of Prometheus."""
        lines = ["# HELP gongkai_requests_total Answered requests.", "# TYPE gongkai_requests_total counter"]
        lines += [
            f'gongkai_requests_total{{page="{kind}",status="{status}"}} {number}'
            for (kind, status), number in sorted(self.requests.items())
        ]
        lines += [
            "# HELP gongkai_seconds Time from request to the end of the answer.",
            "# TYPE gongkai_seconds histogram",
        ]
        for kind, counts in sorted(self.buckets.items()):
            total = 0
            for bound, number in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
                total += number
                lines.append(f'gongkai_seconds_bucket{{page="{kind}",le="{bound}"}} {total}')
            lines.append(f'gongkai_seconds_sum{{page="{kind}"}} {self.seconds[kind]:.6f}')
            lines.append(f'gongkai_seconds_count{{page="{kind}"}} {total}')
        return lines


def gauge(name: str, about: str, value: float | None) -> list[str]:
    """A gauge in the text format of Prometheus; left out where its value is not known."""
    if value is None:
        return []
    return [f"# HELP gongkai_{name} {about}", f"# TYPE gongkai_{name} gauge", f"gongkai_{name} {value:.10g}"]


def memory() -> int | None:
    """Resident bytes of this process; None where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except FileNotFoundError:
        return None
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return None
