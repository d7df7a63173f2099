"""`compose.yaml` and `Dockerfile` as they lie there: pinned, healthy, without secrets, and in step with the product."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from sandan.graph.server.jars import versions
from sandan.jobs.cli import app
from sandan.record.settings import Settings

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def every_service(test: Any) -> Any:
    return pytest.mark.parametrize("name", sorted(SERVICES))(test)


def test_the_services_are_those_of_the_design() -> None:
    assert set(SERVICES) == {"neo4j", "app", "scheduler", "postgres"}


@every_service
def test_every_service_says_when_it_is_healthy_and_comes_back(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert len(check["test"]) > 1
    assert {"interval", "timeout", "retries"} <= check.keys()
    assert SERVICES[name]["restart"] == "unless-stopped"


@every_service
def test_every_image_is_pinned_to_a_patch(name: str) -> None:
    assert re.search(r":\d+\.\d+(\.\d+)?(-[a-z]+)?$", SERVICES[name]["image"])


def test_the_base_of_the_dockerfile_is_pinned_and_it_runs_as_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert [re.search(r":\d+\.\d+\.\d+-", line) is not None for line in lines if line.startswith("FROM ")] == [True]
    assert "USER sandan" in lines


@every_service
def test_no_secret_stands_in_the_file(name: str) -> None:
    for key, value in SERVICES[name].get("environment", {}).items():
        if re.search("PASSWORD|SECRET|TOKEN|AUTH|KEY", key):
            assert key.endswith("_FILE")
            assert value.removeprefix("/run/secrets/") in SERVICES[name]["secrets"]
        assert not re.search(r"://[^/@]*:[^/@]*@", str(value))


def test_secrets_come_from_files_that_images_leave_out() -> None:
    assert {tuple(secret) for secret in COMPOSE["secrets"].values()} == {("file",)}
    assert {name for service in SERVICES.values() for name in service.get("secrets", [])} == set(COMPOSE["secrets"])
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert all(secret["file"].endswith("_password.txt") for secret in COMPOSE["secrets"].values())
    assert "*_password.txt" in ignored


@every_service
def test_nothing_is_open_to_other_machines(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@every_service
def test_volumes_are_declared(name: str) -> None:
    named = {volume.split(":")[0] for volume in SERVICES[name]["volumes"]}
    assert {volume for volume in named if not volume.startswith(".")} <= set(COMPOSE["volumes"])


def test_who_needs_the_graph_waits_for_it() -> None:
    assert all(SERVICES[name]["depends_on"] == {"neo4j": {"condition": "service_healthy"}} for name in ("app", "scheduler"))


def test_the_server_is_the_one_that_the_tests_run_on() -> None:
    assert SERVICES["neo4j"]["image"] == f"neo4j:{versions()['neo4j']}-community"


def test_what_the_guard_refuses_is_refused_by_the_server_too() -> None:
    settings = {
        key.removeprefix("NEO4J_").replace("__", "\0").replace("_", ".").replace("\0", "_"): value
        for key, value in SERVICES["neo4j"]["environment"].items()
    }
    assert settings["dbms.security.allow_csv_import_from_file_urls"] == "false"
    assert settings["internal.dbms.cypher_ip_blocklist"] == "0.0.0.0/0,::/0"
    assert settings["dbms.security.procedures.allowlist"] == "gds.*"
    assert {"db.transaction.timeout", "db.memory.transaction.max"} <= settings.keys()


@pytest.mark.parametrize("name", ["app", "scheduler"])
def test_settings_and_commands_exist(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in SERVICES[name]["environment"].items():
        monkeypatch.setenv(key, value)
        first = key.removeprefix("SANDAN_").lower().split("__")[0]
        assert first in Settings.model_fields
    assert Settings().inbox.folders == tuple(Path(path) for path in json.loads(SERVICES[name]["environment"]["SANDAN_INBOX__FOLDERS"]))
    words = " ".join(SERVICES[name]["command"])
    used = set(re.findall(r"(?<!\")sandan ([a-z]+)", words))
    assert used
    assert used <= set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
