"""`gongkai status`: what a night is doing now, and how DATA stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archive.commands.common import data_option, existing, route_problems
from archive.commands.exits import EXIT_CODES_HELP
from archive.commands.pace import duration
from archive.commands.status_metrics import exposition
from archive.doing import Doing
from archive.status import CrawlNow, Status, status_of

SHOWN = 20


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON, every portal and failure included.")
@click.option("--metrics", is_flag=True, help="Print the figures as OpenMetrics text, for a textfile collector.")
@click.option(
    "--all", "everything", is_flag=True, help="Show every portal of the crawl, not only those with URLs open."
)
def status(data: Path, as_json: bool, metrics: bool, everything: bool) -> None:
    """Show what a night is doing now, and how DATA stands.

    Which step is at work, since when and how long it will take; URLs done and open by portal, requests a minute, and
    failures with their reasons; what is still to be read; the last night that published; who holds the locks; what the
    disk holds; and the shards of a crawl on a cluster. It only reads, takes no lock, and may be asked at any moment.
    """
    if as_json and metrics:
        raise click.UsageError("give either --json or --metrics")
    existing(data)
    with route_problems():
        now = status_of(data)
    if as_json:
        click.echo(json.dumps(as_dict(now), ensure_ascii=False, indent=1))
    elif metrics:
        click.echo(exposition(now), nl=False)
    else:
        for line in lines(now, everything=everything):
            click.echo(line)


def as_dict(now: Status) -> dict[str, Any]:
    """The status as JSON has it: the fields of its parts by name, with how long each command takes yet."""
    found = asdict(now)
    for command, one in zip(found["commands"], now.commands, strict=True):
        command["left_seconds"] = one.left_seconds
    if now.crawl is not None:
        found["crawl"] |= {"done": now.crawl.done, "open": now.crawl.open}
    return found


def lines(now: Status, *, everything: bool = False) -> Iterator[str]:
    """The status for a person."""
    at = datetime.fromisoformat(now.at)
    if not now.commands and "crawl" not in now.holders:
        yield "Nothing is at work."
    for one in now.commands:
        yield f"gongkai {one.command} is at work since {_ago(one.started_at, at)}, as process {one.pid}:"
        yield f"  {_step(one, at)}"
    for name, pid in sorted(now.holders.items()):
        yield f"The lock {name}.lock is held by process {pid}."
    if now.crawl is not None:
        yield from _crawl(now.crawl, at, everything=everything)
    yield from _shards(now, at)
    if now.unread is not None:
        yield f"Captures that this version of the parser has not read yet: {now.unread:,}."
    night = now.last_good_night
    if night is None:
        yield "No night has published yet."
    else:
        yield (
            f"The last night that published ended {_ago(night.ended_at, at)}: generation {night.generation} with "
            f"{night.reports:,} reports, exit code {night.exit_code}."
        )
    yield f"Generation {now.generation} is published." if now.generation else "No generation is published."
    disk = now.disk
    shards = f", shards {_bytes(disk.shards)}" if disk.shards else ""
    yield (
        f"Disk: captures {_bytes(disk.captures)}, ledger {_bytes(disk.ledger)}, generations "
        f"{_bytes(disk.generations)}{shards}; {_bytes(disk.free)} free."
    )
    for problem in now.problems:
        yield f"Not known: {problem}"


def _step(one: Doing, at: datetime) -> str:
    said = f"{one.step}, since {_ago(one.step_since, at)}"
    if one.total:
        said += f": {one.done:,} of {one.total:,}"
    if one.left_seconds is not None:
        said += f", {duration(one.left_seconds)} left at the speed of the last minutes"
    return said


def _crawl(crawl: CrawlNow, at: datetime, *, everything: bool) -> Iterator[str]:
    part = "".join(f", {name} {value}" for name, value in (("shard", crawl.shard), ("vantage", crawl.vantage)) if value)
    ended = f", ended {_ago(crawl.ended_at, at)}" if crawl.ended_at else ""
    yield f"Crawl {crawl.run}{part}: {crawl.state}, begun {_ago(crawl.started_at, at)}{ended}."
    speed = f"; {crawl.requests_per_minute:.0f} requests a minute" if crawl.state == "running" else ""
    yield f"  {crawl.done:,} URLs done, {crawl.open:,} open at {len(crawl.portals)} portals{speed}"
    shown = [one for one in crawl.portals if everything or one.open]
    for one in shown if everything else sorted(shown, key=lambda one: -one.open)[:SHOWN]:
        yield f"  {one.portal}: {one.done:,} done, {one.open:,} open" + (
            f", {one.failed:,} failed" if one.failed else ""
        )
    if not everything and len(shown) > SHOWN:
        yield f"  … and {len(shown) - SHOWN} more portals with URLs open (--all)"
    for failed in crawl.failures[:SHOWN]:
        yield f"  failed: {failed.number:,} {failed.outcome}" + (f" ({failed.reason})" if failed.reason else "")
    if len(crawl.failures) > SHOWN:
        yield f"  … and {len(crawl.failures) - SHOWN} more kinds of failures (--json)"


def _shards(now: Status, at: datetime) -> Iterator[str]:
    if now.shards is None:
        return
    running = now.shards["running"] and now.holders.get("crawl") == now.shards["pid"]
    state = "at work" if running else "was cut off" if now.shards["running"] else "ended"
    yield f"Crawl on the cluster of {now.shards['scheduler']}, begun {_ago(now.shards['started_at'], at)}: {state}."
    for one in now.shards["shards"]:
        place = f" on {one['host']} since {_ago(one['since'], at)}" if one["since"] else ""
        again = f", given away {one['places']} times" if one["places"] > 1 else ""
        problem = f": {one['problem']}" if one["problem"] else ""
        yield (
            f"  shard {one['shard']}: {one['state']}{place}, {one['requests']:,} requests in all, {one['open']:,} URLs "
            f"open{again}{problem}"
        )


def _ago(moment: str, at: datetime) -> str:
    """A moment with how long ago that is."""
    then = datetime.fromisoformat(moment)
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return f"{then.astimezone(UTC):%Y-%m-%d %H:%M} UTC ({duration(max(0.0, (at - then).total_seconds()))} ago)"


def _bytes(number: int) -> str:
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.1f} MB"
