"""What re-users load, written when a generation is built: JSON Lines, CSV, Parquet, and what describes them."""

import os

# Arrow's own allocator, mimalloc, takes memory by huge pages and hands little back: 90 MB more at 16,000 reports. Which
# one it uses is asked once, when it is loaded, and so has to be said before (https://arrow.apache.org/docs/cpp/env_vars.html).
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
