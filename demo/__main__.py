"""`python -m demo`: serve the farm, list what is on it, or write its registry."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from demo.bulk import build_bulk
from demo.farm import PORT, Farm, build_farm, manifest, write_registry
from demo.server import listen, to_file


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """The command line, read."""
    parser = argparse.ArgumentParser(
        prog="python -m demo", description="Made-up disclosure portals on loopback addresses."
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"port of every portal (default {PORT})")
    parser.add_argument(
        "--host",
        help="one address for all portals, on ports from --port up; default: an address for each, from 127.0.0.11",
    )
    parser.add_argument("--delay", type=float, default=0.0, metavar="S", help="seconds to wait before each answer")
    parser.add_argument("--edition", type=int, choices=(1, 2), default=1, help="2: the farm as a later night finds it")
    parser.add_argument("--hosts", type=int, default=0, metavar="N", help="for benchmarks: N plain portals instead")
    parser.add_argument(
        "--reports", type=int, default=100, metavar="N", help="with --hosts: reports on each (default 100)"
    )
    parser.add_argument("--log", type=Path, metavar="FILE", help="append one JSON line for each request")
    parser.add_argument("--quiet", action="store_true", help="do not print the addresses")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="print the truth about the farm as JSON lines and stop")
    what.add_argument("--write-registry", type=Path, metavar="DIR", help="write portals.csv and agencies.csv and stop")
    return parser.parse_args(given)


async def serve(farm: Farm, options: argparse.Namespace) -> None:
    """Serves until the process is asked to end."""
    with ExitStack() as stack:
        log = stack.enter_context(options.log.open("a", encoding="utf-8")) if options.log else None
        listening = await listen(farm, delay=options.delay, note=to_file(log) if log else None)
        if not options.quiet:
            for site in farm.sites:
                print(f"{site.base}/\t{site.name or 'outside the registry: nobody should ask here'}", flush=True)
            print(f"{len(farm.publications)} reports; Ctrl-C ends", flush=True)
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        await ended.wait()
        await listening.stop()


def main(given: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code: 0, or 1 if an address cannot be bound."""
    options = arguments(given)
    if options.hosts:
        farm = build_bulk(options.hosts, options.reports, options.port)
    else:
        farm = build_farm(options.port, host=options.host, edition=options.edition)
    if options.list:
        for line in manifest(farm):
            print(line)
        return 0
    if options.write_registry:
        write_registry(farm, options.write_registry)
        return 0
    try:
        asyncio.run(serve(farm, options))
    except OSError as failure:
        print(f"demo: {failure}. Is the port taken? Without 127.0.0.x addresses use --host 127.0.0.1", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
