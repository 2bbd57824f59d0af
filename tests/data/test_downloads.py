import gzip
import hashlib
import time

import pytest

from lgm_core.data import DataError
from lgm_core.data.downloads import RemoteFile, fetch, verified
from tests.data.conftest import send

PLAIN = bytes(range(256)) * 40
FILE = RemoteFile("digits", len(PLAIN), hashlib.md5(PLAIN).hexdigest(), 500)
PACKED = gzip.compress(PLAIN)


def good(handler, _name):
    send(handler, PACKED)


def refusal(mirror, answer, **options):
    with pytest.raises(DataError) as error:
        fetch(FILE, [mirror(answer).url], **options)
    return str(error.value)


def test_a_file_is_fetched_and_checked(mirror):
    server = mirror(good)
    assert fetch(FILE, [server.url]) == PLAIN
    assert server.asked == ["digits.gz"]


def test_a_file_without_a_gzip_wrapper_will_do(mirror):
    assert fetch(FILE, [mirror(lambda handler, _: send(handler, PLAIN)).url]) == PLAIN


def test_progress_grows_to_the_size_of_the_file(mirror):
    seen = []
    fetch(FILE, [mirror(good).url], progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == len(PACKED)


def test_the_next_mirror_is_tried_when_one_refuses(mirror):
    first = mirror(lambda handler, _: handler.send_error(404))
    second = mirror(good)
    assert fetch(FILE, [first.url, second.url]) == PLAIN
    assert first.asked == second.asked == ["digits.gz"]


def test_the_next_mirror_is_tried_when_one_is_down(mirror):
    down = mirror(good)
    down.close()
    assert fetch(FILE, [down.url, mirror(good).url]) == PLAIN


def test_the_next_mirror_is_tried_when_one_sends_something_else(mirror):
    wrong = mirror(lambda handler, _: send(handler, gzip.compress(b"?" * len(PLAIN))))
    assert fetch(FILE, [wrong.url, mirror(good).url]) == PLAIN


def test_every_mirror_that_fails_is_named_with_its_reason(mirror):
    gone = mirror(lambda handler, _: handler.send_error(410))
    down = mirror(good)
    down.close()
    with pytest.raises(DataError) as error:
        fetch(FILE, [gone.url, down.url])
    assert str(error.value) == "127.0.0.1: it answered 410; 127.0.0.1: no connection"


def test_a_truncated_file_is_refused(mirror):
    def answer(handler, _name):
        send(handler, PACKED[:-9])

    assert "digits ends too early" in refusal(mirror, answer)


def test_a_connection_that_breaks_is_told(mirror):
    def answer(handler, _name):
        send(handler, PACKED[:-9], length=len(PACKED))
        handler.close_connection = True

    assert "the connection broke" in refusal(mirror, answer)


def test_a_damaged_file_is_refused(mirror):
    damaged = bytearray(PACKED)
    damaged[len(damaged) // 2] ^= 0xFF

    def answer(handler, _name):
        send(handler, bytes(damaged))

    assert "digits" in refusal(mirror, answer)


def test_a_wrong_md5_is_refused(mirror):
    other = bytes(len(PLAIN))

    def answer(handler, _name):
        send(handler, gzip.compress(other))

    assert f"digits has the md5 {hashlib.md5(other).hexdigest()}, not" in refusal(mirror, answer)


def test_a_bomb_is_unpacked_no_further_than_the_file_is_long(mirror):
    bomb = gzip.compress(bytes(50 << 20))

    def answer(handler, _name):
        send(handler, bomb)

    assert f"unpacks to more than {len(PLAIN):,} bytes" in refusal(mirror, answer)


def test_a_stream_without_end_is_cut(mirror):
    def answer(handler, _name):
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(bytes(1 << 16))

    assert "the file is longer than" in refusal(mirror, answer)


def test_a_server_that_says_nothing_is_given_up(mirror):
    def answer(_handler, _name):
        time.sleep(1.5)

    start = time.monotonic()
    assert "no answer in time" in refusal(mirror, answer, silence=0.2)
    assert time.monotonic() - start < 1.2


def test_a_server_that_falls_silent_is_given_up(mirror):
    def answer(handler, _name):
        send(handler, PACKED[:10], length=len(PACKED))
        time.sleep(1.5)

    start = time.monotonic()
    assert "no answer in time" in refusal(mirror, answer, silence=0.2)
    assert time.monotonic() - start < 1.2


def test_a_server_that_trickles_is_given_up(mirror):
    def answer(handler, _name):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(PACKED)))
        handler.end_headers()
        for byte in PACKED[:40]:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.05)

    start = time.monotonic()
    assert "it took too long" in refusal(mirror, answer, patience=0.4, silence=5)
    assert time.monotonic() - start < 1.5


def test_without_mirrors_there_is_a_reason_too():
    with pytest.raises(DataError, match="no mirror is known"):
        fetch(FILE, [])


def test_verified_takes_the_file_with_and_without_its_wrapper():
    assert verified(PLAIN, FILE) == verified(PACKED, FILE) == PLAIN


@pytest.mark.parametrize("data", [b"", PLAIN[:-1], PLAIN + b"\0", PLAIN[:-1] + b"?"])
def test_verified_refuses_any_other_bytes(data):
    with pytest.raises(DataError, match="digits has"):
        verified(data, FILE)
