/** Texts of the islands, in gettext manner: the Vietnamese text is the key.
 *  Another language comes as JSON in `<script type="application/json" id="texts">`. */
let catalogue: Record<string, string> | undefined;

function load(): Record<string, string> {
  const source = document.getElementById("texts")?.textContent;
  if (!source) return {};
  try {
    return JSON.parse(source) as Record<string, string>;
  } catch {
    return {};
  }
}

/** The text in the page's language; `{name}` is replaced by `values.name`. */
export function t(text: string, values: Record<string, string | number> = {}): string {
  catalogue ??= load();
  return (catalogue[text] ?? text).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
