"""The lab's own articles as the papers that they are, for whoever wants to read one whole."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from app.broadcast import base_path
from lgm_core.evidence.articles import article, article_ids


def routes() -> list[BaseRoute]:
    """The route of the articles."""
    return [Route(base_path() + "/lab/articles/{article_id}.pdf", _pdf)]


def url_of(article_id: str) -> str:
    """Where an article can be read."""
    return f"{base_path()}/lab/articles/{article_id}.pdf"


async def _pdf(request: Request) -> Response:
    wanted = request.path_params["article_id"]
    if wanted not in article_ids():
        return PlainTextResponse(f"Allowed are {', '.join(article_ids())}.", 404)
    _, data, _ = article(wanted, "pdf")
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
    return Response(data, media_type="application/pdf", headers=headers)
