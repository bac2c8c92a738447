/** Files: checked before they are sent (size, kind), sent with progress, dropped onto the field. */
import { all, el, icon, meta, say } from "./dom.ts";
import { problemBox, problemOf, unreachable, type Problem } from "./http.ts";
import { t } from "./texts.ts";

/** 1,4 MB; 312 kB. */
function size(bytes: number): string {
  const number = (value: number) => new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 1 }).format(value);
  return bytes >= 1_000_000 ? `${number(bytes / 1_000_000)} MB` : `${number(Math.ceil(bytes / 1000))} kB`;
}

function refusalOf(field: HTMLInputElement, file: File): Problem | undefined {
  const limit = Number(field.dataset["maxBytes"] ?? 0);
  if (limit > 0 && file.size > limit) {
    return {
      code: "file-too-large",
      status: 413,
      title: t("Tệp “{name}” quá lớn.", { name: file.name }),
      detail: t("Tệp nặng {size}, mức cho phép là {limit}.", { size: size(file.size), limit: size(limit) }),
      action: t("Giảm độ phân giải ảnh quét hoặc tách phụ lục thành nhiều tệp."),
      more: {},
    };
  }
  if (file.size === 0) {
    return { code: "file-empty", status: 422, title: t("Tệp “{name}” rỗng.", { name: file.name }), action: t("Chọn lại tệp."), more: {} };
  }
  return undefined;
}

function list(drop: HTMLElement, field: HTMLInputElement): boolean {
  const place = drop.querySelector(".files");
  place?.replaceChildren();
  let good = true;
  for (const file of field.files ?? []) {
    const refusal = refusalOf(field, file);
    good &&= !refusal;
    place?.append(refusal ? problemBox(refusal) : el("p", {}, icon("file"), ` ${file.name} `, el("small", {}, size(file.size))));
  }
  return good;
}

function send(form: HTMLFormElement, submitter: HTMLElement | null): void {
  const bar = el("progress", { max: "100", value: "0", "aria-label": t("Tiến độ gửi tệp") });
  const words = el("p", { role: "status" }, t("Đang gửi tệp…"));
  const place = form.querySelector<HTMLElement>("[data-progress]") ?? form.appendChild(el("div"));
  place.replaceChildren(bar, words);
  submitter?.setAttribute("aria-busy", "true");
  const call = new XMLHttpRequest();
  const stop = el("button", { type: "button", class: "btn tight", click: () => call.abort() }, t("Dừng gửi"));
  place.append(stop);
  call.open("POST", form.action);
  call.setRequestHeader("accept", "text/html, application/problem+json");
  call.setRequestHeader("x-csrf-token", meta("csrf-token"));
  const end = (problem?: Problem) => {
    submitter?.removeAttribute("aria-busy");
    delete form.dataset["sent"];
    place.replaceChildren(...(problem ? [problemBox(problem)] : []));
  };
  call.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const percent = Math.floor((event.loaded / event.total) * 100);
    bar.value = percent;
    words.textContent = percent < 100 ? t("Đang gửi: {percent}% của {size}", { percent, size: size(event.total) }) : t("Đã gửi xong, máy chủ đang kiểm tra tệp…");
  });
  call.addEventListener("load", () => {
    if (call.status >= 400) {
      let body: unknown = null;
      try {
        body = JSON.parse(call.responseText);
      } catch {
        body = null;
      }
      end(problemOf(call.status, body));
      return;
    }
    say(t("Đã nhận tệp."));
    location.assign(call.responseURL || location.href);
  });
  call.addEventListener("error", () => end(unreachable()));
  call.addEventListener("abort", () => end());
  const data = new FormData(form);
  if (submitter instanceof HTMLButtonElement && submitter.name) data.append(submitter.name, submitter.value);
  call.send(data);
}

export function startUploads(): void {
  for (const drop of all("[data-drop]")) {
    const field = drop.querySelector<HTMLInputElement>("input[type=file]");
    if (!field) continue;
    field.addEventListener("change", () => list(drop, field));
    drop.addEventListener("dragover", (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      if (!event.dataTransfer?.files.length) return;
      field.files = event.dataTransfer.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  for (const form of all<HTMLFormElement>("form[data-upload]")) {
    form.addEventListener("submit", (event) => {
      const fields = all<HTMLInputElement>("input[type=file]", form);
      if (!fields.some((field) => (field.files?.length ?? 0) > 0)) return; // without a file it is an ordinary form
      event.preventDefault();
      if (!form.dataset["sent"] && fields.every((field) => list(field.closest<HTMLElement>("[data-drop]") ?? form, field))) {
        form.dataset["sent"] = "yes";
        send(form, event.submitter);
      }
    });
  }
}
