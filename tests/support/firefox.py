"""Debian's Firefox in forced colours, driven by WebDriver BiDi: JSON over a websocket."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

Action = dict[str, Any]  # one of WebDriver BiDi's
PATIENCE = 60  # seconds; it only ends a wait that is in vain
HOW_TO_GET_IT = "this test needs Firefox: 'apt-get install firefox-esr' on Debian"
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.display.document_color_use": 2,  # the system's colours, as in a contrast theme
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
# Evaluates to the first value that is not false, null or undefined, looked for in each frame.
UNTIL = """new Promise((resolve) => {
  const look = () => { const found = (%s); found ? resolve(found) : requestAnimationFrame(look); };
  look();
})"""
MIDDLE = """(element) => {
  element?.scrollIntoView({ block: "center", behavior: "instant" });
  const box = element?.getBoundingClientRect();
  return box && [box.x + box.width / 2, box.y + box.height / 2];
}"""
ELEMENTS = "(_, value) => value instanceof Node ? value.nodeName : value"  # in JSON
KEYS = {"Enter": "\ue007", "Control": "\ue009", "ArrowRight": "\ue014"}


def find_firefox() -> str | None:
    """Return the path of an installed Firefox; None where there is none."""
    return next((path for name in ("firefox-esr", "firefox") if (path := shutil.which(name))), None)


@contextmanager
def firefox(program: str, folder: Path) -> Iterator["Tab"]:
    """Run it without a window, with a new profile in `folder`; yields its first tab."""
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
    (folder / "user.js").write_text("\n".join(lines), encoding="utf-8")
    command = [program, "--headless", "--no-remote", "--profile", str(folder)]
    command += ["--remote-debugging-port", "0"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        try:
            with connect(_address(folder, process), max_size=None, ping_interval=None) as socket:
                yield Tab(socket)
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def _address(folder: Path, process: subprocess.Popen[bytes]) -> str:
    """Return where it listens, which it writes into its profile."""
    written = folder / "WebDriverBiDiServer.json"
    for _ in range(1200):
        if process.poll() is not None:
            raise RuntimeError(f"Firefox ended with exit status {process.returncode}")
        with suppress(FileNotFoundError, json.JSONDecodeError):
            place = json.loads(written.read_text(encoding="utf-8"))
            return f"ws://{place['ws_host']}:{place['ws_port']}/session"
        time.sleep(0.05)
    raise RuntimeError("Firefox did not listen within a minute")


class Tab:
    """A tab of Firefox; it keeps what its console and its scripts have complained about."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self.problems: list[str] = []
        self.command("session.new", capabilities={})
        self.command("session.subscribe", events=["log.entryAdded"])
        (first,) = self.command("browsingContext.getTree")["contexts"]
        self._place = {"context": first["context"]}

    def command(self, method: str, **parameters: Any) -> Any:
        """Do a command of WebDriver BiDi and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv(timeout=PATIENCE))
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] == "error":
                self.problems.append(answer["params"]["text"])
            if answer.get("id") == self._number:
                assert answer["type"] == "success", answer
                return answer["result"]

    def open(self, address: str) -> Self:
        """Open an address and wait until it is loaded."""
        self.command("browsingContext.navigate", **self._place, url=address, wait="complete")
        return self

    def before_each_page(self, function: str) -> None:
        """Call a function of JavaScript before the scripts of each page."""
        self.command("script.addPreloadScript", functionDeclaration=function)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression of JavaScript, sent as JSON."""
        done = self.command(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression}), {ELEMENTS}))()",
            target=self._place,
            awaitPromise=True,
            userActivation=False,
        )
        assert done["type"] == "success", done["exceptionDetails"]["text"]
        return json.loads(done["result"].get("value", "null"))

    def wait(self, expression: str) -> Any:
        """Wait until an expression is true, and return its value."""
        return self.evaluate(UNTIL % expression)

    def resize(self, width: int, height: int) -> None:
        """Give the page this size."""
        size = {"width": width, "height": height}
        self.command("browsingContext.setViewport", **self._place, viewport=size)

    def press(self, *keys: str) -> None:
        """Press keys together."""
        values = [KEYS.get(key, key) for key in keys]
        down = [{"type": "keyDown", "value": value} for value in values]
        up = [{"type": "keyUp", "value": value} for value in reversed(values)]
        self._act({"type": "key", "id": "keys", "actions": down + up})

    def click(self, element: str, kind: str = "mouse") -> None:
        """Click, or touch, the middle of what an expression of JavaScript gives."""
        x, y = self.middle(element)
        self.move([(x, y)], kind)

    def hover(self, element: str) -> None:
        """Move the mouse to the middle of an element."""
        self._move([self._to(*self.middle(element))], "mouse")

    def middle(self, element: str) -> tuple[int, int]:
        """Bring an element into sight once there is one; return where its middle is."""
        x, y = self.wait(f"({MIDDLE})({element})")
        return round(x), round(y)

    def move(self, way: list[tuple[int, int]], kind: str = "mouse") -> None:
        """Press at the first place, move along the others, and let go."""
        first, *rest = (self._to(*place) for place in way)
        press, release = ({"type": f"pointer{name}", "button": 0} for name in ("Down", "Up"))
        self._move([first, press, *rest, release], kind)

    @staticmethod
    def _to(x: int, y: int) -> Action:
        return {"type": "pointerMove", "x": x, "y": y, "duration": 50}

    def _move(self, actions: list[Action], kind: str) -> None:
        pointer = {"type": "pointer", "id": kind, "parameters": {"pointerType": kind}}
        self._act({**pointer, "actions": actions})

    def _act(self, source: Action) -> None:
        self.command("input.performActions", **self._place, actions=[source])
