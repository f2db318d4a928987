"""What the browser fetches once: plotly.js, our own scripts, and the style of every page.

Their folder's name is a hash of them all, so a browser may keep them for a year. The app itself
serves them: no page calls another host.
"""

import gzip
import hashlib
import json
import threading
from functools import cache
from pathlib import Path

import streamlit as st
from plotly.offline import get_plotlyjs
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SOURCES = Path(__file__).parent  # of the scripts and styles
_OF_SCREENS = ("code", "screen", "pages", "explain", "phone", "forced_colors")
STYLES = tuple(SOURCES / f"{name}.css" for name in (*_OF_SCREENS, "print"))  # of every page
FOLDER = "linreg-assets"
PLOTLY = "plotly.js"
STYLE = "style.css"  # of every page, made of all STYLES
# Small; no address of their own.
SENT_WITH_PAGES = {"first.js", "tab.js", "controls.js", "class_host.js"}
OF_A_CLASS = "class_"  # how the scripts of the class board begin; only rooms fetch them
A_YEAR = "public, max-age=31536000, immutable"

served = threading.Event()  # set when this process serves them
_packing = threading.Lock()


@cache
def _assets() -> dict[str, bytes]:
    """Return each by its name: plotly.js as the installed package holds it, the rest our own."""
    own = sorted(path for path in SOURCES.glob("*.js") if path.name not in SENT_WITH_PAGES)
    first = {PLOTLY: get_plotlyjs().encode(), STYLE: b"".join(s.read_bytes() for s in STYLES)}
    return first | {path.name: path.read_bytes() for path in own}


@cache
def _digest() -> str:
    return hashlib.sha256(b"".join(_assets().values())).hexdigest()[:12]


def asset_routes() -> list[Route]:
    """Return a route for each, below the server's base path."""
    return [Route(asset_url(name), _send, methods=["GET"]) for name in _assets()]


def _send(request: Request) -> Response:
    """Return one, compressed if the browser accepts that; runs outside the event loop."""
    name, headers = request.url.path.rsplit("/", 1)[-1], {"Cache-Control": A_YEAR}
    content = _assets()[name]
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        with _packing:  # of many simultaneous requests only the first compresses it
            content = _packed(name)
    kind = "text/css" if name == STYLE else "text/javascript"
    return Response(content, headers=headers, media_type=kind)


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(_assets()[name], compresslevel=6, mtime=0)


def asset_url(name: str) -> str:
    """Return the path of one of them, from the root of the host."""
    return path_of(FOLDER, _digest(), name)


def asset_from_page(name: str) -> str:
    """Return the address of one of them from any page on.

    A proxy may serve the app below a path that the server does not know. Every page stands in the
    app's own folder, as Streamlit's scripts require.
    """
    return f"./{FOLDER}/{_digest()}/{name}"


def loader(name: str, missing: str = "", css_class: str = "") -> str:
    """Return a component's script: it fetches a script that is kept, and calls its `render`.

    Arguments:
        missing: what the component says where that script does not arrive. css_class: of the text.
    """
    return f"""
export default async function (component) {{
  let script;
  try {{
    script = await import(new URL("{asset_from_page(name)}", document.baseURI).href);
  }} catch (error) {{
    console.warn("linreg: {name} did not arrive:", error);
    const [place, told] = [component.parentElement, document.createElement("p")];
    [told.className, told.textContent] = ["{css_class}", {json.dumps(missing)}];
    if (told.textContent && !place.querySelector("p")) place.append(told);
    return;
  }}
  return script.render(component);
}}
"""


def path_of(*names: str) -> str:
    """Return the path of something that the app itself serves, from the root of the host."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return "/" + "/".join(part for part in (base, *names) if part)


def script_names() -> list[str]:
    """Return the names of our own scripts that every page needs, without plotly.js."""
    names = [name for name in _assets() if name not in (PLOTLY, STYLE)]
    return [name for name in names if not name.startswith(OF_A_CLASS)]
