"""Two small archives of invented bodies, the site on each, and one browser for them."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from archive.site.worker import make_site
from tests.site.analysed import analyse
from tests.site.browser.visit import ARGUMENTS
from tests.site.evidence import planted


class QuietServer(uvicorn.Server):
    """A server in a thread: signals are the test runner's."""

    def install_signal_handlers(self) -> None:
        """Leaves the signals alone."""


@contextmanager
def served(archive: Path) -> Iterator[str]:
    """The site of an archive on a free port of the loopback interface; gives its address."""
    site = make_site(archive, allow_sql=True)
    listener = socket.create_server(("127.0.0.1", 0))
    server = QuietServer(uvicorn.Config(site.app(), log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
        site.get_database("archive").close()
        site.executor.shutdown()


@pytest.fixture(scope="package")
def archives(data: Path, database: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample archive; the same with evidence and exports; the same with comparisons, versions and copied text."""
    evidence = planted.copied(database, tmp_path_factory.mktemp("evidence"))
    planted.plant(evidence)
    planted.measured(evidence)
    planted.export(evidence.parent)
    home = tmp_path_factory.mktemp("analysed")
    shutil.copytree(data / "warc", home / "warc")
    return {"sample": database, "evidence": evidence, "analysed": analyse(database, home / "archive.db")}


@pytest.fixture(scope="package")
def addresses(archives: dict[str, Path]) -> Iterator[dict[str, str]]:
    """Where the sites of these archives are."""
    with served(archives["sample"]) as one, served(archives["evidence"]) as two, served(archives["analysed"]) as three:
        yield {"sample": one, "evidence": two, "analysed": three}


@pytest.fixture(scope="package")
def address(addresses: dict[str, str]) -> str:
    """Where the site of the sample archive is."""
    return addresses["sample"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """The system's Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs the system's chromium (.ci/system-packages installs it)")
    with playwright.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield started
        started.close()
