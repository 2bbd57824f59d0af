"""A page that has the drawing core's modules and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page

MODULES = Path(__file__).parents[3] / "app/panels/feature_space/js"
WIDTH, HEIGHT = 490, 445

PAGE = f"""<!doctype html><title>drawing</title>
<div id="view" style="width:{WIDTH}px;height:{HEIGHT}px"></div>
<script type="module">
const names = ["decode", "feature_view", "camera", "field", "shading", "gaussians", "glide",
  "palette", "level_lines", "contours", "projection"];
const all = await Promise.all(names.map((name) => import(`./${{name}}.js`)));
window.core = Object.assign({{}}, ...all);
window.toBuffer = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
window.makeView = (labels, K, layers) => {{
  window.calls = [];
  const view = new core.FeatureView(document.getElementById("view"), {{
    onHover: (...told) => calls.push(["hover", ...told]),
    onSelect: (digit) => calls.push(["select", digit]),
    label: "features",
  }});
  const classNames = Array.from({{ length: K }}, (_, k) => String(k));
  view.setDigits({{ labels: Uint8Array.from(labels), classNames, atlas: null }});
  view.setLayers(layers);
  return (window.view = view);
}};
window.camera = () => {{
  const camera = new core.Camera();
  Object.assign(camera, {{ width: {WIDTH}, height: {HEIGHT}, u: 0.3, v: -0.2, scale: 40 }});
  return camera;
}};
window.ready = true;
</script>"""


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}  # noqa: RUF012

    def do_GET(self) -> None:
        if self.path != "/":
            return super().do_GET()
        body = PAGE.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(MODULES)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def core(tab: Page, address: str) -> Iterator[Page]:
    """The modules in a document of the test's own."""
    complaints: list[str] = []

    def complain(error: Error) -> None:
        complaints.append(str(error))

    tab.on("pageerror", complain)
    tab.goto(address)
    tab.wait_for_function("window.ready")
    yield tab
    tab.remove_listener("pageerror", complain)
    assert complaints == []
