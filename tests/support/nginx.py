"""Debian's nginx as a process of its own: Debian's configuration with a site in it.

It leaves the system's own nginx alone: folder, ports and process are the test's.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.served import ROOT, free_port

CONFIGURATION = Path("/etc/nginx/nginx.conf")
SITE = (ROOT / ".container/nginx.conf").read_text(encoding="utf-8")
SITES = "include /etc/nginx/sites-enabled/*;"
HOW_TO_GET_IT = "tests of several replicas need nginx as Debian has it: 'apt-get install nginx'"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def find_nginx() -> str | None:
    """Return the path of Debian's nginx; None where there is none."""
    folders = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
    is_debians = CONFIGURATION.exists() and SITES in CONFIGURATION.read_text(encoding="utf-8")
    return shutil.which("nginx", path=folders) if is_debians else None


def in_front_of_replicas(program: str, folder: Path, ports: tuple[int, int]) -> "Nginx":
    """Return .container/nginx.conf in front of replicas at `ports`."""
    changes = {":8501": f":{ports[0]}", ":8502": f":{ports[1]}"}
    return Nginx(program, folder, SITE, {**changes, "/var/cache/linreg ": f"{folder}/cache "})


class Nginx:
    """A site with `changes`, at a port in place of 80, with all its files in `folder`.

    Without a `port` it has one of its own.
    """

    def __init__(
        self,
        program: str,
        folder: Path,
        site: str,
        changes: Mapping[str, str],
        port: int | None = None,
    ) -> None:
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        here = {"listen 80;": f"listen 127.0.0.1:{self.port};", **changes}
        (folder / "site").write_text(_with(here, site), encoding="utf-8")
        owner = "user root;" if os.geteuid() == 0 else ""
        kept = "".join(f"{name}_temp_path {folder}/{name};\n" for name in TEMPORARY)
        around = {"user www-data;": owner, "/run/nginx.pid": f"{folder}/pid"}
        around |= {"/var/log/nginx/": f"{folder}/", "include /etc/nginx/conf.d/*.conf;": ""}
        around |= {SITES: f"{kept}include {folder}/site;"}
        whole = _with(around, CONFIGURATION.read_text(encoding="utf-8"))
        (folder / "nginx.conf").write_text(whole, encoding="utf-8")
        start = [program, "-p", str(folder), "-c", "nginx.conf", "-e", f"{folder}/error.log"]
        self._start = [*start, "-g", "daemon off;"]

    def check(self) -> str:
        """Return what nginx says about its configuration."""
        done = subprocess.run([*self._start, "-t"], capture_output=True, text=True, check=False)
        return done.stderr

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve until the block ends; yields the address."""
        with subprocess.Popen(self._start, cwd=ROOT) as process:
            try:
                self._wait_until_it_listens(process)
                yield self.address
            finally:
                process.terminate()
                process.wait(timeout=60)

    def _wait_until_it_listens(self, process: subprocess.Popen[bytes]) -> None:
        for _ in range(1200):
            if process.poll() is not None:
                raise RuntimeError(f"nginx ended with exit status {process.returncode}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("nginx did not listen within a minute")


def _with(changes: Mapping[str, str], text: str) -> str:
    """Return `text` with every change made; each must find something to replace."""
    for old, new in changes.items():
        assert old in text, f"{old!r} is not in the configuration"
        text = text.replace(old, new)
    return text
