"""The container's recipe agrees with the repository and the README; no container is built."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import yaml

from tests.support.served import ROOT, free_port

RECIPE = (ROOT / ".container/Containerfile").read_text(encoding="utf-8")
SITE = (ROOT / ".container/nginx.conf").read_text(encoding="utf-8")
COMPOSED = (ROOT / ".container/compose.yaml").read_text(encoding="utf-8")
HOSTING = (ROOT / ".github/HOSTING.md").read_text(encoding="utf-8")
COPIED = dict(re.findall(r"^COPY (\S+) (\S+)$", RECIPE, flags=re.MULTILINE))


def test_the_command_is_the_readmes_for_all_addresses() -> None:
    """A container does not know its address beforehand; the port is the usual one."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (start,) = set(re.findall(r"^    .* && \.venv/bin/(streamlit .*)$", readme, flags=re.MULTILINE))
    (command,) = re.findall(r"^CMD (\[.*\])$", RECIPE, flags=re.MULTILINE)
    assert json.loads(command) == [*start.split(), "--server.address=0.0.0.0"]
    assert "\nEXPOSE 8501\n" in RECIPE


def test_the_builder_is_sent_what_is_copied_and_no_more() -> None:
    """All else is ignored, so no secret and no other file gets into a layer."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == set(COPIED)


def test_the_builder_installs_with_one_version_of_uv() -> None:
    """An image that is built again later is made by the same program."""
    assert re.search(r"pip install --no-cache-dir uv==[\d.]+ ", RECIPE)


def test_the_app_does_not_run_as_root() -> None:
    """The recipe makes a user, and names it by number, which all hosts know."""
    (made,) = re.findall(r"useradd .*--uid (\d+)", RECIPE)
    (user,) = re.findall(r"^USER (\d+)$", RECIPE, flags=re.MULTILINE)
    assert made == user != "0"
    assert RECIPE.index("\nUSER ") < RECIPE.index("\nCMD ")


def test_the_composed_replicas_are_those_of_the_nginx_site() -> None:
    """At the ports of this machine that the site has, with one secret and one database for both."""
    services = yaml.safe_load(COMPOSED)["services"]
    replicas = {name: each for name, each in services.items() if each["image"] == "linreg"}
    (port,) = re.findall(r"^EXPOSE (\d+)$", RECIPE, flags=re.MULTILINE)
    at = [each["ports"] for each in replicas.values()]
    (upstream,) = re.findall(r"^upstream replicas \{(.*?)^\}", SITE, flags=re.MULTILINE | re.DOTALL)
    assert at == [[f"{one}:{port}"] for one in re.findall(r"server ([\d.:]+) ", upstream)]
    assert len({str(each["environment"]) for each in replicas.values()}) == 1
    assert services["nginx"]["network_mode"] == "host"  # there the site's 127.0.0.1 is this machine
    (mounted,) = services["nginx"]["volumes"]
    assert (ROOT / ".container" / mounted.split(":")[0]).read_text(encoding="utf-8") == SITE


def test_the_composed_board_is_the_composed_database() -> None:
    """The address has the service's name, user and password; the image has what it needs."""
    services = yaml.safe_load(COMPOSED)["services"]
    url = services["first"]["environment"]["LINREG_BOARD_URL"]
    made = services["database"]["environment"]
    assert (
        url
        == "postgresql://{POSTGRES_USER}:{POSTGRES_PASSWORD}@database/{POSTGRES_USER}".format(
            **made
        )
    )
    (driver,) = re.findall(r'"(psycopg\[binary\]==[\d.]+)"', RECIPE)
    assert driver in (ROOT / "tests/requirements.txt").read_text(encoding="utf-8")


def test_the_composed_services_need_the_secrets_that_the_document_makes() -> None:
    """None has a default."""
    required = re.findall(r"\$\{(\w+):\?", COMPOSED)
    assert len(required) == COMPOSED.count("${")
    made = re.findall(r"for name in ([A-Z_ ]+); do echo \$name=", HOSTING)
    assert [set(names.split()) for names in made] == [set(required)]


def test_the_health_check_fails_where_the_app_does_not_answer() -> None:
    """It asks at the health address of the app, and accepts only status 200."""
    (check,) = re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", RECIPE, flags=re.MULTILINE)
    _, *options = json.loads(check)
    port = free_port()
    command = [sys.executable, *(option.replace(":8501/", f":{port}/") for option in options)]
    assert command[1:] != options
    for status, is_healthy in ((200, True), (503, False)):
        with _answering(port, status):
            done = subprocess.run(command, capture_output=True, check=False)
        assert (done.returncode == 0) == is_healthy
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


@contextmanager
def _answering(port: int, status: int) -> Iterator[None]:
    """Answer with this status at the health address, and with 404 elsewhere."""

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/_stcore/health" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", port), Health) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()
