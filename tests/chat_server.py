"""A local server that speaks the OpenAI protocol over real HTTP, with faults on demand."""

import json
import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

KEY = "sk-test-0123456789abcdef"
ANSWER = "A mole is a growth of pigment cells of the skin [K1]. Show a changing mole to a doctor soon [1]."
PAGES = [{"title": "About moles", "url": "https://www.example.org/moles", "date": "2026-01-01"}]
ORDER = re.compile(r"SAY\((.*?)\)END", re.DOTALL)


class ChatServer(ThreadingHTTPServer):
    """Answers with ``reply``, a text or a function of the messages, unless ``fault`` is set.

    ``requests`` holds the bodies that came; while ``gate`` is not set, an answer waits after its first half.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply: str | Callable[[list[dict]], str] = ANSWER
        self.pages: list = PAGES
        self.fault = ""
        self.requests: list[dict] = []
        self.gate = Event()
        self.gate.set()
        self.closing = Event()
        Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request, client_address) -> None:
        """A client that hung up is nothing to write about."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def close(self) -> None:
        self.closing.set()
        self.gate.set()
        self.shutdown()
        self.server_close()


def obey(messages: list[dict]) -> str:
    """What a model says that does whatever stands anywhere in its prompt: the text in ``SAY(...)END``."""
    found = [order for message in messages for order in ORDER.findall(message["content"])]
    return found[-1] if found else ANSWER


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ChatServer

    def log_message(self, *_arguments) -> None:
        """Nothing on the screen of the tests."""

    def do_GET(self) -> None:
        models = None if self.server.fault == "no model" else [{"id": "local-model", "object": "model"}]
        self._json(200, {"object": "list", "data": models})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.requests.append(body | {"authorization": self.headers.get("authorization", "")})
        fault = self.server.fault
        if fault.isdigit():
            echoed = f"bad request with {self.headers.get('authorization')}"
            self._json(int(fault), {"error": {"message": echoed}}, {"retry-after": "7"})
        elif fault == "silent":
            self.server.closing.wait(10)
            self.close_connection = True
        else:
            self._stream(body["messages"], fault)

    def _stream(self, messages: list[dict], fault: str) -> None:
        reply = self.server.reply
        text = reply(messages) if callable(reply) else reply
        pieces = [] if fault == "empty" else re.findall(r"\S+\s*|\s+", text)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for number, piece in enumerate(pieces):
            if number == (len(pieces) + 1) // 2 and not self._go_on(fault):
                return
            self._event(_chunk(piece, self.server.pages))
        if fault != "unfinished":
            self._event(_chunk("", self.server.pages, "stop"))
            self._write(b"data: [DONE]\n\n")
        self._write(b"")

    def _go_on(self, fault: str) -> bool:
        """What happens halfway; False where the answer ends there."""
        self.server.gate.wait(30)
        if fault == "malformed":
            self._write(b"data: {not json\n\n")
        elif fault == "other":
            self._write(b'data: {"error": {"message": "out of memory"}}\n\n')
        elif fault == "stalled":
            self.server.closing.wait(10)
        if fault in ("dropped", "stalled"):
            self.close_connection = True
            self.connection.shutdown(2)
            return False
        return True

    def _event(self, chunk: dict) -> None:
        self._write(f"data: {json.dumps(chunk)}\n\n".encode())

    def _write(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _json(self, status: int, value: dict, headers: dict | None = None) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in ({"content-length": str(len(data))} | (headers or {})).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)


def _chunk(text: str, pages: list, finish_reason: str | None = None) -> dict:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish_reason}
    known = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return known | {"search_results": pages}
