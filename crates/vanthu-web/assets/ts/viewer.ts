/** The paper viewer: zoom (remembered on this machine), the page in sight marked in the page list. */
import { all, say } from "./dom.ts";
import { t } from "./texts.ts";

const STEPS = ["fit", "75", "100", "125", "150", "200"];

function setZoom(viewer: HTMLElement, zoom: string): void {
  viewer.dataset["zoom"] = zoom;
  localStorage.setItem("paper-zoom", zoom);
  const words = zoom === "fit" ? t("Vừa khung") : `${zoom}%`;
  const label = viewer.querySelector("[data-zoom-words]");
  if (label) label.textContent = words;
  say(t("Cỡ trang: {words}", { words }));
}

function follow(viewer: HTMLElement): void {
  const links = new Map(all<HTMLAnchorElement>(".page-list a", viewer).map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver(
    (entries) => {
      const entry = entries.find((one) => one.isIntersecting);
      if (!entry) return;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    },
    { rootMargin: "-40% 0px -40% 0px" },
  );
  for (const page of all(".sheet-page", viewer)) seen.observe(page);
}

export function startViewers(): void {
  for (const viewer of all("[data-viewer]")) {
    const kept = localStorage.getItem("paper-zoom");
    if (kept && STEPS.includes(kept) && kept !== "fit") setZoom(viewer, kept);
    viewer.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-zoom-step]");
      if (!button) return;
      const at = STEPS.indexOf(viewer.dataset["zoom"] ?? "fit");
      const by = Number(button.dataset["zoomStep"]);
      setZoom(viewer, by === 0 ? "fit" : (STEPS[Math.min(Math.max((at === 0 && by < 0 ? 2 : at === 0 ? 2 : at) + by, 1), STEPS.length - 1)] ?? "fit"));
    });
    follow(viewer);
  }
  for (const now of all(".steps > [aria-current]")) {
    const list = now.parentElement; // on a narrow screen the steps scroll: the present one is shown
    if (list) list.scrollLeft += now.getBoundingClientRect().left - list.getBoundingClientRect().left - (list.clientWidth - now.clientWidth) / 2;
  }
}
