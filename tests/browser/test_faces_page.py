"""The page of faces: opens on a trained result, trains live, compares, answers to a turned face."""

from __future__ import annotations

import io
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from lgm_core import pretrained
from lgm_core.runs.reader import RunReader
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_feature_space import LAB

PATIENCE = 60_000


def stats(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = page.evaluate(f"() => {LAB}.labStats()")
    return told


def wait_for(page: Page, condition: str) -> None:
    """Until a condition on ``s``, what the panel says of itself, holds."""
    page.wait_for_function(
        f"() => {{ const s = {LAB}?.labStats?.(); return Boolean(s?.state && ({condition})); }}",
        timeout=PATIENCE,
    )


def open_faces(open_page: OpenPage, query: str = "", **options: Any) -> Page:
    visit = open_page(f"/faces{query}", **options)
    wait_for(visit.page, "s.lastStep >= 0")
    # Streamlit looks for itself below the page's own path first, and is not there.
    visit.complaints.clear()
    return visit.page


def test_it_opens_on_a_trained_result_and_straightens_a_face_that_is_turned(
    open_page: OpenPage,
) -> None:
    page = open_faces(open_page)
    wait_for(page, "s.state === 'finished' && s.stepOnScreen === 800 && !s.moving")
    results = [
        RunReader(name, pretrained.FOLDER / name).result() or {}
        for name in (pretrained.FACES_WITHOUT, pretrained.FACES)
    ]
    shown = " → ".join(f"{result['verification_auroc']:.3f}" for result in results)
    expect(page.get_by_text(f"AUROC {shown}")).to_be_visible()
    straight = stats(page)["warped"]

    page.get_by_role("slider", name="Training step").fill("0")
    wait_for(page, "s.stepOnScreen === 0 && !s.moving")
    # The scores are of the end, and say so beside an earlier step.
    expect(page.get_by_text(f"end: {shown}")).to_be_visible()
    untouched = stats(page)["warped"]
    assert all(abs(value - round(value)) < 1e-3 for value in untouched)
    assert sum(a != b for a, b in zip(straight, untouched, strict=True)) > len(straight) / 2

    expect(page.get_by_text("answer in")).to_be_visible(timeout=PATIENCE)
    before = page.locator(".faces-pair canvas").last.screenshot()
    page.get_by_role("slider", name="turn of this face").fill("-35")
    expect(page.get_by_text("−35°")).to_be_visible()
    assert page.locator(".faces-pair canvas").last.screenshot() != before
    # A camera that is refused, a file that is none, and a picture of one's own.
    page.get_by_role("button", name="Camera").click()
    expect(page.get_by_text("a picture can be opened instead")).to_be_visible()
    files = page.locator(".turning input[type=file]")
    files.set_input_files({"name": "me.heic", "mimeType": "image/heic", "buffer": b"not a picture"})
    expect(page.get_by_text("cannot read this file as a picture; allowed: PNG")).to_be_visible()
    before = page.locator(".faces-pair canvas").first.screenshot()
    picture = io.BytesIO()
    Image.new("RGBA", (300, 200), (200, 40, 40, 120)).save(picture, "PNG")
    files.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    expect(page.get_by_text("it is not sent anywhere and never written to disk")).to_be_visible()
    assert page.locator(".faces-pair canvas").first.screenshot() != before
    threshold = page.get_by_role("slider", name="Threshold")
    threshold.fill("0.9")
    expect(page.get_by_text("≥ 0.90:")).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_it_trains_two_runs_live_a_frame_a_step_and_ends_in_a_verification(
    open_page: OpenPage,
) -> None:
    page = open_faces(open_page, "?steps=12&batch=8&beside=none&transform=similarity")
    expect(page.get_by_text("Known once the training has ended").first).to_be_visible()
    expect(page.get_by_role("heading", name="Without a transformer")).to_be_visible()
    page.keyboard.press("Space")
    wait_for(page, "s.sides.length === 2 && s.sides.every((side) => side.state === 'finished')")
    wait_for(page, "s.sides.every((side) => side.stepOnScreen === 12)")
    for side in stats(page)["sides"]:
        assert side["framesHeld"] == 13
    expect(page.get_by_text("≥ ")).to_be_visible()
    expect(page.get_by_text("answer in")).to_be_visible(timeout=PATIENCE)


def test_a_bad_link_is_explained_and_the_default_used(open_page: OpenPage) -> None:
    page = open_faces(open_page, "?turn=500&beside=nobody&transform=mirror")
    for words in ("turn is '500'; allowed: 0 to 90", "beside is 'nobody'", "transform is 'mirror'"):
        expect(page.get_by_text(words)).to_be_visible()


def test_it_fits_a_phone(open_page: OpenPage) -> None:
    page = open_faces(open_page, size=PHONE)
    wait_for(page, "s.stepOnScreen === 800")
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("button", name="Replay from here")).to_be_in_viewport()
    wide = page.evaluate(
        f"() => [...{LAB}.querySelectorAll('.card')].filter((card) => !card.hidden)"
        ".every((card) => card.getBoundingClientRect().right <= innerWidth)"
    )
    assert wide
