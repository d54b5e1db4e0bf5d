"""Uploads stay in memory: what the web server parses is never rolled over to a temporary file."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.formparsers import MultiPartParser
from starlette.requests import Request

from skinapp.imaging.reading import MAX_BYTES
from skinapp.ui.frame import keep_uploads_in_memory


def parsed_upload(data: bytes):
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n'
    body = head + data + b"\r\n--x--\r\n"

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    with ThreadPoolExecutor(1) as thread:  # the browser tests keep a loop of their own in the main thread
        return thread.submit(asyncio.run, _form(request)).result()["f"].file


async def _form(request):
    return await request.form()


def test_the_largest_upload_touches_no_disk(monkeypatch):
    monkeypatch.setattr(MultiPartParser, "spool_max_size", 1024 * 1024)
    assert parsed_upload(bytes(MAX_BYTES))._rolled  # as the web server would have it
    keep_uploads_in_memory()
    assert not parsed_upload(bytes(MAX_BYTES))._rolled
