//! Makes detached signatures and containers of every level, for tests and examples.

use std::io::Cursor;

use vanthu_pki::Time;
use vanthu_pki::asn1::{self, Tlv, tag};
use vanthu_pki::path::{RevocationData, RevocationMode};
use vanthu_signing::{
    ContainerRequest, DataFile, DetachedRequest, LongTermEvidence, PreparedContainer,
    PreparedContainerTimestamp, PreparedDetached, PreparedDetachedTimestamp, TimestampTrust,
    ValidationInput, extend_container_lt, extend_container_lta, extend_detached_lt,
    extend_detached_lta, pack, prepare_container, prepare_detached,
};

use crate::ladder::{Ladder, Stamps};
use crate::world::now;

pub(crate) const CONTENT: &[u8] = "số,ngày\n152,22/11/2026\n".as_bytes();

pub(crate) fn request() -> DetachedRequest {
    DetachedRequest {
        at: now(),
        mime_type: Some("text/csv".to_owned()),
    }
}

pub(crate) fn input(ladder: &Ladder) -> ValidationInput {
    let at = now().plus_seconds(600);
    ValidationInput {
        anchors: ladder.trust().anchors,
        evidence: ladder
            .evidence(&[&ladder.stamps], at.plus_seconds(-60))
            .revocation,
        revocation: RevocationMode::Required,
        at,
        ..ValidationInput::default()
    }
}

/// A detached signature; without a service no time-stamp.
pub(crate) fn sign(
    ladder: &Ladder,
    content: &[u8],
    request: &DetachedRequest,
    stamps: Option<&Stamps>,
) -> Vec<u8> {
    let certificate = &ladder.signer.certificate;
    let prepared =
        prepare_detached(&mut &*content, request, certificate, ladder.algorithm).unwrap();
    let prepared = PreparedDetached::from_bytes(&prepared.to_bytes()).unwrap();
    let value = ladder
        .signer
        .key
        .sign(ladder.algorithm, prepared.to_be_signed())
        .unwrap();
    let completed = prepared.complete(&value).unwrap();
    let asked = completed.timestamp_request(None);
    let token = stamps.map(|it| it.service.token(&asked, request.at, 77).unwrap());
    let chain = [ladder.issuing.certificate().clone()];
    completed.finish(&chain, token.as_deref()).unwrap()
}

/// What is known years later: about the time-stamp services, no longer about the signer.
pub(crate) fn known_later(ladder: &Ladder, stamps: &Stamps, at: Time) -> RevocationData {
    let mut known = ladder.evidence(&[stamps], at.plus_days(-1)).revocation;
    known.ocsp.remove(0);
    known
}

/// B-LTA, or its renewal.
pub(crate) fn archive(
    ladder: &Ladder,
    p7s: &[u8],
    evidence: &LongTermEvidence,
    stamps: &Stamps,
    at: Time,
) -> Vec<u8> {
    let digest = ladder.algorithm.digest();
    let prepared = extend_detached_lta(p7s, &mut &*CONTENT, evidence, digest).unwrap();
    let prepared = PreparedDetachedTimestamp::from_bytes(&prepared.to_bytes()).unwrap();
    let token = stamps
        .service
        .token(&prepared.request(Some(7)), at, 78)
        .unwrap();
    prepared.embed(&token, &trust(ladder)).unwrap()
}

pub(crate) fn trust(ladder: &Ladder) -> TimestampTrust {
    TimestampTrust {
        nonce: Some(7),
        ..ladder.trust()
    }
}

/// The signature at each level, B-B to B-LTA.
pub(crate) fn climb(ladder: &Ladder) -> [Vec<u8>; 4] {
    let plain = sign(ladder, CONTENT, &request(), None);
    let stamped = sign(ladder, CONTENT, &request(), Some(&ladder.stamps));
    let at = now().plus_seconds(60);
    let evidence = ladder.evidence(&[&ladder.stamps], at);
    let lasting = extend_detached_lt(&stamped, &evidence).unwrap();
    let archived = archive(
        ladder,
        &lasting,
        &evidence,
        &ladder.stamps,
        at.plus_seconds(60),
    );
    [plain, stamped, lasting, archived]
}

