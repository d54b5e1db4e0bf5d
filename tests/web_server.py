"""A web server on this machine that stands in for one of the internet."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def web_server(answer: Callable[[str, str], bytes]) -> Iterator[str]:
    """Serve ``answer(path, own address)`` to every GET request; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            data = answer(self.path, f"http://{self.headers['Host']}")
            self.send_response(200)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
