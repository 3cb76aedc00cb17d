# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's control: numbers, records and faults for tests in other processes, over HTTP on 127.0.0.1.

GET /counters, /scripts, /commands, /faults, /contains?text=...; POST /faults (a fault as JSON), /reset
(empties the records); DELETE /faults. Answers are JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from urllib.request import Request, urlopen

from lab.counting import Log
from lab.faults import Fault, FaultList


class ControlServer(ThreadingHTTPServer):
    """Serves the control of one lab on a port of its own."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, log: Log, faults: FaultList) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.routes: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
            ("GET", "/counters"): lambda data: log.counters(),
            ("GET", "/scripts"): lambda data: log.scripts(),
            ("GET", "/commands"): lambda data: log.read("commands"),
            ("GET", "/contains"): lambda data: log.find(data["text"]),
            ("GET", "/faults"): lambda data: [fault.as_json() for fault in faults.read()],
            ("POST", "/faults"): lambda data: faults.add(Fault.from_json(data)),
            ("DELETE", "/faults"): lambda data: faults.clear(),
            ("POST", "/reset"): lambda data: log.reset(),
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: ControlServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed for a request."""

    def _any(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        route = self.server.routes.get((self.command, parts.path))
        if route is None:
            known = ", ".join(" ".join(key) for key in self.server.routes)
            self._answer(404, {"error": f"{self.command} {parts.path} is not one of: {known}"})
            return
        try:
            data = json.loads(body) if body else {name: values[0] for name, values in parse_qs(parts.query).items()}
            self._answer(200, route(data))
        except (ValueError, TypeError, KeyError) as error:
            self._answer(400, {"error": str(error)})

    do_GET = do_POST = do_DELETE = _any

    def _answer(self, status: int, data: Any) -> None:
        body = json.dumps(data, ensure_ascii=False).encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Control:
    """A client of the control of a lab that another process serves."""

    def __init__(self, url: str) -> None:
        self._url = url

    def counters(self) -> dict[str, Any]:
        return self._call("GET", "/counters")

    def scripts(self) -> dict[str, list[str]]:
        return self._call("GET", "/scripts")

    def commands(self) -> list[dict[str, Any]]:
        return self._call("GET", "/commands")

    def contains(self, text: str) -> list[dict[str, Any]]:
        return self._call("GET", "/contains?text=" + quote(text, safe=""))

    def add_fault(self, fault: Fault) -> None:
        self._call("POST", "/faults", fault.as_json())

    def faults(self) -> list[dict[str, Any]]:
        return self._call("GET", "/faults")

    def clear_faults(self) -> None:
        self._call("DELETE", "/faults")

    def reset(self) -> None:
        self._call("POST", "/reset")

    def _call(self, method: str, path: str, data: Any = None) -> Any:
        body = None if data is None else json.dumps(data).encode("utf-8")
        with urlopen(Request(self._url + path, body, method=method), timeout=30) as answer:
            return json.load(answer)
