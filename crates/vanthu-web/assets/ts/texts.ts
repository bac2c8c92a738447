/** Texts of the islands, in gettext manner: the Vietnamese text is the key.
 *  Another language comes in a script of its own, which a page in that language loads before the islands. */
declare global {
  interface Window {
    vanthuTexts?: Record<string, string>;
  }
}

/** The text in the page's language; `{name}` is replaced by `values.name`. */
export function t(text: string, values: Record<string, string | number> = {}): string {
  return (window.vanthuTexts?.[text] ?? text).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
