"""The programs that a local Neo4j needs: Java, and the jars of the server and of its graph algorithms, which Maven brings."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from sandan.record.errors import ConfigError, OutputError, StoreUnavailable

_POM = Path(__file__).with_name("pom.xml")
_ALLOWED_JAVA = frozenset({17, 21})
_SERVICE = "META-INF/services/org.neo4j.server.startup.EntryPoint"
_MAVEN_TIMEOUT_S = 1800
_SHOWN_CHARACTERS = 300


def find_java() -> str:
    """A Java that Neo4j 5.26 supports: SANDAN_JAVA, JAVA_HOME, the PATH, then the system's folder.

    Raises:
        ConfigError: There is none.
    """
    java_home = os.environ.get("JAVA_HOME")
    found = [os.environ.get("SANDAN_JAVA"), f"{java_home}/bin/java" if java_home else None, shutil.which("java")]
    found += sorted(str(path) for path in Path("/usr/lib/jvm").glob("*/bin/java"))
    for java in found:
        if java and Path(java).exists():
            text = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
            match = re.search(r'version "(\d+)', text)
            if match and int(match[1]) in _ALLOWED_JAVA:
                return java
    raise ConfigError("neo4j: no Java 17 or 21 was found; install one (Debian: openjdk-17-jre-headless) or name its program in SANDAN_JAVA")


def versions() -> dict[str, str]:
    """Versions of the server (`neo4j`) and of the graph algorithms (`gds`) that are brought."""
    found = re.findall(r"<(neo4j|gds)\.version>([^<]+)<", _POM.read_text(encoding="utf-8"))
    return {str(name): str(version) for name, version in found}


def jars_folder() -> Path:
    """Where the jars are kept for all homes of a user: `sandan/neo4j` in the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sandan" / "neo4j"


def bring(folder: Path, *, step: Callable[[str], None] = lambda _: None) -> Path:
    """A folder with the server's jars in `lib/` and the graph algorithms in `plugins/`, made once by Maven.

    Args:
        folder: Where such folders are kept, one per version.
        step: Called with what is being done.

    Raises:
        ConfigError: Java or Maven is missing.
        StoreUnavailable: Maven did not bring them.
        OutputError: The folder is not writable.
    """
    named = versions()
    dist = folder / f"{named['neo4j']}-gds-{named['gds']}"
    if (dist / "lib").is_dir() and (dist / "plugins").is_dir():
        return dist
    find_java()
    maven = shutil.which("mvn")
    if maven is None:
        remedy = "install it (Debian: maven), or name a folder that has lib/ and plugins/ with --jars"
        raise ConfigError(f"neo4j: no Maven was found to bring Neo4j {named['neo4j']}; {remedy}")
    step(f"bringing Neo4j {named['neo4j']} with graph algorithms {named['gds']} (130 MB, once; about a minute)")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Under another name until it is whole, so that a run that breaks off leaves nothing that looks like a server.
        with tempfile.TemporaryDirectory(prefix="building-", dir=folder) as workshop:
            _run_maven(maven, Path(workshop))
            with contextlib.suppress(OSError):  # another run was faster
                (Path(workshop) / "dist").replace(dist)
    except OSError as exc:
        raise OutputError(f"{folder}: cannot be written ({exc.strerror}); free space or set XDG_CACHE_HOME") from exc
    return dist


def entry_point(dist: Path) -> str:
    """Main class of the server in these jars; it differs between 5.26 and the calendar versions.

    Raises:
        ConfigError: There is no server in them.
    """
    for jar in sorted((dist / "lib").glob("neo4j-[0-9]*.jar")):
        with zipfile.ZipFile(jar) as archive:
            if _SERVICE in archive.namelist():
                for line in archive.read(_SERVICE).decode().splitlines():
                    if name := line.split("#")[0].strip():
                        return name
    raise ConfigError(f"neo4j: {dist / 'lib'} holds no Neo4j; remove {dist} and run the command again")


def _run_maven(maven: str, workshop: Path) -> None:
    shutil.copy(_POM, workshop / "pom.xml")
    command = [maven, "-B", "-q", "-Pgds", "package", f"-Dhome={workshop / 'dist'}"]
    try:
        done = subprocess.run(command, cwd=workshop, capture_output=True, text=True, timeout=_MAVEN_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as exc:
        raise StoreUnavailable("neo4j: Maven took more than half an hour; look at the network and run the command again") from exc
    if done.returncode != 0:
        errors = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line] or ["no output"]
        remedy = "the first start needs the network or a mirror in ~/.m2/settings.xml; then run the command again"
        raise StoreUnavailable(f"neo4j: Maven did not bring the jars ({errors[0][:_SHOWN_CHARACTERS]}); {remedy}")
