"""One visitor's session without a browser: Streamlit's messages over a websocket.

It sends what Streamlit's page sends: the state of every control, the fragment that a control
belongs to, the address, and the hashes of the large messages that it still holds, for which the
server may send a reference. All identifiers are taken from what the server sent before.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATH = "/_stcore/stream"
STAGE = "linreg_stage"  # the component whose message carries the charts
PATIENCE = 60.0  # seconds that an answer may take
LONGEST_MESSAGE = 2**26  # bytes
DONE = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}


@dataclass(kw_only=True)
class Answer:
    """What came back: seconds after the request, bytes, messages, and what was wrong."""

    chart: float = float("nan")
    finished: float = float("nan")
    size: int = 0
    messages: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Control:
    """A control as the server described it: its identifier, fragment, value and choices."""

    state: WidgetState
    fragment: str
    default: str
    text: str
    options: tuple[str, ...] = ()


class WebsocketSession:
    """A visitor who has opened the app's first page; use `open_session`."""

    def __init__(self, connection: ClientConnection) -> None:
        self.controls: dict[str, Control] = {}  # by name in the address
        self.identity = ""  # the name that the server gave to the session
        self._connection = connection
        self._page = ""
        self._oldest = 0  # runs for which a large message is kept
        self._run = 0
        self._kept: dict[str, tuple[int, bool]] = {}  # hash: last run it was used in, is a chart

    async def load(self) -> Answer:
        """Ask for the page, as a new visitor does."""
        return await self._ask(BackMsg())

    def text(self, name: str) -> str:
        """Return what a control shows, by its name in the address."""
        return self.controls[name].text

    async def change(self, name: str, text: str) -> Answer:
        """Move a control, by name in the address, to a value as it stands in an address."""
        control = self.controls[name]
        control.text = text
        if control.state.HasField("string_array_value"):
            control.state.string_array_value.data[:] = [text]
        else:
            control.state.double_array_value.data[:] = [float(text)]
        request = BackMsg()
        client = request.rerun_script
        client.fragment_id = control.fragment
        client.widget_states.widgets.extend(c.state for c in self.controls.values())
        return await self._ask(request)

    async def close(self) -> None:
        """Leave, as when the browser's tab is closed."""
        await self._connection.close()

    async def _ask(self, request: BackMsg) -> Answer:
        client = request.rerun_script
        client.query_string = urlencode(
            {name: c.text for name, c in self.controls.items() if c.text != c.default}
        )
        client.page_script_hash = self._page
        client.cached_message_hashes.extend(self._kept)
        client.context_info.timezone = "UTC"
        client.context_info.url = "http://127.0.0.1/"
        answer = Answer()
        start = time.perf_counter()
        try:
            await self._connection.send(request.SerializeToString())
            async with asyncio.timeout(PATIENCE):
                await self._read(answer, start)
        except TimeoutError:
            answer.errors.append("no answer")
        except (ConnectionError, ConnectionClosed):
            answer.errors.append("disconnected")
        return answer

    async def _read(self, answer: Answer, start: float) -> None:
        async for frame in self._connection:
            now = time.perf_counter() - start
            message = ForwardMsg.FromString(bytes(frame))  # type: ignore[arg-type]
            answer.size += len(frame)
            answer.messages += 1
            match message.WhichOneof("type"):
                case "new_session":
                    self._page = message.new_session.page_script_hash
                    self.identity = message.new_session.initialize.session_id
                    self._oldest = message.new_session.config.max_cached_message_age
                case "delta":
                    if self._take(message, answer):
                        answer.chart = now
                case "ref_hash" if message.ref_hash in self._kept:
                    _, is_chart = self._kept[message.ref_hash]
                    self._kept[message.ref_hash] = self._run, is_chart
                    answer.chart = now if is_chart else answer.chart
                case "ref_hash":
                    answer.errors.append("reference to an unknown message")
                case "script_finished" if message.script_finished in DONE:
                    answer.finished = now
                    self._forget()
                    return
                case "script_finished" if (
                    message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR
                ):
                    answer.errors.append("script did not compile")
                    return
        raise ConnectionError("the server closed the connection")

    def _take(self, message: ForwardMsg, answer: Answer) -> bool:
        """Keep what a delta describes; return whether it carries the charts."""
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        is_chart = kind == "bidi_component" and element.bidi_component.component_name == STAGE
        if kind == "exception":
            answer.errors.append(f"exception: {element.exception.type}")
        if message.metadata.cacheable:
            self._kept[message.hash] = self._run, is_chart
        self.controls.update(_controls(element, message.delta, self.controls))
        return is_chart

    def _forget(self) -> None:
        """Drop the large messages that no recent run has used."""
        self._run += 1
        self._kept = {
            known: kept for known, kept in self._kept.items() if self._run - kept[0] <= self._oldest
        }


def _controls(
    element: Element, delta: Delta, known: Mapping[str, Control]
) -> Iterator[tuple[str, Control]]:
    """Yield the control that an element describes, unless it is known and keeps its value."""
    kind = element.WhichOneof("type")
    if kind not in ("slider", "button_group", "checkbox"):
        return
    widget = getattr(element, kind)
    name = widget.query_param_key or widget.id
    if name in known and not widget.set_value:
        known[name].state.id, known[name].fragment = widget.id, delta.fragment_id
        return
    state, options = WidgetState(id=widget.id), ()
    if kind == "checkbox":
        default = str(widget.default).lower()
        state.bool_value = widget.value if widget.set_value else widget.default
        text = str(state.bool_value).lower()
    elif kind == "slider" and not widget.options:
        default = f"{widget.default[0]:g}"
        state.double_array_value.data[:] = widget.value if widget.set_value else widget.default
        text = f"{state.double_array_value.data[0]:g}"
    else:
        options = tuple(option if kind == "slider" else option.content for option in widget.options)
        default = options[int(widget.default[0])]
        chosen = widget.raw_value if kind == "slider" else widget.raw_values
        state.string_array_value.data[:] = chosen if widget.set_value else [default]
        text = state.string_array_value.data[0]
    yield (
        name,
        Control(
            state=state, fragment=delta.fragment_id, default=default, text=text, options=options
        ),
    )


async def open_session(address: str, *, cookie: str = "") -> WebsocketSession:
    """Connect to the app at `address`, http://host:port, as Streamlit's page does.

    cookie: what a browser sends that was there before, as name=value; name=value.

    Raises:
        OSError: nothing answers there.
    """
    connection = await connect(
        address.replace("http", "ws", 1) + PATH,
        subprotocols=["streamlit"],  # type: ignore[list-item]
        max_size=LONGEST_MESSAGE,
        proxy=None,
        additional_headers={"Cookie": cookie} if cookie else None,
    )
    return WebsocketSession(connection)
