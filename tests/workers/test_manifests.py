"""The manifests for Kubernetes are what the operator takes, name each other rightly, and give commands that exist."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml

from archive.cli import main
from archive.workers import available
from archive.workers.shard import RESOURCE

FOLDER = Path(__file__).parents[2] / "docs" / "kubernetes"
MANIFESTS: dict[str, Any] = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))
}
SCHEMAS: dict[str, Any] = json.loads((Path(__file__).parent / "dask-operator.json").read_text("utf-8"))
OF_KUBERNETES = {"apiVersion", "kind", "metadata"}


def closed(schema: Any) -> Any:
    """The schema with every name refused that it does not know: Kubernetes would drop it without a word."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    # A property may itself be called `properties`; a schema with properties says that it is of an object.
    if isinstance(inner.get("properties"), dict) and inner.get("type") == "object":
        inner.setdefault("additionalProperties", False)
    return inner


STRICT = {"$defs": closed(SCHEMAS["$defs"])}


def errors(what: str, instance: Any) -> list[str]:
    """What a validator has against something of the kind."""
    validator = jsonschema.Draft202012Validator({**STRICT, "$ref": f"#/$defs/{what}"})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(instance)]


def of_the_operator(manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest without what every object of Kubernetes has."""
    return {key: value for key, value in manifest.items() if key not in OF_KUBERNETES}


def pods() -> dict[str, Any]:
    """The specification of every pod, by what it does."""
    cluster = MANIFESTS["cluster"]["spec"]
    return {
        "scheduler": cluster["scheduler"]["spec"],
        "worker": cluster["worker"]["spec"],
        "crawler": MANIFESTS["crawlers"]["spec"]["worker"]["spec"],
        "parse": MANIFESTS["parse"]["spec"]["template"]["spec"],
        "crawl": MANIFESTS["crawl"]["spec"]["template"]["spec"],
    }


def container(name: str) -> dict[str, Any]:
    """The only container of a pod."""
    (only,) = pods()[name]["containers"]
    found: dict[str, Any] = only
    return found


def test_all_manifests_are_known_here() -> None:
    assert {name: (one["apiVersion"], one["kind"]) for name, one in MANIFESTS.items()} == {
        "autoscaler": ("kubernetes.dask.org/v1", "DaskAutoscaler"),
        "cluster": ("kubernetes.dask.org/v1", "DaskCluster"),
        "crawl": ("batch/v1", "Job"),
        "crawlers": ("kubernetes.dask.org/v1", "DaskWorkerGroup"),
        "data": ("v1", "PersistentVolumeClaim"),
        "parse": ("batch/v1", "Job"),
    }


@pytest.mark.parametrize("name", ["cluster", "autoscaler", "crawlers"])
def test_the_operator_takes_them(name: str) -> None:
    manifest = MANIFESTS[name]
    assert errors(manifest["kind"], of_the_operator(manifest)) == []


@pytest.mark.parametrize("name", ["scheduler", "worker", "crawler", "parse", "crawl"])
def test_every_pod_is_one(name: str) -> None:
    assert errors("pod", pods()[name]) == []


def wrong_name(spec: Any) -> None:
    spec["worker"]["replica"] = spec["worker"].pop("replicas")


def wrong_type(spec: Any) -> None:
    spec["scheduler"]["spec"]["containers"][0]["ports"][0]["containerPort"] = "8786"


def left_out(spec: Any) -> None:
    del spec["worker"]["spec"]["containers"][0]["name"]


@pytest.mark.parametrize("mistake", [wrong_name, wrong_type, left_out])
def test_the_schema_sees_mistakes(mistake: Callable[[Any], None]) -> None:
    manifest = copy.deepcopy(of_the_operator(MANIFESTS["cluster"]))
    mistake(manifest["spec"])
    assert len(errors("DaskCluster", manifest)) == 1


def test_they_name_each_other() -> None:
    cluster, claim = MANIFESTS["cluster"]["metadata"]["name"], MANIFESTS["data"]["metadata"]["name"]
    assert MANIFESTS["autoscaler"]["spec"]["cluster"] == MANIFESTS["crawlers"]["spec"]["cluster"] == cluster
    service = MANIFESTS["cluster"]["spec"]["scheduler"]["service"]
    assert service["selector"] == {"dask.org/cluster-name": cluster, "dask.org/component": "scheduler"}
    assert service["type"] == "ClusterIP"
    for name in ("worker", "crawler", "parse", "crawl"):
        (volume,) = pods()[name]["volumes"]
        (mount,) = container(name)["volumeMounts"]
        assert volume["persistentVolumeClaim"]["claimName"] == claim
        assert volume["name"] == mount["name"]
        assert mount["mountPath"] == "/data"
    assert len({container(name)["image"] for name in pods()}) == 1
    assert MANIFESTS["data"]["spec"]["accessModes"] == ["ReadWriteMany"]


@pytest.mark.parametrize("name", ["parse", "crawl"])
def test_the_pass_is_a_command_that_exists(name: str) -> None:
    command, *arguments = container(name)["args"]
    assert command == name
    cluster = MANIFESTS["cluster"]["metadata"]["name"]
    found = main.get_command(click.Context(main), command)
    assert found is not None
    given = found.make_context(command, arguments).params
    assert given["data"] == Path("/data")
    assert given["scheduler"] == f"tcp://{cluster}-scheduler:8786"


@pytest.mark.skipif(not available(), reason="needs the extra `cluster`")
def test_the_commands_of_dask_exist() -> None:
    from distributed.cli import dask_scheduler, dask_worker

    for pod, module in {"scheduler": dask_scheduler, "worker": dask_worker, "crawler": dask_worker}.items():
        given, name = container(pod), pod.replace("crawler", "worker")
        assert given["command"] == ["dask", name]
        module.main.make_context(name, list(given.get("args", ())))
    assert (
        dask_worker.main.make_context("worker", list(container("crawler")["args"])).params["resources"]
        == f"{RESOURCE}=1"
    )
    assert not any(mount.get("readOnly") for mount in container("crawler")["volumeMounts"])
    assert dask_worker.main.make_context("worker", list(container("worker")["args"])).params["nthreads"] == 2
