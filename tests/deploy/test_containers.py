"""The image and the compose file: linted, and every command run or parsed as it stands in the file."""

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
sys.path.insert(0, str(DEPLOY / "demo"))

from servers import free_address  # noqa: E402

COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
HELM = yaml.safe_load((DEPLOY / "helm" / "airflow-values.yaml").read_text())


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """deploy/ as a user has it before the first start: with .env and secrets."""
    folder = tmp_path_factory.mktemp("plant") / "deploy"
    shutil.copytree(DEPLOY, folder, ignore=shutil.ignore_patterns("secrets", "__pycache__"))
    shutil.copy(folder / ".env.example", folder / ".env")
    assert "12 secrets" in run(str(folder / "make-secrets"))
    return folder


def test_hadolint_finds_nothing_in_the_dockerfile():
    assert run(str(Path(sys.executable).parent / "hadolint"), str(DEPLOY / "Dockerfile")) == ""


def test_the_image_is_slim_without_root_and_locked():
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"python:3.11-slim-bookworm"}
    assert "USER 10001:10001" in DOCKERFILE
    assert "--constraint constraints.txt" in DOCKERFILE
    kept = (ROOT / ".dockerignore").read_text().splitlines()
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        for name in source.split():
            assert f"!{name}" in kept, name
            assert (ROOT / name).exists(), name


def test_compose_takes_the_file(copied, program):
    told = yaml.safe_load(run(program("docker-compose"), "-f", "compose.yaml", "config", cwd=copied))
    assert set(told["services"]) == set(SERVICES)


def test_the_secrets_are_the_composes_and_stay_as_they_are(copied):
    folder = copied / "secrets"
    assert {path.name for path in folder.iterdir()} == set(COMPOSE["secrets"])
    assert {s["file"] for s in COMPOSE["secrets"].values()} == {f"secrets/{name}" for name in COMPOSE["secrets"]}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert len(set(before.values())) == len(before)
    assert f"airflow:{before['postgres_password']}@postgres/airflow" in before["airflow_database"]
    assert list(json.loads(before["airflow_passwords"])) == ["admin"]
    run(str(copied / "make-secrets"))
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_nothing_secret_stands_in_a_file():
    """Whatever is called a password, a secret, a token or a key is a file's or a Kubernetes secret's name."""
    given = {name: value for s in SERVICES.values() for name, value in (s.get("environment") or {}).items()}
    named = {**given, **{name: value for name, value in HELM.items() if isinstance(value, str)}, **HELM["data"]}
    for name, value in named.items():
        if re.search(r"(?i)password|secret|token|_key|result_backend|sql_alchemy_conn", name):
            assert re.fullmatch(r"(cat )?/run/secrets/\w+|/tmp/airflow_passwords|nightscore-[a-z-]+", value), name
    assert not re.search(r"(?im)^[^#]*(password|secret|token)", (DEPLOY / ".env.example").read_text())


def test_containers_are_hardened_and_ports_are_the_machines_own():
    for name, service in SERVICES.items():
        if name not in ("postgres", "s3"):
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name
        assert service["mem_limit"], name
        assert service["pids_limit"] <= 512, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), name
        for secret in service.get("secrets", []):
            assert secret in COMPOSE["secrets"], f"{name}: {secret}"


def test_every_image_but_our_own_names_its_version():
    images = {service["image"] for service in SERVICES.values()} - {"nightscore"}
    assert [image for image in images if not re.fullmatch(r"[\w/]+:(?!latest)[\w.-]+", image)] == []


def test_every_airflow_command_is_one_that_airflow_knows(tmp_path):
    scripts = [SERVICES[name]["command"][-1].splitlines() for name in ("prepare", "airflow-api-server")]
    lines = [line.removeprefix("exec ") for script in scripts for line in script]
    lines += [
        shlex.join(s["command"]) for n, s in SERVICES.items() if n.startswith("airflow") and "bash" not in s["command"]
    ]
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("airflow ")]
    assert len(commands) == 7
    code = (
        f"from airflow.cli.cli_parser import get_parser\nfor words in {commands!r}:\n    get_parser().parse_args(words)"
    )
    run(sys.executable, "-W", "ignore", "-c", code, env={**os.environ, "AIRFLOW_HOME": str(tmp_path)})
    for script in scripts:
        run("bash", "-n", "-c", "\n".join(script))
        for line in script:
            if line.startswith("python -c "):
                compile(shlex.split(line)[2], "compose.yaml", "exec")


