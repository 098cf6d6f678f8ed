"""From Scrapy's response to the exchange as received: bytes untouched, every header value, what cut it short. Pure."""

from __future__ import annotations

from http import HTTPStatus

from scrapy import Request
from scrapy.http import Response

from archive.ledger import FrontierUrl
from archive.models import CapturedPage
from crawler.items import Decision, Exchange
from crawler.politeness import iso


def captured_page(request: Request, response: Response, started_at: float) -> CapturedPage:
    """The exchange as it goes into the archive; its URL as the ledger spells it, header bytes as latin-1."""
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = ""
    return CapturedPage(
        url=request.meta["kept_as"],
        status=response.status,
        reason=reason,
        headers=_pairs(response),
        body=response.body,
        fetched_at=iso(started_at),
        request_headers=_pairs(request),
        method=request.method,
        request_body=request.body,
        http_version=response.protocol or "HTTP/1.1",
        ip_address=None if request.meta.get("proxy") or response.ip_address is None else str(response.ip_address),
        truncated="disconnect" if "dataloss" in response.flags else None,
    )


def _pairs(message: Request | Response) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for name, values in message.headers.items():
        # A credential for the proxy is between us and the proxy, and never part of the exchange.
        if name.lower() != b"proxy-authorization":
            pairs += [(name.decode("latin-1"), value.decode("latin-1")) for value in values or ()]
    return tuple(pairs)


def header(page: CapturedPage, name: str) -> str | None:
    """The first value of a header, by its lower-case name."""
    return next((value for key, value in page.headers if key.lower() == name), None)


def exchange_of(
    url: FrontierUrl,
    page: CapturedPage,
    payload: bytes,
    problem: str | None,
    started_at: float,
    seconds: float,
    decision: Decision,
) -> Exchange:
    """The exchange with its decision, and with what its headers say of the document."""
    return Exchange(
        url=url,
        decision=decision,
        started_at=started_at,
        seconds=seconds,
        page=page,
        payload=payload,
        problem=problem,
        etag=header(page, "etag"),
        last_modified=header(page, "last-modified"),
    )


def damage(page: CapturedPage, problem: str | None) -> str | None:
    """Why the document cannot be believed to be whole, or None.

    A coding that was only declared, over a body that is plain, and bytes after its end, leave the document whole.
    """
    if page.truncated:
        return f"the answer was cut short ({page.truncated}) after {len(page.body)} bytes"
    if problem is None or "but the body is not" in problem or problem.endswith("left out"):
        return None
    return problem
