/** Texts of the islands, in gettext manner: the Vietnamese text is the key.
 *  Another language comes in a script of its own, which a page in that language loads before the islands. */
declare global {
  interface Window {
    vanthuTexts?: Record<string, string>;
  }
}

/** The text in the page's language; `{name}` is replaced by `values.name`. The English marks by `(s)` what is plural
 *  unless it is about one. */
export function t(text: string, values: Record<string, string | number> = {}): string {
  const plural = Object.values(values).some((value) => Number(value) === 1) ? "" : "s";
  return (window.vanthuTexts?.[text] ?? text).replace("(s)", plural).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
