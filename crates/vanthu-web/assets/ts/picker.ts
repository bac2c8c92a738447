/** Picking among many named things: a search that knows no accents, whole groups at once, and the count in words.
 *  Markup: `templates/outgoing/edit.html`; without scripts it is a plain list of boxes. */
import { all, say } from "./dom.ts";
import { t } from "./texts.ts";

/** Lower case without Vietnamese marks: “Hòa Mẫu” is found by “hoa mau”. */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
}

class Picker {
  private readonly boxes: HTMLInputElement[];
  private readonly groups: HTMLElement[];

  constructor(private readonly root: HTMLElement) {
    this.boxes = all<HTMLInputElement>("input[type=checkbox]", root);
    this.groups = all("[data-picker-group]", root);
    for (const place of all("[data-picker-bar]", root)) place.hidden = false;
    for (const button of all("[data-picker-all]", root)) {
      button.hidden = false;
      button.addEventListener("click", () => this.takeGroup(button));
    }
    const search = root.querySelector<HTMLInputElement>("[data-picker-search]");
    search?.addEventListener("input", (event) => {
      event.stopPropagation(); // what is searched is not part of the draft
      this.filter(search.value);
    });
    search?.addEventListener("change", (event) => event.stopPropagation());
    search?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // Enter takes the first that is found, and does not send the form
      const found = this.boxes.find((box) => !this.row(box).hidden && !box.checked);
      if (!found || search.value.trim() === "") return;
      found.click();
      search.value = "";
      this.filter("");
    });
    root.addEventListener("change", () => this.show());
    this.show();
  }

  private row(box: HTMLInputElement): HTMLElement {
    return box.closest<HTMLElement>("label") ?? box;
  }

  private of(group: Element): HTMLInputElement[] {
    return this.boxes.filter((box) => group.contains(box));
  }

  private filter(text: string): void {
    const words = fold(text).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const box of this.boxes) {
      const name = fold(this.row(box).textContent ?? "");
      const fits = words.every((word) => name.includes(word));
      this.row(box).hidden = !fits;
      if (fits) shown += 1;
    }
    for (const group of this.groups) {
      group.hidden = this.of(group).every((box) => this.row(box).hidden);
      if (words.length > 0 && group instanceof HTMLDetailsElement) group.open = !group.hidden;
    }
    if (words.length > 0) say(t("Tìm thấy {n} nơi nhận", { n: shown }));
  }

  /** All of the group that are in sight, or none where all are taken already. */
  private takeGroup(button: HTMLElement): void {
    const group = button.closest("[data-picker-group]");
    if (!group) return;
    const inSight = this.of(group).filter((box) => !this.row(box).hidden);
    const take = inSight.some((box) => !box.checked);
    for (const box of inSight) box.checked = take;
    group.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private show(): void {
    for (const group of this.groups) {
      const list = this.of(group);
      const taken = list.filter((box) => box.checked).length;
      const count = group.querySelector("[data-picker-group-count]");
      if (count) count.textContent = `${taken}/${list.length}`;
      const button = group.querySelector("[data-picker-all]");
      if (button) button.textContent = taken === list.length && taken > 0 ? t("Bỏ cả nhóm") : t("Chọn cả nhóm");
    }
    const total = this.boxes.filter((box) => box.checked).length;
    for (const place of all("[data-picker-count]", this.root)) {
      place.textContent = total > 0 ? t("Đã chọn {n} nơi nhận", { n: total }) : t("Chưa chọn nơi nhận nào");
    }
  }
}

export function startPickers(): void {
  for (const root of all("[data-picker]")) new Picker(root);
}
