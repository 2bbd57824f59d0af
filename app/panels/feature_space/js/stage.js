import { Camera } from "./camera.js";
import { Extent } from "./extent.js";
import { Projection } from "./projection.js";
import { Scene } from "./scene.js";
import { ViewClock } from "./view_clock.js";

/** Standard deviations of each modelled Gaussian that the fitted view holds. */
const SIGMAS_IN_SIGHT = 1.6;

/** Pixels that the field may lag behind a view that eases by itself. */
const FIELD_DRIFT = 1.5;

/**
 * Everything of a view but its drawing: the scene, where it is seen from, and what of it has
 * changed since it was last drawn.
 */
export class Stage {
  constructor() {
    this.camera = new Camera();
    this.projection = new Projection();
    this.extent = new Extent();
    this.clock = new ViewClock();
    this.show = {
      gaussians: false, regions: false, margin: false, contours: false, errors: false,
      trails: false,
    };
    this.stale = { field: true, picture: true };
    /** Where the field was last seen from. */
    this.fieldCamera = { u: 0, v: 0, scale: 1 };
    /** Whether the view itself has changed, so that its layers must be redrawn together. */
    this.sweeping = true;
    this.reduced = false;
    this.labels = null;
    this.K = 0;
    /** @type {?Scene} */
    this.scene = null;
    /** @type {?import("./decode.js").DecodedFrame} */
    this.frame = null;
  }

  /** Starts anew with other digits. */
  setDigits(labels, K) {
    Object.assign(this, { labels, K, scene: null, frame: null });
    this.camera.placed = this.camera.free = false;
    this.projection.placed = false;
    this.touchAll();
  }

  /** See FeatureView.setMotion. */
  setMotion(reduced) {
    this.reduced = reduced;
    if (reduced) this.scene?.finish();
    this.touchAll();
  }

  /** See FeatureView.apply. */
  apply(frame, now) {
    if (!this.takes(frame)) return;
    this.clock.frame(now);
    this.scene.apply(frame, now, this.reduced);
    this.take(frame);
  }

  /** See FeatureView.jump. */
  jump(state, now) {
    if (!this.takes(state.frame)) return;
    this.scene.jump(state, now);
    this.take(state.frame);
  }

  /** Whether the frame belongs to the digits shown; makes the scene for the first one. */
  takes(frame) {
    if (!this.labels || frame.K !== this.K) return false;
    if (!this.scene || this.scene.V !== frame.V) {
      this.scene = new Scene(this.labels, frame.K, frame.V);
      this.camera.placed = false;
    }
    return true;
  }

  take(frame) {
    this.frame = frame;
    this.projection.follow(frame);
    this.fit();
    this.stale.field = this.stale.picture = true;
  }

  /** Moves everything on that is on its way, by the time since the last call. */
  move(now) {
    const seconds = this.clock.tick(now);
    if (!this.scene) return;
    const { scene, camera, projection, stale } = this;
    const rate = this.clock.glideRate();
    const tolerance = 0.05 / camera.scale;
    if (scene.digits.step(seconds, rate, tolerance)) stale.picture = true;
    if (scene.gaussians.step(seconds, rate, tolerance)) stale.picture = true;
    const turned = projection.step(this.reduced ? 1 : 1 - Math.exp(-rate * seconds));
    if (turned) this.touchAll();
    if (!camera.step(seconds, this.reduced)) return;
    stale.field = stale.picture = true;
    if (camera.awayFrom(this.fieldCamera) > FIELD_DRIFT) this.sweeping = true;
  }

  /** Notes that the field fits what is on screen now. */
  fieldPainted() {
    const { u, v, scale } = this.camera;
    this.fieldCamera = { u, v, scale };
  }

  /** Lets the camera keep everything in sight. */
  fit() {
    if (!this.frame || this.camera.width <= 1) return;
    const modelled = this.frame.gaussians === "model" && this.show.gaussians;
    this.scene.project(this.camera, this.projection);
    const box = this.extent.measure(this.scene, this.projection, modelled ? SIGMAS_IN_SIGHT : 0);
    if (box) this.camera.fit(box, this.reduced);
  }

  resize(width, height) {
    this.camera.width = width;
    this.camera.height = height;
    if (!this.camera.free) this.camera.placed = false;
    this.fit();
    this.touchAll();
  }

  /** Everything is to be redrawn: the view itself has changed, not only its frame. */
  touchAll() {
    this.sweeping = true;
    this.stale.field = this.stale.picture = true;
  }
}
