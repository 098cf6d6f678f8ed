"""`gongkai storage`: where captures and exports are kept, and what is on its way there."""

from __future__ import annotations

from pathlib import Path

import click

from archive.captures import captures_of
from archive.commands.common import data_option, existing, route_problems, say
from archive.commands.exits import EXIT_CODES_HELP
from archive.route import reading
from archive.storage import kept_at


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.option("--upload", is_flag=True, help="Put what is still on this machine into the bucket now.")
def storage(data: Path, upload: bool) -> None:
    """Show where captures and exports are kept: in DATA, or in a bucket of an S3-compatible store.

    A bucket is named once, by `--data s3://BUCKET/PREFIX` with any command; the directory of GONGKAI_HOME, else
    ./data, remembers it and keeps all the rest. Each WARC file goes there when it is finished or the run ends, is read
    back and compared, and only then removed here. What a killed run left goes there with the next one, or at once with
    --upload. `gongkai check --captures` reads everything back.
    """
    existing(data)
    with route_problems():
        address = kept_at(data)
        if address is None:
            say(f"captures and exports are kept in {data}; --data s3://BUCKET/PREFIX keeps them in a bucket")
            return
        if upload:
            files, size = reading.upload_captures(data)
            say(f"{files} files put there, {size:,} bytes")
        store = captures_of(data)
        here = store.here()
        sizes = {name: store.size(name) for name in store.files()}
    there = [size for name, size in sizes.items() if name not in here]
    say(f"captures and exports are kept at {address}")
    say(f"{len(there)} WARC files there, {sum(there):,} bytes")
    say(f"{len(here)} WARC files in {data}, {sum(sizes[name] for name in here):,} bytes, that are not there yet")
