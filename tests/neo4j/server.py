"""A disposable Neo4j Community on loopback, made from public jars; for tests only."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

HERE = Path(__file__).parent
ALLOWED_JAVA = frozenset({17, 21})
_SERVICE = "META-INF/services/org.neo4j.server.startup.EntryPoint"
_PACKAGES = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
_OPENS = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in _PACKAGES]


class NoServerError(Exception):
    """Neo4j cannot be run here; the message says in one line how to change that."""


def find_java() -> str:
    """A Java that Neo4j 5.26 supports: SANDAN_TEST_JAVA, JAVA_HOME, the PATH, then the system's folder."""
    found = [os.environ.get("SANDAN_TEST_JAVA"), f"{os.environ.get('JAVA_HOME', '')}/bin/java", shutil.which("java")]
    found += sorted(str(path) for path in Path("/usr/lib/jvm").glob("*/bin/java"))
    for java in found:
        if java and Path(java).exists():
            text = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
            match = re.search(r'version "(\d+)', text)
            if match and int(match[1]) in ALLOWED_JAVA:
                return java
    raise NoServerError("no Java 17 or 21 for Neo4j: install one (Debian: openjdk-17-jre-headless) or set SANDAN_TEST_JAVA")


def build_dist(cache: Path) -> Path:
    """A folder with the server's jars in `lib/`, made once by Maven; the first time takes a minute and the network."""
    pom = HERE / "pom.xml"
    version = re.search(r"<neo4j\.version>([^<]+)<", pom.read_text(encoding="utf-8"))
    assert version, "pom.xml names no neo4j.version"
    dist = cache / version[1]
    if (dist / "lib").is_dir():
        return dist
    find_java()
    maven = shutil.which("mvn")
    if maven is None:
        raise NoServerError("no Maven to bring Neo4j: install it (Debian: maven) or set SANDAN_TEST_NEO4J to a folder with lib/")
    cache.mkdir(parents=True, exist_ok=True)
    # Under another name until it is whole, so that a run that breaks off leaves nothing that looks like a server.
    with tempfile.TemporaryDirectory(prefix="building-", dir=cache) as folder:
        shutil.copy(pom, folder)
        home = Path(folder) / "dist"
        command = [maven, "-B", "-q", "package", f"-Dhome={home}"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900, check=False)
        if done.returncode != 0:
            reason = (done.stdout + done.stderr).strip().splitlines()
            raise NoServerError(f"Maven did not bring Neo4j ({reason[0] if reason else 'no output'}); the first run needs the network")
        with contextlib.suppress(OSError):  # another run was faster
            home.replace(dist)
    return dist


@contextlib.contextmanager
def neo4j_server(
    dist: Path, *, heap: str = "512m", timeout_s: float = 120.0, password: str = "", extra: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Bolt address of a fresh, empty server that dies with the block; with a password its user is `neo4j`, without it asks for none."""
    with tempfile.TemporaryDirectory(prefix="neo4j-test-") as folder:
        root, port = Path(folder), _free_port()
        _write_settings(root, dist, port, has_auth=bool(password), extra=extra or {})
        if password:
            _set_password(dist, root, password)
        console = root / "console.log"
        with console.open("wb") as log:
            process = subprocess.Popen(_command(dist, root, heap), stdout=log, stderr=subprocess.STDOUT, cwd=root)
            try:
                uri = f"bolt://127.0.0.1:{port}"
                _wait(process, console, uri, ("neo4j", password) if password else None, timeout_s)
                yield uri
            finally:
                process.kill()  # nothing to save, and a clean stop takes ten seconds
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_settings(root: Path, dist: Path, port: int, *, has_auth: bool, extra: Mapping[str, str]) -> None:
    for name in ("conf", "import", "data", "plugins"):
        (root / name).mkdir()
    plugins = dist / "plugins" if (dist / "plugins").is_dir() else root / "plugins"
    settings: dict[str, object] = {
        "server.directories.data": root / "data",
        "server.directories.logs": root / "logs",
        "server.directories.run": root / "run",
        "server.directories.import": root / "import",
        "server.directories.transaction.logs.root": root / "tx",
        "server.directories.lib": dist / "lib",
        "server.directories.plugins": plugins,
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "server.bolt.advertised_address": f"127.0.0.1:{port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "dbms.security.auth_enabled": str(has_auth).lower(),
        "dbms.usage_report.enabled": "false",
        "server.memory.pagecache.size": "128m",
        "db.transaction.timeout": "120s",
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",  # LOAD CSV reaches no network
        "db.memory.transaction.max": "512m",
    }
    if any(plugins.glob("*.jar")):
        settings["dbms.security.procedures.unrestricted"] = "gds.*"
    lines = [f"{key}={value}\n" for key, value in {**settings, **extra}.items()]
    (root / "conf" / "neo4j.conf").write_text("".join(lines), encoding="utf-8")


def _set_password(dist: Path, root: Path, password: str) -> None:
    command = [find_java(), *_OPENS, "-cp", f"{dist}/lib/*", "org.neo4j.cli.AdminTool", "dbms", "set-initial-password", password]
    environment = {**os.environ, "NEO4J_HOME": str(root), "NEO4J_CONF": str(root / "conf")}
    subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60)


def _command(dist: Path, root: Path, heap: str) -> list[str]:
    options = ["-XX:+UseG1GC", "-Dfile.encoding=UTF-8", "-Dlog4j2.disable.jmx=true", "-Djol.skipHotspotSAAttach=true"]
    class_path = os.pathsep.join((f"{dist}/plugins/*", f"{root}/conf/*", f"{dist}/lib/*"))
    start = [_entry_point(dist / "lib"), f"--home-dir={root}", f"--config-dir={root}/conf", "--console-mode"]
    return [find_java(), f"-Xmx{heap}", *options, *_OPENS, "--enable-native-access=ALL-UNNAMED", "-cp", class_path, *start]


def _entry_point(lib: Path) -> str:
    """Main class of the server in these jars; it differs between 5.26 and the calendar versions."""
    for jar in sorted(lib.glob("neo4j-[0-9]*.jar")):
        with zipfile.ZipFile(jar) as archive:
            if _SERVICE in archive.namelist():
                for line in archive.read(_SERVICE).decode().splitlines():
                    if name := line.split("#")[0].strip():
                        return name
    raise NoServerError(f"no Neo4j server in {lib}: remove the folder and run again")


def _wait(process: subprocess.Popen[bytes], console: Path, uri: str, auth: tuple[str, str] | None, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        if process.poll() is not None or time.monotonic() > deadline:
            tail = console.read_text(encoding="utf-8", errors="replace")[-8000:]
            raise RuntimeError(f"Neo4j did not start (exit {process.poll()}):\n{tail}")
        try:
            with GraphDatabase.driver(uri, auth=auth, connection_timeout=2) as driver:
                driver.verify_connectivity()  # unlike execute_query it does not try again by itself, which would be logged
            return
        except (OSError, DriverError, Neo4jError):
            time.sleep(0.25)
