"""Other people's data beside the project: used where present, skipped by name where not, never committed."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"needs the shared test data in {SHARED.name}/ beside the project"
)
