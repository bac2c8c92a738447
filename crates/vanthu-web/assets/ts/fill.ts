/** Usual words and days: a press puts them into a field (`data-fill` names it by id). Words are added to what is
 *  there; a day takes the place of the day before. */
export function startFills(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-fill]");
    const field = button && document.getElementById(button.dataset["fill"] ?? "");
    const value = button?.dataset["fillValue"] ?? "";
    if (field instanceof HTMLTextAreaElement) {
      const there = field.value.trim();
      if (!there.includes(value)) field.value = there ? `${there} ${value}` : value;
    } else if (field instanceof HTMLInputElement) field.value = value;
    else return;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}
