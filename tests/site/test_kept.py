"""Whole answers that are kept: those asked for twice, each for its generation, language and host, up to a size."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from datasette.app import Datasette

from archive.site.asgi import Message
from archive.site.kept import LARGEST, Kept, key_of

TAG = b'W/"1-zh"'


class App:
    """An application that counts how often it is asked, and answers in two pieces."""

    def __init__(self, body: bytes = b"page", status: int = 200, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        self.asked = 0
        self.body, self.status, self.headers = body, status, headers

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        self.asked += 1
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": self.body[:2], "more_body": True})
        await send({"type": "http.response.body", "body": self.body[2:]})


def scope(path: str = "/", method: str = "GET", **headers: str) -> dict[str, Any]:
    """A request."""
    named = [(name.encode(), value.encode()) for name, value in {"host": "a.example", **headers}.items()]
    return {"method": method, "scheme": "https", "raw_path": path.encode(), "query_string": b"", "headers": named}


def ask(kept: Kept, app: App, path: str = "/") -> tuple[int, bytes]:
    """Status and body of one request."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    key = key_of(scope(path), TAG)
    assert key is not None
    asyncio.run(kept.serve(key, app, scope(path), receive, send))
    return sent[0]["status"], b"".join(message["body"] for message in sent[1:])


def test_what_is_asked_for_twice_is_kept() -> None:
    kept, app = Kept(), App()
    assert [ask(kept, app) for _ in range(5)] == [(200, b"page")] * 5
    assert app.asked == 2


def test_what_is_asked_for_once_leaves_nothing() -> None:
    kept, app = Kept(), App()
    for number in range(50):
        ask(kept, app, f"/report/{number}")
    assert not kept.answers


@pytest.mark.parametrize(
    "app",
    [
        App(status=404),
        App(headers=((b"Set-Cookie", b"a=b"),)),
        App(headers=((b"Content-Disposition", b"attachment"),)),
        App(body=b"x" * (LARGEST + 1)),
    ],
    ids=["not found", "a cookie", "a download", "large"],
)
def test_what_is_not_to_be_kept_is_answered_anew(app: App) -> None:
    kept = Kept()
    assert [ask(kept, app) for _ in range(4)] == [(app.status, app.body)] * 4
    assert app.asked == 4
    assert kept.weight == 0


def test_the_size_holds_and_the_least_recently_used_is_given_up() -> None:
    kept, app = Kept(size=3 * 2100), App()
    for path in ("/a", "/b", "/c", "/a", "/b", "/c", "/a", "/d", "/d"):
        ask(kept, app, path)
    assert [key[3] for key in kept.answers] == [b"/c", b"/a", b"/d"]
    assert kept.weight == sum(answer.weight() for answer in kept.answers.values()) <= kept.size


def test_an_answer_is_of_one_generation_language_host_and_address() -> None:
    keys = {
        key_of(scope(), TAG),
        key_of(scope(), b'W/"2-zh"'),
        key_of(scope("/report/1"), TAG),
        key_of(scope(host="b.example"), TAG),
        key_of({**scope(), "query_string": b"_lang=en"}, TAG),
        key_of({**scope(), "scheme": "http"}, TAG),
    }
    assert len(keys) == 6


@pytest.mark.parametrize("name", ["cookie", "authorization", "range"])
def test_requests_that_may_have_an_answer_of_their_own_are_let_alone(name: str) -> None:
    assert key_of(scope(**{name: "x"}), TAG) is None
    assert key_of(scope(method="HEAD"), TAG) is None
    assert key_of(scope(), None) is None


@pytest.mark.parametrize("path", ["/", "/archive/reports", "/search?q=公开", "/search.json?q=公开", "/method?_lang=en"])
def test_a_page_is_the_same_whether_kept_or_not(site: Datasette, path: str) -> None:
    async def several() -> list[httpx.Response]:
        await site.invoke_startup()
        transport = httpx.ASGITransport(app=site.app())  # one application, as a server has it
        async with httpx.AsyncClient(transport=transport, base_url="http://a.example") as client:
            return [await client.get(path) for _ in range(4)]

    answers = asyncio.run(several())
    assert {(answer.status_code, answer.content, str(answer.headers)) for answer in answers} == {
        (200, answers[0].content, str(answers[0].headers))
    }
