"""Does the feature dimension matter? The same question to models of each, over the network.

The browser asks with ``{"ask": n, "settings": {...}}``; a newer question takes the place of the
older one, ``{"ask": n}`` alone cancels it. It hears for each model ``state`` while it waits, is
trained or attacked, and ``figures``; at the end ``known`` and ``done``, or ``error``. With
``"known": true`` nothing is computed: it hears the figures that are known already, and in
``known`` how many models would have to be trained first.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from app.broadcast import base_path, find_run
from app.desk import Desk, about, answer_of
from app.engine import engine
from lgm_core.detection.dimensions import Model, models, settings_for
from lgm_core.detection.settings import DetectSettings
from lgm_core.runs.bench_training import finished_runs

#: Figures that are kept, some 2 kB each.
_REMEMBERED = 400
#: By model and question: a model that had to be trained anew is the same again.
_known: OrderedDict[tuple[Model, str], dict[str, Any]] = OrderedDict()


class _Question(BaseModel):
    """What a browser may ask."""

    model_config = ConfigDict(extra="forbid")

    ask: int = Field(ge=0, lt=2**53)
    settings: dict[str, Any] | None = Field(None, max_length=20)
    known: bool = False


def routes() -> list[BaseRoute]:
    """The route of the comparison."""
    return [WebSocketRoute(base_path() + "/lab/dimensions", _dimensions)]


async def _dimensions(socket: WebSocket) -> None:
    await _DimensionsDesk(socket, _Question).serve()


class _DimensionsDesk(Desk[_Question]):
    """One browser's place."""

    async def take(self, question: _Question) -> None:
        """Begins a comparison in the place of the one before."""
        await self.drop()
        if question.settings is None:
            return
        if settings := await self.settings(question.ask, question.settings):
            work = partial(self._compare, question.ask, settings, question.known)
            self.begin(question.ask, work)

    async def _compare(self, ask: int, settings: DetectSettings, only_known: bool) -> None:
        runs = await run_in_threadpool(_runs)
        asked, key = models(), settings.model_dump_json()
        left = [model for model in asked if (model, key) not in _known]
        for model in asked:
            if model not in left:
                await self._tell(ask, model, _known[model, key])
        if not only_known:
            # What needs no training comes first: something is soon to be seen.
            for model in sorted(left, key=lambda model: model not in runs):
                run_id = runs.get(model) or await self._train(ask, model)
                await self._tell(ask, model, await self._figures(ask, model, run_id, settings))
            runs = await run_in_threadpool(_runs)
        await self.say(type="known", ask=ask, untrained=len(asked) - len(runs))

    async def _tell(self, ask: int, model: Model, figures: dict[str, Any]) -> None:
        await self.say(type="figures", ask=ask, **model._asdict(), **figures)

    async def _train(self, ask: int, model: Model) -> str:
        """Id of the run; the process looks first whether somebody else's job has trained it."""
        wanted = settings_for(model.loss, model.dim).model_dump(by_alias=True)
        answer = await self._ask(
            ask, model, "training", {"train": wanted, "runs": str(engine().store.root)}
        )
        return answer.decode()

    async def _figures(
        self, ask: int, model: Model, run_id: str, settings: DetectSettings
    ) -> dict[str, Any]:
        question = {"settings": settings.model_dump(), "summary": True} | await about(run_id)
        summary = json.loads(await self._ask(ask, model, "attacking", question))
        figures = {
            "run": run_id,
            "scores": summary["scores"],
            "accuracy_clean": summary["accuracy_clean"],
            "accuracy_attacked": summary["accuracy_attacked"],
        }
        _known[model, settings.model_dump_json()] = figures
        while len(_known) > _REMEMBERED:
            _known.popitem(last=False)
        return figures

    async def _ask(self, ask: int, model: Model, doing: str, question: dict[str, Any]) -> bytes:
        """Asks in the long lane, which nobody with a slider in hand waits for."""
        state = {"type": "state", "ask": ask, **model._asdict()}
        await self.say(**state, doing="waiting", done=0, total=1)
        tell = self.progress(**state, doing=doing)
        return await answer_of(engine().bench.submit(question, "long", progress=tell))


def _runs() -> dict[Model, str]:
    """Ids of the models that need no training."""
    asked = models()
    wanted = {model: settings_for(*model) for model in asked if not model.shipped}
    stored = finished_runs(engine().store, wanted.values())
    found = {model: model.shipped or stored.get(wanted[model]) for model in asked}
    return {model: run_id for model, run_id in found.items() if run_id and find_run(run_id)}
