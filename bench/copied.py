"""The search for copied text at size: seconds, memory, and how many planted copies it finds.

    python -m bench.copied [SECTIONS]

Sections are made of random sentences, each with a few that everybody uses; in one of fifty the text of another agency
is planted: whole with other numbers, half of it, or a third. Plain all-pairs comparison of the same signatures is the
peer, on a sample, for what it would take.
"""

from __future__ import annotations

import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.checks.comparison import compare
from archive.checks.copied import Pair, Passage, prepare, signature

SECTIONS = 100_000
YEARS = range(2019, 2025)
PLANTED = {"whole": 1.0, "half": 0.5, "third": 0.34}
SAMPLE = 2_000
WORDS = "公开信息政府工作服务管理群众平台更新审核部门制度培训考核网站栏目目录解读文件办理答复监督检查整改渠道"
STOCK = (
    "进一步完善政府信息公开工作机制，明确责任分工，规范工作流程。",
    "不断提高政府信息公开工作的质量和水平，切实维护群众的合法权益。",
    "加强对政府信息公开工作的组织领导，确保各项任务落到实处。",
    "严格执行信息发布审核制度，做到先审查、后公开，一事一审。",
)


@dataclass(frozen=True, slots=True)
class Planted:
    """A copy that was planted: the section, the one that it was taken from, how much."""

    id: int
    source: int
    kind: str


def made(count: int, seed: int = 5) -> Iterator[tuple[Passage, Planted | None]]:
    """`count` sections of agencies over six years, lazily, with what was planted in them."""
    rng = random.Random(seed)
    characters = [chr(0x4E00 + rng.randrange(6000)) for _ in range(1500)] + list(WORDS) * 20
    sources: list[tuple[int, int, list[str]]] = []
    for number in range(count):
        agency, year = divmod(number, len(YEARS))
        own = [sentence(rng, characters) for _ in range(rng.randint(6, 30))]
        planted = None
        if len(sources) > 50 and rng.random() < 0.02:
            kind = rng.choice(list(PLANTED))
            source, owner, text = rng.choice(sources)
            if owner != agency:
                taken = text[: max(2, round(len(text) * PLANTED[kind]))]
                rest = round(len(taken) * (1 / PLANTED[kind] - 1))
                own = taken + [sentence(rng, characters) for _ in range(rest)]
                planted = Planted(number, source, kind)
        lines = own + rng.sample(STOCK, 2)
        if planted is None and number % 7 == 0:
            sources = [*sources[-2000:], (number, agency, own)]
        printed = "".join(line.replace("#", str(rng.randint(1, 999))) for line in lines)
        yield Passage(number, agency, YEARS[year], 1, printed), planted


def sentence(rng: random.Random, characters: list[str]) -> str:
    """A sentence of random characters with a number in it."""
    body = "".join(rng.choices(characters, k=rng.randint(15, 40)))
    return f"{body[:8]}#件，{body[8:]}。"


def run(count: int) -> tuple[float, list[Pair], list[Planted]]:
    """CPU seconds, the pairs that were told and those that were planted."""
    planted: list[Planted] = []
    with tempfile.TemporaryDirectory() as directory:
        texts = sqlite3.connect(Path(directory) / "texts.db", isolation_level=None)
        texts.execute("create table texts (id integer primary key, year integer, agency integer, text text)")
        texts.execute("begin")
        for passage, plant in made(count):
            texts.execute(
                "insert into texts values (?, ?, ?, ?)", (passage.id, passage.year, passage.agency, passage.text)
            )
            if plant:
                planted.append(plant)
        texts.execute("commit")
        started = time.process_time()

        def read() -> Iterator[Passage]:
            for row in texts.execute("select id, agency, year, text from texts order by id"):
                yield Passage(row[0], row[1], row[2], 1, row[3])

        def text_of(number: int) -> str:
            return str(texts.execute("select text from texts where id = ?", (number,)).fetchone()[0])

        pairs = [pair for _, found in compare(read, text_of) for pair in found]
        seconds = time.process_time() - started
        texts.close()
    return seconds, pairs, planted


def all_pairs(count: int) -> float:
    """CPU seconds that comparing every two of `count` signatures takes, for one pair."""
    signatures = [signature(prepare(passage.text).hashes) for passage, _ in made(count)]
    started = time.process_time()
    for index, one in enumerate(signatures):
        for other in signatures[:index]:
            (one == other).sum()
    return (time.process_time() - started) / (count * (count - 1) / 2)


def main() -> None:
    """Prints the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SECTIONS
    seconds, pairs, planted = run(count)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {frozenset((pair.id, pair.other)) for pair in pairs}
    truth = {frozenset((plant.id, plant.source)): plant for plant in planted}
    found = Counter(plant.kind for key, plant in truth.items() if key in told)
    every = Counter(plant.kind for plant in planted)
    copies: dict[int, set[int]] = {}
    for plant in planted:
        copies.setdefault(plant.source, {plant.source}).add(plant.id)
    related = {frozenset((a, b)) for family in copies.values() for a in family for b in family if a != b}
    false = len(told - related)
    print(f"sections {count:,}: {seconds:.1f} s CPU, {memory:.0f} MB peak, {seconds / count * 1e3:.2f} ms a section")
    for kind in PLANTED:
        print(f"planted {kind}: {found[kind]} of {every[kind]} found")
    print(f"pairs told {len(told)}, of them {false} not planted; precision {1 - false / max(1, len(told)):.4f}")
    one = all_pairs(min(count, SAMPLE))
    every_pair = one * count * (count - 1) / 2
    print(f"all pairs of signatures would take {every_pair:,.0f} s: {every_pair / seconds:,.0f} times as long")


if __name__ == "__main__":
    main()
