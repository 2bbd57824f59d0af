"""The C library is told to keep memory in one place, where it can be told."""

from __future__ import annotations

import ctypes
import platform
import sys

import pytest

from app import memory


def test_glibc_takes_the_setting_and_no_other_system_is_asked(monkeypatch: pytest.MonkeyPatch):
    asked = memory.share_one_arena()
    assert asked or platform.libc_ver()[0] != "glibc"
    assert memory.give_back() in (True, False)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not memory.share_one_arena()
    assert not memory.give_back()


@pytest.mark.parametrize("error", [OSError, AttributeError])
def test_a_library_without_it_is_no_error(error, monkeypatch: pytest.MonkeyPatch):
    def none(name: None) -> None:
        raise error

    monkeypatch.setattr(ctypes, "CDLL", none)
    assert not memory.share_one_arena()
    assert not memory.give_back()
