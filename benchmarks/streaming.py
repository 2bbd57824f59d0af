"""What the show costs: training with frames, store and broadcast against the bare loop.

Both train the same network on the same digits in the same run, in turns of a few seconds. The
bare loop evaluates the test digits once an epoch and shows nothing. The other is a run of the
engine, 20 frames a second, stored and sent over its WebSocket to a client that reads them all.
One torch thread each: the figure is about the work, not about who gets the other core.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from statistics import median

import torch
from torch.nn.functional import cross_entropy
from websockets.sync.client import connect

from app.engine import close_engine, engine
from benchmarks._report import report
from benchmarks._stream import stream_server
from lgm_core.data import load
from lgm_core.losses import LGMLoss
from lgm_core.networks.digits import make_network, normalise
from lgm_core.training.frame import read_header
from lgm_core.training.settings import TrainSettings

ROUNDS = 5
EPOCHS = 4
SETTINGS = TrainSettings(epochs=EPOCHS)


def bare() -> float:
    """Images a second of the plain loop."""
    data = load("bundled")
    images, labels = torch.from_numpy(data.train_images), torch.from_numpy(data.train_labels)
    test_images = torch.from_numpy(data.test_images)
    test_labels = torch.from_numpy(data.test_labels)
    torch.manual_seed(0)
    network = make_network("live", 2).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    loss = LGMLoss(10, 2)
    optimizer = torch.optim.Adam(
        [*network.parameters(), *loss.parameters()], lr=SETTINGS.learning_rate, fused=True
    )
    size, seen = SETTINGS.batch_size, 0
    began = time.perf_counter()
    for _ in range(EPOCHS):
        order = torch.randperm(len(images))
        for start in range(0, len(images) - size + 1, size):
            batch = order[start : start + size]
            total = loss(network(normalise(images[batch])), labels[batch]).total
            optimizer.zero_grad()
            total.backward()
            optimizer.step()
            seen += size
        with torch.inference_mode():
            logits = loss.logits(network(normalise(test_images)))
            assert torch.isfinite(cross_entropy(logits, test_labels))
    return seen / (time.perf_counter() - began)


def shown(address: str) -> tuple[float, float]:
    """Images and frames a second of a run of the engine whose every frame is received."""
    # Company of two on two cores: one torch thread, as the bare loop has.
    run = engine().start(SETTINGS, paused=True, company=os.cpu_count() or 1)
    with connect(f"{address}/lab/runs/{run.id}/stream?token={run.token}") as socket:
        count, first, last = 0, None, None
        while True:
            message = socket.recv()
            if isinstance(message, str):
                told = json.loads(message)
                if told.get("state") == "finished" and last is not None:
                    break
                continue
            count += 1
            socket.send(json.dumps({"ack": count}))
            if count == 1:
                socket.send(json.dumps({"action": "play"}))
            step = int(read_header(message)["step"])
            if step == SETTINGS.epochs * 62:
                break
            if step:
                last = (step, time.perf_counter(), count)
                first = first or last
    assert first is not None
    assert last is not None
    seconds = last[1] - first[1]
    images = (last[0] - first[0]) * SETTINGS.batch_size
    return images / seconds, (last[2] - first[2]) / seconds


def main() -> None:
    """Takes turns, and reports the median of the ratios pair by pair."""
    torch.set_num_threads(1)
    ratios, rates, frames = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LGM_RUNS_DIR"] = folder
        engine().warm_up()
        with stream_server() as address:
            shown(address)
            bare()
            for _ in range(ROUNDS):
                plain = bare()
                images, frame_rate = shown(address)
                ratios.append(images / plain)
                rates.append(plain)
                frames.append(frame_rate)
        close_engine()
    figures = {
        "ratio": round(median(ratios), 4),
        "ratios": [round(r, 3) for r in ratios],
        "bare_images_per_second": round(median(rates)),
        "frames_per_second": round(median(frames), 1),
    }
    report("streaming", figures, {"ratio": ">= 0.90", "frames_per_second": ">= 20"})


if __name__ == "__main__":
    main()
