const recording = JSON.parse(document.getElementById("recording").textContent);

/** The bytes of base64 text; a file has no server to fetch them from. */
const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;

mountFaces(document.querySelector(".lab"), recording.runs.map((run) => ({
  ...run, frames: run.frames.map(bytesOf), weights: run.weights && bytesOf(run.weights),
})));
