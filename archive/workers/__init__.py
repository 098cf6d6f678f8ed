"""Work done by many processes, on this machine or on a cluster, by Dask: captures are read, and shards crawled.

Reading: `stretches` cuts the work, `cluster` hands it out by Dask and deals with workers that die, `tasks` is what
happens in a worker, `reader` the process below it that reads, and `parsing` the pass as a whole; one process writes.
Crawling: `shards` hands them out and looks after them, `leases` says who may crawl which, `shard` is what happens in a
worker, and `states` keeps how they stand. Dask is the optional extra `cluster`; only `cluster` imports it at once, the
others when it is used.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

HOW = "run `make cluster` in the checkout of Gongkai"


class WorkersFailed(Exception):
    """The workers cannot go on; what they have read is recorded, and the message says what to do."""


@cache
def available() -> bool:
    """Whether the extra `cluster` is installed; nothing of it is imported to find out."""
    return find_spec("distributed") is not None
