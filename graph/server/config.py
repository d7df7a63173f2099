"""The settings of a local Neo4j: loopback only, a password, and refused by configuration what the guard refuses in a query."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandan.graph.server.jars import entry_point, find_java

_PACKAGES = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
_OPENS = tuple(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in _PACKAGES)


@dataclass(frozen=True, slots=True)
class Instance:
    """A Neo4j of our own.

    Attributes:
        root: Folder of its data, settings and logs.
        dist: Folder with `lib/` and `plugins/`.
        port: Of Bolt, on 127.0.0.1.
    """

    root: Path
    dist: Path
    port: int

    @property
    def uri(self) -> str:
        """Address of the server, without a user."""
        return f"bolt://127.0.0.1:{self.port}"

    @property
    def console(self) -> Path:
        """What the server says when it starts."""
        return self.root / "console.log"


def write_config(instance: Instance, *, has_auth: bool = True, pagecache: str = "256m", extra: Mapping[str, str] | None = None) -> None:
    """Make the folders of a server and write `conf/neo4j.conf`.

    Args:
        instance: Where.
        has_auth: Whether it asks for a password; without is for tests only.
        pagecache: Memory for the store's pages.
        extra: More settings, or others in the place of these.
    """
    root = instance.root
    for name in ("conf", "import", "data", "logs", "run"):
        (root / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    settings: dict[str, object] = {
        "server.directories.data": root / "data",
        "server.directories.logs": root / "logs",
        "server.directories.run": root / "run",
        "server.directories.import": root / "import",
        "server.directories.transaction.logs.root": root / "data" / "transactions",
        "server.directories.lib": instance.dist / "lib",
        "server.directories.plugins": instance.dist / "plugins",
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{instance.port}",
        "server.bolt.advertised_address": f"127.0.0.1:{instance.port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "dbms.security.auth_enabled": str(has_auth).lower(),
        "dbms.usage_report.enabled": "false",
        "server.memory.pagecache.size": pagecache,
        # What follows the guard refuses too, but only in queries that come through sandan; READ mode stops none of it.
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",  # LOAD CSV reaches no network
        "dbms.security.procedures.allowlist": "gds.*",  # of those in plugins/; nothing that reads files or the network is there
        "dbms.security.procedures.unrestricted": "gds.*",
        "db.transaction.timeout": "120s",
        "db.memory.transaction.max": "512m",
        "db.tx_log.rotation.retention_policy": "256M size",
    }
    lines = [f"{key}={value}\n" for key, value in {**settings, **(extra or {})}.items()]
    (root / "conf" / "neo4j.conf").write_text("".join(lines), encoding="utf-8")


def server_command(instance: Instance, heap: str, *more: str) -> list[str]:
    """How the server is started, with more words for Java.

    Raises:
        ConfigError: Java is missing, or the jars are not a server's.
    """
    options = ["-XX:+UseG1GC", "-Dfile.encoding=UTF-8", "-Dlog4j2.disable.jmx=true", "-Djol.skipHotspotSAAttach=true"]
    class_path = os.pathsep.join((f"{instance.dist}/plugins/*", f"{instance.root}/conf/*", f"{instance.dist}/lib/*"))
    start = [entry_point(instance.dist), f"--home-dir={instance.root}", f"--config-dir={instance.root}/conf", "--console-mode"]
    return [find_java(), f"-Xmx{heap}", *options, *more, *_OPENS, "--enable-native-access=ALL-UNNAMED", "-cp", class_path, *start]


def admin_command(instance: Instance, *words: str, heap: str = "1g") -> tuple[list[str], dict[str, str]]:
    """How the server's own tool is called while the server is stopped, and in which environment.

    Raises:
        ConfigError: Java is missing.
    """
    command = [find_java(), f"-Xmx{heap}", *_OPENS, "-cp", f"{instance.dist}/lib/*", "org.neo4j.cli.AdminTool", *words]
    return command, {**os.environ, "NEO4J_HOME": str(instance.root), "NEO4J_CONF": str(instance.root / "conf")}
