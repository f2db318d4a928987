"""A student's phone in a room of the class board, without a browser."""

import json
from typing import Any

from tests.support.visitor import Answer, Visitor


class Phone:
    """A participant of the room at `address` who sends what the panel of a page sends."""

    def __init__(self, address: str, code: str) -> None:
        self.visitor, self._path, self._token = Visitor(address), f"/linreg-board/{code}/", ""
        joined = self.ask("join", {})
        self._token, self.nickname = joined["token"], joined["nickname"]

    def ask(self, name: str, body: object = None) -> Any:
        """Send JSON, or ask for some; return the answer's JSON."""
        answer = self._send(name, body)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def status(self, name: str) -> int:
        """Ask for some JSON, which may be refused; return the answer's status."""
        return self._send(name, None).status

    def _send(self, name: str, body: object) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        method = "GET" if body is None else "POST"
        headers = {"X_Linreg_Participant": self._token, "Content_Type": "application/json"}
        return self.visitor.ask(self._path + name, method=method, data=data, **headers)

    def answer(self, number: int, value: int) -> None:
        """Answer, and check what was counted."""
        counted = self.ask("answer", {"round": number, "value": value})
        assert (counted["round"], counted["value"]) == (number, value)
