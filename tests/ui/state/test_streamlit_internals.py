"""What the app takes from Streamlit without a promise; each failure says what to look for."""

import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from starlette.responses import Response
from streamlit import config, delta_generator
from streamlit.errors import StreamlitAPIException
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state import SafeSessionState, SessionState, session_state_proxy
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette import starlette_routes, starlette_server_config

from linreg.ui.state import streamlit_internals as internals


def test_a_pending_run_is_known_from_the_state_of_the_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Streamlit's own request object changes its private state when a run is asked for."""
    requests = ScriptRequests()
    context = SimpleNamespace(script_requests=requests)
    monkeypatch.setattr(internals, "get_script_run_ctx", lambda: context)
    look = (
        "has_moved_on() must be False before and True after a request for a run. Look for the new "
        "name of ScriptRequests._state in runtime/scriptrunner_utils/script_requests.py."
    )
    assert hasattr(requests, "_state"), look
    assert not internals.has_moved_on(), look
    requests.request_rerun(RerunData(fragment_id_queue=["page"]))
    assert internals.has_moved_on(), look


def test_a_context_knows_its_requests_and_its_fragments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both names are fields of Streamlit's context of a run."""
    fields = inspect.signature(ScriptRunContext).parameters
    assert {"script_requests", "fragment_ids_this_run"} <= set(fields), (
        "has_moved_on() and only_fragments_run() read these attributes of get_script_run_ctx(). "
        "Look for their new names in runtime/scriptrunner_utils/script_run_context.py."
    )
    for context, expected in ((None, False), ([], False), (["page"], True)):
        found = None if context is None else SimpleNamespace(fragment_ids_this_run=context)
        monkeypatch.setattr(internals, "get_script_run_ctx", lambda found=found: found)
        assert internals.only_fragments_run() is expected


def test_giving_way_starts_a_pending_run_before_it_asks_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Otherwise the new request would replace the page that a visitor has just opened."""
    calls: list[str] = []
    state = SafeSessionState(SessionState(), yield_callback=lambda: calls.append("pending"))
    monkeypatch.setattr(session_state_proxy, "get_session_state", lambda: state)
    monkeypatch.setattr(st, "rerun", lambda scope="app": calls.append(scope))
    internals.give_way()
    assert calls == ["pending", "fragment"], (
        "give_way() must first start a pending run of the whole page: reading a key of "
        "st.session_state does that. Look for _yield_callback in "
        "runtime/state/safe_session_state.py, or for another call that reaches "
        "ScriptRunner._maybe_handle_execution_control_request."
    )


def test_streamlits_page_has_a_head_before_its_scripts_and_names_what_the_first_script_reads() -> (
    None
):
    """The script that says what is missing comes first, and knows when the page is there."""
    static = Path(st.__file__).parent / "static"
    page = (static / "index.html").read_bytes()
    look = "Look at static/index.html: first_page.py puts something behind and before these."
    assert (page.count(internals.PAGE_HEAD), page.count(internals.PAGE_END)) == (1, 1), look
    assert page.index(internals.PAGE_HEAD) < page.index(b"<script"), look
    scripts = "".join(path.read_text(encoding="utf-8") for path in static.glob("static/js/*.js"))
    for name in ("stApp", "data-test-connection-state"):
        assert f"`{name}`" in scripts or f'"{name}"' in scripts, f"first.js reads {name}"


def test_streamlit_sets_a_cookie_for_uploads_that_is_lax() -> None:
    """Over HTTPS the app makes of it one for frames too."""
    look = "security_headers.py replaces it. Look at _set_unquoted_cookie in starlette_routes.py."
    assert internals.UPLOAD_COOKIE == starlette_server_config.XSRF_COOKIE_NAME
    assert config.get_option("server.xsrfCookieSameSite").lower() == "lax", look
    answer = Response()
    starlette_routes._set_unquoted_cookie(answer, internals.UPLOAD_COOKIE, "2|a|b", secure=False)
    assert answer.headers["Set-Cookie"].endswith("; SameSite=Lax"), look


def test_a_whole_run_refuses_a_new_run_of_its_fragment_only() -> None:
    """So `give_way` knows which of the two is running."""

    def script() -> None:
        import streamlit as st

        try:
            st.rerun(scope="fragment")
        except Exception as error:
            st.text(type(error).__name__)

    assert issubclass(internals.LostPlaceError, StreamlitAPIException)
    found = [text.value for text in AppTest.from_function(script).run().text]
    assert found == [internals.LostPlaceError.__name__], (
        'give_way() catches StreamlitAPIException from st.rerun(scope="fragment") in a run of the '
        "whole page. Look at _new_fragment_id_queue in commands/execution_control.py."
    )


def test_a_fragment_whose_place_is_lost_raises_the_error_that_the_frame_catches() -> None:
    """The frame then starts the whole page; to pages it must never look like a failure."""
    source = inspect.getsource(delta_generator)
    assert "container created outside it" in source, "see the next message"
    assert f"raise {internals.LostPlaceError.__name__}" in source, (
        "frame.py starts the whole page where a fragment writes to a place that is gone. Look in "
        "delta_generator.py for the error about a container outside the fragment."
    )


def test_an_interval_of_a_day_reaches_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser then asks for the fragment anew after a lost connection."""
    sent: list[Any] = []
    enqueue = ScriptRunContext.enqueue

    def listen(self: ScriptRunContext, message: Any) -> None:
        sent.append(message)
        enqueue(self, message)

    def script() -> None:
        import streamlit as st

        from linreg.ui.state.streamlit_internals import INTERVAL

        st.fragment(lambda: st.text("shown"), run_every=INTERVAL)()

    monkeypatch.setattr(ScriptRunContext, "enqueue", listen)
    AppTest.from_function(script).run()
    intervals = [m.auto_rerun.interval for m in sent if m.WhichOneof("type") == "auto_rerun"]
    assert intervals == [86_400], (
        "The page's fragment needs an interval, so that the browser asks for it after a lost "
        "connection (tests/browser/test_replicas.py). Look at run_every in runtime/fragment.py."
    )


