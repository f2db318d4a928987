// The first script of every page, for whatever keeps the page empty: it says so, and what to ask for.
//
// It stands in the page itself, so it runs where no other script arrives, and in browsers of 2009.
(function () {
  var PATIENCE = 10000; // ms
  var began = Date.now();
  var server = "";
  var box, failed, read, timer;

  function tooOld() {
    try {
      new RegExp("(?<=a)b");
    } catch (error) {
      return true;
    }
    return !("noModule" in document.createElement("script")) || ![].toSorted;
  }

  function problem() {
    var app = document.querySelector('[data-testid="stApp"]');
    if (tooOld() || (failed === "unread" && !app))
      return "This browser cannot read the scripts of this page, probably since it is too old. Use Chrome or Edge 123, Firefox 121, Safari 17.5, or a newer one.";
    if (failed && !app) return "This page cannot start: a script did not arrive from " + failed + " . " + ask("this address");
    if (Date.now() - began < PATIENCE) return "";
    if (!app) return "The scripts of this page have not all arrived yet. Is the network slow? " + ask("its files");
    if (app.getAttribute("data-test-connection-state") === "CONNECTED")
      return "The server has not sent this page yet. It may be busy. Wait, or reload the page.";
    if (!server) callServer();
    if (server === "answers")
      return "The server answers, but this page gets no live connection (WebSocket) to it. " +
        ask("WebSockets to " + here("_stcore/stream") + " with an unchanged header Host");
    return server === "silent" && "The server does not answer. Is your network connected? " + ask(here("_stcore/health"));
  }

  function ask(what) {
    return "Reload the page. If that does not help, ask whoever runs the server or the network to let " + what +
      " pass (see: The page stays grey, in HOSTING.md)." +
      (window.top === window ? "" : " Here the app is inside another page. It may work in a tab of its own: " + location.href);
  }

  function here(path) {
    return location.href.replace(/[?#].*/, "").replace(/[^\/]*$/, path);
  }

  function callServer() {
    var request = new XMLHttpRequest();
    server = "asked";
    request.onloadend = function () {
      server = request.status === 200 ? "answers" : "silent";
      look();
    };
    request.timeout = PATIENCE;
    request.open("GET", here("_stcore/health"));
    request.send();
  }

  function look() {
    var text = problem();
    if (document.querySelector(".st-key-head_start")) {
      clearInterval(timer);
      window.removeEventListener("error", note, true);
      if (!tooOld()) text = "";
    }
    if (!text && box && box.parentNode) box.parentNode.removeChild(box);
    if (!text || text === read || !document.body) return;
    box = box || document.createElement("p");
    box.setAttribute("role", "alert");
    box.style.cssText = "position:fixed;z-index:1000000;top:0;left:0;right:0;margin:0;padding:1em;font:1.1em/1.4 sans-serif;overflow-wrap:anywhere;color:#0e1822;background:#fff4d6;border-bottom:3px solid #d55e00";
    if (box.textContent !== text) box.textContent = text;
    // A press puts it away.
    box.onclick = function () {
      read = text;
      box.parentNode.removeChild(box);
    };
    if (!box.parentNode) document.body.appendChild(box);
  }

  function note(event) {
    var from = event.target || {};
    if (from.type === "module") failed = from.src.replace(/[^\/]*$/, "");
    else if (/SyntaxError/.test(event.message)) failed = "unread";
    look();
  }

  timer = setInterval(look, 1000);
  window.addEventListener("error", note, true);
})();
