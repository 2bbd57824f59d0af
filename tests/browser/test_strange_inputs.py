"""The page of strange inputs: it opens on the pair that comes with the lab and answers at once."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from lgm_core.data import load
from tests.browser.conftest import PHONE, PROJECTOR
from tests.browser.server import Server
from tests.browser.strange_page import PAGE, draw, state, wait_for_answer


def choose(page: Page, label: str, option: str) -> None:
    """Picks an option of one of the sidebar's select boxes."""
    page.get_by_test_id("stSelectbox").filter(has_text=label).get_by_role("combobox").click()
    page.get_by_role("option", name=option).click()


@pytest.fixture(name="visit", scope="module")
def _visit(browser: Browser, server: Server) -> Iterator[Page]:
    """One visit for all: each test asks for what it needs and leaves the page in order."""
    width, height = PROJECTOR
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{server.url}/strange-inputs")
    wait_for_answer(page, attack="fgsm", epsilon=0.2)
    yield page
    page.close()


def threshold(page: Page, number: int) -> Locator:
    return page.get_by_role("slider", name="Threshold").nth(number)


def test_it_opens_on_the_shipped_pair_with_everything_to_see(visit: Page) -> None:
    expect(visit.get_by_text("are still read rightly by")).to_be_visible()
    expect(visit.locator(".tile").first).to_contain_text("→")
    expect(visit.get_by_role("row", name="L-GM: log-likelihood", exact=False).first).to_be_visible()
    expect(visit.get_by_role("row", name="Softmax: Mahalanobis")).to_be_visible()
    assert state(visit)["falseAlarms"] == [pytest.approx(0.05, abs=0.01)] * 2
    fits = "() => document.scrollingElement.scrollHeight <= innerHeight"
    assert visit.evaluate(fits)


def test_the_threshold_decides_what_is_called_strange_everywhere(visit: Page) -> None:
    verdicts = visit.locator(".tile").locator(".verdict")
    slider = threshold(visit, 1)
    slider.focus()
    slider.press("Home")
    assert state(visit)["caught"][1] < 0.05
    assert set(verdicts.all_text_contents()) <= {"let through", "called strange"}
    slider.press("End")
    assert state(visit)["caught"][1] > 0.8
    before = state(visit)["caught"][0]
    expect(visit.get_by_text("Called strange:").nth(1)).to_contain_text("of the clean digits")
    for _ in range(7):
        slider.press("PageDown")
    after = state(visit)["caught"]
    assert after[0] == before
    assert after[1] < 0.999


def test_the_attack_grows_and_the_page_returns_to_its_own_size(visit: Page) -> None:
    before = state(visit)["aurocs"]
    visit.get_by_role("button", name="Grow").click()
    visit.wait_for_function(f"() => {PAGE}.labStats().sweep.there === 21", timeout=60_000)
    visit.get_by_role("slider", name="Size of the attack").fill("0")
    assert state(visit)["aurocs"] == [pytest.approx(0.5)] * 2
    # What is taken away now is of the size on screen.
    visit.get_by_role("button", name="Export").click()
    with visit.expect_download() as download:
        visit.get_by_text("Table (CSV)").click()
    rows = list(csv.DictReader(StringIO(Path(download.value.path()).read_text())))
    assert {row["epsilon"] for row in rows} == {"0"}
    visit.keyboard.press("Escape")
    visit.get_by_role("slider", name="Size of the attack").fill("8")  # of 20 up to 0.5: 0.2
    assert state(visit)["aurocs"] == before
    visit.keyboard.press("Escape")
    expect(visit.get_by_text("are still read rightly by")).to_be_visible()
    assert state(visit)["aurocs"] == before


def test_figures_and_table_can_be_taken_away(visit: Page) -> None:
    saved = {}
    visit.get_by_role("button", name="Export").click()
    for label in ("Figures (PNG)", "Figures (HTML", "Table (CSV)", "Scores of every"):
        with visit.expect_download() as download:
            visit.get_by_text(label).click()
        saved[download.value.suggested_filename] = Path(download.value.path()).read_bytes()
    visit.keyboard.press("Escape")
    picture = Image.open(BytesIO(saved["strange-inputs.png"]))
    assert picture.size[0] == 2560
    page = saved["strange-inputs.html"].decode()
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    table = list(csv.DictReader(StringIO(saved["strange-inputs.csv"].decode())))
    assert len(table) == 4 + 6
    shown = state(visit)["aurocs"]
    assert float(table[0]["auroc"]) == shown[0]
    assert {row["attack"] for row in table} == {"fgsm"}
    inputs = list(csv.DictReader(StringIO(saved["strange-inputs-scores.csv"].decode())))
    assert Counter(row["input"] for row in inputs) == {"clean": 1000, "strange": 1000}


def test_presenting_hides_the_settings_and_keeps_the_answer(visit: Page) -> None:
    before = state(visit)["aurocs"]
    visit.get_by_role("button", name="Present").click()
    expect(visit.get_by_test_id("stSidebar")).to_be_hidden()
    visit.wait_for_url("**/strange-inputs?present=1")
    assert state(visit)["aurocs"] == before
    visit.get_by_role("button", name="Present").click()
    expect(visit.get_by_test_id("stSidebar")).to_be_visible()
    assert state(visit)["aurocs"] == before


def test_the_way_of_an_attacked_digit_is_walked_from_the_keyboard(visit: Page) -> None:
    choose(visit, "Attack", "PGD, from random starts")
    steps = wait_for_answer(visit, attack="pgd")["steps"]
    assert steps == 22  # the clean digit, the random start, twenty steps
    visit.locator(".tile").nth(2).click()
    assert state(visit)["selected"] == 2
    visit.keyboard.press(" ")
    visit.wait_for_function(f"() => {PAGE}.labStats().step < 15")
    visit.wait_for_function(f"() => {PAGE}.labStats().step > 15")
    visit.wait_for_function(f"() => {PAGE}.labStats().step === 21", timeout=10_000)
    expect(visit.get_by_text("step 21 of 21")).to_be_visible()
    visit.keyboard.press(",")
    assert state(visit)["step"] == 20


