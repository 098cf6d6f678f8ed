"""Nights drawn at random, each archive built upon the last one: always the one that is built anew."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.holdings import Holdings, assemble
from archive.holdings.build import Parsed
from archive.models import Role
from archive.registry import Registry, load_registry
from bench.copied import sentence
from tests.database.compared import Nights, tables
from tests.holdings.evidence import AGENCIES, PORTALS, body, evidence, parsed

NAMES = ("滕州市科学技术局", "滕州市林业局", "滕州市人民政府", "滕州市水务局", None)
YEARS = (2020, 2021, 2022)
ADDRESSES = 6
REGISTRIES = (
    AGENCIES,
    AGENCIES.replace("tz-lyj,滕州市林业局", "tz-lyj,滕州市林业和绿化局"),  # one body got another name
    AGENCIES.replace(",county,tz-gov,tz,滕州市科技局", ",county,,tz,滕州市科技局"),  # one is under nobody any more
    AGENCIES + "tz-swj,滕州市水务局,370481,county,tz-gov,tz,,,2021,,\n",  # one was not registered before
    AGENCIES.replace("tz-kjj,滕州市科学技术局,370481,county", "tz-kjj,滕州市科学技术局,370481,prefecture"),
)
COMMON = "进一步完善政府信息公开工作机制，明确责任分工，规范工作流程，不断提高工作质量和水平。"


@cache
def registered(words: str) -> Registry:
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "portals.csv").write_text(PORTALS, "utf-8")
        (Path(directory) / "agencies.csv").write_text(words, "utf-8")
        return load_registry(Path(directory) / "portals.csv", Path(directory) / "agencies.csv")


@cache
def text(number: int) -> str:
    """One of some texts, of which neighbours share half, and all a sentence."""
    characters = [chr(0x4E00 + place * 7) for place in range(400)]
    halves = [
        "".join(sentence(random.Random(half), characters).replace("#", str(half)) for _ in range(4))
        for half in (number, number + 1)
    ]
    return f"{halves[0]}\n{halves[1]}\n{COMMON}"


@dataclass(frozen=True)
class Page:
    """What a night finds at an address: a report, which may be unreadable, or nothing at all."""

    address: int
    name: str | None
    year: int | None
    received: str
    text: int
    attachment: bool
    gone: bool


@dataclass(frozen=True)
class Night:
    """The pages of a night, and the registry on the morning after."""

    pages: tuple[Page, ...]
    registry: int


pages = st.builds(
    Page,
    address=st.integers(0, ADDRESSES - 1),
    name=st.sampled_from(NAMES),
    year=st.sampled_from((*YEARS, None)),
    received=st.sampled_from(("", "0", "1", "12")),
    text=st.integers(0, 5),
    attachment=st.booleans(),
    gone=st.sampled_from((False, False, False, True)),
)
nights = st.builds(
    Night,
    st.lists(pages, max_size=5, unique_by=lambda page: page.address).map(tuple),
    st.sampled_from((0, 0, 0, 1, 2, 3, 4)),
)


@dataclass
class World:
    """All that was ever met."""

    parses: list[Parsed] = field(default_factory=list)
    history: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)

    def live(self, night: Night, number: int) -> Holdings:
        """What is held after one more night."""
        for page in night.pages:
            url, at = f"http://tz.example/{page.address}", f"2023-{number + 1:02d}-01T00:00:0{page.address}.000Z"
            self.history.setdefault(url, []).append((at, not page.gone))
            if page.gone:
                self.history[url].append((at.replace("-01T", "-03T"), False))
                continue
            content = body(page.name, page.year, received=page.received, text=text(page.text), cells=3 + page.text % 2)
            role = Role.ATTACHMENT if page.attachment else Role.ARTICLE
            self.parses.append(parsed(url, at, content, role=role))
        held = evidence(self.parses, history=self.history)
        return assemble(held, registered(REGISTRIES[night.registry]))


@settings(max_examples=8)
@given(st.lists(nights, min_size=2, max_size=4))
def test_an_archive_built_upon_the_last_one_is_the_one_built_anew(drawn: Sequence[Night]) -> None:
    world = World()
    first = Night(tuple(Page(n, NAMES[n % 4], 2021, "3", n % 5, False, False) for n in range(ADDRESSES)), 0)
    with tempfile.TemporaryDirectory() as directory:
        built = Nights(Path(directory))
        for number, night in enumerate((first, *drawn)):
            upon, anew, kept = built.build(world.live(night, number))
            assert tables(upon) == tables(anew)
            assert number == 0 or night.registry or night.pages or kept
