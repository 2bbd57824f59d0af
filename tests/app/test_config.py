"""Settings of Streamlit that the app cannot do without are taken up under the names it knows."""

from __future__ import annotations

import tomllib

import pytest
from streamlit import config

from tests.house_rules import ROOT

SETTINGS = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
FLAT = {
    f"{section}.{name}": value
    for section, values in SETTINGS.items()
    for name, value in values.items()
    if not isinstance(value, dict)
}


@pytest.mark.parametrize("name", sorted(FLAT))
def test_streamlit_knows_the_setting_and_takes_it(name: str) -> None:
    # A name that it does not know is passed over with a warning in the log.
    assert config.get_option(name) == FLAT[name]


def test_a_browser_keeps_long_messages_for_longer_than_anybody_plays_with_a_slider() -> None:
    # Measured with the default, 2: within a minute or two of moving one to and fro, a message
    # that the browser had just forgotten was sent by its name, and the connection was lost.
    assert config.get_option("global.maxCachedMessageAge") >= 100
