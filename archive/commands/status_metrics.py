"""The figures of `gongkai status` as OpenMetrics text: https://prometheus.io/docs/specs/om/open_metrics_spec/.

All are gauges, which the older text format of Prometheus writes alike; so the textfile collector of the node exporter
takes the file as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from archive.status import Status

Sample = tuple[Mapping[str, str], float]


def exposition(now: Status) -> str:
    """All figures, up to the line that ends such a text."""
    return "\n".join([*_lines(now), "# EOF"]) + "\n"


def _lines(now: Status) -> Iterator[str]:
    at = datetime.fromisoformat(now.at).timestamp()
    yield from _gauge("status_seconds", "When these figures were taken, in Unix time.", [({}, at)])
    commands = [({"command": one.command, "step": one.step}, _seconds(one.step_since)) for one in now.commands]
    yield from _gauge("step_started_seconds", "When the step at work began, in Unix time.", commands)
    steps = [({"command": one.command, "step": one.step}, one) for one in now.commands if one.total]
    yield from _gauge("step_done", "How much of the step is done.", [(labels, one.done) for labels, one in steps])
    yield from _gauge("step_total", "How much the step has to do.", [(labels, one.total) for labels, one in steps])
    left = [(labels, one.left_seconds) for labels, one in steps]
    yield from _gauge(
        "step_left_seconds", "How long the rest of it takes.", [(one, took) for one, took in left if took is not None]
    )
    yield from _gauge("lock_held", "Locks that are held.", [({"lock": name}, 1) for name in sorted(now.holders)])
    if now.crawl is not None:
        crawl, states = now.crawl, ("running", "complete", "interrupted", "failed", "killed")
        yield from _gauge(
            "crawl_state", "The state of the latest crawl.", [({"state": s}, s == crawl.state) for s in states]
        )
        yield from _gauge("crawl_started_seconds", "When it began, in Unix time.", [({}, _seconds(crawl.started_at))])
        yield from _gauge("crawl_requests_per_minute", "Its speed.", [({}, crawl.requests_per_minute)])
        for name, about in (
            ("done", "URLs it is done with"),
            ("open", "URLs still open"),
            ("failed", "URLs that failed"),
        ):
            values = [({"portal": one.portal}, float(getattr(one, name))) for one in crawl.portals]
            yield from _gauge(f"crawl_urls_{name}", f"{about}, by portal.", values)
        failures = [({"outcome": one.outcome, "reason": one.reason}, one.number) for one in crawl.failures]
        yield from _gauge("crawl_failures", "URLs that failed, by outcome and reason.", failures)
    if now.shards is not None:
        shards = now.shards["shards"]
        yield from _gauge("shard_open", "URLs open, by shard.", [({"shard": s["shard"]}, s["open"]) for s in shards])
        yield from _gauge(
            "shard_places", "Places that a shard was given to.", [({"shard": s["shard"]}, s["places"]) for s in shards]
        )
        of_shards = [({"shard": s["shard"], "state": s["state"]}, 1.0) for s in shards]
        yield from _gauge("shard_state", "The state of each shard.", of_shards)
    if now.unread is not None:
        yield from _gauge("captures_unread", "Captures that this parser has not read yet.", [({}, now.unread)])
    if now.last_good_night is not None:
        ended = _seconds(now.last_good_night.ended_at)
        yield from _gauge("last_good_night_seconds", "End of the last night that published.", [({}, ended)])
    if now.generation is not None:
        yield from _gauge("published_generation", "Number of the generation published.", [({}, now.generation)])
    disk = now.disk
    parts = {
        "captures": disk.captures,
        "ledger": disk.ledger,
        "generations": disk.generations,
        "shards": disk.shards,
    }
    yield from _gauge("disk_bytes", "What DATA takes.", [({"part": name}, size) for name, size in parts.items()])
    yield from _gauge("disk_free_bytes", "What is left on its disk.", [({}, disk.free)])
    yield from _gauge("status_problems", "What could not be found out.", [({}, len(now.problems))])


def _gauge(name: str, about: str, samples: Sequence[Sample]) -> Iterator[str]:
    """A gauge with its samples; nothing where there are none."""
    if not samples:
        return
    yield f"# TYPE gongkai_{name} gauge"
    yield f"# HELP gongkai_{name} {about}"
    for labels, value in samples:
        shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"gongkai_{name}{'{' + shown + '}' if shown else ''} {float(value):.10g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
