//! A large scan, signed and archived where it lies.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use vanthu_pki::tsp;
use vanthu_signing::{
    DocTimestampRequest, FileSource, SignatureRequest, extend_lta_file, prepare_file,
};

use crate::ladder::Ladder;
use crate::world::now;

/// A page whose content is one stream of `megabytes`, as a scan is.
fn write_scan(path: &Path, megabytes: usize) {
    let mut file = std::io::BufWriter::new(File::create(path).unwrap());
    let head = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n";
    let pages =
        "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>\nendobj\n";
    let page = "3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>\nendobj\n";
    let start = format!("4 0 obj\n<< /Length {} >>\nstream\n", megabytes << 20);
    let mut offsets = Vec::new();
    let mut at = 9;
    for text in [&head[9..], pages, page, &start] {
        offsets.push(at);
        at += text.len();
    }
    for text in [head, pages, page, &start] {
        file.write_all(text.as_bytes()).unwrap();
    }
    let block: Vec<u8> = (0..1_usize << 20)
        .map(|index| (index * 7 % 253) as u8)
        .collect();
    for _ in 0..megabytes {
        file.write_all(&block).unwrap();
    }
    let end = "\nendstream\nendobj\n";
    file.write_all(end.as_bytes()).unwrap();
    let table = at + (megabytes << 20) + end.len();
    let mut rows = String::new();
    for offset in offsets {
        write!(rows, "{offset:010} 00000 n\r\n").unwrap();
    }
    let tail = format!(
        "xref\n0 5\n0000000000 65535 f\r\n{rows}trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
    );
    file.write_all(tail.as_bytes()).unwrap();
    file.flush().unwrap();
}

/// Signs, archives and stamps; gives the length of the result.
pub(crate) fn sign_and_archive(ladder: &Ladder, folder: &Path, megabytes: usize) -> u64 {
    let scan = folder.join("scan.pdf");
    write_scan(&scan, megabytes);
    let request = SignatureRequest {
        field_name: "ChuKy".to_owned(),
        at: now(),
        ..SignatureRequest::default()
    };
    let base = FileSource::new(File::open(&scan).unwrap()).unwrap();
    let prepared = prepare_file(
        &base,
        &request,
        &ladder.signer.certificate,
        ladder.algorithm,
        &ladder.fonts(),
    )
    .unwrap();
    let value = ladder
        .signer
        .key
        .sign(ladder.algorithm, prepared.to_be_signed())
        .unwrap();
    let chain = [ladder.issuing.certificate().clone()];
    let signed = folder.join("signed.pdf");
    let mut out = File::create(&signed).unwrap();
    prepared
        .complete(&value)
        .unwrap()
        .embed_file(&base, &chain, None, &mut out)
        .unwrap();
    drop(out);
    let signed_file = FileSource::new(File::open(&signed).unwrap()).unwrap();
    let evidence = ladder.evidence(&[], now());
    let prepared =
        extend_lta_file(&signed_file, &evidence, &DocTimestampRequest::at(now())).unwrap();
    let asked = tsp::parse_request(&prepared.request(None).to_der()).unwrap();
    let token = ladder.stamps.service.token(&asked, now(), 3).unwrap();
    let tail = prepared
        .embed_tail(&signed_file, &token, &ladder.trust())
        .unwrap();
    // In place: nothing but an append.
    let mut file = File::options().append(true).open(&signed).unwrap();
    file.write_all(&tail).unwrap();
    file.seek(SeekFrom::End(0)).unwrap()
}

/// The most memory this process ever held, in kilobytes.
pub(crate) fn peak_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}
