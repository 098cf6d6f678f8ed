"""The ledger: one row a URL, one outcome each, and books that balance whatever happens."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.ledger import FAILURES, Attempt, Found, FrontierUrl, Ledger, LedgerError, Standing
from archive.models import Capture, Outcome, Role

PORTALS = '["yunling"]'
HOST = "www.yunling.example"


def found(path: str, **fields: object) -> Found:
    values: dict[str, object] = {"host": HOST, "portal": "yunling", "role": Role.ARTICLE, **fields}
    return Found(url=f"http://{HOST}{path}", **values)  # type: ignore[arg-type]


def capture(url: str, number: int, sha256: str = "aa") -> Capture:
    return Capture(sha256, url, "2024-01-23T00:00:00Z", 200, "text/html", "one.warc.gz", number * 100, 100)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db") as one:
        yield one


@pytest.fixture
def run(ledger: Ledger) -> int:
    return ledger.begin_run("Gongkai/0.1", {"delay": 3}, ["yunling"])


def following(ledger: Ledger, now: float = 0.0) -> FrontierUrl:
    url = ledger.next_open(HOST, PORTALS, now)
    assert url is not None
    return url


def attempt(url: FrontierUrl, outcome: Outcome, **fields: object) -> Attempt:
    return Attempt(url, "2024-01-23T00:00:00Z", 0.5, outcome, **fields)  # type: ignore[arg-type]


def test_urls_come_by_priority_then_in_the_order_found(ledger: Ledger, run: int) -> None:
    ledger.add(run, [found("/1"), found("/2", priority=5), found("/3", priority=5), found("/1", priority=9)])
    seen = []
    for _ in range(3):
        url = following(ledger)
        seen.append(url.url[-1])
        ledger.record(run, attempt(url, Outcome.NOT_FOUND, status=404))
    assert seen == ["2", "3", "1"]
    assert ledger.next_open(HOST, PORTALS, 0.0) is None
    assert ledger.next_due(HOST, PORTALS) is None


def test_other_portals_are_left_alone(ledger: Ledger, run: int) -> None:
    ledger.add(run, [found("/1", portal="songlan")])
    assert ledger.next_open(HOST, PORTALS, 0.0) is None
    assert ledger.open_hosts(["songlan"]) == {HOST: 1}


def test_a_run_knows_when_nothing_is_left_for_it(ledger: Ledger, run: int) -> None:
    assert not ledger.any_open(PORTALS)
    ledger.add(run, [found("/1"), found("/2", portal="other")])
    assert ledger.any_open(PORTALS)
    url = following(ledger)
    ledger.record(run, attempt(url, Outcome.HTTP_ERROR, final=False, next_try_at=9e9))
    assert ledger.any_open(PORTALS)  # put off is not done
    ledger.record(run, attempt(url, Outcome.OK, status=200))
    assert not ledger.any_open(PORTALS)
    assert ledger.any_open('["other"]')


def test_a_failed_attempt_stays_open_until_its_time(ledger: Ledger, run: int) -> None:
    ledger.add(run, [found("/1")])
    ledger.record(run, attempt(following(ledger), Outcome.HTTP_ERROR, status=500, final=False, next_try_at=50.0))
    assert ledger.next_open(HOST, PORTALS, 49.0) is None
    assert ledger.next_due(HOST, PORTALS) == 50.0
    again = following(ledger, 50.0)
    assert again.attempts == 1
    # After the clock was set back no URL waits for the day on which it was put off.
    assert ledger.next_open(HOST, PORTALS, -1000.0, horizon=-400.0) == again
    ledger.record(run, attempt(again, Outcome.HTTP_ERROR, status=500))
    assert [one.attempt for one in ledger.fetches()] == [1, 2]
    assert ledger.completeness().failed == {"http_error": 1}


def test_everything_of_an_attempt_is_recorded_or_nothing(ledger: Ledger, run: int) -> None:
    ledger.add(run, [found("/1")])
    url = following(ledger)
    broken = replace(found("/2"), portal=None)  # type: ignore[arg-type]
    bad = attempt(url, Outcome.OK, status=200, capture=capture(url.url, 0), found=(found("/3"), broken))
    with pytest.raises(sqlite3.IntegrityError):
        ledger.record(run, bad)
    assert following(ledger).url == url.url
    assert ledger.url(f"http://{HOST}/3") is None
    assert list(ledger.captures()) == []
    assert list(ledger.fetches()) == []
    assert ledger.host_state(HOST).pages == 0


def test_a_link_left_out_is_opened_when_it_is_found_with_a_reason(ledger: Ledger, run: int) -> None:
    ledger.add(run, [found("/1", excluded="look_alike:notice", detail="通知", link_text="关于编制年报的通知")])
    assert ledger.completeness().excluded == {"look_alike:notice": 1}
    assert ledger.add(run, [found("/1", excluded="off_site")]) == 0
    assert ledger.add(run, [found("/1", why="a row of the column", title_hint="年报")]) == 1
    url = following(ledger)
    assert (url.why, url.title_hint, url.outcome) == ("a row of the column", "年报", None)
    ledger.close_url(run, url.id, Outcome.EXCLUDED, "budget", "100 of 100 pages")
    assert ledger.add(run, [found("/1")]) == 0  # the budget has ended; the next round will ask


def test_hints_are_filled_but_never_overwritten(ledger: Ledger, run: int) -> None:
    ledger.add(run, [found("/1", title_hint="甲")])
    ledger.add(run, [found("/1", title_hint="乙", date_hint="2024-01-23")])
    url = following(ledger)
    assert (url.title_hint, url.date_hint) == ("甲", "2024-01-23")


def test_requests_with_different_bodies_are_different_urls(ledger: Ledger, run: int) -> None:
    bodies = (b'{"page": 1}', b'{"page": 2}', b'{"page": 1}')
    ledger.add(
        run,
        [found("/api", method="POST", body=body, headers=(("Content-Type", "application/json"),)) for body in bodies],
    )
    urls = list(ledger.urls())
    assert [one.body for one in urls] == [b'{"page": 1}', b'{"page": 2}']
    assert urls[0].headers == (("Content-Type", "application/json"),)


def lists_and_failures(known: Standing) -> bool:
    return known.role is Role.LISTING or known.outcome in FAILURES or known.outcome is Outcome.EXCLUDED


def everything(known: Standing) -> bool:
    return True


def test_a_round_goes_on_until_it_is_done_and_then_begins_anew(ledger: Ledger, run: int) -> None:
    assert ledger.open_round("yunling", due=lists_and_failures)
    ends = {
        "/list": (Role.LISTING, Outcome.OK),
        "/held": (Role.ARTICLE, Outcome.OK),
        "/failed": (Role.ARTICLE, Outcome.UNREACHABLE),
        "/moved": (Role.ARTICLE, Outcome.REDIRECTED),
    }
    for number, (path, (role, outcome)) in enumerate(ends.items()):
        ledger.add(run, [found(path, role=role)])
        url = following(ledger)
        taken = capture(url.url, number) if outcome is Outcome.OK else None
        if path == "/held":
            assert not ledger.open_round("yunling", due=lists_and_failures)
        ledger.record(run, attempt(url, outcome, status=200, bytes=10, capture=taken, etag='"1"'))
    ledger.add(run, [found("/notice", excluded="look_alike:notice"), found("/late", excluded="budget")])
    assert ledger.host_state(HOST).pages == 4
    assert ledger.open_round("yunling", due=lists_and_failures)
    assert {url.url.rpartition("/")[2] for url in ledger.urls(open_only=True)} == {"list", "failed", "late"}
    assert ledger.host_state(HOST).pages == 0
    ledger.close_host(run, HOST, ["yunling"], Outcome.UNREACHABLE, "gone")
    assert ledger.open_round("yunling", due=everything)
    opened = {url.url.rpartition("/")[2] for url in ledger.urls(open_only=True)}
    assert opened == {"list", "held", "failed", "moved", "late"}
    held = ledger.url(f"http://{HOST}/held")
    assert held is not None
    assert held.etag == '"1"'
    assert held.capture is not None


def test_blocks_in_a_row_are_counted(ledger: Ledger, run: int) -> None:
    ledger.add(run, [found(f"/{number}") for number in range(5)])
    streaks = []
    blocked, silent, fine = (Outcome.BLOCKED, 412), (Outcome.UNREACHABLE, None), (Outcome.OK, 200)
    for outcome, status in (blocked, silent, blocked, fine, blocked):
        ledger.record(run, attempt(following(ledger), outcome, status=status))
        streaks.append(ledger.host_state(HOST).block_streak)
    assert streaks == [1, 1, 2, 0, 1]


def test_a_longer_pause_stays(ledger: Ledger) -> None:
    ledger.pause_host(HOST, 100.0, "http_429")
    ledger.pause_host(HOST, 50.0, "http_503")
    state = ledger.host_state(HOST)
    assert (state.paused_until, state.pause_reason) == (100.0, "http_429")


def test_captures_and_their_parses(ledger: Ledger, run: int) -> None:
    ledger.add(run, [found("/list", role=Role.LISTING), found("/1", title_hint="年报"), found("/2"), found("/3")])
    first: Capture | None = None
    for number, outcome in enumerate((Outcome.OK, Outcome.OK, Outcome.SOFT_404, Outcome.OK)):
        url = following(ledger)
        taken = capture(url.url, number, f"{number:02}")
        refers = first if number == 3 else None
        ledger.record(run, attempt(url, outcome, status=200, capture=taken, refers_to=refers))
        first = first or taken
    assert [one.offset for one in ledger.captures()] == [0, 100]
    assert [one.offset for one in ledger.captures(roles=[Role.ARTICLE])] == [100]
    assert [one.offset for one in ledger.captures(outcomes=(), repeats=True)] == [0, 100, 200, 300]
    assert ledger.committed_ends() == {"one.warc.gz": 400}
    article = next(ledger.captures(roles=[Role.ARTICLE]))
    assert (article.title_hint, article.role, article.portal) == ("年报", Role.ARTICLE, "yunling")
    assert ledger.last_capture(article.url) == article
    assert ledger.last_capture(f"http://{HOST}/2") is None
    assert list(ledger.unparsed("1", roles=[Role.ARTICLE])) == [article]
    for one in ledger.unparsed("1"):
        ledger.record_parse(one, "1", "not_a_report", why="a list")
    ledger.record_parse(article, "1", "ok", result='{"year": 2023}')
    assert list(ledger.unparsed("1")) == []
    assert len(list(ledger.unparsed("2"))) == 2
    parses = list(ledger.parses("1"))
    assert [(one.status, one.why, one.result) for one in parses] == [
        ("not_a_report", "a list", None), ("ok", None, '{"year": 2023}')
    ]  # fmt: skip
    with pytest.raises(sqlite3.IntegrityError):
        ledger.record_parse(article, "2", "ok")
    with pytest.raises(LedgerError, match="not in the ledger"):
        ledger.record_parse(capture("http://elsewhere/", 9), "1", "unreadable", why="?")


def test_runs_that_died_are_marked(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger(path) as ledger:
        ledger.begin_run("Gongkai/0.1", {}, ["a"])
    with Ledger(path) as ledger:
        second = ledger.begin_run("Gongkai/0.1", {}, ["b", "a"])
        ledger.end_run(second, "complete", {"portals": {}})
        assert [(run.state, run.portals) for run in ledger.runs()] == [("complete", ("a", "b")), ("killed", ("a",))]


@pytest.mark.parametrize("make", ["newer", "other", "text"])
def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path, make: str) -> None:
    path = tmp_path / "ledger.db"
    if make == "text":
        path.write_text("not a database, but long enough to be taken for one by its name alone" * 20)
    else:
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE t (x)")
        connection.execute(f"PRAGMA user_version = {99 if make == 'newer' else 0}")
        connection.close()
    says = {"newer": "newer version", "other": "not a ledger", "text": "cannot be used as a ledger"}[make]
    with pytest.raises(LedgerError, match=says):
        Ledger(path)
    with pytest.raises(LedgerError, match="nothing was crawled"):
        Ledger(tmp_path / "absent.db", create=False)


def test_a_lost_capture_shows_in_the_balance(ledger: Ledger, run: int, tmp_path: Path) -> None:
    ledger.add(run, [found("/1")])
    url = following(ledger)
    ledger.record(run, attempt(url, Outcome.OK, status=200, capture=capture(url.url, 0)))
    assert ledger.completeness().balanced
    connection = sqlite3.connect(tmp_path / "ledger.db")
    with connection:
        connection.execute("UPDATE urls SET capture = NULL")
    connection.close()
    assert not ledger.completeness().balanced


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["add", "exclude", "try", "retry", "stop", "round"]),
        st.integers(0, 8),
        st.sampled_from(Outcome),
    ),
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(ACTIONS)
def test_the_books_balance_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, int, Outcome]]
) -> None:
    known: set[int] = set()
    with Ledger(tmp_path_factory.mktemp("books") / "ledger.db") as ledger:
        run = ledger.begin_run("Gongkai/0.1", {}, ["yunling"])
        for step, (action, number, outcome) in enumerate(actions):
            url = ledger.next_open(HOST, PORTALS, 1e12)
            if action in ("add", "exclude"):
                ledger.add(run, [found(f"/{number}", excluded="off_site" if action == "exclude" else None)])
                known.add(number)
            elif action in ("try", "retry") and url:
                final = action == "try"
                reason = "private_address" if outcome is Outcome.EXCLUDED else None
                taken = capture(url.url, step) if outcome is Outcome.OK else None
                ledger.record(run, attempt(url, outcome, reason=reason, final=final, capture=taken, status=200))
            elif action == "stop":
                ledger.close_host(run, HOST, ["yunling"], Outcome.BLOCKED, "host_stopped")
            elif action == "round":
                ledger.open_round("yunling", due=everything if number % 2 else lists_and_failures)
        balance = ledger.completeness(portal="yunling")
        assert balance.discovered == len(known)
        assert balance.balanced
        assert set(balance.failed) <= {str(one) for one in FAILURES}
        assert balance.open == len(list(ledger.urls(open_only=True)))


def read_list(ledger: Ledger, run: int, *names: str, partial: bool = False) -> None:
    """The list is read in a run, and names some pages."""
    ledger.add(run, [found("/list", role=Role.LISTING)])
    url = ledger.reopen(f"http://{HOST}/list")
    rows = tuple(found(name, referrer=url.url) for name in names)
    reason = "partial" if partial else None
    taken = capture(url.url, len(list(ledger.fetches())))
    ledger.record(run, attempt(url, Outcome.OK, status=200, reason=reason, capture=taken, found=rows))


def ask(ledger: Ledger, run: int, path: str, outcome: Outcome) -> bool | None:
    """A page is asked for in a run; returns whether the ledger says that its list named it."""
    ledger.record(run, attempt(ledger.reopen(f"http://{HOST}{path}"), outcome, status=404))
    return list(ledger.fetches(run=run, url=f"http://{HOST}{path}"))[-1].named


def test_a_page_that_is_gone_is_noted_with_what_its_list_says(ledger: Ledger, run: int) -> None:
    read_list(ledger, run, "/a")
    assert ask(ledger, run, "/a", Outcome.NOT_FOUND) is True
    second = ledger.begin_run("Gongkai/0.1", {}, ["yunling"])
    assert ask(ledger, second, "/a", Outcome.NOT_FOUND) is None, "its list was not read"
    read_list(ledger, second, "/b", partial=True)
    assert ask(ledger, second, "/a", Outcome.NOT_FOUND) is None, "its list was not read in full"
    read_list(ledger, second, "/b")
    assert ask(ledger, second, "/a", Outcome.SOFT_404) is False
    assert ask(ledger, second, "/b", Outcome.UNREACHABLE) is None, "only of what is gone it matters"


def test_a_redirect_names_nothing(ledger: Ledger, run: int) -> None:
    read_list(ledger, run, "/old")
    second = ledger.begin_run("Gongkai/0.1", {}, ["yunling"])
    read_list(ledger, second)
    old = ledger.reopen(f"http://{HOST}/old")
    moved = found("/new", referrer=old.url, why="redirect")
    ledger.record(second, attempt(old, Outcome.REDIRECTED, status=301, found=(moved,)))
    assert ask(ledger, second, "/new", Outcome.NOT_FOUND) is False
    read_list(ledger, second, "/old")
    assert ask(ledger, second, "/new", Outcome.NOT_FOUND) is True


def test_rounds_that_failed_in_a_row_are_counted(ledger: Ledger, run: int) -> None:
    ledger.add(run, [found("/a")])
    counted: list[int] = []

    def note(known: Standing) -> bool:
        counted.append(known.failed_rounds)
        return True

    for outcome in (Outcome.HTTP_ERROR, None, Outcome.BLOCKED, Outcome.OK, Outcome.NOT_FOUND):
        if outcome is None:
            ledger.close_host(run, HOST, ["yunling"], Outcome.BLOCKED, "host_stopped")
        else:
            ledger.record(run, attempt(following(ledger), outcome, status=200))
        assert ledger.open_round("yunling", due=note)
    assert counted == [1, 2, 3, 0, 1]


def test_what_is_asked_again_goes_after_what_is_new_and_after_the_lists(ledger: Ledger, run: int) -> None:
    read_list(ledger, run, "/known")
    ledger.record(run, attempt(following(ledger), Outcome.OK, status=200))
    assert ledger.open_round("yunling", due=everything)
    ledger.add(run, [found("/new")])
    order = []
    while (url := ledger.next_open(HOST, PORTALS, 1e12)) is not None:
        order.append(url.url.rpartition("/")[2])
        ledger.record(run, attempt(url, Outcome.OK, status=200))
    assert order == ["list", "new", "known"]


def test_a_ledger_of_the_first_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger(path) as ledger:
        number = ledger.begin_run("Gongkai/0.1", {}, ["yunling"])
        ledger.add(number, [found("/a")])
    connection = sqlite3.connect(path)
    for statement in (
        "ALTER TABLE urls DROP COLUMN failed_rounds",
        "ALTER TABLE urls DROP COLUMN named_run",
        "ALTER TABLE fetches DROP COLUMN named",
        "ALTER TABLE parses DROP COLUMN pictures",
        "DROP TABLE shown",
        "PRAGMA user_version = 1",
    ):
        connection.execute(statement)
    connection.close()
    with Ledger(path) as ledger:
        ledger.record(number, attempt(following(ledger), Outcome.NOT_FOUND, status=404))
        assert [fetch.named for fetch in ledger.fetches()] == [None]
        assert list(ledger.pictures()) == []
        assert list(ledger.showing("1")) == []
    with Ledger(path):
        pass
