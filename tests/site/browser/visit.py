"""A browser window, what is wrong in it, and axe-core put into it past the site's own rules for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LANGUAGES = {"zh-CN": "zh-CN", "en-GB": "en"}
"""The languages of browsers, each with the language of the pages that it is given."""
WIDTHS = (1280, 390, 320)
AXE = """rules => axe.run(document, {resultTypes: ["violations"], preload: false, ...rules}).then(found =>
found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id} (${rule.impact}): ${node.html.slice(0, 160)} ${
  (node.any[0] || node.all[0] || node.none[0] || {message: ""}).message.slice(0, 200)}`)))"""
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""What can differ between day and night."""
SHAPE = """() => ({width: document.documentElement.scrollWidth, lang: document.documentElement.lang,
headings: document.querySelectorAll("h1").length, title: document.title})"""


def axe_source() -> str:
    """The text of axe-core, from the package that carries it."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


class Visit:
    """One browser window and what went wrong in it: messages of the console and requests to other hosts."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self.note)

    def note(self, request: Any) -> None:
        """Complains of a request that leaves the site."""
        if not request.url.startswith((self.address + "/", "data:")):
            self.complaints.append(f"asked for {request.url}")

    def go(self, path: str) -> Any:
        """Opens a page; returns the answer."""
        return self.page.goto(self.address + path)

    def follow(self, target: Any, key: str | None = None) -> None:
        """Clicks what leads elsewhere, or presses a key on it, and is back when that page is open."""
        with self.page.expect_navigation():
            target.press(key) if key else target.click()

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def wrong_with(visit: Visit, path: str, status: int, lang: str) -> Iterator[str]:
    """What is wrong with a page, in words: its status, language, headings, width, console, requests."""
    visit.complaints.clear()
    answered = visit.go(path).status
    if answered != status:
        yield f"is answered with {answered}, not {status}"
    for width in WIDTHS:
        visit.page.set_viewport_size({"width": width, "height": 800})
        shape = visit.page.evaluate(SHAPE)
        if shape["width"] > width:
            yield f"is {shape['width']} wide in a window of {width}"
    visit.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    if shape["lang"] != lang:
        yield f"says that it is in {shape['lang']!r}"
    if shape["headings"] != 1:
        yield f"has {shape['headings']} headings h1"
    if not shape["title"]:
        yield "has no title"
    if status < 400:
        yield from visit.complaints


def barriers(visit: Visit, source: str) -> Iterator[str]:
    """What axe-core finds on the page that is open, by day with all rules and by night with those about colours."""
    visit.page.evaluate(source)
    for scheme, rules in (("light", {}), ("dark", COLOURS)):
        visit.page.emulate_media(color_scheme=scheme)
        yield from (f"{scheme}: {found}" for found in visit.page.evaluate(AXE, rules))
    visit.page.emulate_media(color_scheme="light")
