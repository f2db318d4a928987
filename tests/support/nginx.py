"""Debian's nginx as a process of its own, with the README's site inside Debian's configuration.

Nothing of the system's own nginx is touched: folder, ports and process are the test's.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.served import ROOT, free_port

CONFIGURATION = Path("/etc/nginx/nginx.conf")
SITES = "include /etc/nginx/sites-enabled/*;"
HOW_TO_GET_IT = "tests of several replicas need nginx as Debian has it: 'apt-get install nginx'"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def find_nginx() -> str | None:
    """Return the path of Debian's nginx; None where there is none."""
    folders = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
    is_debians = CONFIGURATION.exists() and SITES in CONFIGURATION.read_text(encoding="utf-8")
    return shutil.which("nginx", path=folders) if is_debians else None


def readme_site() -> str:
    """Return the configuration that stands in the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (site,) = re.findall(r"^```nginx\n(.*?)^```$", readme, flags=re.MULTILINE | re.DOTALL)
    return str(site)


class Nginx:
    """The README's site before replicas at `ports`, with all its files in `folder`."""

    def __init__(self, program: str, folder: Path, ports: tuple[int, int]) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        site = {":8501": f":{ports[0]}", ":8502": f":{ports[1]}"}
        site |= {"listen 80;": f"listen 127.0.0.1:{self.port};"}
        site |= {"/var/cache/linreg ": f"{folder}/cache "}
        (folder / "site").write_text(_with(site, readme_site()), encoding="utf-8")
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
        """Return what nginx says of its configuration."""
        done = subprocess.run([*self._start, "-t"], capture_output=True, text=True, check=False)
        return done.stderr

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve until the block ends; gives the address."""
        with subprocess.Popen(self._start, cwd=ROOT) as process:
            try:
                self._wait_until_it_listens(process)
                yield self.address
            finally:
                process.terminate()
                process.wait(timeout=20)

    def _wait_until_it_listens(self, process: subprocess.Popen[bytes]) -> None:
        for _ in range(200):
            if process.poll() is not None:
                raise RuntimeError(f"nginx ended with exit status {process.returncode}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("nginx did not listen within ten seconds")


def _with(changes: Mapping[str, str], text: str) -> str:
    """Return `text` with every change made, each of which must have something to change."""
    for old, new in changes.items():
        assert old in text, f"{old!r} is not in the configuration"
        text = text.replace(old, new)
    return text
