"""The lab's own articles can be read whole."""

from __future__ import annotations

from app.article_files import routes, url_of
from lgm_core.evidence.articles import article_ids
from tests.app.asking import get_from


def test_each_article_is_a_pdf_at_its_address() -> None:
    for article_id in article_ids():
        answer = get_from(routes(), url_of(article_id))
        assert answer.status == 200 and answer.body.startswith(b"%PDF-")
        assert answer.headers["content-type"] == "application/pdf"


def test_no_other_file_is() -> None:
    for name in ("nothing", "..%2Fsources%2Ffgsm", "fgsm.xml"):
        assert get_from(routes(), f"/lab/articles/{name}.pdf").status == 404