@contextmanager
def started(command, address, ready, **options):
    """A server that answers; ended on leaving."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options) as server:
        try:
            deadline = time.monotonic() + 250
            while not answers(f"http://{address}{ready}"):
                assert server.poll() is None, f"{command} ended"
                assert time.monotonic() < deadline, f"{command} does not answer"
                time.sleep(0.2)
            yield
        finally:
            server.terminate()


def answers(url):
    try:
        urllib.request.urlopen(url, timeout=5).close()  # noqa: S310
    except OSError:
        return False
    return True


def inside(text, service, folder, tmp_path):
    """A container's path as it is on this machine: mounts and volumes followed."""
    mounts = {"/run/secrets": str(folder / "secrets")}
    for mount in SERVICES[service]["volumes"]:
        source, target = mount.split(":")[:2]
        mounts[target] = str(folder / source if source.startswith(".") else tmp_path / source)
    longest = sorted(mounts, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest)), lambda found: mounts[found[0]], text)


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("pushgateway", "prometheus-pushgateway"),
        ("prometheus", "prometheus"),
        ("alertmanager", "prometheus-alertmanager"),
    ],
)
def test_monitoring_starts_by_its_command_as_it_stands(copied, tmp_path, program, service, name):
    for config in (copied / "prometheus.yml", copied / "alertmanager.yml"):
        config.write_text(config.read_text().replace("/run/secrets", str(copied / "secrets")))
    command = [inside(word, service, copied, tmp_path) for word in SERVICES[service]["command"]]
    address = free_address()
    (tmp_path / service).mkdir(exist_ok=True)
    with started([program(name), *command, f"--web.listen-address={address}"], address, "/-/ready", cwd=tmp_path):
        pass


def test_the_queue_starts_by_its_command_and_its_health_check(tmp_path, program):
    words, check = SERVICES["redis"]["command"], SERVICES["redis"]["healthcheck"]["test"][1:]
    port = free_address().split(":")[1]
    with subprocess.Popen(
        [program(words[0]), *words[1:], "--port", port], cwd=tmp_path, stdout=subprocess.DEVNULL
    ) as server:
        try:
            deadline = time.monotonic() + 30
            check = [program(check[0]), "-p", port, *check[1:]]
            while subprocess.run(check, capture_output=True, text=True, check=False).stdout.strip() != "PONG":
                assert time.monotonic() < deadline
                time.sleep(0.1)
        finally:
            server.terminate()


@pytest.mark.live
def test_the_service_starts_by_the_images_command_and_its_health_check(copied, tmp_path):
    """The compose file's words, on loopback; 0.0.0.0 is the container's own."""
    image = json.loads(re.findall(r"^CMD (\[.+\])", DOCKERFILE, re.MULTILINE)[0])
    words = SERVICES["service"]["command"]
    assert [w for w in words if w not in ("--name", "service")] == image
    address = free_address()
    token = str(copied / "secrets" / "service_token")
    swapped = {"0.0.0.0": "127.0.0.1", "8080": address.split(":")[1], "/run/secrets/service_token": token}  # noqa: S104
    command = [str(Path(sys.executable).parent / words[0]), *(swapped.get(word, word) for word in words[1:])]
    (tmp_path / "settings.toml").write_text('store = "store"\n')
    environment = {**os.environ, "NIGHTSCORE_SETTINGS": str(tmp_path / "settings.toml"), "OMP_NUM_THREADS": "1"}
    check = json.loads(re.findall(r"^ +CMD (\[.+\])", DOCKERFILE, re.MULTILINE)[0])
    with started(command, address, "/health", env=environment, cwd=tmp_path):
        run(sys.executable, *(word.replace("127.0.0.1:8080", address) for word in check[1:]))
        asked = urllib.request.Request(f"http://{address}/metrics", headers={"Host": "service"})
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
            assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


def test_the_charts_environment_is_that_of_every_other_installation():
    lines = (DEPLOY / "airflow" / "airflow.env").read_text().splitlines()
    stated = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z]", line))
    stated.pop("AIRFLOW__CORE__EXECUTOR")  # the chart's own key
    given = {one["name"]: one["value"] for one in HELM["env"]}
    assert {name: given[name] for name in stated} == stated
    assert HELM["executor"] == SERVICES["airflow-worker"]["environment"]["AIRFLOW__CORE__EXECUTOR"]
