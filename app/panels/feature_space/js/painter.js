import { Badges } from "./badges.js";
import { Contours } from "./contours.js";
import { Field } from "./field.js";
import { drawGaussians } from "./gaussians.js";
import { Glyphs } from "./glyphs.js";
import { classColours, cssColour, parseColour } from "./palette.js";
import { Points } from "./points.js";
import { Raster } from "./raster.js";
import { fieldInks } from "./shading.js";

/**
 * Draws a scene into a view's layers: knows colours and sprites, decides nothing.
 */
export class Painter {
  /**
   * @param {import("./layers.js").Layers} layers
   * @param {object} theme see FeatureView.setTheme
   */
  constructor(layers, theme) {
    this.layers = layers;
    this.raster = new Raster();
    this.points = new Points();
    this.glyphs = new Glyphs();
    this.badges = new Badges();
    this.names = [];
    this.atlas = null;
    this.labels = new Uint8Array(0);
    this.setTheme(theme);
  }

  setTheme(theme) {
    const before = this.theme?.dark;
    this.theme = { ...theme };
    for (const name of ["paper", "ink", "muted", "hairline", "accent", "alpha"]) {
      this.theme[name] = parseColour(theme[name]);
    }
    if (before !== this.theme.dark) this.colourClasses();
    this.prepare();
  }

  setDigits(labels, names, atlas) {
    Object.assign(this, { labels, names, atlas });
    this.field = new Field(names.length);
    this.contours = new Contours(names.length);
    this.colourClasses();
    this.prepare();
  }

  colourClasses() {
    this.colours = classColours(this.names.length, this.theme.dark);
    this.points.setColours(this.colours);
    this.glyphs.prepare(this.atlas, this.labels, this.colours);
  }

  /** Makes what depends on theme, size and classes. */
  prepare() {
    const { layers, names } = this;
    if (names.length === 0 || layers.width === 0) return;
    const { width, height, ratio } = layers;
    this.raster.resize(layers.points.canvas.width, layers.points.canvas.height);
    this.field.resize(width, height);
    const short = Math.min(width, height);
    this.badgeSize = Math.round(Math.min(Math.max(short * 0.045, 17), 30));
    this.badges.prepare(names, this.colours, this.theme, ratio, this.badgeSize);
    this.inks = [false, true].map((regions) => fieldInks(this.colours, this.theme, regions));
    // Dots cover a steady share of the panel, whatever its size and their number.
    const room = Math.sqrt((width * height) / Math.max(this.labels.length, 100));
    this.dotRadius = Math.min(Math.max(room * 0.185, 1.5), 3.4);
  }

  /** The bare paper, before the first frame. */
  drawEmpty() {
    this.drawField(null, null, false, false);
    this.layers.begin(this.layers.shapes);
    this.layers.begin(this.layers.points);
  }

  /** Decision regions and margin band. */
  drawField(frame, camera, regions, margin) {
    const context = this.layers.field;
    const { width, height } = context.canvas;
    context.setTransform(1, 0, 0, 1, 0, 0);
    if (!frame || !(regions || margin)) {
      context.fillStyle = cssColour(this.theme.paper);
      context.fillRect(0, 0, width, height);
      return;
    }
    this.field.compute(frame, camera, this.inks[regions ? 1 : 0], margin);
    this.field.show(context, this.layers.ratio);
  }

  /** Likelihood contours and Gaussians. */
  drawShapes(frame, scene, camera, gaussians, contours) {
    const context = this.layers.begin(this.layers.shapes);
    const { dark, ink } = this.theme;
    if (gaussians) {
      drawGaussians(context, scene.means, scene.covariances, camera, this.colours, dark);
    }
    if (contours) {
      const style = { colour: cssColour(ink), dark };
      this.contours.draw(context, frame, scene.means, camera, style);
    }
  }

  /**
   * Digits, trails, means, and what is pointed at.
   *
   * @param {import("./scene.js").Scene} scene
   * @param {import("./camera.js").Camera} camera
   * @param {import("./projection.js").Projection} projection
   * @param {{errors: boolean, trails: boolean, depth: boolean, hovered: ?number,
   *   selected: ?number}} how
   */
  drawPoints(scene, camera, projection, how) {
    const { layers, raster, points } = this;
    const { ratio } = layers;
    const zoom = Math.max(camera.zoom, 1);
    points.prepare(this.dotRadius * Math.min(zoom ** 0.3, 2), ratio);
    raster.clear();
    if (how.trails) {
      scene.trails.draw(raster, scene, camera, projection, points.colours, ratio);
    }
    const opacity = 1 - 0.75 * this.glyphs.share(camera.zoom);
    points.draw(raster, scene, { ratio, errors: how.errors, opacity, depth: how.depth });
    layers.points.putImageData(raster.image, 0, 0);
    const context = layers.points;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.glyphs.draw(context, scene, camera);
    this.badges.draw(context, scene.means, camera);
    const { ink, accent } = this.theme;
    if (how.hovered !== null) this.drawMark(context, scene, how.hovered, cssColour(ink), 1.5);
    if (how.selected !== null) this.drawMark(context, scene, how.selected, cssColour(accent), 2.5);
  }

  drawMark(context, scene, digit, colour, width) {
    if (!scene.known[digit]) return;
    const { radius } = this.points.discs[0];
    context.beginPath();
    context.arc(scene.x[digit], scene.y[digit], radius / this.layers.ratio + 5, 0, 2 * Math.PI);
    context.lineWidth = width + 2.5;
    context.strokeStyle = cssColour(this.theme.paper, 0.9);
    context.stroke();
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
}
