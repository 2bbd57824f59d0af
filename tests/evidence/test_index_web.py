"""What the open indexes are asked with: bounded, polite, and never another host."""

from __future__ import annotations

import base64
import socket
import threading
import time
from email.utils import formatdate

import pytest

from lgm_core.data import kept_answers
from lgm_core.evidence.indexes.connection import USER_AGENT, Limits
from lgm_core.evidence.indexes.http import Web, json_object
from lgm_core.evidence.indexes.problems import IndexesError, NotIndexedError, OfflineError
from tests.evidence.index_server import closed_port, serving

QUICK = Limits(connect=0.5, silence=0.3, whole=0.6)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LGM_CACHE_DIR", str(tmp_path))


def ask(server, path="/a", read=json_object, limit=1000, limits=QUICK, secret=""):
    web = Web([server.url], limits=limits, interval=0)
    return web.get(server.url + path, read, limit=limit, secret=secret)


def problem(answer, **options):
    with serving(answer) as server, pytest.raises(IndexesError) as error:
        ask(server, **options)
    return str(error.value)


def test_an_answer_is_asked_for_once_a_week():
    with serving(lambda question: question.send({"n": question.number})) as server:
        assert ask(server) == ask(server) == {"n": 1}
        assert ask(server, "/b") == {"n": 2}
    assert ask(server) == {"n": 1}  # the server is gone
    assert server.headers[0]["User-Agent"] == USER_AGENT
    assert "lgm-lab" in USER_AGENT


def test_a_secret_is_sent_and_not_kept():
    with serving(lambda question: question.send({"key": question.query.get("key")})) as server:
        assert ask(server, "/a?b=1", secret="key=s") == {"key": "s"}
        assert kept_answers.read(server.url + "/a?b=1") is not None
        assert kept_answers.read(server.url + "/a?b=1&key=s") is None


def test_a_kept_answer_that_cannot_be_read_is_asked_for_again():
    with serving(lambda question: question.send({"fresh": True})) as server:
        kept_answers.keep(server.url + "/a", b"[1]")
        assert ask(server) == {"fresh": True}


@pytest.mark.parametrize("body", [b"", b'{"a": [1, 2', b"[1]", b"\xff\xfe{", b"[" * 900])
def test_what_is_no_json_object_is_told_and_not_kept(body):
    with serving(lambda question: question.send(body)) as server:
        for _ in range(2):
            with pytest.raises(IndexesError, match=r"The answer of 127\.0\.0\.1 is damaged"):
                ask(server)
        assert len(server.asked) == 2


def test_bytes_that_were_promised_and_do_not_come_are_told():
    text = problem(lambda question: question.send(b'{"a": 1}', Content_Length=90))
    assert text == "The connection to 127.0.0.1 broke."


def test_a_huge_answer_is_refused_by_its_length_and_cut_without_one():
    sentence = "The answer of 127.0.0.1 is longer than 1,000 bytes."
    assert problem(lambda question: question.send(b"", Content_Length=1 << 40)) == sentence
    sent = []

    def endless(question):
        question.handler.send_response(200)
        question.handler.end_headers()
        while True:
            question.handler.wfile.write(b" " * 65536)
            sent.append(65536)

    assert problem(endless) == sentence
    assert sum(sent) < 64 << 20


@pytest.mark.parametrize("trickle", ["silence", "header", "body"])
def test_a_slow_answer_is_cut(trickle):
    with serving(lambda question: slow(question)) as server:

        def slow(question):
            out = question.handler.wfile
            if trickle == "silence":
                server.released.wait(5)
            out.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
            if trickle == "body":
                out.write(b"\r\nContent-Length: 1000\r\n\r\n")
            while not server.released.wait(0.05):
                out.write(b"x")
                out.flush()

        began = time.monotonic()
        with pytest.raises(IndexesError) as error:
            ask(server)
        assert str(error.value) == "127.0.0.1 did not answer in time."
        assert time.monotonic() - began < 1.5


def test_a_closed_port_is_offline_and_is_not_tried_twice():
    url = closed_port()
    web = Web([url], limits=QUICK, interval=0)
    with pytest.raises(OfflineError) as error:
        web.get(url + "/a", json_object, limit=9)
    with serving(lambda question: question.send({}), int(url.rsplit(":", 1)[1])) as server:
        with pytest.raises(OfflineError):
            web.get(url + "/a", json_object, limit=9)
        assert server.asked == []
        assert Web([url], interval=0).get(url + "/a", json_object, limit=9) == {}
    assert str(error.value) == (
        "There is no connection to 127.0.0.1; the open indexes need the internet."
    )
    kept_answers.keep(url + "/b", b"{}")
    assert web.get(url + "/b", json_object, limit=9) == {}


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (404, "127.0.0.1 does not have it."),
        (403, "127.0.0.1 refuses the question; it answered 403."),
        (500, "127.0.0.1 answered 500."),
        (302, "127.0.0.1 answered 302."),
    ],
)
def test_other_answers_are_told(status, sentence):
    assert problem(lambda question: question.send(b"{}", status)) == sentence


