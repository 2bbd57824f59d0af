from __future__ import annotations

import pytest

from lgm_core.runs.limits import limit


def test_default_where_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LGM_TEST", raising=False)
    assert limit("LGM_TEST", 5.0, 1, 10) == 5.0
    monkeypatch.setenv("LGM_TEST", " ")
    assert limit("LGM_TEST", 5.0, 1, 10) == 5.0


def test_what_is_set_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LGM_TEST", "2.5")
    assert limit("LGM_TEST", 5.0, 1, 10) == 2.5


@pytest.mark.parametrize("text", ["0", "11", "nan", "inf", "many", "1e400"])
def test_a_bad_value_is_named_with_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("LGM_TEST", text)
    with pytest.raises(ValueError, match=f"LGM_TEST is '{text}'; allowed: .* from 1 to 10"):
        limit("LGM_TEST", 5.0, 1, 10)
