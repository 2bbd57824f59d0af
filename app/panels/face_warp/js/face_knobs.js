import { make } from "./dom.js";
import { KnobRow } from "./knobs.js";
import { Popover } from "./menu.js";

/** The sliders that act on running training, in a panel of their own: margin and likelihood
 * weight matter to L-GM alone, the learning rate to all. */
export class FaceKnobs {
  /**
   * @param {HTMLElement} tools
   * @param {object[]} ranges of {@link KnobRow}
   * @param {function(object): void} onTurn told a knob's new value by its name
   */
  constructor(tools, ranges, onTurn) {
    const box = make("div.knob-box");
    this.row = new KnobRow(box, ranges, {
      onInput: (name, value) => onTurn({ [name]: value }),
      onChange: () => {},
      onPoint: () => {},
    });
    this.note = make("p.help", { id: "knobs-note" });
    box.append(this.note);
    this.popover = new Popover(tools, { label: "Knobs" }, box);
    tools.prepend(this.popover.root);
  }

  /**
   * @param {?import("./face_frame.js").FaceFrame} frame the newest one
   * @param {string[]} losses of the runs
   * @param {boolean} canTurn
   */
  follow(frame, losses, canTurn) {
    if (frame) this.row.follow(frame);
    this.row.setLosses(losses);
    this.row.setEnabled(canTurn);
    const words = canTurn ? "They act at the next step." : "They act while your own run trains.";
    if (this.note.textContent !== words) this.note.textContent = words;
  }

  close() {
    const { open } = this.popover;
    this.popover.close(true);
    return open;
  }

  destroy() {
    this.popover.close();
    this.row.destroy();
  }
}
