"""Takes the pictures of docs/screenshots/: crawls the portals of demo/, builds their archive, looks at it in Chromium.

`make screenshots`. A picture is as small as its page allows; one beyond `MOST_BYTES` is an error, as is a page that
answers with anything but 200. With the directory of an archive as first argument that one is looked at instead.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

PICTURES = Path(__file__).parent.parent / "docs" / "screenshots"
MOST_BYTES = 150_000
WIDE, LOW, PHONE = (1180, 700), (1180, 580), (390, 844)
STARTING = 60.0
"""Seconds until a site on an idle machine answers at the very latest."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file, the page, the element to begin at, the browser's language, window and colours."""

    name: str
    path: str
    at: str = ""
    lang: str = "zh-CN"
    window: tuple[int, int] = WIDE
    dark: bool = False


PICTURE_LIST = (
    Picture("home", "/"),
    Picture("search", "/search?q=依申请公开&year=2023", lang="en-GB", window=LOW),
    Picture("report", "/report/qinghe-jyj-2023"),
    Picture("report-table", "/report/qinghe-jyj-2023", at="#s3", lang="en-GB"),
    Picture("report-questions", "/report/songlan-szf-2021", at="#ask-1"),
    Picture("report-phone", "/report/qinghe-jyj-2023", at="#s2", window=PHONE),
    Picture("source", "/report/qinghe-jyj-2023/cell/requests_received/total/source#here", window=LOW),
    Picture("agency", "/agency/qinghe-jyj", lang="en-GB"),
    Picture("compare", "/compare?a=qinghe-jyj&a=qinghe-czj&a=qinghe-wjw", at="#pictures"),
    Picture("findings", "/findings", lang="en-GB"),
    Picture("coverage", "/coverage", dark=True),
    Picture("question", "/questions/Q1", lang="en-GB"),
    Picture("portal", "/portal/qinghe"),
    Picture("data", "/data", lang="en-GB"),
    Picture("home-phone", "/", lang="en-GB", window=PHONE, dark=True),
)


def free_port() -> int:
    """A port of the loopback interface that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def site(data: Path) -> Iterator[str]:
    """The site of an archive, as `gongkai serve` serves it; gives its address."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    server = subprocess.Popen([sys.executable, "-m", "archive", "serve", "--data", str(data), "--port", str(port)])
    try:
        until = time.monotonic() + STARTING
        while not answers(address):
            if server.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"the site of {data} does not start")
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def answers(address: str) -> bool:
    """Whether a site is up."""
    try:
        with urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def take(browser: Browser, address: str, picture: Picture) -> Path:
    """Takes one picture. Raises SystemExit where the page is not as it has to be, or the picture is too large."""
    width, height = picture.window
    context = browser.new_context(
        locale=picture.lang,
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.dark else "light",
    )
    page = context.new_page()
    answer = page.goto(address + picture.path)
    if answer is None or answer.status != 200:
        raise SystemExit(f"{picture.path} answers with {answer and answer.status}; is this the archive of demo/?")
    if picture.at:
        page.locator(picture.at).evaluate("element => scrollTo(0, element.getBoundingClientRect().top + scrollY - 16)")
    target = PICTURES / f"{picture.name}.png"
    page.screenshot(path=target, animations="disabled")
    context.close()
    if (size := target.stat().st_size) > MOST_BYTES:
        raise SystemExit(f"{target} has {size} bytes, more than {MOST_BYTES}; look at a smaller part of the page")
    return target


def main() -> None:
    """Takes every picture."""
    if (chromium := shutil.which("chromium")) is None:
        raise SystemExit("needs the system's chromium; .ci/system-packages installs it")
    with tempfile.TemporaryDirectory(prefix="gongkai-screenshots-") as folder:
        data = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder)
        if len(sys.argv) == 1:
            demo = [sys.executable, "-m", "archive", "demo", "--data", folder, "--no-serve", "--demo-port"]
            subprocess.run([*demo, str(free_port())], check=True)
        PICTURES.mkdir(exist_ok=True)
        with site(data) as address, sync_playwright() as engine:
            browser = engine.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            for picture in PICTURE_LIST:
                target = take(browser, address, picture)
                print(f"{target.stat().st_size:7} {os.path.relpath(target)}")
            browser.close()


if __name__ == "__main__":
    main()
