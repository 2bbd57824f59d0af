"""The page of evidence: statements with their words, a manuscript's references, a ledger."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, OpenPage, Visit

#: Opening the page for the first time reads the lab's own articles.
PATIENCE = 120_000
WAN = "Rethinking Feature Distribution for Loss Functions in Image Classification"


def open_evidence(open_page: OpenPage, query: str = "", **options: Any) -> Page:
    visit = open_page(f"/evidence{query}", **options)
    settle(visit)
    return visit.page


def settle(visit: Visit) -> None:
    visit.page.locator(".lab .view:not([hidden])").wait_for(timeout=PATIENCE)
    # Streamlit looks for itself below the page's own path first, and is not there.
    visit.complaints.clear()


def counts(page: Page) -> list[int]:
    """Supporting, contrasting, mentioning, of the work that is shown."""
    texts = page.locator(".work-tally .counts li b").all_inner_texts()
    return [int(text) for text in texts]


def cards(page: Page) -> Locator:
    return page.locator(".statements article")


def test_a_papers_page_filters_relabels_and_is_found_again_by_its_link(
    open_page: OpenPage,
) -> None:
    page = open_evidence(open_page)
    expect(page.get_by_role("heading", name=WAN)).to_be_visible()
    before = counts(page)
    total = sum(before)
    assert total >= 20 and min(before) > 0
    assert cards(page).count() == min(total, 40)

    filters = page.locator(".filters")
    supporting = filters.get_by_role("button", name="supporting")
    supporting.click()  # while all are on, this one alone is meant
    expect(cards(page)).to_have_count(before[0])
    assert cards(page).locator("mark.supporting").count() > 0
    pressed = [chip.get_attribute("aria-pressed") for chip in filters.locator(".chips .chip").all()]
    assert pressed == ["true", "false", "false"]
    search = page.get_by_role("searchbox", name="Search the text")
    search.fill("digits AUROC")
    expect(page.get_by_text(re.compile(rf"^\d+ statements? of {total}$"))).to_be_visible()
    words = [text.lower() for text in cards(page).all_inner_texts()]
    assert words and all("auroc" in text and "digits" in text for text in words)
    page.get_by_role("button", name="Share").click()
    link = page.get_by_label("Link to this setting").input_value()
    assert link.startswith(page.url.partition("?")[0] + "?")
    assert link.endswith("&labels=supporting&find=digits+AUROC")
    expect(page).to_have_url(link)
    page.keyboard.press("Escape")
    found = open_evidence(open_page, "?" + link.partition("?")[2] + "&section=odd")
    expect(cards(found)).to_have_count(len(words))
    expect(found.get_by_test_id("stToast")).to_contain_text("section is odd; allowed: abstract")
    search.fill('"digits AUROC"')
    expect(page.get_by_text("No statement passes the filters.")).to_be_visible()
    search.fill("")
    supporting.click()  # the last one that is on: all are shown again
    expect(cards(page)).to_have_count(min(total, 40))

    first = cards(page).filter(has=page.locator('[data-label="mentioning"]')).first
    first.get_by_text("Disagree").click()
    first.get_by_role("button", name="contrasting").press("Enter")
    said = page.locator(".statements").get_by_text("You say contrasting. The classifier said ment")
    expect(said).to_be_visible()
    assert counts(page) == [before[0], before[1] + 1, before[2] - 1]
    changed = cards(page).filter(has_text="You say contrasting").first
    assert changed.locator("mark").count() == 0  # they spoke for the classifier's label
    expect(changed.get_by_text("Disagree")).to_be_focused()
    page.keyboard.press("Tab")
    expect(changed.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(said).to_have_count(0)
    assert counts(page) == before

    page.keyboard.press("?")
    expect(page.get_by_text("from work to work; Enter chooses")).to_be_visible()
    page.keyboard.press("Escape")
    finder = page.get_by_role("searchbox", name="Find a work")
    finder.fill("tramer")
    expect(page.locator(".work-row")).to_have_count(1)
    finder.fill("")

    # One stop of the tab key, and arrows within.
    rows = page.locator(".work-row")
    assert rows.count() > 20 and page.locator(".work-row[tabindex='0']").count() == 1
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^Toward End-to-End"))).to_be_visible()
    expect(page).to_have_url(re.compile(r"work=1701\.07174"))
    assert "find" not in page.url

    page.get_by_role("button", name="Ledger").click()
    expect(page).to_have_url(re.compile("view=ledger"))
    page.wait_for_timeout(5_500)  # what was left just now cannot be told from an echo of a click
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile("^Toward End-to-End"))).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=WAN)).to_be_visible()
    expect(page).to_have_url(re.compile("cvpr"))
    rows.nth(2).click()  # what is chosen after that counts again
    expect(page.get_by_role("heading", name=re.compile("^Toward End-to-End"))).to_have_count(0)
    page.get_by_role("button", name="Ledger").click()
    expect(page.get_by_text("Check it here").first).to_be_visible()


def test_a_manuscript_is_checked_and_a_bad_file_costs_a_sentence(open_page: OpenPage) -> None:
    page = open_evidence(open_page, "?view=check")
    expect(page.get_by_role("heading", name="Check a manuscript's references")).to_be_visible()
    manuscript, name = manuscript_file()
    chooser = page.locator('input[type="file"]')
    chooser.nth(1).set_input_files(
        {"name": name, "mimeType": "text/markdown", "buffer": manuscript}
    )
    expect(
        page.get_by_text(re.compile("^2 references; the loaded papers speak of 1"))
    ).to_be_visible(timeout=PATIENCE)
    first = page.locator(".references li").first
    expect(first).to_contain_text(WAN)
    first.locator("summary").first.click()
    expect(first.locator("article").nth(19)).to_be_attached()
    expect(first.locator(".numbers .contrasting")).to_have_text(re.compile(r"^≠ \d+$"))

    # For the projector: the sidebar is out of the way, and what was dropped in it stays.
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    page.wait_for_url("**/evidence?*present=1")
    expect(first).to_contain_text(WAN)
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    expect(first).to_contain_text(WAN)

    bad = {"name": "odd<b>.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing"}
    chooser.nth(0).set_input_files(bad)
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_contain_text("odd<b>.pdf", timeout=PATIENCE)
    expect(first).to_contain_text(WAN)

    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="All works (BibTeX)").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert WAN in text and text.count("@") > 10


def test_a_claim_is_measured_into_the_ledger(open_page: OpenPage) -> None:
    visit = open_page("/evidence?view=ledger&work=10.1/nowhere")
    settle(visit)
    page = visit.page
    expect(page.get_by_test_id("stToast")).to_contain_text("10.1/nowhere; no loaded paper cites it")
    claim = page.locator("#claim-likelihood-detects")
    expect(claim.get_by_text("Nothing measured yet.")).to_be_visible()
    # The pair that the lab ships is a finished run of these settings: only the attack is left.
    claim.get_by_label("Setting").select_option("D = 64, 40 epochs, FGSM 0.2")
    expect(claim.get_by_text("Takes about 5 min")).to_be_visible()
    claim.get_by_label("Seeds").select_option("1")
    expect(claim.get_by_text("One seed gives a difference and no verdict")).to_be_visible()
    claim.get_by_role("button", name="Check it here").click()
    expect(claim.get_by_role("progressbar")).to_be_visible()
    row = claim.locator(".row")
    expect(row).to_have_count(1, timeout=PATIENCE)
    expect(row).to_contain_text("inconclusive")
    expect(row).to_contain_text("One seed gives no interval")
    expect(row).to_contain_text(re.compile(r"Difference [+−]0\.\d{3} AUROC"))
    row.get_by_text("Settings and runs").click()
    expect(row.get_by_role("link", name="replay of seed 0")).to_be_visible()

    other = page.locator("#claim-margin-tightens")
    contrasting = other.locator(".counts li.contrasting b")
    expect(contrasting).to_have_text("1")
    contrast = other.locator("article").filter(has_text="contrasting")
    contrast.get_by_role("button", name="Not about this claim").click()
    expect(contrasting).to_have_text("0")
    other.get_by_text("1 statement set aside as not about this").click()
    other.get_by_role("button", name="Undo").click()
    expect(contrasting).to_have_text("1")
    other.get_by_role("button", name="Check it here").click()
    expect(other.get_by_role("progressbar")).to_be_visible()
    other.get_by_role("button", name="Cancel").click()
    expect(other.get_by_role("alert")).to_contain_text("Cancelled")
    expect(other.get_by_role("button", name="Check it here")).to_be_enabled()
    assert claim.locator(".row").count() == 1

    page.reload()
    settle(visit)
    expect(row).to_have_count(1, timeout=PATIENCE)
    expect(row).to_contain_text("One seed gives no interval")

    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Ledger (Markdown)").click()
    assert "| D = 64, 40 epochs, FGSM 0.2 | inconclusive |" in download.value.path().read_text()


def test_it_fits_a_phone_and_has_no_serious_accessibility_finding(open_page: OpenPage) -> None:
    page = open_evidence(open_page, size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    for view in ("Papers", "Reference check", "Ledger"):
        page.get_by_role("button", name=view, exact=True).click()
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        serious = [
            item["id"] for item in found.response["violations"]
            if item["impact"] in ("serious", "critical")
        ]  # fmt: skip
        assert serious == [], view
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def manuscript_file() -> tuple[bytes, str]:
    """A manuscript of two references, one of which the lab's articles speak of."""
    text = f"""---
title: A manuscript
---

# Introduction

Margins were added to Gaussian mixtures [@wan]; nothing is known of another [@other].

```bibtex
@inproceedings{{wan, title = {{{WAN}}}, author = {{Wan, Weitao}}, year = {{2018}}}}
@article{{other, title = {{A work that nobody here has read}}, year = {{1999}}}}
```
"""
    return text.encode(), "manuscript.md"
