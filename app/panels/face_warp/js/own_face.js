/** A file larger than this is not opened. */
const MOST_BYTES = 40 << 20;

/**
 * A person's own picture as a grey square. It stays in this page's memory: nothing is sent.
 *
 * @param {File} file
 * @param {number} side
 * @returns {Promise<Float32Array>} [side, side]
 * @throws {Error} with a plain sentence
 */
export async function faceFromFile(file, side) {
  if (file.size > MOST_BYTES) {
    throw new Error(`The file has ${Math.round(file.size / (1 << 20))} MB; allowed: ${MOST_BYTES >> 20} MB.`);
  }
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error("The browser cannot read this file as a picture; allowed: PNG, JPEG, WebP, GIF, BMP.");
  }
  try {
    return greySquare(bitmap, bitmap.width, bitmap.height, side);
  } finally {
    bitmap.close();
  }
}

/** The middle square of a picture or video in grey levels, shrunk in steps so that it is smooth. */
export function greySquare(source, width, height, side) {
  const crop = Math.min(width, height);
  if (!(crop >= 8)) throw new Error(`The picture is ${width} x ${height} pixels; allowed: 8 and more a side.`);
  let size = Math.min(crop, 1024);
  let canvas = drawnSquare(source, (width - crop) / 2, (height - crop) / 2, crop, size);
  while (size > 2 * side) {
    const half = Math.ceil(size / 2);
    canvas = drawnSquare(canvas, 0, 0, size, half);
    size = half;
  }
  canvas = drawnSquare(canvas, 0, 0, size, side);
  const { data } = canvas.getContext("2d").getImageData(0, 0, side, side);
  return Float32Array.from({ length: side * side }, (_, i) =>
    0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]);
}

function drawnSquare(source, x, y, from, to) {
  const canvas = Object.assign(document.createElement("canvas"), { width: to, height: to });
  const context = canvas.getContext("2d");
  context.fillStyle = "#808080"; // below what is transparent
  context.fillRect(0, 0, to, to);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, x, y, from, from, 0, 0, to, to);
  return canvas;
}

/** A camera's picture, held until it is closed. */
export class Camera {
  /** @throws {Error} with a plain sentence where there is none, or it is not allowed */
  static async open() {
    if (!navigator.mediaDevices?.getUserMedia) {
      throw new Error("The browser gives a page its camera only over https or on localhost.");
    }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" } });
      const camera = new Camera();
      camera.stream = stream;
      camera.video = Object.assign(document.createElement("video"), { srcObject: stream, muted: true, playsInline: true });
      await camera.video.play();
      return camera;
    } catch (error) {
      throw new Error(error.name === "NotAllowedError"
        ? "The camera was not allowed; a picture can be opened instead."
        : "There is no camera that can be used; a picture can be opened instead.");
    }
  }

  /** @returns {Float32Array} [side, side] */
  look(side) {
    return greySquare(this.video, this.video.videoWidth, this.video.videoHeight, side);
  }

  close() {
    for (const track of this.stream.getTracks()) track.stop();
    this.video.srcObject = null;
  }
}
