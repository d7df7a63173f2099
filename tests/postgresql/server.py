"""A PostgreSQL server of the distribution in a folder of its own; it listens on a socket there and nowhere else."""

import os
import shutil
import subprocess
from pathlib import Path


def binaries() -> Path | None:
    """Where `initdb` and `pg_ctl` are; None without a PostgreSQL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if found:
        return found[-1].parent
    path = shutil.which("pg_ctl")
    return Path(path).resolve().parent if path else None


class Server:
    """A server that runs from `start` to `stop`."""

    def __init__(self, folder: Path) -> None:
        found = binaries()
        assert found
        self._binaries, self.folder = found, folder
        # It refuses to run as root; the distribution's package brings a user for it.
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        folder.mkdir(mode=0o700)
        if self._as:
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", str(folder / "data"), "-U", "sandan", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")

    @property
    def url(self) -> str:
        return f"postgresql://sandan@/postgres?host={self.folder}"

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c max_connections=60 -c fsync=off"
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def _run(self, name: str, *arguments: str) -> None:
        made = subprocess.run(
            [*self._as, str(self._binaries / name), *arguments], cwd="/", capture_output=True, text=True, check=False, timeout=120
        )
        assert made.returncode == 0, made.stdout + made.stderr
