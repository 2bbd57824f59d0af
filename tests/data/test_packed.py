import gzip
import stat
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.data import DataError, packed
from lgm_core.data.packed import Archive, gunzip, is_gzip, is_zip, shown
from tests.data.making import zipped


def refusal(data):
    with pytest.raises(DataError) as error:
        Archive(data)
    return str(error.value)


@given(st.text(max_size=200))
def test_a_shown_name_is_printable_and_bounded(name):
    text = shown(name)
    assert len(text) <= 60
    assert text.isprintable()
    if name.isprintable() and len(name) <= 60:
        assert text == name


@given(st.binary(max_size=500))
def test_gunzip_undoes_gzip(data):
    assert gunzip(gzip.compress(data), limit=len(data), name="file") == data


@given(st.binary(max_size=100), st.integers(0, 200), st.integers(1, 255))
def test_a_damaged_gzip_gives_bytes_or_a_data_error(data, place, flip):
    changed = bytearray(gzip.compress(data, mtime=0))
    changed[place % len(changed)] ^= flip
    try:
        gunzip(bytes(changed), limit=1000, name="file")
    except DataError as error:
        assert str(error).startswith("file")


def test_gunzip_stops_at_its_limit():
    with pytest.raises(DataError, match="file unpacks to more than 1,000 bytes"):
        gunzip(gzip.compress(bytes(1001)), limit=1000, name="file")


def test_a_gzip_that_ends_too_early_is_told():
    with pytest.raises(DataError, match="file ends too early"):
        gunzip(gzip.compress(b"abc" * 100)[:-1], limit=1000, name="file")


def test_the_kinds_are_told_by_their_first_bytes():
    assert is_zip(zipped({"a": b""}))
    assert is_zip(zipped({}))
    assert is_gzip(gzip.compress(b""))
    assert not is_zip(b"PK")
    assert not is_gzip(b"")


def test_files_are_listed_and_read():
    archive = Archive(zipped({"a/b.PNG": b"one", "./c\\d.txt": b"two", "a/": b"", "noend": b""}))
    assert [entry.parts for entry in archive.entries] == [
        ("a", "b.PNG"),
        ("c", "d.txt"),
        ("noend",),
    ]
    assert [entry.suffix for entry in archive.entries] == [".png", ".txt", ""]
    assert [archive.read(entry) for entry in archive.entries] == [b"one", b"two", b""]


def test_dot_files_and_what_macos_adds_are_passed_over():
    archive = Archive(
        zipped({"__MACOSX/a/._b.png": b"", "a/.DS_Store": b"", ".git/x": b"", "b": b""})
    )
    assert [entry.path for entry in archive.entries] == ["b"]


@pytest.mark.parametrize(
    "path", ["../a.png", "a/../../b.png", "/etc/passwd", "C:/a.png", "c:\\a.png", "..\\a.png",
             "\\\\host\\a.png", "a/.."],
)  # fmt: skip
def test_a_path_that_leads_out_is_refused(path):
    assert refusal(zipped([("fine.png", b""), (zipfile.ZipInfo(path), b"")])) == (
        f"The path {zipfile.ZipInfo(path).filename} leads out of the zip."
    )


def test_a_link_is_refused():
    link = zipfile.ZipInfo("a/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert (
        refusal(zipped([(link, b"/etc/passwd")])) == "a/link.png in the zip is a link, not a file."
    )


def test_an_encrypted_file_is_refused():
    data = bytearray(zipped({"a.png": b"abc"}))
    # General purpose flags: at byte 6 of a file's own header, 8 of its entry in the list.
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(data)) == "a.png in the zip is encrypted."


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(method):
    assert "packed in a way that is not read" in refusal(zipped({"a.png": b"abc"}, method))


def test_too_many_entries_are_refused_before_they_are_listed(monkeypatch):
    monkeypatch.setattr(packed, "MAX_ENTRIES", 10)
    monkeypatch.setattr(packed.zipfile, "ZipFile", None)
    data = zipped_before = _many(11)
    assert refusal(zipped_before) == "The zip has more than 10 entries."
    # A count that lies in the zip's own end record changes nothing.
    end = data.rindex(b"PK\x05\x06")
    lying = data[: end + 8] + struct.pack("<HH", 1, 1) + data[end + 12 :]
    assert refusal(lying) == "The zip has more than 10 entries."


def _many(count):
    entry = b"PK\x01\x02" + bytes(42)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, 46 * count, 0, 0)
    return entry * count + end


def test_what_unpacks_to_too_much_is_refused_unread():
    assert refusal(zipped({"a": bytes(200 << 20), "b": bytes(100 << 20)})) == (
        "The zip unpacks to 300 MB; allowed: 256 MB."
    )


def test_what_is_packed_too_tightly_is_refused():
    assert "times its size; allowed: 100 times." in refusal(zipped({"a": bytes(80 << 20)}))


def test_a_small_set_may_be_packed_tightly():
    assert len(Archive(zipped({"a": bytes(1 << 20)})).entries) == 1


def test_a_size_that_lies_yields_no_more_than_it_says():
    data = bytearray(zipped({"a": bytes(100_000)}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 10)
    archive = Archive(bytes(data))
    with pytest.raises(DataError, match="a is damaged: it cannot be unpacked"):
        archive.read(archive.entries[0])


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04", b"PK\x03\x04" + bytes(100), zipped({"a": b"b"})[:-3]],
    ids=["its start alone", "zeros after its start", "cut at the end"],  # a zip holds the time
)
def test_a_damaged_zip_is_told(data):
    assert refusal(data) == "The zip is damaged: its list of files cannot be read."


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), min_size=1, max_size=6))
def test_a_changed_zip_is_read_or_refused(changes):
    data = bytearray(zipped({"a/b.png": b"some bytes" * 5, "c.csv": b"1,2,3"}))
    for place, flip in changes:
        data[place % len(data)] ^= flip
    try:
        archive = Archive(bytes(data))
    except DataError:
        return
    for entry in archive.entries:
        try:
            assert len(archive.read(entry)) <= entry.info.file_size
        except DataError as error:
            assert str(error).endswith("is damaged: it cannot be unpacked.")


@pytest.mark.parametrize("offset", [1 << 63, (1 << 64) - 1])
def test_an_entry_that_lies_beyond_every_file_is_told(offset):
    data = zipped({"a/x.png": b"1" * 40})
    extra = struct.pack("<HHQ", 1, 8, offset)
    at = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = bytearray(data[at:end])
    struct.pack_into("<H", entry, 30, len(extra))
    struct.pack_into("<I", entry, 42, 0xFFFFFFFF)
    tail = bytearray(data[end:])
    struct.pack_into("<I", tail, 12, len(entry) + len(extra))
    lying = data[:at] + bytes(entry) + extra + bytes(tail)
    with pytest.raises(DataError):
        archive = Archive(lying)
        archive.read(archive.entries[0])
