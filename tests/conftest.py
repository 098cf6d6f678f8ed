"""How hypothesis draws and how cases are named: always the same, so that a commit passes or fails for what it changes.

`pytest --hypothesis-profile=search` draws anew, for whoever hunts for examples that nobody has seen.
"""

import pytest
from hypothesis import settings

settings.register_profile("suite", derandomize=True, deadline=None)
settings.register_profile("search", derandomize=False, deadline=None, print_blob=True)
settings.load_profile("suite")


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes are named by their parameter: a packed file may hold a time, and each worker would collect another name."""
    return argname if isinstance(val, bytes) else None
