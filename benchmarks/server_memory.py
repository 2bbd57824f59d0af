"""Memory of the serving process after ten runs of 2,000 frames each, against after two.

Runs go two at a time, as a page has them; each one's frames are all read over its WebSocket.
At 30 frames a second this takes some six minutes.
"""

from __future__ import annotations

import gc
import json
import os
import tempfile
import threading

import psutil
from websockets.sync.client import connect

from app.engine import close_engine, engine
from benchmarks._report import report
from benchmarks._stream import stream_server
from lgm_core.training.settings import TrainSettings

FRAMES = 2000
PAIRS = 5
SETTINGS = TrainSettings(epochs=500)


def watch(address: str, loss: str) -> None:
    """Starts a run, receives its frames, and stops it."""
    settings = SETTINGS.model_copy(update={"loss": loss})
    run = engine().start(settings, paused=True, company=2)
    url = f"{address}/lab/runs/{run.id}/stream?token={run.token}"
    with connect(url, max_size=None) as socket:
        socket.send(json.dumps({"action": "play"}))
        count = 0
        while count < FRAMES:
            if isinstance(socket.recv(), bytes):
                count += 1
                socket.send(json.dumps({"ack": count}))
        socket.send(json.dumps({"action": "stop"}))
        while True:
            message = socket.recv()
            if isinstance(message, bytes):
                count += 1
                socket.send(json.dumps({"ack": count}))
            elif json.loads(message).get("state") == "stopped":
                return


def main() -> None:
    """Reports the memory after two and after ten runs."""
    memory = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LGM_RUNS_DIR"] = folder
        with stream_server() as address:
            for _ in range(PAIRS):
                watchers = [
                    threading.Thread(target=watch, args=(address, loss))
                    for loss in ("softmax", "lgm")
                ]
                for watcher in watchers:
                    watcher.start()
                for watcher in watchers:
                    watcher.join()
                gc.collect()
                memory.append(psutil.Process().memory_info().rss / 2**20)
        close_engine()
    figures = {
        "growth": round(memory[-1] / memory[0] - 1, 4),
        "megabytes_after_two_four_to_ten_runs": [round(m, 1) for m in memory],
    }
    report("server_memory", figures, {"growth": "<= 0.10"})


if __name__ == "__main__":
    main()