pub(crate) const FILES: [DataFile<'static>; 2] = [
    DataFile {
        name: "bảng kê.csv",
        content: CONTENT,
    },
    DataFile {
        name: "phu-luc/so-do.txt",
        content: b"mot hai ba\n",
    },
];

/// Signs files of a container; none named means all.
pub(crate) fn sign_container(
    ladder: &Ladder,
    container: &[u8],
    files: &[&str],
    stamps: Option<&Stamps>,
) -> Vec<u8> {
    let request = ContainerRequest {
        at: now(),
        files: files.iter().map(|&it| it.to_owned()).collect(),
        ..ContainerRequest::default()
    };
    let certificate = &ladder.signer.certificate;
    let prepared = prepare_container(container, &request, certificate, ladder.algorithm).unwrap();
    let prepared = PreparedContainer::from_bytes(&prepared.to_bytes()).unwrap();
    let value = ladder
        .signer
        .key
        .sign(ladder.algorithm, prepared.to_be_signed())
        .unwrap();
    let completed = prepared.complete(&value).unwrap();
    let asked = completed.timestamp_request(None);
    let token = stamps.map(|it| it.service.token(&asked, now(), 77).unwrap());
    let chain = [ladder.issuing.certificate().clone()];
    completed
        .embed(container, &chain, token.as_deref())
        .unwrap()
}

/// B-LTA by an archive manifest, or its renewal.
pub(crate) fn archive_container(
    ladder: &Ladder,
    container: &[u8],
    evidence: &LongTermEvidence,
    stamps: &Stamps,
    at: Time,
) -> Vec<u8> {
    let digest = ladder.algorithm.digest();
    let prepared = extend_container_lta(container, evidence, digest).unwrap();
    let prepared = PreparedContainerTimestamp::from_bytes(&prepared.to_bytes()).unwrap();
    let token = stamps
        .service
        .token(&prepared.request(Some(7)), at, 79)
        .unwrap();
    prepared.embed(container, &token, &trust(ladder)).unwrap()
}

/// A container at each level.
pub(crate) fn climb_container(ladder: &Ladder) -> [Vec<u8>; 4] {
    let base = pack(&FILES).unwrap();
    let plain = sign_container(ladder, &base, &[], None);
    let stamped = sign_container(ladder, &base, &[], Some(&ladder.stamps));
    let at = now().plus_seconds(60);
    let evidence = ladder.evidence(&[&ladder.stamps], at);
    let lasting = extend_container_lt(&stamped, &evidence).unwrap();
    let at = at.plus_seconds(60);
    let archived = archive_container(ladder, &lasting, &evidence, &ladder.stamps, at);
    [plain, stamped, lasting, archived]
}

/// An entry of a container, read by a library that is not ours.
pub(crate) fn entry(container: &[u8], name: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(container)).unwrap();
    let mut bytes = Vec::new();
    let mut entry = archive.by_name(name).unwrap();
    std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
    bytes
}

/// Names of the entries in their order, by a library that is not ours.
pub(crate) fn names(container: &[u8]) -> Vec<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(container)).unwrap();
    let count = archive.len();
    let name = |index| {
        archive
            .by_index_raw(index)
            .unwrap()
            .name()
            .unwrap()
            .into_owned()
    };
    (0..count).map(name).collect()
}

/// Two signature files as one with two signers.
pub(crate) fn joined(one: &[u8], other: &[u8]) -> Vec<u8> {
    let body = |file: &[u8]| -> Vec<Vec<u8>> {
        let mut info = Tlv::read_all(file).unwrap().inside().unwrap();
        info.any().unwrap();
        let mut fields = info.any().unwrap().only().unwrap().inside().unwrap();
        let mut all = Vec::new();
        while !fields.is_empty() {
            all.push(fields.any().unwrap().full.to_vec());
        }
        all
    };
    let mut fields = body(one);
    let others = body(other);
    let inside = |set: &Vec<u8>| Tlv::read_all(set).unwrap().body.to_vec();
    let signers = [
        inside(fields.last().unwrap()),
        inside(others.last().unwrap()),
    ]
    .concat();
    fields.pop();
    fields.push(asn1::tlv(tag::SET, &signers));
    let whole = asn1::explicit(0, &asn1::sequence(&fields));
    asn1::sequence(&[asn1::oid(vanthu_pki::oid::SIGNED_DATA), whole])
}
