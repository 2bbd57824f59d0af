"""What a page wrote into the address bar does not come back to it as a link."""

from __future__ import annotations

from typing import Any

import pytest

from app import address


class Browser:
    """Stands for the part of streamlit that the address needs, and for a clock."""

    def __init__(self) -> None:
        self.session_state: dict[str, Any] = {}
        self.query_params = Query()
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


class Query(dict[str, str]):
    def from_dict(self, query: dict[str, str]) -> None:
        self.clear()
        self.update(query)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    found = Browser()
    monkeypatch.setattr(address, "st", found)
    monkeypatch.setattr(address, "time", found)
    return found


def test_a_link_is_news_and_what_the_page_wrote_is_not(browser):
    browser.query_params.from_dict({"epsilon": "0.3"})
    assert address.news("page") == {"epsilon": "0.3"}
    address.write("page", {"epsilon": "0.3"})
    assert address.news("page") is None
    address.write("page", {"epsilon": "0.4"})
    assert browser.query_params == {"epsilon": "0.4"}
    assert address.news("page") is None


def test_an_echo_of_what_was_written_a_moment_ago_is_no_link(browser):
    for epsilon in ("0.19", "0.18", "0.17"):
        address.write("page", {"epsilon": epsilon})
    browser.query_params.from_dict({"epsilon": "0.19"})
    browser.now = 1.0
    assert address.news("page") is None
    # Much later it is one: somebody has gone back, or pasted it.
    browser.now = 60.0
    assert address.news("page") == {"epsilon": "0.19"}


def test_what_stood_there_for_long_is_an_echo_when_it_has_just_been_replaced(browser):
    address.write("page", {"epsilon": "0.19"})
    browser.now = 60.0
    address.write("page", {"epsilon": "0.18"})
    browser.query_params.from_dict({"epsilon": "0.19"})  # a click from before the browser heard
    browser.now = 60.5
    assert address.news("page") is None


def test_an_empty_address_changes_nothing_and_pages_do_not_mix(browser):
    address.write("one", {"a": "1"})
    browser.query_params.from_dict({})
    assert address.news("one") is None
    browser.query_params.from_dict({"a": "1"})
    assert address.news("other") == {"a": "1"}


def test_a_run_that_is_ended_while_it_writes_has_noted_what_the_browser_may_send_back(browser):
    class Ended(Exception):  # noqa: N818 - stands for Streamlit's own, which is no error
        pass

    def written_and_ended(query: dict[str, str]) -> None:
        Query.from_dict(browser.query_params, query)
        raise Ended

    address.write("page", {"epsilon": "0.2"})
    browser.query_params.from_dict = written_and_ended
    with pytest.raises(Ended):
        address.write("page", {"epsilon": "0.19"})
    del browser.query_params.from_dict
    # The next run, of the same move or the next, does not take it for a link.
    assert address.news("page") is None
    address.write("page", {"epsilon": "0.18"})
    browser.query_params.from_dict({"epsilon": "0.19"})
    assert address.news("page") is None


def test_where_the_browser_went_back_to_is_the_pages_own_from_then_on(browser):
    for view in ("papers", "ledger", "check"):
        address.write("page", {"view": view})
    browser.query_params.from_dict({"view": "ledger"})
    assert address.news("page") is None  # it may have come with a click
    browser.now = 60.0
    assert address.news("page") == {"view": "ledger"}
    assert address.news("page") is None
