"""The manifests without Airflow: each after Kubernetes' own schema, hardened, calling what the command knows."""

import re
from pathlib import Path

import kubernetes_validate
import pytest
import typer
import yaml

from service.cli.app import app

FOLDER = Path(__file__).parents[2] / "deploy/kubernetes"
MANIFESTS = {
    f"{path.stem} {document['kind']} {document['metadata']['name']}": document
    for path in sorted(FOLDER.glob("*.yaml"))
    if path.stem != "kustomization"
    for document in yaml.safe_load_all(path.read_text())
}
PODS = {
    "nightscore": MANIFESTS["service Deployment nightscore"]["spec"]["template"],
    "nightscore-nightly": MANIFESTS["nightly CronJob nightscore-nightly"]["spec"]["jobTemplate"]["spec"]["template"],
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_is_what_kubernetes_takes(name):
    for version in ("1.30", "1.34"):
        kubernetes_validate.validate(MANIFESTS[name], version, strict=True)


def test_what_is_no_manifest_is_refused():
    wrong = {**MANIFESTS["service Service nightscore"], "spec": {"selector": {}, "ports": [{"port": "http"}]}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.34", strict=True)


def test_every_manifest_is_applied_and_every_claim_and_secret_is_named_once():
    kustomization = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
    assert sorted(kustomization["resources"]) == sorted({f"{name.split()[0]}.yaml" for name in MANIFESTS})
    claims = {name.split()[2] for name in MANIFESTS if "PersistentVolumeClaim" in name}
    volumes = [volume for pod in PODS.values() for volume in pod["spec"]["volumes"]]
    assert {v["persistentVolumeClaim"]["claimName"] for v in volumes if "persistentVolumeClaim" in v} == claims
    assert {v["configMap"]["name"] for v in volumes if "configMap" in v} == {"nightscore-settings"}
    assert not any(document["kind"] == "Secret" for document in MANIFESTS.values())


@pytest.mark.parametrize("name", PODS)
def test_a_pod_runs_without_root_on_a_root_file_system_that_it_cannot_write(name):
    pod = PODS[name]["spec"]
    assert PODS[name]["metadata"]["labels"] == {"app": name}
    assert (pod["securityContext"]["runAsNonRoot"], pod["automountServiceAccountToken"]) == (True, False)
    (container,) = pod["containers"]
    held = container["securityContext"]
    assert (held["readOnlyRootFilesystem"], held["allowPrivilegeEscalation"]) == (True, False)
    assert held["capabilities"] == {"drop": ["ALL"]}
    assert "memory" in container["resources"]["limits"]
    mounts, volumes = container["volumeMounts"], pod["volumes"]
    assert {mount["name"] for mount in mounts} == {volume["name"] for volume in volumes}


@pytest.mark.parametrize("name", PODS)
def test_a_pod_calls_what_the_command_knows(name):
    (container,) = PODS[name]["spec"]["containers"]
    words = " ".join(container.get("command", container.get("args")))
    command = re.search(r"nightscore (\S+)", words)[1]
    parameters = typer.main.get_command(app).commands[command].params
    known = {option for parameter in parameters for option in parameter.opts}
    assert set(re.findall(r"--[a-z-]+", words)) <= known


def test_the_probe_names_a_host_that_the_service_answers():
    (container,) = PODS["nightscore"]["spec"]["containers"]
    for probe in ("readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"]["path"] == "/health"
        assert container[probe]["httpGet"]["httpHeaders"] == [{"name": "Host", "value": "127.0.0.1"}]
