"""A TCP relay between browser and server: tests cut the network and restore it."""

import contextlib
import socket
import threading
from typing import Self
from urllib.parse import urlsplit

from tests.support.served import free_port

GLANCE = 0.1  # seconds; not every system ends an accept() whose socket is closed


class Relay:
    """Passes connections on to a server until the network is cut."""

    def __init__(self, address: str) -> None:
        self._target = "127.0.0.1", urlsplit(address).port
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        self.mend()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()

    def mend(self) -> None:
        """Accept connections from now on."""
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._listener.settimeout(GLANCE)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """End all connections, and refuse new ones."""
        for end in (self._listener, *self._open):
            _close(end)
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:  # cut
                return
            self._join(near)

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._target)
        except OSError:  # the server is not there
            _close(near)
            return
        self._open += [near, far]
        for source, drain in ((near, far), (far, near)):
            threading.Thread(target=_pass_on, args=(source, drain), daemon=True).start()


def _pass_on(source: socket.socket, drain: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            drain.sendall(data)
    _close(source)
    _close(drain)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)  # also ends a recv() under way
    end.close()
