//! The built agent as another program starts it.

use std::fmt::Write as _;
use std::io::Read as _;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use vanthu_testkit::program;

/// The agent on any free port, its input held by this test.
fn start(more: &[&str], keys: &std::path::Path) -> (Child, String) {
    let (child, said) = program::start(
        Command::new(env!("CARGO_BIN_EXE_vanthu-agent"))
            .args(["run", "--listen", "127.0.0.1:0"])
            .args(["--pair", "http://127.0.0.1:8080", "--keys"])
            .arg(keys)
            .args(more)
            .stdin(Stdio::piped())
            .stderr(Stdio::null()),
    );
    let address = said.strip_prefix("listening on http://");
    let address = address.unwrap_or_else(|| panic!("{said:?}")).to_owned();
    (child, address)
}

#[test]
fn it_ends_and_leaves_its_port_when_whoever_holds_its_input_is_gone() {
    let keys = tempfile::tempdir().unwrap();
    let (mut child, address) = start(&["--until-stdin-closes"], keys.path());
    // Somebody is connected and asks nothing: that doesn't keep it.
    let mut open = TcpStream::connect(&address).unwrap();
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert!(TcpStream::connect(&address).is_err());
    let mut rest = Vec::new();
    assert!(matches!(open.read_to_end(&mut rest), Ok(0) | Err(_)));
}

/// Started by hand it has no input to wait for, as under a service manager.
#[test]
fn it_stays_without_input_unless_it_was_told_so() {
    let keys = tempfile::tempdir().unwrap();
    let (mut child, address) = start(&[], keys.path());
    drop(child.stdin.take());
    let mut answer = String::new();
    let mut asked = TcpStream::connect(&address).unwrap();
    std::io::Write::write_all(
        &mut asked,
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    .unwrap();
    asked.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1"), "{answer}");
    assert!(child.try_wait().unwrap().is_none());
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What draws is this very program, so that a hostile file harms a child and not the agent.
#[test]
fn it_draws_a_page_and_refuses_what_is_none_within_its_limits() {
    let draw = |file: &[u8]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vanthu-agent"))
            .arg(vanthu_agent::draw::DRAW)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, file).unwrap();
        drop(input);
        child.wait_with_output().unwrap()
    };
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>",
    ];
    let mut pdf = "%PDF-1.7\n".to_owned();
    for (at, object) in objects.iter().enumerate() {
        write!(pdf, "{} 0 obj\n{object}\nendobj\n", at + 1).unwrap();
    }
    pdf += "trailer\n<< /Size 4 /Root 1 0 R >>\n%%EOF\n";
    let drawn = draw(pdf.as_bytes());
    assert!(drawn.status.success());
    assert!(drawn.stdout.starts_with(b"\x89PNG"));
    // A page of a million inches, pages within pages, and no PDF at all.
    let huge = pdf.replace("[0 0 200 100]", "[0 0 72000000 72000000]");
    let circle = pdf.replace("/Kids [3 0 R]", "/Kids [2 0 R]");
    for hostile in [huge.as_str(), circle.as_str(), "hello", ""] {
        let refused = draw(hostile.as_bytes());
        assert!(!refused.status.success(), "{hostile}");
        assert!(refused.stdout.is_empty());
    }
}
