import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgm_core.runs.reader import RECORD, RunReader
from lgm_core.runs.store import Store, StoreError
from lgm_core.training.frame import MAX_FRAME_BYTES, encode
from lgm_core.training.settings import TrainSettings
from tests.runs.making import frame_at

FRAMES = [bytes([i]) * (3 * i) for i in range(4)]
RUN_ID = "0123456789abcdef"


@pytest.fixture
def writer(tmp_path):
    with Store(tmp_path).create(TrainSettings()) as writer:
        yield writer


def file_of(frames: list[bytes], folder) -> bytes:
    with Store(folder).create(TrainSettings()) as writer:
        for frame in frames:
            writer.append(frame)
    return (writer.folder / "frames.bin").read_bytes()


def read(data: bytes, folder) -> list[bytes]:
    (folder / "frames.bin").write_bytes(data)
    return list(RunReader(RUN_ID, folder).frames())


def test_torn_at_any_byte_the_whole_frames_before_it_are_read(tmp_path):
    data = file_of(FRAMES, tmp_path)
    ends = [sum(RECORD.size + len(f) for f in FRAMES[:n]) for n in range(len(FRAMES) + 1)]
    assert ends[-1] == len(data)
    for cut in range(len(data) + 1):
        whole = sum(end <= cut for end in ends) - 1
        assert read(data[:cut], tmp_path) == FRAMES[:whole], cut


def test_a_damaged_byte_ends_the_reading_at_its_record(tmp_path):
    frames = [b"alpha", b"beta", b"gamma"]
    data = file_of(frames, tmp_path)
    second = RECORD.size + len(frames[0])
    third = second + RECORD.size + len(frames[1])
    for place in range(second, third):
        damaged = bytearray(data)
        damaged[place] ^= 0x40
        assert read(bytes(damaged), tmp_path) == frames[:1], place


@given(junk=st.binary(max_size=60))
def test_no_bytes_make_the_reader_fail(tmp_path_factory, junk):
    folder = tmp_path_factory.mktemp("run")
    frames = read(junk, folder)
    assert sum(RECORD.size + len(frame) for frame in frames) <= len(junk)


def test_a_length_beyond_any_frame_is_not_believed(tmp_path):
    head = RECORD.pack(MAX_FRAME_BYTES + 1, 0)
    (tmp_path / "frames.bin").write_bytes(head)
    os.truncate(tmp_path / "frames.bin", RECORD.size + MAX_FRAME_BYTES + 1)
    assert RunReader(RUN_ID, tmp_path).count() == 0


def test_frames_are_found_as_they_come(writer):
    reader = RunReader(writer.run_id, writer.folder)
    assert reader.count() == 0
    for number, frame in enumerate(FRAMES):
        with pytest.raises(IndexError, match=f"frame {number}; there are {number}"):
            reader.frame(number)
        writer.append(frame)
        assert reader.frame(number) == frame
    with pytest.raises(IndexError):
        reader.frame(-1)


def test_threads_read_while_another_writes(writer):
    reader = RunReader(writer.run_id, writer.folder)
    frames = [str(i).encode() * (i % 97 + 1) for i in range(2000)]
    seen: list[list[bytes]] = [[] for _ in range(4)]
    troubles: list[Exception] = []

    def follow(mine: list[bytes]) -> None:
        try:
            while len(mine) < len(frames):
                mine += reader.frames(len(mine))
        except Exception as error:
            troubles.append(error)

    threads = [threading.Thread(target=follow, args=(mine,)) for mine in seen]
    for thread in threads:
        thread.start()
    for frame in frames:
        writer.append(frame)
    for thread in threads:
        thread.join(60)
    assert not troubles
    assert all(mine == frames for mine in seen)


def test_a_frame_that_another_process_is_writing_is_taken_once_it_is_whole(tmp_path):
    data = file_of([b"one", b"two"], tmp_path)
    path = tmp_path / "frames.bin"
    reader = RunReader(RUN_ID, tmp_path)
    with path.open("ab", buffering=0) as file:
        for byte in range(len(data)):
            file.write(data[byte : byte + 1])
            assert list(reader.frames()) == read_whole(data[: byte + 1])


def read_whole(data: bytes) -> list[bytes]:
    """The records, longhand: both are 3 bytes long."""
    size = RECORD.size + 3
    return [data[n * size + RECORD.size : (n + 1) * size] for n in range(len(data) // size)]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"loss": "none"}', '{"surprise": 1}', '{"seed": 1e999}', "\xff" * 9],
)
def test_damaged_settings_are_told_in_words(writer, text):
    (writer.folder / "settings.json").write_text(text, encoding="latin-1")
    with pytest.raises(StoreError, match="settings of this run cannot be read"):
        Store(writer.folder.parent).open(writer.run_id).settings()


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "[" * 100_000, "\xff"])
def test_a_damaged_result_counts_as_none(writer, text):
    (writer.folder / "result.json").write_text(text, encoding="latin-1")
    assert RunReader(writer.run_id, writer.folder).result() is None


def test_the_numbers_of_a_frame_are_read_without_its_arrays(writer):
    frame = frame_at(12, keyframe=True)
    writer.append(encode(frame, seconds=1.25))
    header = RunReader(writer.run_id, writer.folder).header(0)
    assert header.seconds == 1.25
    assert header.model_dump(exclude={"seconds"}) == frame.scalars.model_dump()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0" * 8, b"\xff" * 8, b"not a frame at all",
        (7).to_bytes(8, "little") + b'{"a":1}', b"x" * 100_000,
    ],
)  # fmt: skip
def test_a_record_that_is_no_frame_is_told_in_words(writer, data):
    writer.append(data)
    with pytest.raises(StoreError, match="frame of this run cannot be read"):
        RunReader(writer.run_id, writer.folder).header(0)


def test_a_frame_is_found_by_its_step(writer):
    steps = [0, 0, 4, 8, 8, 8, 20]
    for step in steps:
        writer.append(encode(frame_at(step)))
    reader = RunReader(writer.run_id, writer.folder)
    for step in range(-1, 25):
        expected = max((i for i, s in enumerate(steps) if s <= step), default=-1)
        assert reader.index_at(step) == expected


def test_the_newest_keyframe_is_found(writer):
    for step in range(10):
        writer.append(encode(frame_at(step, keyframe=step in (1, 6))))
    reader = RunReader(writer.run_id, writer.folder)
    assert [reader.keyframe_before(i) for i in range(10)] == [None, 1, 1, 1, 1, 1, 6, 6, 6, 6]
    assert reader.keyframe_before(5, not_before=2) is None


def test_a_run_removed_under_the_reader_is_told_in_words(writer):
    writer.append(b"frame")
    reader = RunReader(writer.run_id, writer.folder)
    assert reader.count() == 1
    (writer.folder / "frames.bin").unlink()
    assert reader.count() == 1
    with pytest.raises(StoreError, match="removed to make room"):
        reader.frame(0)
