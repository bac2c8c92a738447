// Small PDF files that somebody might send up.

/** A file of one page; `catalog`, `extra` objects and `trailer` make it what it should be refused for. */
export function pdf({ catalog = "", extra = [], trailer = "" } = {}) {
  const objects = [`<< /Type /Catalog /Pages 2 0 R ${catalog}>>`, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>", ...extra];
  let text = "%PDF-1.7\n";
  const places = objects.map((body, at) => {
    const place = text.length;
    text += `${at + 1} 0 obj\n${body}\nendobj\n`;
    return place;
  });
  const table = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("")}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer}>>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
}

const zeros = "00".repeat(32);
export const damaged = Buffer.concat([pdf().subarray(0, 120), Buffer.from("cut off in the middle")]);
export const encrypted = pdf({ extra: [`<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <${zeros}> /U <${zeros}> >>`], trailer: `/Encrypt 4 0 R /ID [<${zeros}> <${zeros}>] ` });
export const scripted = pdf({ catalog: "/OpenAction 4 0 R ", extra: ["<< /S /JavaScript /JS (app.alert\\(1\\)) >>"] });
/** A picture under the name of a PDF. */
export const misnamed = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=", "base64");
