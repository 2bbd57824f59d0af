"""Servers on 127.0.0.1 that answer in the shape in which the open indexes do."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

Answer = Callable[["Question"], None]


class Question:
    """A request, its path and query taken apart."""

    def __init__(self, handler: BaseHTTPRequestHandler, number: int) -> None:
        parts = urlsplit(handler.path)
        self.handler = handler
        self.number = number  #: 1 for the first that the server was asked
        self.path = unquote(parts.path)
        self.query = {key: values[-1] for key, values in parse_qs(parts.query).items()}

    def send(self, body: bytes | dict, status: int = 200, **headers: object) -> None:
        """Answer; a header's name has underscores for its hyphens."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.handler.send_response(status)
        for name, value in ({"Content_Length": len(data)} | headers).items():
            self.handler.send_header(name.replace("_", "-"), str(value))
        self.handler.end_headers()
        self.handler.wfile.write(data)


class Server:
    """Remembers what was asked of it."""

    def __init__(self, answer: Answer, port: int = 0) -> None:
        self.asked: list[Question] = []
        self.headers: list[dict[str, str]] = []
        self.released = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                question = Question(self, len(server.asked) + 1)
                server.asked.append(question)
                server.headers.append(dict(self.headers))
                try:
                    answer(question)
                except OSError:  # the client has hung up, which is what some tests are about
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    @property
    def paths(self) -> list[str]:
        return [question.path for question in self.asked]

    def close(self) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextmanager
def serving(answer: Answer, port: int = 0) -> Iterator[Server]:
    server = Server(answer, port)
    try:
        yield server
    finally:
        server.close()


def closed_port() -> str:
    """The address of a server that is gone."""
    with serving(lambda question: None) as server:
        return server.url


def alex_work(number: int, **changes: object) -> dict:
    """A work as OpenAlex sends it, with fields that nobody here reads."""
    return {
        "id": f"https://openalex.org/W{number}",
        "doi": f"https://doi.org/10.1000/Work.{number}",
        "title": f"Margins and <i>likelihood</i>, part {number}",
        "publication_year": 2020,
        "ids": {"openalex": f"https://openalex.org/W{number}", "mag": "27"},
        "primary_location": {
            "is_oa": True,
            "landing_page_url": f"https://doi.org/10.1000/work.{number}",
            "pdf_url": None,
            "source": {"id": "https://openalex.org/S1", "display_name": "Journal of Margins"},
            "license": "cc-by",
        },
        "locations": [],
        "open_access": {"is_oa": True, "oa_status": "gold", "oa_url": "https://example.org/a.pdf"},
        "authorships": [
            {"author_position": "first", "author": {"display_name": "Ann Lee", "orcid": None}},
            {"author_position": "last", "author": {"display_name": "Bo van Dam"}},
        ],
        "cited_by_count": 7,
        "abstract_inverted_index": {"We": [0], "margins": [2, 4], "measure": [1], "and": [3]},
    } | changes


def alex_page(works: list[dict], cursor: str | None = None, count: int | None = None) -> dict:
    meta = {"count": count or len(works), "db_response_time_ms": 9, "page": None, "per_page": 50}
    return {"meta": meta | {"next_cursor": cursor}, "results": works, "group_by": []}


def pmc_work(number: int, **changes: object) -> dict:
    """A result as Europe PMC's search sends it with resultType=lite."""
    return {
        "id": str(number),
        "source": "MED",
        "pmid": str(number),
        "pmcid": f"PMC{number}",
        "fullTextIdList": {"fullTextId": [f"PMC{number}"]},
        "doi": f"10.1000/work.{number}",
        "title": f"Margins in medicine, part {number}.",
        "authorString": "Lee A, van Dam B.",
        "journalTitle": "J Margins",
        "pubYear": "2021",
        "isOpenAccess": "Y",
        "citedByCount": 3,
    } | changes


def pmc_page(works: list[dict], mark: str | None = None) -> dict:
    page = {"version": "6.9", "hitCount": len(works), "request": {"resultType": "lite"}}
    return page | ({"nextCursorMark": mark} if mark else {}) | {"resultList": {"result": works}}
