import { Badges } from "./badges.js";
import { Contours } from "./contours.js";
import { Field } from "./field.js";
import { drawEdge } from "./edge.js";
import { drawGaussians } from "./gaussians.js";
import { Glyphs } from "./glyphs.js";
import { classColours, cssColour, packColour, parseColour } from "./palette.js";
import { Points } from "./points.js";
import { Raster } from "./raster.js";
import { fieldInks } from "./shading.js";

/** Radius of a picture's corners, CSS pixels. */
const CORNER = 12;

/**
 * Draws a scene onto a view's surface: knows colours and sprites, decides nothing.
 */
export class Painter {
  /**
   * @param {import("./surface.js").Surface} surface
   * @param {object} theme see FeatureView.setTheme
   */
  constructor(surface, theme) {
    this.surface = surface;
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
    const { surface, names } = this;
    if (surface.width === 0) return;
    const { canvas, width, height, ratio } = surface;
    this.raster.resize(canvas.width, canvas.height);
    if (names.length === 0) return;
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
    this.raster.setPlainGround(packColour(this.theme.paper));
    this.raster.clear();
    this.drawEdge(this.surface.show(this.raster.image));
  }

  /** What lies under everything else: decision regions and margin band. */
  prepareGround(frame, camera, regions, margin) {
    const { field, raster, surface, theme } = this;
    if (!(regions || margin)) {
      raster.setPlainGround(packColour(theme.paper));
      return;
    }
    field.compute(frame, camera, this.inks[regions ? 1 : 0], margin);
    const { width, height } = surface.canvas;
    raster.setGround(field.scaledTo(width, height, surface.ratio));
  }

  /**
   * The picture. Lines lie over the dots, not under them: in a dense class they would be lost.
   *
   * @param {import("./stage.js").Stage} stage
   * @param {{gaussians: boolean, contours: boolean, errors: boolean, trails: boolean,
   *   hovered: ?number, selected: ?number}} how
   */
  draw({ scene, camera, projection, frame }, how) {
    const image = this.drawDigits(scene, camera, projection, frame.V === 3, how);
    const context = this.surface.show(image);
    const { dark, ink, accent } = this.theme;
    if (how.contours) {
      const style = { colour: cssColour(ink), dark };
      this.contours.draw(context, frame, scene.means, camera, style);
    }
    if (how.gaussians) {
      drawGaussians(context, scene.means, scene.covariances, camera, this.colours, dark);
    }
    this.glyphs.draw(context, scene, camera);
    this.badges.draw(context, scene.means, camera);
    if (how.hovered !== null) this.drawMark(context, scene, how.hovered, cssColour(ink), 1.5);
    if (how.selected !== null) this.drawMark(context, scene, how.selected, cssColour(accent), 2.5);
    this.drawEdge(context);
  }

  /** Ground, trails and dots, as pixels. */
  drawDigits(scene, camera, projection, depth, { errors, trails }) {
    const { raster, points } = this;
    const { ratio } = this.surface;
    const zoom = Math.max(camera.zoom, 1);
    points.prepare(this.dotRadius * Math.min(zoom ** 0.3, 2), ratio);
    raster.clear();
    if (trails) scene.trails.draw(raster, scene, camera, projection, points.colours, ratio);
    const opacity = 1 - 0.75 * this.glyphs.share(camera.zoom);
    points.draw(raster, scene, { ratio, errors, opacity, depth });
    return raster.image;
  }

  drawEdge(context) {
    const { width, height } = this.surface;
    drawEdge(context, width, height, CORNER, this.theme);
  }

  drawMark(context, scene, digit, colour, width) {
    if (!scene.known[digit]) return;
    const { radius } = this.points.discs[0];
    context.beginPath();
    context.arc(scene.x[digit], scene.y[digit], radius / this.surface.ratio + 5, 0, 2 * Math.PI);
    context.lineWidth = width + 2.5;
    context.strokeStyle = cssColour(this.theme.paper, 0.9);
    context.stroke();
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
}
