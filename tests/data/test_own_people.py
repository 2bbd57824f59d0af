import numpy as np
import pytest

from lgm_core.data import DataError
from lgm_core.data.own_people import import_people, own_people, own_people_from_zip
from lgm_core.data.people import load_people, split_people
from tests.data.making import class_folders, picture, zipped
from tests.data.test_pictures import png_header

NAMES = ("Ada", "Bo", "Cy", "Di")


def files(names=NAMES, each=3, **options):
    return class_folders(names, each, side=80, **options)


def spread(folder, stored):
    for name, data in stored.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def refusal(stored, **options):
    with pytest.raises(DataError) as error:
        own_people_from_zip(zipped(stored), "faces.zip", **options)
    return str(error.value)


def test_the_folder_is_the_person():
    people = own_people_from_zip(zipped(files(top="my faces/")), "faces.zip")
    assert people.names == NAMES
    assert people.people.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert people.images.shape == (12, 64, 64)
    assert people.title == "Own set, 4 people"
    assert len(split_people(people)[1]) == 6


def test_a_picture_is_cut_to_the_square_in_its_middle():
    wide = np.zeros((60, 100), np.uint8)
    wide[:, 20:80] = 200
    people = own_people_from_zip(
        zipped(files() | {"Ada/0.png": picture(wide), "Ada/1.png": picture(wide.T.copy())}), "a"
    )
    assert (people.images[:2] == 200).all()


def test_a_large_colour_photo_is_read():
    photo = np.full((1500, 2000, 3), (200, 100, 50), np.uint8)
    people = own_people_from_zip(zipped(files() | {"Ada/0.jpg": picture(photo, "JPEG")}), "a")
    assert np.ptp(people.images[0]) <= 2
    assert abs(int(people.images[0, 0, 0]) - round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)) <= 2


def test_a_zip_a_zip_on_disk_and_a_folder_are_the_same_set(tmp_path):
    uploaded = own_people_from_zip(zipped(files()), "faces.zip")
    path = tmp_path / "faces.zip"
    path.write_bytes(zipped(files()))
    folder = spread(tmp_path / "faces", files() | {"notes.txt": b"", "Ada/.hidden.png": b""})
    for other in (own_people(path), own_people(folder)):
        assert other.name == uploaded.name
        assert np.array_equal(other.images, uploaded.images)
    changed = own_people_from_zip(zipped(files(("Ada", "Bo", "Cy", "Eve"))), "faces.zip")
    assert changed.name != uploaded.name


def test_links_in_a_folder_are_not_followed(tmp_path):
    outside = spread(tmp_path / "outside", files(("Eve",)))
    folder = spread(tmp_path / "faces", files())
    (folder / "Eve").symlink_to(outside / "Eve")
    (folder / "Ada" / "link.png").symlink_to(outside / "Eve" / "0.png")
    assert own_people(folder).names == NAMES
    assert len(own_people(folder).images) == 12


def test_an_imported_set_is_found_under_its_name():
    people = import_people(zipped(files()), "faces.zip")
    assert np.array_equal(load_people(people.name).images, people.images)


@pytest.mark.parametrize(
    ("stored", "sentence"),
    [
        (
            files(NAMES[:3]),
            "There are pictures of 3 people; allowed: 4 to 2,000, a folder for each.",
        ),
        (
            files(NAMES[:1]),
            "There are pictures of 1 person; allowed: 4 to 2,000, a folder for each.",
        ),
        (
            files() | files(("Eve",), 1),
            "There is 1 picture of Eve; allowed: 2 or more of each person.",
        ),
        (
            {"readme.txt": b"hello"},
            "There are no pictures (png, jpg, gif, bmp, webp) in folders of people.",
        ),
        (
            files() | {"me.png": b""},
            "me.png lies in no folder; each picture needs one, named after its person.",
        ),
        (
            files() | {"Ada/0.png": png_header(60_000, 60_000)},
            "Ada/0.png has too many pixels; allowed: 16 million.",
        ),
        (
            files() | {"Ada/0.png": png_header(5000, 4000)},
            "Ada/0.png has 5,000 x 4,000 pixels; allowed: 16 million.",
        ),
        (
            files() | {"Bo/2.png": b"torn"},
            "Bo/2.png is not a readable picture (png, jpg, gif, bmp, webp).",
        ),
        (
            files(("Ada", "Bo", "Cy", "D" * 50)),
            f"The name {'D' * 50} of a person is not used; allowed: plain text of at most 40 "
            "characters.",
        ),
    ],
    ids=["three", "one", "single", "none", "no folder", "huge", "large", "torn", "name"],
)
def test_what_is_wrong_is_told_in_a_sentence(stored, sentence):
    assert refusal(stored) == sentence


def test_too_many_pictures_are_told_before_one_is_read(monkeypatch):
    monkeypatch.setattr("lgm_core.data.own_people.MAX_PICTURES", 11)
    assert refusal(files() | {"Ada/0.png": b"torn"}) == "There are 12 pictures; allowed: 11."


def test_reading_ends_when_the_time_is_up():
    assert "took longer than 0 seconds" in refusal(files(), seconds=0)


def test_what_is_no_zip_is_told(tmp_path):
    with pytest.raises(DataError) as error:
        own_people_from_zip(b"text", "faces.txt")
    assert str(error.value) == (
        "faces.txt is no zip; allowed: a zip with one folder of pictures a person."
    )
    with pytest.raises(DataError, match=r"^gone\.zip cannot be read; allowed: a folder or a zip"):
        own_people(tmp_path / "gone.zip")
    with pytest.raises(DataError, match="The zip is damaged"):
        own_people_from_zip(zipped(files())[:-30], "faces.zip")
    with pytest.raises(DataError, match=r"^big\.zip is too large; allowed: 64 MB\.$"):
        own_people_from_zip(bytes((64 << 20) + 1), "big.zip")


def test_a_large_file_in_a_folder_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("lgm_core.data.own_people.MAX_FILE", 100)
    with pytest.raises(DataError, match=r"^0\.png is too large"):
        own_people(spread(tmp_path, files()))
