"""The commands with `--data s3://…`: a crawl, what is said of a bucket that fails, and the page of a capture."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import sqlite3
import threading
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.cli import main
from archive.commands.exits import Exit
from archive.site.pages import capture as capture_page
from archive.site.worker import make_site
from archive.storage import Address, Bucket, Home, bind, kept_at
from tests.crawler.crawling import check_books, crawl, outcomes
from tests.crawler.fault_server import Exchange, FaultServer, answer, listing, report, titles
from tests.route.crawled import crawled
from tests.site.sample import build, original
from tests.storage.server import client, serving
from tests.storage.test_sending import objects, tamper

NOWHERE = "http://127.0.0.1:1"
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory that addresses stand for."""
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def gongkai(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no server answers."""
    from s3fs import S3FileSystem

    monkeypatch.setenv("AWS_ENDPOINT_URL", NOWHERE)
    S3FileSystem.clear_instance_cache()


# --------------------------------------------------------------------------- crawling


def test_a_crawl_takes_its_captures_to_the_bucket_or_keeps_them(s3: Address, tmp_path: Path) -> None:
    data, bucket = bind(Home(tmp_path / "data", s3)), Bucket(s3).below("warc")
    paths = [f"/a/{number}.html" for number in range(3)]
    with FaultServer() as server:

        async def goes(exchange: Exchange) -> None:
            client().delete_bucket(Bucket=s3.bucket)
            await exchange.send(answer(report("云岭县第0局") * 3))

        server.routes["/nb/"] = answer(listing(titles(paths)))
        server.routes |= {path: answer(report(f"云岭县第{path[3:-5]}局") * 3) for path in paths[1:]} | {paths[0]: goes}
        # The bucket goes while the crawl is at work: all that was fetched stays here.
        ended = crawl(data, [server.portal()])
        assert ended.code == Exit.WITH_FAILURES, ended.err
        assert f"captures stay in DATA/warc until the next run: there is no bucket {s3.bucket}" in ended.err
        (path,) = (data / "warc").glob("*.gz")
        # Without it no crawl begins.
        before = len(server.hits)
        ended = crawl(data, [server.portal()])
        assert ended.code == Exit.FAILED
        assert f"there is no bucket {s3.bucket}" in ended.err
        assert len(server.hits) == before
        # It is back: what was kept goes there first, then what this crawl brings.
        client().create_bucket(Bucket=s3.bucket)
        ended = crawl(data, [server.portal()])
        assert ended.code == Exit.DONE, ended.err
    assert not list((data / "warc").glob("*.gz"))
    assert len(objects(bucket)) == 2
    assert objects(bucket)[0] == path.name
    assert len(outcomes(data)) == 5
    check_books(data)


def test_a_crawl_whose_bucket_goes_on_the_way_stops_and_says_so(
    s3: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, robots = bind(Home(tmp_path / "data", s3)), answer("User-agent: *\nAllow: /\n", "200 OK", "text/plain")
    with FaultServer() as server, ExitStack() as store:
        address = store.enter_context(serving())
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        client().create_bucket(Bucket=s3.bucket)
        server.routes |= {"/robots.txt": robots, "/nb/": answer(listing(titles(["/a/0.html"])))}
        server.routes["/a/0.html"] = answer(report("云岭县第0局") * 3)
        ended = crawl(data, [server.portal()])
        assert ended.code == Exit.DONE, ended.err
        held = outcomes(data)

        async def goes(exchange: Exchange) -> None:
            store.close()
            await exchange.send(robots)

        # What comes again is held against what is stored, in the bucket.
        server.routes["/robots.txt"] = goes
        ended = crawl(data, [server.portal()])
    assert ended.code == Exit.FAILED
    assert "the archive could not be written" in ended.err
    assert f"the server at {address} does not answer" in ended.err
    assert "Nothing acknowledged is lost; run the same command again" in ended.err
    after = outcomes(data)
    assert after.keys() == held.keys()
    assert after["/robots.txt"] == (None, None)  # to be asked for again
    assert after["/a/0.html"] == held["/a/0.html"]


# --------------------------------------------------------------------------- what is said


def test_an_address_is_given_once(s3: Address, home: Path) -> None:
    with crawled(home) as made:
        made.fetch("a.html", b"<p>a</p>")
    said = gongkai("storage", "--data", str(s3), "--upload")
    assert said.exit_code == 0, said.output
    assert kept_at(home) == s3
    for words in ((), ("--data", str(home)), ("--data", f"{s3}/")):
        said = gongkai("storage", *words)
        assert said.output.splitlines()[:2] == [
            f"captures and exports are kept at {s3}",
            f"1 WARC files there, {sum(Bucket(s3).below('warc').stat(n).size for n in names(s3)):,} bytes",
        ]
    assert gongkai("check", "--captures").exit_code == 0
    assert not any(os.environ[name] in path.read_text("latin-1") for path in files(home) for name in KEYS)
    other = gongkai("storage", "--data", "s3://made-up-other/a")
    assert other.exit_code == Exit.WRONG_USE
    assert f"keeps its captures at {s3}, not at s3://made-up-other/a" in " ".join(other.output.split())


def names(s3: Address) -> list[str]:
    return objects(Bucket(s3).below("warc"))


def files(data: Path) -> list[Path]:
    return [path for path in data.rglob("*") if path.is_file()]


@pytest.mark.parametrize("words", [("parse",), ("export", "--to", "x"), ("crawl",)])
def test_a_wrong_address_is_wrong_use(home: Path, words: tuple[str, ...]) -> None:
    said = gongkai(*words, "--data", "s3://No_Bucket/a")
    assert said.exit_code == Exit.WRONG_USE
    assert "is no name of a bucket" in said.output
    assert not home.exists()


def test_exports_are_told_the_same(home: Path) -> None:
    said = gongkai("export", "--to", "s3://x")
    assert said.exit_code == Exit.WRONG_USE
    assert "is no name of a bucket" in said.output
    said = gongkai("export", "--to", "s3://made-up/a", "--wacz")
    assert said.exit_code == Exit.WRONG_USE
    assert "--wacz writes into a directory" in said.output


def test_a_bucket_that_does_not_answer_ends_a_command_with_a_reason(
    s3: Address, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with crawled(home) as made:
        made.fetch("a.html", b"<p>a</p>")
    assert gongkai("storage", "--data", str(s3), "--upload").exit_code == 0
    away(monkeypatch)
    for words in (("parse",), ("check", "--captures"), ("storage", "--upload")):
        said = gongkai(*words)
        assert said.exit_code == Exit.FAILED, said.output
        assert f"the server at {NOWHERE} does not answer" in said.output
        assert "run the same command again" in said.output


def test_damage_in_the_bucket_is_listed(s3: Address, home: Path) -> None:
    with crawled(home) as made:
        made.fetch("a.html", b"<p>a</p>")
        last = made.fetch("b.html", b"<p>b</p>")
    assert gongkai("storage", "--data", str(s3), "--upload").exit_code == 0
    bucket = Bucket(s3).below("warc")
    (name,) = objects(bucket)
    whole = bytearray(b"".join(bucket.pieces(name)))
    whole[last.offset + 60] ^= 0xFF
    tamper(bucket, name, bytes(whole))
    said = gongkai("check", "--captures")
    assert said.exit_code == Exit.WITH_FAILURES
    assert f"byte {last.offset}: " in said.output


# --------------------------------------------------------------------------- the site


def ask(site: Any, path: str) -> Any:
    """What an English reader gets."""

    async def once() -> Any:
        await site.invoke_startup()
        return await site.client.get(path, headers={"Accept-Language": "en"})

    return asyncio.run(once())


def assert_unavailable(answer: Any, warc: str, s3: Address) -> None:
    """A reader is told to come back and where the bytes stand, and not where the operator keeps them."""
    assert answer.status_code == 503
    assert "does not answer now; please try again later" in answer.text
    assert warc in answer.text
    assert s3.bucket not in answer.text


def test_the_page_of_a_capture_reads_it_from_the_bucket(
    s3: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    archive = data / "generations" / "1" / "archive.db"
    archive.parent.mkdir(parents=True)
    build(archive, 3, data=data)
    bind(Home(data, s3))
    with closing(sqlite3.connect(archive)) as connection:
        body = original(connection).encode()
    (warc,) = (data / "warc").glob("*.warc.gz")
    Bucket(s3).below("warc").put(warc, warc.name)
    warc.unlink()
    path = f"/capture/{hashlib.sha256(body).hexdigest()}"
    # However slow the machine is, the first answer is waited for.
    monkeypatch.setattr(capture_page, "BUCKET_SECONDS", 300.0)
    monkeypatch.setattr(capture_page, "CAPTURE_SECONDS", 300.0)
    site = make_site(archive)
    try:
        answer = ask(site, path)
        assert (answer.status_code, answer.content) == (200, body)
        away(monkeypatch)
        assert_unavailable(ask(site, path), warc.name, s3)
        # One that takes too long is not waited for either.
        answered = threading.Event()
        with monkeypatch.context() as patch:
            patch.setattr(capture_page, "CAPTURE_SECONDS", 0.01)
            patch.setattr(capture_page, "load", lambda *_: answered.wait())
            assert_unavailable(ask(site, path), warc.name, s3)
        answered.set()
        shutil.rmtree(data / "warc")
        assert "not kept beside this site" in ask(site, path).text
    finally:
        site.get_database("archive").close()
        site.executor.shutdown()
