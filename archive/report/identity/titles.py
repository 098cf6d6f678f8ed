"""The title of a report: in the tags and headings of a page, in its first lines, or before its main text.

A page lists the reports of other years and bodies beside its own. Links are known for that; among lines that all look
like titles the year of which the text speaks decides, and the body that the text names elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from archive.models import Block, Document, Grid, Heading
from archive.report.form import Rejection, load_form
from archive.report.identity.bodies import is_name, is_office
from archive.report.identity.dates import in_digits
from archive.report.lines import Line
from archive.report.text import squeeze

_LONGEST = 80  # characters of a title, and of a line that may be one
_YEARS = ("y1", "y2", "y3", "y4", "y5")
_YEAR_WITHIN = re.compile(r"(?P<body>.{2,}?)(?P<year>20\d\d)年度?.")
_SITE = re.compile(r"\s*(?:[_|｜>»]|(?<!\d)[-—–]+|[-—–]+(?!\d))\s*")  # no dash of a span of years
_SELF = re.compile(r"^(?:我|本)(?:镇|乡|局|县|市|区|委|办|街道|单位|机关|院|厅|中心)?$")
_PLACE = re.compile("^.{1,8}[省市县区旗州盟]$")
_PLACE_IN_NAME = re.compile("[省市县区旗州盟镇乡]|街道")
_TITLE_KEYS = ("articletitle", "标题", "title", "og:title", "dc.title")
_TITLE_LINES = 12
_FRONT_BLOCKS = 3  # of the text, among which a table may tell of the page
_MENU_LINES = 60  # before the text, where its menu and lists have lost their markup
_BLANKS_IN_YEAR = re.compile(r"\s+(20\d\d)\s+(?=年)")
_RUNS_ON = re.compile(
    r"(?<=年度报告)(?=根据|按照|依据|依照|本报告|现将|为|一、).*", re.DOTALL
)  # the preamble behind a title
_WORD = re.compile("[\u4e00-\u9fff]")  # without one a line is a number of a page, or left of a table
_LEADING = re.compile(r"^(?:[\[(]?20\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?[\])]?|\d{1,2}[.、)]|[•·●◆■▪]+)(?=.*公开)")
_SCHOOL_YEAR = re.compile(r"20\d\d[-—–至](20\d\d)学年度?")  # counts as the year in which it ends
_FURNITURE = re.compile(
    "^学年|情况|要点|贯彻|落实|转发|公开[和、]|[及和]$|20\\d\\d|^[一二三四五六七八九十]+、|^(?:做好|开展|编制|组织|报送|填报|上报)|[>＞»|:_—–《》,。;-]|当前位置|首页|网站|门户|年报|年度报告|公开$"
)  # what no name of a body holds
_OTHER_WORK = re.compile(
    r"(?:预算|决算|环境|企业|信用|[党警村居厂院校财]务(?:公开[和、及与暨]?)?|重点领域|季度?|半年|\d月|\d|.五|近.{1,2}年|评估|会议|培训|检查)[\"期间]*$"
)  # before 公开, or behind a year: no report on the disclosure of a year
_ELSEWHERE = re.compile(r"(?!#|javascript:|.*\.(?:docx?|pdf|wps|ofd|xlsx?|zip|rar|rtf|et)(?:[?#]|$))", re.IGNORECASE)
"""The address of a link to another page, and not to a file that may be the report as well."""
_DATED = re.compile(r"[\[(]?20\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?[\])]?$")
_PUBLISHES = re.compile("(?<=.)关于(?:印发|公布|发布)")


@dataclass(frozen=True, slots=True)
class Title:
    """A title as printed, and the body and year that it names."""

    text: str
    agency: str | None
    year: int | None


def read_title(text: str) -> Title | None:
    """The agency and year in the title of an annual report; None if `text` is no such title."""
    if len(text) > 200:
        return None
    squeezed = _bare(text)
    match = load_form().title.match(squeezed)
    if match is None or len(squeezed) > 80:
        return None
    year = None if _differ(match["y1"], match["y2"]) else next(filter(None, map(match.group, _YEARS)), None)
    body = _body(match["body"])
    if _OTHER_WORK.search(body):
        return None
    if within := _YEAR_WITHIN.match(body):  # what follows the year tells of the work, not of the body
        if _differ(year, within["year"]):
            return None
        body, year = within["body"], within["year"]
    body = body if body.count("(") == body.count(")") else body.strip("()")
    body = re.sub(r"关于(?:报送|上报)?$", "", body).strip("_-|")
    if re.fullmatch(r"\([^()]*\)", body):
        body = body.strip("()")
    if _FURNITURE.search(body):
        return None
    if body.endswith("人民"):
        body += "政府"  # the two characters are shared with 政府信息公开
    if _SELF.match(body) or not re.search("[\u4e00-\u9fff]", body):
        body = ""
    if not body and is_name(match["by"] or ""):
        body = match["by"]
    body = body.replace("(", "（").replace(")", "）")  # as the names of bodies are printed
    return Title(" ".join(text.split()), body or None, int(year) if year else None)


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _body(text: str) -> str:
    """What names the body in a title: behind the words of a notice, or before them unless that is an office."""
    publisher, *named = _PUBLISHES.split(text, maxsplit=1)
    if named and not named[0].strip('":'):
        return "" if is_office(publisher) else publisher
    return re.sub(r"^(?:关于)?(?:公布|发布|印发)?", "", named[0] if named else text).strip('":')


def _bare(text: str) -> str:
    """A title squeezed, without what stands around it, its year in digits."""
    squeezed = re.sub("[《》]", "", squeeze(text).rstrip("。.")).replace("[", "(").replace("]", ")")
    squeezed = re.sub(r"(?<=20)20(?=\d{2}年)", "", in_digits(squeezed)).replace("年年度", "年度")
    squeezed = re.sub(r"^\((20\d\d)年?度?\)", r"\1年", squeezed)
    squeezed = load_form().around_title.sub("", _LEADING.sub("", squeezed))
    return _SCHOOL_YEAR.sub(r"\1年", squeezed)


def rejected(title: str) -> Rejection | None:
    """Why a title that speaks of disclosure is not that of an annual report, or None."""
    squeezed = squeeze(title)
    return next((rejection for rejection in load_form().rejections if rejection.pattern.search(squeezed)), None)


def tagged_titles(document: Document) -> Iterator[str]:
    """What the tags of a page say that its title is."""
    yield from (value for key in _TITLE_KEYS if (value := document.metadata.get(key)))


def _page_titles(document: Document) -> Iterator[str]:
    yield from tagged_titles(document)
    front = takewhile(lambda block: isinstance(block, Grid) or "。" not in block.text, document.blocks[:30])
    headings = [block.text for block in front if isinstance(block, Heading) and block.text.strip()]
    yield from (text for text, own in zip(headings, _are_own(headings, document), strict=True) if own)
    if document.title:
        yield document.title


def joined(top: Sequence[str]) -> Iterator[str]:
    """Lines, and what they say together with the lines beside them, as a title may run over two or three."""
    for index, text in enumerate(top):
        before = top[index - 1] if index else ""
        if _begins_title(before, text):
            yield before + text
        yield text
        if index + 1 < len(top) and len(top[index + 1]) <= 40:
            following = read_title(top[index + 1])
            if following is None or following.agency is None:  # else the line before is no part of the title
                yield text + top[index + 1]
            if _begins_title(before, text + top[index + 1]):
                yield before + text + top[index + 1]


def _cells_in_front(document: Document) -> Iterator[str]:
    """What stands in tables before the text, where portals state the title of a page, its number and its office."""
    linked = {squeeze(link.text) for link in document.links}
    front = [*document.outside[: document.before], *document.blocks[:_FRONT_BLOCKS]]
    cells = (cell for block in front if isinstance(block, Grid) for row in block.rows for cell in row)
    yield from (cell.text for cell in cells if squeeze(cell.text) not in linked)


def _texts_before(document: Document) -> Iterator[str]:
    """What may be the title outside of the main text: headings before it, the nearest first, then the lines before it.

    The texts of links are left out: a menu lists the reports of other years and bodies.
    """
    linked = Counter(squeeze(link.text) for link in document.links)
    unlinked = []
    for block in document.outside[: document.before]:
        if isinstance(block, Grid) or not block.text.strip():
            continue
        text = squeeze(block.text)
        if linked[text] > 0:
            linked[text] -= 1
        else:
            unlinked.append(block)
    yield from (block.text for block in reversed(unlinked) if isinstance(block, Heading))
    yield from joined([line for block in unlinked for line in block.text.splitlines()][-_TITLE_LINES:])


def _begins_title(before: str, text: str) -> bool:
    """Whether a line is the beginning of the title on the next: a body, or the place of a body named without one."""
    if not before or len(before) > 40 or not squeeze(before).endswith(load_form().agency_endings):
        return False
    title = read_title(text)
    if title is None or title.agency is None:
        return True
    return bool(_PLACE.search(squeeze(before))) and not _PLACE_IN_NAME.search(title.agency)


def pieces_of(text: str) -> list[str]:
    """A text, and what may be a title in it beside the names of sites and columns."""
    pieces = [text, *(piece for piece in _SITE.split(text) if len(piece) > 6)]
    return pieces + [word for word in text.split() if len(word) > 6 and word not in pieces]


def choose_title(document: Document, lines: Sequence[Line], years: Collection[int]) -> tuple[Title | None, str | None]:
    """The best title of a report in the document, and the first title of any kind; `years` are those the text names."""
    any_title: str | None = None
    best: Title | None = None
    for text in _page_titles(document):
        any_title = any_title or " ".join(text.split())
        best = _better(best, text)
        if _is_whole(best):
            return best, any_title
    in_tables = {title for text in _cells_in_front(document) if _is_whole(title := read_title(text))}
    if len(in_tables) == 1:
        return in_tables.pop(), any_title
    front = lines[:_MENU_LINES]
    own = _are_own([line.text for line in front], document)
    top = _top([line for line, is_own in zip(front, own, strict=True) if is_own])
    dated = [title for text in joined(top) for piece in pieces_of(text) if (title := read_title(piece)) and title.year]
    listed = [title for title in dated if title.agency]
    if listed and (len({title.year for title in dated}) > 1 or len(_bodies(listed)) > 1):
        best = _nearest_without_body(top, years) or _own(listed, lines, years) or best
    else:
        first = next(filter(_WORD.search, top[:_TITLE_LINES]), None)
        any_title = any_title or (" ".join(first.split()) if first else None)
        for text in joined(top[:_TITLE_LINES]):
            best = _better(best, text)
            if _is_whole(best):
                return best, any_title
        if years and (best is None or not (best.agency or best.year)):  # it may be the name of a column
            best = _own(listed, lines, years) or best
    for text in _texts_before(document):
        title = read_title(text)
        if title and title.year and (best is None or (title.agency and not _is_whole(best))):
            return title, any_title
    return best, any_title


def _nearest_without_body(top: Sequence[str], years: Collection[int]) -> Title | None:
    """The title right above the text if it names a year of the text and no body: those above it are of others."""
    for before, text in reversed(list(pairwise(["", *top]))):
        found = [title for piece in pieces_of(text) if (title := read_title(piece)) and title.year]
        if found:
            is_bare = not any(title.agency for title in found) and not _begins_title(before, text)
            return found[0] if is_bare and found[0].year in years else None
    return None


def _is_whole(title: Title | None) -> bool:
    return title is not None and title.agency is not None and title.year is not None


def _better(best: Title | None, text: str) -> Title | None:
    """The title in a text, if it says more than the best so far."""
    for piece in pieces_of(text):
        title = read_title(piece)
        if title and (
            best is None or (title.agency and not best.agency) or (title.year and not best.year and title.agency)
        ):
            best = title
    return best


def _are_own(texts: Sequence[str], document: Document) -> list[bool]:
    """For each line whether it may be the page's own title: no link to another page, and none of a list of others."""
    linked = {squeeze(link.text) for link in document.links if _ELSEWHERE.match(link.url)}
    own: list[bool] = []
    related = False
    for squeezed in map(squeeze, texts):
        bare = _DATED.sub("", squeezed)
        label = load_form().related_titles.match(squeezed)
        begins = label is not None and squeezed[label.end() : label.end() + 1] in ("", ":")
        related = begins or (related and read_title(bare) is not None)
        own.append(not related and not (bare in linked and _is_nothing_but_links(bare, document)))
    return own


