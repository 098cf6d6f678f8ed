"""An operator's own list of portals made into rows of the registry: columns by their names, divisions by theirs.

What cannot be mapped is refused with its line and reason and never guessed; the rest is taken.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.models import Level, Portal
from archive.registry import checks
from archive.registry.divisions import CENTRAL, Divisions
from archive.registry.places import Places
from archive.registry.proposals import government_of, level_of, propose_id
from archive.registry.tables import Problems, RegistryError, Row, read_any_table

NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "portal_id", "编号", "标识"),
    "name": (
        "name",
        "portal",
        "site",
        "site_name",
        "网站名称",
        "名称",
        "单位",
        "单位名称",
        "主办单位",
        "机关",
        "机构名称",
    ),
    "division": (
        *("division", "division_path", "division_code", "code", "adcode", "region", "area", "place"),
        *("行政区划", "行政区划代码", "区划", "区划代码", "地区", "所属地区", "辖区", "区域", "代码"),
    ),
    "level": ("level", "tier", "级别", "层级", "行政级别"),
    "home_url": (
        "home_url",
        "home",
        "homepage",
        "url",
        "website",
        "site_url",
        "网址",
        "首页",
        "主页",
        "网站",
        "首页网址",
        "域名",
    ),
    "annual_report_url": (
        "annual_report_url",
        "column_url",
        "annual_report",
        "年报",
        "年报栏目",
        "年报网址",
        "年报栏目网址",
    ),
    "platform": ("platform", "cms", "平台", "建站平台"),
    "notes": ("notes", "note", "evidence", "remark", "remarks", "comment", "备注", "说明"),
}
"""The names that a column may have in other people's lists, by the column of the registry; case does not matter."""

_LEVELS: Mapping[str, Level] = {
    **{level.value: level for level in Level},
    **dict.fromkeys(("省级", "省", "自治区级", "直辖市", "municipality"), Level.PROVINCE),
    **dict.fromkeys(("地级", "市级", "地市级", "地市", "州级", "副省级", "city"), Level.PREFECTURE),
    **dict.fromkeys(("县级", "县区", "区县", "县区级", "区级", "县", "区", "district"), Level.COUNTY),
    **dict.fromkeys(("乡级", "乡镇", "乡镇级", "镇街", "街道", "镇", "town", "street"), Level.TOWNSHIP),
    **dict.fromkeys(("部级", "部委", "国家级", "中央", "国务院部门", "central", "national"), Level.MINISTRY),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be taken: its line, what it says in short, and why not."""

    line: int
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What a list came to: rows for the registry, refused rows, columns used (ours to theirs) and not used."""

    portals: tuple[Portal, ...]
    refused: tuple[Refused, ...]
    used: Mapping[str, str]
    unused: tuple[str, ...]


def read_list(path: Path, divisions: Divisions, known: Collection[Portal] = ()) -> Imported:
    """Reads an operator's list; `known` are the portals that the registry has already.

    Raises RegistryError for a file that is not UTF-8 CSV or has no column for the home page or the division.
    """
    problems = Problems()
    header, rows = read_any_table(path, problems)
    used = columns_of(header)
    if missing := [name for name in ("home_url", "division") if name not in used]:
        raise RegistryError(
            tuple(
                f"{path}, line 1: no column for {name}; name one of them {', '.join(NAMES[name])}" for name in missing
            )
        )
    places = Places(divisions)
    taken = {portal.id for portal in known}
    homes = {address: f"is portal {portal.id} already" for portal in known for address in _addresses(portal)}
    found: list[Portal] = []
    refused = [_refused_line(error, path) for error in problems.errors]
    for row in rows:
        fields = {ours: row[theirs] for ours, theirs in used.items()}
        read = _portal(Row(str(path), row.line, fields), places, taken)
        # Several columns of one home page are several portals; a home page without a column is all of them.
        if isinstance(read, Portal) and (there := homes.get(_addresses(read)[-1])):
            read = Refused(row.line, fields["home_url"], there)
        if isinstance(read, Refused):
            refused.append(read)
            continue
        found.append(read)
        taken.add(read.id)
        homes |= dict.fromkeys(_addresses(read), f"stands on line {row.line} already")
    unused = tuple(name for name in header if name not in used.values())
    return Imported(tuple(found), tuple(sorted(refused, key=lambda one: one.line)), used, unused)


def columns_of(header: Collection[str]) -> Mapping[str, str]:
    """The column of a list that stands for each of ours, by its name; the better name first, one for one."""
    used: dict[str, str] = {}
    for ours, names in NAMES.items():
        for name in names:
            theirs = next((one for one in header if one.strip().lower() == name), None)
            if theirs is not None and theirs not in used.values():
                used[ours] = theirs
                break
    return used


def _portal(row: Row, places: Places, taken: Collection[str]) -> Portal | Refused:
    problems = Problems()
    home = row["home_url"]
    if home and "://" not in home:
        home = f"http://{home}"
    level, level_note = _level(row["level"])
    if row["level"] and level is None:
        return Refused(row.line, home or row["name"], f"level {row['level']!r} is none of {', '.join(Level)}")
    place = places.find(row["division"], level)
    if place.code is None:
        return Refused(row.line, home or row["name"], place.how)
    name = row["name"] or government_of(place.code, places.divisions)
    if not name or (place.code == CENTRAL and not row["name"]):
        return Refused(row.line, home, "no name is given, and the division has none")
    platform = row["platform"].lower().replace("-", "_")
    known_platform = platform in checks.PLATFORMS
    notes = [row["notes"], level_note, f"division found as {place.how}" if place.how else ""]
    if platform and not known_platform:
        notes.append(f"platform in the list: {row['platform']}")
    checked = Row(
        row.source,
        row.line,
        {
            "id": row["id"] or propose_id(home, taken),
            "home_url": home,
            "annual_report_url": row["annual_report_url"],
        },
    )
    portal = Portal(
        id=checks.identifier(checked, "id", problems),
        name=name,
        division=place.code,
        level=level or level_of(place.code),
        home_url=checks.url(checked, "home_url", problems, required=True) or "",
        annual_report_url=checks.url(checked, "annual_report_url", problems),
        platform=platform if known_platform else None,
        notes="; ".join(note for note in notes if note),
    )
    if portal.id in taken:
        problems.add(checked, "id", f"{portal.id!r} is taken")
    if problems.errors:
        start = f"{row.source}, line {row.line}, "
        return Refused(row.line, home or name, "; ".join(error.removeprefix(start) for error in problems.errors))
    return portal


def _level(words: str) -> tuple[Level | None, str]:
    """The tier that a list's word stands for, and a note where the word says more than that."""
    text = words.strip().lower()
    if text in _LEVELS:
        return _LEVELS[text], ""
    head, dash, rest = text.partition("-")
    return (_LEVELS[head], f"level in the list: {words}") if dash and rest and head in _LEVELS else (None, "")


def _refused_line(error: str, path: Path) -> Refused:
    """A row whose number of fields is wrong, as the reader of tables tells it."""
    line, _, why = error.removeprefix(f"{path}, line ").partition(": ")
    return Refused(int(line), "", why)


def _addresses(portal: Portal) -> tuple[str, ...]:
    """The addresses that a portal is known by: its home page, then its column where one is given."""
    return tuple(bare_address(url) for url in (portal.home_url, portal.annual_report_url) if url)


def bare_address(url: str) -> str:
    """An address to compare, without what makes no difference: scheme, www, a closing slash."""
    return url.lower().partition("://")[2].removeprefix("www.").rstrip("/")
