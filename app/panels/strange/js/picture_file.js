import { make } from "./dom.js";

/** What the server reads, and how much of it; see app/picture.py. */
const PICTURE_TYPES = "image/png,image/jpeg,image/gif,image/bmp,image/webp";
const MAX_PICTURE_BYTES = 5 << 20;

/** Opens a picture: by a button, pasted, or dropped; the server makes a digit of it. */
export class PictureFile {
  /**
   * @param {HTMLElement} root where a picture may be pasted or dropped
   * @param {{url: string, onStart: function(): void, onError: function(string): void,
   *   onPicture: function(Uint8Array, string): void}} listener 784 grey values, and what was done
   */
  constructor(root, listener) {
    Object.assign(this, listener);
    this.input = make("input", {
      type: "file", accept: PICTURE_TYPES, hidden: true, on: { change: () => this.chosen() },
    });
    this.button = make("button.tool", {
      type: "button", textContent: "Open a picture", on: { click: () => this.input.click() },
    });
    root.append(this.input);
    const holdsFile = ({ dataTransfer }) => dataTransfer.types.includes("Files");
    root.addEventListener("dragover", (event) => holdsFile(event) && event.preventDefault());
    root.addEventListener("drop", (event) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      this.read(event.dataTransfer.files[0]);
    });
    root.addEventListener("paste", ({ clipboardData }) => this.read(clipboardData?.files[0]));
  }

  chosen() {
    const [file] = this.input.files;
    this.read(file);
    // Else the same file could not be chosen again.
    this.input.value = "";
  }

  /** A newer picture takes the place of one that is still read. */
  async read(file) {
    if (!file) return;
    this.cancel();
    this.onStart();
    if (file.size > MAX_PICTURE_BYTES) {
      this.onError(`The file is too large; allowed: ${MAX_PICTURE_BYTES >> 20} MB.`);
      return;
    }
    const reading = new AbortController();
    this.reading = reading;
    const answer = await this.send(file, reading.signal);
    if (reading.signal.aborted) return;
    if (answer.picture) {
      const bytes = Uint8Array.from(atob(answer.picture), (letter) => letter.charCodeAt(0));
      this.onPicture(bytes, answer.said);
    } else this.onError(answer.error);
  }

  async send(file, signal) {
    try {
      // Bytes, not the file: of its name and type the server need not know.
      const body = await file.arrayBuffer();
      return await (await fetch(this.url, { method: "POST", body, signal })).json();
    } catch {
      return { error: "The picture could not be sent to the server; try again." };
    }
  }

  cancel() {
    this.reading?.abort();
  }
}
