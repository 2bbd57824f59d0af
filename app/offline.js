const recording = JSON.parse(document.getElementById("recording").textContent);

/** The bytes of base64 text; a file has no server to fetch them from. */
function bytesOf(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
}

for (const side of ["left", "right"]) recording[side].frames = recording[side].frames.map(bytesOf);
mountReplay(document.querySelector(".lab"), recording);
