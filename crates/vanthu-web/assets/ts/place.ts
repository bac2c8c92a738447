/** Placing the signature, number and date on the page pictures: dragged, moved with arrow keys, or typed as
 *  figures. The fields are the truth (PDF points, origin bottom left); the boxes only show them.
 *  Markup and attributes: `templates/parts/place.html`. */
import { all, el, say } from "./dom.ts";
import { t } from "./texts.ts";

interface Spot {
  page: number; // 0-based
  x: number;
  y: number;
  w: number;
  h: number;
}

const PARTS = ["page", "x", "y", "w", "h"] as const;

class Sheet {
  readonly number: number;
  readonly width: number;
  readonly height: number;
  constructor(readonly element: HTMLElement) {
    this.number = Number(element.dataset["page"] ?? 0);
    this.width = Number(element.dataset["widthPt"] ?? 595.28);
    this.height = Number(element.dataset["heightPt"] ?? 841.89);
  }

  /** Points for one pixel on the screen now. */
  scale(): number {
    return this.width / Math.max(1, this.element.clientWidth);
  }

  put(box: HTMLElement, spot: Spot): void {
    if (box.parentElement !== this.element) this.element.append(box);
    box.style.left = `${(spot.x / this.width) * 100}%`;
    box.style.top = `${((this.height - spot.y - spot.h) / this.height) * 100}%`;
    box.style.width = `${(spot.w / this.width) * 100}%`;
    box.style.height = `${(spot.h / this.height) * 100}%`;
  }
}

class Placed {
  private readonly box: HTMLButtonElement;
  private readonly name: string;
  private readonly title: string;
  private readonly inputs = new Map<(typeof PARTS)[number], HTMLInputElement>();

  constructor(private readonly fields: HTMLElement, private readonly sheets: Sheet[]) {
    this.name = fields.dataset["placeBox"] ?? "";
    this.title = fields.dataset["title"] ?? this.name;
    for (const part of PARTS) {
      const input = fields.querySelector<HTMLInputElement>(`input[data-part="${part}"]`);
      if (input) this.inputs.set(part, input);
    }
    this.box = el("button", { type: "button", class: "place-box", "data-box": this.name, "aria-describedby": "place-hint" }, el("span", {}, this.title));
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("pointerdown", (event) => this.drag(event));
    for (const input of this.inputs.values()) input.addEventListener("input", () => this.show());
    fields.querySelector("[data-place-standard]")?.addEventListener("click", () => {
      const standard = this.standard();
      if (standard) this.set(standard, true);
    });
    this.ghost();
    this.show();
  }

  private standard(): Spot | undefined {
    const parts = (this.fields.dataset["standard"] ?? "").split(" ").map(Number);
    const [page, x, y, w, h] = parts;
    if (page === undefined || x === undefined || y === undefined || w === undefined || h === undefined || parts.some(Number.isNaN)) return undefined;
    return { page, x, y, w, h };
  }

  /** The place that the decree prescribes, as a dashed line under the box. */
  private ghost(): void {
    const standard = this.standard();
    const sheet = standard && this.sheets.find((one) => one.number === standard.page);
    if (sheet) sheet.put(el("div", { class: "place-ghost", "aria-hidden": "true" }), standard);
  }

  private spot(): Spot {
    const read = (part: (typeof PARTS)[number]) => Number(this.inputs.get(part)?.value ?? 0);
    return { page: read("page") - 1, x: read("x"), y: read("y"), w: read("w"), h: read("h") };
  }

  private set(spot: Spot, spoken = false): void {
    const sheet = this.sheets.find((one) => one.number === spot.page) ?? this.sheets[0];
    if (!sheet) return;
    const x = Math.min(Math.max(spot.x, 0), Math.max(0, sheet.width - spot.w));
    const y = Math.min(Math.max(spot.y, 0), Math.max(0, sheet.height - spot.h));
    const values = { page: spot.page + 1, x, y, w: spot.w, h: spot.h };
    for (const part of PARTS) {
      const input = this.inputs.get(part);
      if (input) input.value = String(Math.round(values[part] * 10) / 10);
    }
    this.show();
    if (spoken) say(this.box.getAttribute("aria-label") ?? "");
  }

  private show(): void {
    const spot = this.spot();
    const sheet = this.sheets.find((one) => one.number === spot.page);
    if (!sheet) return;
    sheet.put(this.box, spot);
    const inside = spot.x >= 0 && spot.y >= 0 && spot.x + spot.w <= sheet.width && spot.y + spot.h <= sheet.height;
    this.box.classList.toggle("out", !inside);
    this.box.setAttribute("aria-label", t("{title}: trang {page}, cách trái {x}, cách đáy {y} điểm", { title: this.title, page: spot.page + 1, x: Math.round(spot.x), y: Math.round(spot.y) }));
  }

  private key(event: KeyboardEvent): void {
    const by = event.shiftKey ? 10 : 1;
    const spot = this.spot();
    switch (event.key) {
      case "ArrowLeft": spot.x -= by; break;
      case "ArrowRight": spot.x += by; break;
      case "ArrowUp": spot.y += by; break;
      case "ArrowDown": spot.y -= by; break;
      case "PageUp": spot.page = Math.max(0, spot.page - 1); break;
      case "PageDown": spot.page = Math.min(this.sheets.length - 1, spot.page + 1); break;
      case "Home": {
        const standard = this.standard();
        if (standard) Object.assign(spot, standard);
        break;
      }
      default: return;
    }
    event.preventDefault();
    this.set(spot, true);
    this.box.focus();
  }

  private drag(event: PointerEvent): void {
    event.preventDefault();
    this.box.focus();
    const from = { x: event.clientX, y: event.clientY, spot: this.spot() };
    const started = this.sheets.find((one) => one.number === from.spot.page);
    if (!started) return;
    const inBox = this.box.getBoundingClientRect();
    const grip = { x: event.clientX - inBox.left, y: event.clientY - inBox.top };
    const move = (now: PointerEvent) => {
      const over = this.sheets.find((one) => {
        const area = one.element.getBoundingClientRect();
        return now.clientX >= area.left && now.clientX <= area.right && now.clientY >= area.top && now.clientY <= area.bottom;
      });
      const sheet = over ?? started;
      const area = sheet.element.getBoundingClientRect();
      const scale = sheet.scale();
      const x = (now.clientX - area.left - grip.x) * scale;
      const top = (now.clientY - area.top - grip.y) * scale;
      this.set({ ...from.spot, page: sheet.number, x, y: sheet.height - top - from.spot.h });
    };
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      say(this.box.getAttribute("aria-label") ?? "");
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }
}

for (const root of all("[data-place]")) {
  const sheets = all(".sheet-page[data-page]", root).map((one) => new Sheet(one));
  for (const fields of all("[data-place-box]", root)) new Placed(fields, sheets);
}
