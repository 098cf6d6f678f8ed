"""What happens to a request at the door: the guard once more, and the cookies of its host."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Self, cast

from scrapy import Request
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

from archive.models import Role
from crawler.guard import is_public, private_names
from crawler.resolver import GuardedResolver

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.guard import AllowList
    from crawler.spiders.annual_reports import AnnualReportsSpider


MAX_COOKIES = 30
MAX_COOKIE_LENGTH = 4096  # RFC 6265 §6.1 asks for no more


class HostCookies:
    """An ordinary jar for each host, in memory, for one run; every cookie goes back only to the host that set it.

    Scrapy's own middleware asks the network for the list of public suffixes, in the middle of a crawl. With a jar for
    each host none is needed: what a cookie says of its domain does not widen it.
    """

    def __init__(self) -> None:
        self._jars: defaultdict[str, CookieJar] = defaultdict(CookieJar)

    def process_request(self, request: Request) -> None:
        """Adds the cookies of the host."""
        self._jars[request.meta["download_slot"]].add_cookie_header(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keeps the cookies that the host sets, within bounds."""
        if b"Set-Cookie" in response.headers:
            jar = self._jars[request.meta["download_slot"]]
            host = request.meta["target_name"]
            for cookie in jar.make_cookies(response, request):
                cookie.domain, cookie.domain_specified, cookie.domain_initial_dot = host, False, False
                if len(jar) < MAX_COOKIES and len(cookie.name) + len(cookie.value or "") <= MAX_COOKIE_LENGTH:
                    jar.set_cookie(cookie)
        return response


class HostGuard:
    """Refuses what the allow-list of the request's portal does not allow; raises BadUrl, which becomes the outcome.

    The ledger holds only URLs that passed the guard already; this is for the day on which something else asks. Targets
    that are addresses of this machine or its network never go through a proxy: it could not reach them.
    """

    def __init__(self, crawler: Crawler) -> None:
        from twisted.internet import reactor

        spider = cast("AnnualReportsSpider", crawler.spider)
        # The resolver of the settings knows no registry and refuses every private address; this one takes its place.
        resolver = GuardedResolver(
            reactor,
            crawler.settings.getint("DNSCACHE_SIZE"),
            crawler.settings.getfloat("DNS_TIMEOUT"),
        )
        resolver.exempt |= private_names(spider.session.allow.values())
        resolver.install_on_reactor()
        spider.refused_names = resolver.refused

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises BadUrl for a target that is not allowed."""
        allow: AllowList = request.meta["allow"]
        # The rules of a robots.txt may stand on any host (RFC 9309 §2.3.1.2).
        robots = request.meta["frontier"].role is Role.ROBOTS
        target = allow.reachable(request.url) if robots else allow.check(request.url)
        request.meta["target_name"] = target.name
        if target.address is not None and not is_public(target.address):
            request.meta["proxy"] = None
