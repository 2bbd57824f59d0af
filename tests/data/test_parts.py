import pytest

from lgm_core.data import DataError
from lgm_core.data.parts import Clock, class_name, class_names, counted


def test_whole_numbers_are_in_their_own_order_and_words_in_theirs():
    assert class_names(["10", "9", "10", "9"], None) == ("9", "10")
    assert class_names(["10", "b", "a", "9"], []) == ("10", "9", "a", "b")


def test_a_test_part_makes_single_images_enough():
    assert class_names(["a", "b"], ["a"]) == ("a", "b")


@pytest.mark.parametrize(
    ("train", "test", "sentence"),
    [
        (["a", "a"], None, "The set has one class (a); allowed: 2 to 50."),
        ([str(k) for k in range(51)] * 2, None, "The set has 51 classes; allowed: 2 to 50."),
        ([], None, "The set has 0 classes; allowed: 2 to 50."),
        (["a", "b", "b"], None, "Class a has 1 image; allowed: 2 or more, one to test with."),
        (["a", "b"], ["c", "a"], "Class c is in the test part only."),
    ],
)
def test_wrong_classes_are_named(train, test, sentence):
    with pytest.raises(DataError) as error:
        class_names(train, test)
    assert str(error.value) == sentence


def test_white_space_in_a_class_name_is_tidied():
    assert class_name("  two \t words\n") == "two words"


@pytest.mark.parametrize("text", ["x" * 41, "a\x00b", "a\u202eb"])
def test_a_class_name_that_is_no_short_plain_text_is_refused(text):
    with pytest.raises(DataError, match="allowed: plain text of at most 40 characters"):
        class_name(text)


def test_counts_are_put_in_words():
    assert [counted(n, "image") for n in (0, 1, 2000)] == ["0 images", "1 image", "2,000 images"]


def test_the_clock_stops_when_the_time_is_up():
    Clock(60).check()
    with pytest.raises(DataError, match="took longer than 0 seconds"):
        Clock(0).check()


def test_two_ways_to_write_an_accent_are_one_class():
    assert class_name("caf\u00e9") == class_name("cafe\u0301")