def test_streamlit_can_be_told_not_to_collect_garbage_after_each_run() -> None:
    """Its name is not documented as stable; warm_up.py sets when garbage is collected instead."""
    assert st.get_option("runner.postScriptGC") is False, (
        ".streamlit/config.toml switches the collection after each run off; with it on, every "
        "session stalls for a tenth of a second. Look for gc.collect in "
        "runtime/scriptrunner/script_runner.py and for the option that governs it."
    )


def test_a_component_that_streamlit_has_forgotten_has_sent_nothing() -> None:
    """Its callback may still be called, if the last run was broken off before it."""

    def script() -> None:
        import streamlit as st

        from linreg.ui.state.streamlit_internals import sent_by

        st.session_state["there"] = st.query_params
        st.text(f"{sent_by('gone', 'kept')} {sent_by('there', 'kept')} {sent_by('there', 'clear')}")

    [shown] = AppTest.from_function(script).run().text
    assert shown.value.startswith("None None <bound method")


def test_an_address_is_told_to_the_browser_even_if_nothing_has_changed() -> None:
    """What the browser has may be older than what the run began with; other names stay."""

    def script() -> None:
        import streamlit as st
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        from linreg.ui.state import streamlit_internals as internals

        context = get_script_run_ctx()
        assert context is not None
        sent: list[str] = []
        context._enqueue = lambda message: sent.append(message.page_info_changed.query_string)
        for _ in range(2):
            internals.write_query({"lr": "0.4", "epochs": None, "noise": "0.1"})
        told = list(sent)
        st.session_state["told"] = [*told, internals.query_string()]

    app = AppTest.from_function(script)
    for name, text in (("lr", "0.38"), ("epochs", "20"), ("seed", "7")):
        app.query_params[name] = text
    look = (
        "write_query() writes past the check for controls that are bound to the address, which "
        "st.query_params has. Look for it and for the message in runtime/state/query_params.py."
    )
    assert app.run().session_state["told"] == 3 * ["lr=0.4&seed=7&noise=0.1"], look


@pytest.mark.parametrize("section", ["theme", "theme.light", "theme.dark", "theme.sidebar"])
def test_the_theme_is_described_once_and_each_time_alike(
    monkeypatch: pytest.MonkeyPatch, section: str
) -> None:
    """Streamlit's own function fills a first message; later ones get the same without it."""
    look = "Look for the function that fills NewSession.custom_theme in runtime/app_session.py."
    assert hasattr(app_session, "_populate_theme_msg"), look
    assert hasattr(app_session, "_populate_config_msg"), look
    described = app_session._populate_theme_msg
    expected = NewSession()
    expected.custom_theme.primary_color = "kept"
    described(expected.custom_theme, section)

    calls: list[str] = []

    def watched(message: Any, section: str = "theme") -> None:
        calls.append(section)
        described(message, section)

    monkeypatch.setattr(app_session, "_populate_theme_msg", watched)
    monkeypatch.setattr(app_session, "_populate_config_msg", app_session._populate_config_msg)
    internals.describe_options_once()
    for _ in range(3):
        message = NewSession()
        message.custom_theme.primary_color = "kept"
        app_session._populate_theme_msg(message.custom_theme, section)
        assert message == expected
    assert calls == [section]


def texts_sent(
    end: ForwardMsg.ScriptFinishedStatus.ValueType, following: list[str] | None
) -> list[str]:
    """What a browser gets of a run with this end and of the run after it, in order.

    Arguments:
        following: the fragments that run next, or None: the whole page does.
    """

    def element(text: str, fragment: str = "") -> ForwardMsg:
        message = ForwardMsg()
        message.metadata.delta_path.extend([0, 1 if fragment else 0])
        message.delta.fragment_id = fragment
        message.delta.new_element.markdown.body = text
        return message

    queue = ForwardMsgQueue()
    queue.enqueue(element("heading"))
    queue.enqueue(element("picture", "page"))
    queue.enqueue(ForwardMsg(script_finished=end))
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=following)
    queue.enqueue(element("new picture", "page"))
    return [message.delta.new_element.markdown.body or "end" for message in queue.flush()]


def test_a_page_that_has_not_been_sent_is_sent_with_its_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Streamlit's own queue drops the picture and keeps the end of the run, which takes it away.

    Before a run of the whole page it drops all, so the controls that the app has moved.
    """
    monkeypatch.setattr(ForwardMsgQueue, "clear", inspect.unwrap(ForwardMsgQueue.clear))
    whole, fragment, early = (
        ForwardMsg.FINISHED_SUCCESSFULLY,
        ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
        ForwardMsg.FINISHED_EARLY_FOR_RERUN,
    )
    look = "If Streamlit sends whole pages itself, send_whole_pages() can go."
    assert texts_sent(whole, ["page"]) == ["heading", "end", "new picture"], look
    assert texts_sent(whole, None) == ["end", "new picture"], look
    internals.send_whole_pages()
    assert texts_sent(whole, ["page"]) == ["heading", "picture", "end", "new picture"]
    assert texts_sent(whole, None) == ["heading", "picture", "end", "new picture"]
    assert texts_sent(fragment, ["page"]) == ["heading", "end", "new picture"]
    assert texts_sent(early, None) == ["end", "new picture"]
