"""What a person sees when a worker dies, the machine is full, a tab closes, the server dies."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import psutil
from playwright.sync_api import BrowserContext, Page, expect

from lgm_core.runs.store import Store
from lgm_core.training.frame import decode
from tests.browser.server import Server, end, outlived
from tests.browser.test_feature_space import LAB, stats, wait_for_step
from tests.runs.waiting import wait_until

LONG = "/feature-space?epochs=500"


def visit(new_context: Callable[..., BrowserContext], server: Server) -> Page:
    page = new_context(viewport={"width": 1280, "height": 800}, base_url=server.url).new_page()
    page.goto(LONG)
    wait_for_step(page, 0)
    return page


def play(page: Page) -> Page:
    page.get_by_role("button", name="Play").first.click()
    wait_for_step(page, 3)
    return page


def wait_for_states(page: Page, *states: str) -> None:
    page.wait_for_function(
        f"(states) => ['left', 'right'].map(s => {LAB}.labStats()[s].state).sort().join()"
        " === states",
        arg=",".join(sorted(states)),
        timeout=60_000,
    )


def workers(server: Server) -> list[psutil.Process]:
    """The processes that train: grandchildren of the server, by its fork server."""
    found = []
    for process in server.children():
        # It may end between being listed and being asked.
        with suppress(psutil.NoSuchProcess):
            if process.ppid() != server.process.pid:
                found.append(process)
    return found


def test_a_killed_worker_is_told_in_its_panel_and_can_be_started_again(new_context, own) -> None:
    page = play(visit(new_context, own))
    workers(own)[0].kill()
    wait_for_states(page, "failed", "running")
    failed, lives = sorted(("left", "right"), key=lambda side: stats(page)[side]["state"])
    panel = page.locator(f".panel[data-side={failed}]")
    expect(panel.get_by_text("The training process was killed (signal 9")).to_be_visible()
    assert stats(page)[failed]["framesHeld"] > 1
    before = stats(page)[lives]["lastStep"]
    wait_for_step_of(page, lives, before + 5)
    panel.get_by_role("button", name="Start again").click()
    wait_for_states(page, "running", "running")
    wait_for_step(page, 2)
    expect(panel.get_by_text("The training process was killed")).to_be_hidden()


def wait_for_step_of(page: Page, side: str, step: int) -> None:
    page.wait_for_function(
        f"([side, step]) => {LAB}.labStats()[side].lastStep >= step",
        arg=[side, step],
        timeout=60_000,
    )


def test_one_waits_in_line_is_told_so_and_a_closed_tab_ends_its_own_runs_alone(
    new_context, own
) -> None:
    first, second = (visit(new_context, own) for _ in range(2))
    play(first)
    # Two people have runs of their own: this one's wait.
    assert stats(second)["left"]["lastStep"] == 0
    second.get_by_role("button", name="Play").first.click()
    wait_for_states(second, "queued", "queued")
    expect(second.get_by_text("1st in line: all cores are busy")).to_be_visible()
    second.get_by_role("button", name="Pause").first.click()
    wait_for_states(second, "prepared", "prepared")
    wait_until(lambda: len(workers(own)) == 4, "four workers")
    first.close()
    # Nobody is in line: they end after the grace.
    wait_until(lambda: len(workers(own)) == 2, "the end of the closed tab's workers")
    play(second)
    third = visit(new_context, own)
    third.get_by_role("button", name="Play").first.click()
    wait_for_states(third, "queued", "queued")
    second.close()
    wait_for_step(third, 2)


def test_after_a_killed_server_its_run_is_whole_up_to_the_last_frame(new_context, own) -> None:
    page = play(visit(new_context, own))
    wait_for_step(page, 20)
    orphans = own.kill()
    # Nobody is left to train for: the workers end by themselves.
    assert end(outlived(orphans, 20.0)) == []
    store = Store(own.runs)
    shown = [list(store.open(run_id).frames()) for run_id in store.run_ids()]
    assert all(decode(frames[-1]).step >= 20 for frames in shown if len(frames) > 1)
    left = stats(page)["left"]["framesHeld"]
    page.get_by_role("slider", name="Training step").fill("10")
    # Not every step has a frame: what is shown is the newest one by then.
    page.wait_for_function(
        f"() => Object.values({LAB}.labStats())"
        ".every((run) => run.stepOnScreen > 2 && run.stepOnScreen <= 10)"
    )
    own.start()
    page.wait_for_function(f"() => {LAB}.labStats().left.state === 'stopped'", timeout=60_000)
    assert stats(page)["left"]["framesHeld"] >= left