def _is_nothing_but_links(squeezed: str, document: Document) -> bool:
    """Whether a text stands in the document only where links do: the page itself may be in a list beside its title."""
    texts = (text for block in (*document.outside, *document.blocks) for text in _texts_of(block))
    met = sum(_DATED.sub("", squeeze(text)) == squeezed for text in texts)
    return met <= sum(squeeze(link.text) == squeezed for link in document.links)


def _texts_of(block: Block) -> Sequence[str]:
    """What stands alone in a block: its cells or its lines."""
    return [c.text for row in block.rows for c in row] if isinstance(block, Grid) else block.text.splitlines()


def _top(lines: Sequence[Line]) -> list[str]:
    """The lines before the text; of a text without line breaks, what white space parts before its first sentence."""
    top: list[str] = []
    for line in lines[:_MENU_LINES]:
        if line.table and not top:
            continue
        pieces = [line.text]
        if len(line.text) > _LONGEST:
            pieces = [_RUNS_ON.sub("", piece) for piece in _BLANKS_IN_YEAR.sub(r"\1", line.text).split()]
        for piece in pieces[: _MENU_LINES - len(top)]:
            if line.table or len(piece) > _LONGEST or squeeze(piece).endswith("。"):
                return top
            top.append(piece)
    return top


def _bodies(titles: Sequence[Title | None]) -> set[str]:
    """The bodies that titles name; one that is named with and without its place is one."""
    names = {title.agency for title in titles if title and title.agency}
    return {name for name in names if not any(other != name and other.endswith(name) for other in names)}


def _own(listed: Sequence[Title | None], lines: Sequence[Line], years: Collection[int]) -> Title | None:
    """The report's own among titles of several: of a year that the text names, of the only body it names again.

    Where nothing tells bodies apart the last one counts if it stands alone in its year, else none.
    """
    titles = [title for title in listed if title is not None and (not years or title.year in years)]
    bodies = _bodies(titles)
    if len(bodies) > 1:
        text = "".join(line.squeezed for line in lines)
        for title in listed:
            text = text.replace(squeeze(title.text), "") if title else text
        elsewhere = {body for body in bodies if squeeze(body) in text}
        titles = [title for title in titles if title.agency in elsewhere] if len(elsewhere) == 1 else []
    return titles[-1] if len({title.year for title in titles}) == 1 else None
