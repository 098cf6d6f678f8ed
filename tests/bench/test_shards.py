"""The judge of shards: crawls that come to the same pass, and what one of them lacks is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from archive import merging
from bench.shards import crawl, differences, facts, read
from demo.farm import build_farm
from demo.server import free_port

FEW = ("weitang", "xingwu", "yanhu", "weiyan", "yimei", "muyan")


def test_shards_merged_are_the_crawl_in_one_piece(tmp_path: Path) -> None:
    farm = build_farm(free_port(30))
    farm = replace(
        farm,
        portals=tuple(portal for portal in farm.portals if portal.id in FEW),
        agencies=tuple(agency for agency in farm.agencies if agency.portal in FEW),
    )
    (whole,), log, _ = crawl(farm, tmp_path / "whole", ["1/1"], 0)
    parts, other, _ = crawl(farm, tmp_path / "parts", ["1/3", "2/3", "3/3"], 0)
    assert Counter((r.site, r.path) for r in log) == Counter((r.site, r.path) for r in other)
    target = tmp_path / "merged"
    merging.merge(parts, target)
    for data in (whole, target):
        read(data)
    one, same = facts(whole, tmp_path / "whole"), facts(target, tmp_path / "parts")
    assert len(one["reports"]) > 20
    assert differences(one, same) == []
    lost = {**same, "sightings": same["sightings"] - Counter([next(iter(same["sightings"]))])}
    assert ["sightings: 1 only in one piece" in found for found in differences(one, lost)] == [True]
