"""Which other portals a portal links to: those of the places below it, of its departments and of its townships. Pure.

The link words have to name a body, and the host has to be one that public bodies use. A place below counts by the list
of divisions, a department by standing on the same domain or under the portal's own name. What leads up (the province,
the centre) or aside (a neighbour) is not proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.models import Level, Portal
from archive.registry import CENTRAL, Divisions, government_of, level_of, propose_id
from crawler.guard import BadUrl, is_public, read_url, registrable
from crawler.pages import Page, resolve
from crawler.pages.page import inner_text

MAX_WORDS = 30
_PUBLIC_HOST = re.compile(r"\.(?:gov\.cn|xn--zfr164b)$")  # the second is .政务
_SITE = re.compile(r"(?:政府|政务|门户|官方|信息)*(?:网站|官网|门户网|门户|网)$")
_GOVERNMENT = re.compile(r"(?:人民)?政府$")
_TOWNSHIP = re.compile(r"[\u4e00-\u9fff]{1,10}(?:镇|乡|街道|街道办事处|办事处|苏木)(?:人民政府)?")
_DEPARTMENT = re.compile(
    r"[\u4e00-\u9fff]{2,24}(?:局|委|委员会|办|办公室|厅|处|院|中心|总队|支队|管委会|管理委员会|集团|事务所)"
)
_SHORT = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|省|市|区|县|旗|盟)$")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One portal that another links to: the row to review, its kind (place, department, township), the evidence."""

    row: Portal
    kind: str
    text: str
    seen_on: str


@dataclass(frozen=True, slots=True)
class Outlink:
    """A link or an entry of a drop-down list that leads to another host."""

    url: str
    text: str
    seen_on: str


def outlinks(page: Page) -> Iterator[Outlink]:
    """The links of a page to other hosts; drop-down lists count, many portals keep their neighbours there."""
    own = urlsplit(page.url).netloc
    for element in page.tree.iter("a", "option", "area"):
        target = element.get("href") if element.tag != "option" else element.get("value")
        if not target or (element.tag == "option" and "://" not in target):
            continue
        url = resolve(page.base, target.strip())
        words = inner_text(element) or element.get("title") or element.get("alt") or ""
        if url and words and len(words) <= MAX_WORDS and urlsplit(url).netloc != own:
            yield Outlink(url, "".join(words.split()), page.url)


def propose(
    portal: Portal, pages: Iterable[Page], divisions: Divisions, known: Iterable[Portal] = ()
) -> tuple[Proposal, ...]:
    """The subordinate portals that the pages of a portal link to and that the registry (`known`) does not have yet."""
    portals = [portal, *known]
    taken = {one.id for one in portals}
    hosts = {_host(one.home_url) for one in portals}
    below = {name: code for code, name in _places_below(portal.division, divisions)}
    own = read_url(portal.home_url).address
    at_home = own is not None and not is_public(own)  # only a portal of one's own network may lead into it
    found: list[Proposal] = []
    for link in (link for page in pages for link in outlinks(page)):
        try:
            target = read_url(link.url)
        except BadUrl:
            continue
        if target.address is None and not _PUBLIC_HOST.search(target.name):
            continue
        if target.address is not None and not is_public(target.address) and not at_home:
            continue
        if _host(target.url) in hosts:
            continue
        proposal = _proposal(portal, link, target.url, below, divisions, taken)
        if proposal is not None:
            found.append(proposal)
            taken.add(proposal.row.id)
            hosts.add(_host(target.url))
    return tuple(sorted(found, key=lambda one: (_KINDS.index(one.kind), one.row.division)))


_KINDS = ("place", "department", "township")


def _proposal(
    portal: Portal, link: Outlink, url: str, below: dict[str, str], divisions: Divisions, taken: set[str]
) -> Proposal | None:
    parts = urlsplit(url)
    home = f"{parts.scheme}://{parts.netloc}/"
    words = _SITE.sub("", link.text)
    place = below.get(_GOVERNMENT.sub("", words)) or below.get(words)
    if place:
        name, division, level, kind = government_of(place, divisions) or words, place, level_of(place), "place"
    elif _TOWNSHIP.fullmatch(words) and portal.level is Level.COUNTY:
        name, division, level, kind = _full(words, portal, divisions), portal.division, Level.TOWNSHIP, "township"
    elif _DEPARTMENT.fullmatch(words) and _of_portal(words, url, portal, divisions):
        own_level = portal.level or level_of(portal.division)
        name, division, level, kind = _full(words, portal, divisions), portal.division, own_level, "department"
    else:
        return None
    row = Portal(
        id=propose_id(home, taken),
        name=name,
        division=division,
        level=level,
        home_url=home,
        notes=f"linked from {portal.id} as {link.text}; not looked at",
    )
    return Proposal(row, kind, link.text, link.seen_on)


def _places_below(division: str, divisions: Divisions) -> Iterator[tuple[str, str]]:
    """The divisions in use below one, with every spelling that a link may have; of two of one name none is meant."""
    codes = {
        entry.code: entry.name
        for entry in divisions
        if entry.valid_to is None and (division == CENTRAL or division in divisions.parents(entry.code))
    }
    names = list(codes.values())
    for code, name in codes.items():
        if names.count(name) > 1 or (division == CENTRAL and level_of(code) is not Level.PROVINCE):
            continue
        above = divisions.name(division) or ""
        yield code, name
        yield code, f"{above}{name}"
        yield code, divisions.path(code)
        short = _SHORT.sub("", name)
        if len(short) >= 2 and sum(other.startswith(short) for other in names) == 1:
            yield code, short


def _of_portal(words: str, url: str, portal: Portal, divisions: Divisions) -> bool:
    """Whether a department is one of the portal's own: by its domain, or by the place that its name begins with."""
    mine, theirs = read_url(portal.home_url), read_url(url)
    same_domain = theirs.address is None and registrable(theirs.name) == registrable(mine.name)
    place = divisions.name(portal.division)
    return same_domain or (place is not None and words.startswith(place))


def _full(words: str, portal: Portal, divisions: Divisions) -> str:
    """The name with the place in front: portals write 教育局 where the body is called 滕州市教育局."""
    name = f"{words}人民政府" if re.search(r"(?:镇|乡|苏木)$", words) else words
    above = [divisions.name(code) for code in (portal.division, *divisions.parents(portal.division))]
    return name if any(place and name.startswith(place) for place in above) else f"{above[0] or ''}{name}"


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")