def test_a_long_attack_shows_its_progress_and_can_be_cancelled(visit: Page) -> None:
    choose(visit, "Attack", "Carlini-Wagner")
    cancel = visit.get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible(timeout=20_000)
    work = visit.locator(".screen .work")
    expect(work).to_contain_text(
        re.compile(r"Carlini-Wagner at ε 0\.2, 1000 digits · (Softmax|L-GM), digit \d+ of \d+"),
        timeout=20_000,
    )
    # What is on the page answers another question, and steps back meanwhile.
    expect(visit.get_by_text("are still read rightly by")).to_be_hidden()
    expect(visit.locator(".gallery")).to_have_css("opacity", "0.45")
    cancel.click()
    expect(visit.get_by_text("Cancelled")).to_be_visible()
    choose(visit, "Attack", "FGSM, one step")
    wait_for_answer(visit, attack="fgsm")
    expect(visit.get_by_text("are still read rightly by")).to_be_visible()


def test_it_fits_a_phone_and_has_no_serious_accessibility_finding(
    new_context: Callable[..., BrowserContext], server: Server
) -> None:
    width, height = PHONE
    page = new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(f"{server.url}/strange-inputs")
    wait_for_answer(page, attack="fgsm")
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_a_drawing_is_judged_at_once(visit: Page) -> None:
    visit.get_by_role("button", name="Draw", exact=True).click()
    verdicts = visit.locator(".answers-to-drawing p")
    draw(visit, [(0.5, 0.15), (0.5, 0.85)])
    expect(verdicts).to_have_count(2)
    for model, verdict in zip(("Softmax", "L-GM"), verdicts.all(), strict=True):
        expect(verdict).to_contain_text(f"{model}: 1,")
        expect(verdict).to_contain_text("of the training digits")
    assert state(visit)["drawnIn"] < 1000
    # A scribble that fills the pad is no digit.
    visit.get_by_role("button", name="Clear").click()
    rows = [0.1 + 0.1 * i for i in range(9)]
    draw(visit, [(u, v) for v in rows for u in ((0.1, 0.9) if round(10 * v) % 2 else (0.9, 0.1))])
    expect(verdicts.nth(1)).to_contain_text("called strange")
    visit.keyboard.press("Escape")
    expect(visit.get_by_role("dialog", name="Draw")).to_be_hidden()


def test_epsilon_zero_is_chance_and_strange_pictures_are_no_attack(visit: Page) -> None:
    slider = visit.get_by_role("slider", name="Size ε")
    slider.focus()
    for _ in range(20):
        slider.press("ArrowLeft")
    wait_for_answer(visit, epsilon=0)
    expect(visit.get_by_text("AUROC 0.500").first).to_be_visible()
    choose(visit, "Input", "Faces")
    wait_for_answer(visit, inputs="faces")
    expect(
        visit.get_by_text("it has never seen one").or_(visit.get_by_text("has never seen"))
    ).to_be_visible()
    expect(visit.locator(".tile").first).to_contain_text("read as")


def test_a_picture_is_opened_on_the_pad_and_judged(visit: Page) -> None:
    data = load("bundled")
    number = int((data.test_labels == 7).argmax())
    digit = Image.fromarray(255 - data.test_images[number]).resize((140, 140))
    buffer = io.BytesIO()
    digit.save(buffer, "PNG")
    visit.get_by_role("button", name="Draw", exact=True).click()
    opener = visit.locator(".pad input[type=file]")
    opener.set_input_files({"name": "7.png", "mimeType": "image/png", "buffer": buffer.getvalue()})
    verdicts = visit.locator(".answers-to-drawing p")
    note = visit.locator(".pad .note")
    expect(verdicts).to_have_count(2)
    for model, verdict in zip(("Softmax", "L-GM"), verdicts.all(), strict=True):
        expect(verdict).to_contain_text(f"{model}: 7,")
    expect(note).to_contain_text("Inverted to white on black. Scaled from 140 x 140")
    # What is no picture is told, and the drawing before stays.
    opener.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"just text"})
    expect(note).to_have_text("The file is not a readable picture (png, jpg, gif, bmp, webp).")
    expect(verdicts.nth(1)).to_contain_text("L-GM: 7,")
    for kind, carrier in (("Clipboard", "clipboardData"), ("Drag", "dataTransfer")):
        visit.get_by_role("button", name="Clear").click()
        expect(note).to_be_empty()
        expect(verdicts).to_have_text(["Draw a digit, or anything else."])
        name = "paste" if kind == "Clipboard" else "drop"
        visit.locator(".pad .paper").evaluate(
            "(paper, [kind, name, carrier, bytes]) => { const held = new DataTransfer();"
            " held.items.add(new File([new Uint8Array(bytes)], 'a.png'));"
            " paper.dispatchEvent(new window[kind + 'Event'](name,"
            " { [carrier]: held, bubbles: true, cancelable: true })); }",
            [kind, name, carrier, list(buffer.getvalue())],
        )
        expect(verdicts).to_have_count(2)
        expect(verdicts.nth(1)).to_contain_text("L-GM: 7,")
    with visit.expect_file_chooser():
        visit.get_by_role("button", name="Open a picture").press("Enter")
    visit.keyboard.press("Escape")
    expect(visit.get_by_role("dialog", name="Draw")).to_be_hidden()
