"""What the ledger says of all documents at once, against what it says of each fetch and each URL."""

from __future__ import annotations

from pathlib import Path

from archive.ledger import Ledger
from archive.models import Outcome, Role
from tests.ledger.test_ledger import HOST, attempt, capture, found, read_list

PAGE, NEW, EMPTY, LEFT_OUT = (f"http://{HOST}/{name}" for name in ("page", "new", "empty", "left"))
TOLD = (
    (Outcome.OK, "/page", True),
    (Outcome.BLOCKED, "/page", None),
    (Outcome.NOT_MODIFIED, "/page", True),
    (Outcome.SOFT_404, "/page", None),  # its list names it
    (Outcome.SOFT_404, "/new", False),
)


def test_what_is_said_of_documents_follows_from_their_fetches(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        for night, (outcome, named, _) in enumerate(TOLD):
            run = ledger.begin_run("Gongkai/0.1", {}, ["yunling"])
            read_list(ledger, run, named)
            page = ledger.reopen(PAGE)
            before = ledger.last_capture(PAGE)
            ledger.record(run, attempt(page, Outcome.SOFT_404, final=False))
            taken = capture(PAGE, 50 + night) if outcome is not Outcome.SOFT_404 else None
            ledger.record(
                run, attempt(page, outcome, status=200, capture=taken, refers_to=before, last_modified="then")
            )
        ledger.add(run, [found("/empty"), found("/left", excluded="off_site"), found("/other", role=Role.HOME)])
        ledger.record(run, attempt(ledger.reopen(EMPTY), Outcome.HTTP_ERROR, last_modified=""))
        ledger.record_parse(capture(PAGE, 50), "1", "ok", result="{}")
        ledger.record_parse(capture(PAGE, 50), "2", "not_a_report", why="a list")

        ends = [one for one in ledger.fetches(url=PAGE) if one.final]
        looks = [(one.started_at, there) for one, (*_, there) in zip(ends, TOLD, strict=True) if there is not None]
        assert ledger.looks(PAGE) == sorted(looks)
        assert ledger.looks(f"http://{HOST}/list") == ledger.looks("http://nowhere/") == []
        assert [url.url for url in ledger.missing()] == [PAGE, NEW, EMPTY, LEFT_OUT]
        assert ledger.outcomes() == {
            ("yunling", "article", "excluded"): 1, ("yunling", "article", "open"): 1,
            ("yunling", "article", "http_error"): 1, ("yunling", "article", "soft_404"): 1,
            ("yunling", "home", "open"): 1, ("yunling", "listing", "ok"): 1,
        }  # fmt: skip
        assert [ledger.last_modified(url) for url in (PAGE, NEW, EMPTY)] == ["then", None, None]
        assert [one.offset for one in ledger.unreported("1")] == [5200], "what only repeats a page that was read"
        assert [one.offset for one in ledger.unreported("2")] == [5000, 5200]
