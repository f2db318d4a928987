"""The private and undocumented parts of Streamlit that the app uses, all in this file.

After an upgrade of Streamlit run tests/ui/state/test_streamlit_internals.py first: each failure
says which behaviour has changed and who needs it.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import parse_qs

import streamlit as st
from streamlit import net_util
from streamlit.errors import StreamlitAPIException, StreamlitInvalidLayoutContextError
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

# Streamlit raises this where a fragment writes to a place that the present page no longer has.
LostPlaceError = StreamlitInvalidLayoutContextError

# After a lost connection the browser may think that an unchanged page is complete, although a
# restarted server knows none of its fragments. A fragment with an interval has no such problem.
INTERVAL = timedelta(days=1)

# Streamlit's upload routes take a file only with this cookie; it names no visitor.
UPLOAD_COOKIE = "_streamlit_xsrf"

# How the head of Streamlit's page begins, before all of its scripts, and how its body ends.
PAGE_HEAD = b"<head>"
PAGE_END = b"</body>"


def call_no_other_host() -> None:
    """Keep Streamlit from asking another host for this server's public IP address.

    It asks at the start, before the app begins, and would ask again when another site's page opens
    a websocket; all sessions would wait for the answer. No option prevents that.
    """
    net_util._external_ip = ""  # as if it were known; no origin has this name


def describe_options_once() -> None:
    """Keep Streamlit from reading its theme and options anew for every run.

    Each run begins with a message that describes them. No option changes while the server runs,
    but reading them took a seventh of the time of a run whose results are known.
    """
    for name in ("_populate_config_msg", "_populate_theme_msg"):
        setattr(app_session, name, _described_once(getattr(app_session, name)))


def _described_once(describe: Callable[..., None]) -> Callable[..., None]:
    """Return a function that fills a message as `describe(message, section)` does at first."""
    known: dict[tuple[str, ...], Any] = {}

    def fill(message: Any, *section: str) -> None:
        if section not in known:
            described = type(message)()
            describe(described, *section)
            known[section] = described
        if known[section].ByteSize():  # copying nothing would mark a message as given
            message.MergeFrom(known[section])

    return fill


def send_whole_pages() -> None:
    """Keep Streamlit from dropping a page that was shown to its end but is not sent yet.

    A run begins with dropping what the run before it has left unsent. The end of a page is sent
    nevertheless; where a fragment runs next, the browser then removed all that the page had not
    brought: on a busy server a picture went, and came again after it. What the app had moved a
    control to never reached the browser.
    """
    clear = ForwardMsgQueue.clear

    @wraps(clear)
    def clear_unless_a_page_is_unsent(
        self: ForwardMsgQueue,
        retain_lifecycle_msgs: bool = False,
        fragment_ids_this_run: list[str] | None = None,
    ) -> None:
        if retain_lifecycle_msgs and any(map(_is_end_of_a_page, self._queue)):
            self._delta_index_map = {}  # what follows stands behind it
        else:
            clear(self, retain_lifecycle_msgs, fragment_ids_this_run)

    ForwardMsgQueue.clear = clear_unless_a_page_is_unsent  # type: ignore[method-assign]


def _is_end_of_a_page(message: ForwardMsg) -> bool:
    finished = message.WhichOneof("type") == "script_finished"
    return finished and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


def has_moved_on() -> bool:
    """Return whether this session already waits for another run of the page.

    Streamlit does not stop a fragment when a control inside that fragment changes, and it has no
    public name for the pending request.
    """
    context = get_script_run_ctx()
    requests = None if context is None else context.script_requests
    return requests is not None and requests._state is ScriptRequestType.RERUN


def query_string() -> str:
    """Return the query of the address as the browser or this run has written it last."""
    context = get_script_run_ctx()
    return "" if context is None else context.query_string


def has_other_texts(texts: Mapping[str, str | None]) -> bool:
    """Return whether the address has other texts of controls than these; None: it has none."""
    written = parse_qs(query_string())
    return any(written.get(name) != (text and [text]) for name, text in texts.items())


def write_query(texts: Mapping[str, str | None]) -> None:
    """Write these texts of controls into the address; None: it has none.

    The browser is told in any case: what it has may be older than what this run began with.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as parameters:
        for name, text in texts.items():
            if text is None:
                parameters._query_params.pop(name, None)
            else:
                parameters._query_params[name] = text
        parameters._send_query_param_msg()


def give_way() -> None:
    """Start the pending run now; what is on the page stays until then."""
    st.session_state.get("linreg")  # reading a key starts a pending run of the whole page
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:  # the whole page is running, not only a fragment
        st.rerun()


def give_way_to_the_next() -> None:
    """Start the pending run now, if there is one."""
    if has_moved_on():
        give_way()


def sent_by(key: str, name: str) -> Any:
    """Return what a component has sent under a name, or None; for use in its callback.

    Where a run that was broken off did not reach the component, Streamlit has forgotten its state,
    but the browser still shows it: its callback is called, and its state is missing.
    """
    return getattr(st.session_state.get(key), name, None)


def go_to_page(path: str, **opening: str) -> None:
    """Show another page; controls keep their values and write them into its address again.

    Without `query_params`, Streamlit empties the address and refuses where controls are bound to
    it.

    Arguments:
        path: of the page's file in `screens`, without its ending.
        opening: parameters of the new address that no control has, such as at=0.
    """
    st.switch_page(f"screens/{path}.py", query_params=opening)


def came_by_history() -> bool:
    """Return whether the browser's Back or Forward has led to the address of this run."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def only_fragments_run() -> bool:
    """Return whether this run shows only some fragments, not the whole page."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)
