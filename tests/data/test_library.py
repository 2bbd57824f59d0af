import threading

import pytest

from lgm_core.data import DataError, library, load
from lgm_core.data.uploads import import_set
from tests.data.making import class_folders, zipped


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch):
    monkeypatch.setattr(library, "_full", [])


def test_the_bundled_digits_are_kept_in_memory():
    assert load("bundled") is load("bundled")


def test_a_set_of_ones_own_is_found_by_its_name():
    own = import_set(zipped(class_folders("ab")), "mine.zip")
    assert load(own.name).class_names == ("a", "b")


def test_two_who_ask_for_full_mnist_at_once_share_one_download(monkeypatch):
    calls = []
    begun, go_on = threading.Event(), threading.Event()

    def full(**_):
        calls.append(1)
        begun.set()
        go_on.wait(5)
        return load("bundled")

    monkeypatch.setattr(library.digits, "full", full)
    results = []
    threads = [threading.Thread(target=lambda: results.append(load("full"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(5)
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert len({id(result) for result in results}) == 1


def test_progress_is_passed_on_and_a_failure_is_not_kept(monkeypatch):
    def fail(*, progress):
        progress(1, 2)
        raise DataError("no network.")

    monkeypatch.setattr(library.digits, "full", fail)
    seen = []
    for _ in range(2):
        with pytest.raises(DataError, match="no network"):
            load("full", progress=lambda *step: seen.append(step))
    assert seen == [(1, 2), (1, 2)]


@pytest.mark.parametrize(
    "name", ["", "Bundled", "own-", "own-0123456789ABCDEF", "own-0123456789abcdef\n", "own-../../x"]
)
def test_an_unknown_name_is_answered_with_the_allowed_ones(name):
    with pytest.raises(DataError, match="allowed: bundled, full, own-…"):
        load(name)