def test_only_404_means_that_it_is_not_there():
    with serving(lambda question: question.send(b"", 404)) as server:
        with pytest.raises(NotIndexedError):
            ask(server)
        assert kept_answers.read(server.url + "/a") is None


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_that_is_asked_for_is_kept_once(status):
    def answer(question):
        if question.number == 1:
            question.send(b"", status, Retry_After=1)
        else:
            question.send({"ok": 1})

    with serving(answer) as server:
        began = time.monotonic()
        assert ask(server, limits=Limits()) == {"ok": 1}
        assert 1.0 <= time.monotonic() - began < 2.5
    text = problem(lambda question: question.send(b"", status, Retry_After=0))
    assert text == f"127.0.0.1 is busy, it answered {status} twice; try again later."


@pytest.mark.parametrize(
    "after", ["3600", formatdate(time.time() + 3600, usegmt=True)], ids=["seconds", "a date"]
)
def test_a_long_pause_is_not_waited_for(after):
    began = time.monotonic()
    text = problem(
        lambda question: question.send(b"", 429, Retry_After=after),
        limits=Limits(),
    )
    assert text.startswith("127.0.0.1 asks for a pause of 3,")
    assert time.monotonic() - began < 1


def redirecting(location):
    return lambda question: question.send(b"", 301, Location=location)


def test_a_redirect_within_the_host_is_followed():
    def answer(question):
        if question.path == "/a":
            redirecting("/works/W2")(question)
        else:
            question.send({"path": question.path})

    with serving(answer) as server:
        assert ask(server) == {"path": "/works/W2"}
    assert problem(redirecting("/a")) == "127.0.0.1 redirects more than 3 times."


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/a",
        "http://api.openalex.org/a",
        "https://api.openalex.org@evil.example/a",
        "https://api.openalex.org:8443/a",
        "https://user:word@www.ebi.ac.uk/",
        "file:///etc/passwd",
        "//evil.example/a",
        "http://[::1/",
        "http://127.0.0.1:99999/",
    ],
)
def test_a_redirect_to_a_foreign_host_is_not_followed(location):
    with serving(redirecting(location)) as server:
        with pytest.raises(IndexesError, match=r"^127\.0\.0\.1 redirects to "):
            ask(server)
        assert len(server.asked) == 1


def test_a_redirect_to_what_is_no_address_is_told():
    for location in ("/\xe9", "/a b"):
        assert "127.0.0.1" in problem(redirecting(location))


def test_another_redirect_may_not_lead_to_a_second_server_of_this_machine():
    with (
        serving(lambda question: question.send({"inside": 1})) as inner,
        serving(redirecting(inner.url)) as outer,
    ):
        with pytest.raises(IndexesError, match="which is not asked; allowed: api"):
            ask(outer)
        assert inner.asked == []


def test_an_address_of_another_host_is_not_asked():
    web = Web(["https://api.openalex.org"])
    for url in ("https://evil.example/", "http://api.openalex.org/", "file:///etc/passwd"):
        with pytest.raises(IndexesError, match="is not an address of the indexes"):
            web.get(url, json_object, limit=9)


def test_a_server_that_cannot_speak_tls_is_out_of_reach(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(lambda question: question.send({})) as server:
        url = server.url.replace("http:", "https:")
        with pytest.raises(OfflineError):
            Web([url], limits=QUICK, interval=0).get(url + "/a", json_object, limit=9)
        assert server.asked == []


def test_an_https_host_is_asked_through_the_proxy_of_the_environment(monkeypatch):
    lines: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse():
            client, _ = listener.accept()
            with client, client.makefile("rb") as stream:
                while line := stream.readline().strip():
                    lines.append(line)
                client.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

        thread = threading.Thread(target=refuse)
        thread.start()
        proxy = f"http://ann:s%20t@127.0.0.1:{listener.getsockname()[1]}"
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        for name in ("https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy)
        url = "https://index.example/a"
        with pytest.raises(OfflineError, match=r"no connection to index\.example"):
            Web([url], interval=0).get(url, json_object, limit=9)
        thread.join()
    assert lines[0].startswith(b"CONNECT index.example:443 ")
    assert b"Proxy-Authorization: Basic " + base64.b64encode(b"ann:s t") in lines


def test_questions_to_one_host_keep_their_distance_over_all_threads():
    times = []

    def answer(question):
        times.append(time.monotonic())
        question.send({})

    with serving(answer) as server:
        web = Web([server.url], interval=0.1)
        threads = [
            threading.Thread(
                target=web.get, args=(f"{server.url}/{n}", json_object), kwargs={"limit": 9}
            )
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    gaps = [b - a for a, b in zip(sorted(times), sorted(times)[1:], strict=False)]
    # The turns are 0.1 seconds apart; a busy machine may deliver one late and the next in time.
    assert sum(gaps) > 0.25
