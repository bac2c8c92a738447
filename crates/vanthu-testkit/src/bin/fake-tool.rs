//! The government's signing tool with one key of a PKCS#12 file, without its socket: for tests in a browser, where a
//! program of the tests listens and carries. Each line of input is a JSON structure, and so is each line of output.
//!
//! `fake-tool KEY.p12 PASSWORD`
//!
//! | in | out |
//! |---|---|
//! | `{"read": {"path", "frame"}}` | `{"frame"}` to send back at once, or `{"download", "upload"}` |
//! | `{"sign": base64 of the file}` | `{"signed": base64, "kind": content type, "body": base64 of the form}` |
//! | `{"answer": what the server said}` | `{"frame"}` |
//! | `{"digests": "signs"}` or `"hashes-again"` | `{}` |

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a helper of tests ends where it can't help"
)]

use std::io::{BufRead as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use vanthu_pki::{Time, pkcs12};
use vanthu_testkit::tool::{Asked, DigestWay, FakeTool, form, refusal};

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [file, password] = given.as_slice() else {
        panic!("fake-tool KEY.p12 PASSWORD")
    };
    let opened = pkcs12::open(&std::fs::read(file).unwrap(), password).unwrap();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let now = Time::from_unix(i64::try_from(now.as_secs()).unwrap());
    let mut tool = FakeTool::new(opened.key, opened.certificate, opened.chain, now);
    for line in std::io::stdin().lock().lines() {
        let asked: Value = serde_json::from_str(&line.unwrap()).unwrap();
        println!("{}", answer(&mut tool, &asked));
        std::io::stdout().flush().unwrap();
    }
}

fn answer(tool: &mut FakeTool, asked: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if let Some(way) = asked.get("digests") {
        tool.digests = match way.as_str() {
            Some("hashes-again") => DigestWay::HashesAgain,
            _ => DigestWay::Signs,
        };
        return json!({});
    }
    if let Some(frame) = asked.get("read") {
        return match tool.read(&text(&frame["path"]), &text(&frame["frame"])) {
            Ok(Asked::Certificate) => json!({"frame": tool.certificate_reply()}),
            Ok(Asked::Digest(digest)) => json!({"frame": tool.signed_digest(&digest)}),
            Ok(Asked::File {
                download, upload, ..
            }) => json!({"download": download, "upload": upload}),
            Err(why) => json!({"frame": refusal(8, &why)}),
        };
    }
    if let Some(file) = asked.get("sign") {
        let signed = tool.signed_file(&STANDARD.decode(text(file)).unwrap());
        let (kind, body) = form(&signed);
        return json!({
            "signed": STANDARD.encode(&signed),
            "kind": kind,
            "body": STANDARD.encode(body),
        });
    }
    json!({"frame": tool.after_upload(&text(&asked["answer"]))})
}
