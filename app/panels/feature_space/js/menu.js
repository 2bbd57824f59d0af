import { icon, make, setText } from "./dom.js";
import { KEY_HELP } from "./keyboard.js";

/** A button that opens a small panel below it; Escape, a second press or a click beside closes. */
export class Popover {
  /**
   * @param {HTMLElement} container
   * @param {{label: string, name?: string, chevron?: boolean}} button
   * @param {HTMLElement} content
   */
  constructor(container, { label, name, chevron }, content) {
    this.button = make(
      "button.tool",
      { type: "button", aria: { expanded: "false", ...(name ? { label: name } : {}) },
        title: name ?? null, on: { click: () => this.toggle() } },
      label, chevron ? icon("chevron") : null,
    );
    this.content = content;
    this.content.classList.add("popover");
    this.content.hidden = true;
    this.root = make("div.popover-root", {}, this.button, this.content);
    this.onOutside = (event) => {
      if (!event.composedPath().includes(this.root)) this.close();
    };
    container.append(this.root);
  }

  get open() {
    return !this.content.hidden;
  }

  toggle() {
    if (this.open) {
      this.close();
      return;
    }
    this.opener = this.root.getRootNode().activeElement;
    this.content.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", this.onOutside);
    this.content.querySelector("input, a, button")?.focus();
  }

  /** @param {boolean} [refocus] whether the focus goes back to where it came from */
  close(refocus = false) {
    if (!this.open) return;
    this.content.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", this.onOutside);
    if (!refocus) return;
    if (this.opener) this.opener.focus();
    else this.root.getRootNode().activeElement?.blur();
  }
}

/** Share, export, present and the list of keys. */
export class Tools {
  /**
   * @param {HTMLElement} container
   * @param {{onPresent: function(): void, keyHelp?: string[][]}} options keyHelp: the keys and
   *   what they do, where they are others than the feature space's
   */
  constructor(container, { onPresent, keyHelp = KEY_HELP }) {
    this.link = make("input", {
      type: "text", readOnly: true, aria: { label: "Link to this setting" },
      on: { focus: () => this.link.select() },
    });
    this.copyButton = make("button.tool", { type: "button", on: { click: () => this.copy() } }, "Copy");
    this.copied = make("p.help", { role: "status" });
    this.downloads = make("ul.downloads");
    const keys = make("dl.keys", {}, ...keyHelp.flatMap(([key, text]) =>
      [make("dt", {}, make("kbd", {}, key)), make("dd", {}, text)]));

    const share = make("div.share", {},
      make("p", {}, "The link holds every setting."),
      // Only this machine knows itself by that name.
      /^(localhost|127\.|\[::1\])/.test(location.hostname)
        ? make("p.help", {}, `For other devices, put this machine's name in place of ${location.hostname}.`)
        : null,
      make("div.link", {}, this.link, this.copyButton), this.copied);
    this.popovers = [
      new Popover(container, { label: "?", name: "Keys" }, make("div", {}, keys)),
      new Popover(container, { label: "Share" }, share),
      new Popover(container, { label: "Export", chevron: true }, make("div", {}, this.downloads)),
    ];
    this.present = make("button.tool", {
      type: "button", aria: { pressed: "false" }, on: { click: onPresent },
    }, "Present");
    container.append(this.present);
  }

  /**
   * @param {{share: ?string, exports: {label: string, href?: string, make?: function():
   *   Promise<Blob>, note?: string, filename?: string}[], present: boolean}} data what is missing
   *   takes its button away; an export is fetched from `href` or made on the spot
   */
  update({ share, exports, present }) {
    this.popovers[1].root.hidden = !share;
    this.popovers[2].root.hidden = !exports?.length;
    if (share) this.link.value = new URL(share, location.href).href;
    this.present.setAttribute("aria-pressed", String(present));
    const key = JSON.stringify(exports);
    if (key === this.exportsKey) return;
    this.exportsKey = key;
    this.downloads.replaceChildren(...(exports ?? []).map((item) => new Download(item).row));
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.link.value);
      setText(this.copied, "Copied.");
    } catch {
      // Without permission, or without https: the selected text can still be copied by hand.
      this.link.select();
      setText(this.copied, "Press Ctrl or Cmd and C to copy.");
    }
  }

  toggleKeys() {
    this.popovers[0].toggle();
  }

  /** Closes what is open; returns whether anything was. */
  close() {
    const open = this.popovers.filter((popover) => popover.open);
    for (const popover of open) popover.close(true);
    return open.length > 0;
  }

  destroy() {
    for (const popover of this.popovers) popover.close();
  }
}

/** One thing to download. It is fetched first, because some take a while to be prepared. */
class Download {
  constructor({ label, href = "#", make: makeIt, note, filename }) {
    this.href = href;
    this.make = makeIt ?? null;
    this.filename = filename ?? "";
    this.note = note ?? "";
    this.state = make("span.note", { aria: { live: "polite" } }, this.note);
    this.anchor = make("a", { href, download: this.filename, on: { click: (event) => this.start(event) } },
      make("span", {}, label), this.state);
    this.row = make("li", {}, this.anchor);
  }

  async start(event) {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    this.anchor.setAttribute("aria-busy", "true");
    setText(this.state, "preparing …");
    try {
      if (this.make) this.save(await this.make());
      else {
        const response = await fetch(this.href);
        if (!response.ok) throw new Error((await response.text()).slice(0, 200) || response.statusText);
        this.save(await response.blob(), response.headers.get("content-disposition"));
      }
      setText(this.state, "saved");
    } catch (error) {
      setText(this.state, `not possible: ${error.message}`);
    } finally {
      this.busy = false;
      this.anchor.removeAttribute("aria-busy");
    }
  }

  save(blob, disposition = null) {
    const named = /filename="?([^";]+)/.exec(disposition ?? "");
    const url = URL.createObjectURL(blob);
    make("a", { href: url, download: this.filename || named?.[1] || "" }).click();
    window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}
