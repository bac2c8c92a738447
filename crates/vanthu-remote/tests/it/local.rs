//! The government's tool: its frames, its addresses, its sessions.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use vanthu_remote::local::digest::{self, Probe};
use vanthu_remote::local::message::{
    BadUpload, FileRequest, MetaData, Operation, Part, ToolReply, UploadAnswer, uploaded_file,
};
use vanthu_remote::local::session::{
    DEADLINE, Ended, ExpectedUpload, Keys, LocalSession, MAX_DOWNLOADS, NotNow, PageEvent, State,
    UploadFacts,
};
use vanthu_remote::local::{DigestSupport, Flow, flow};
use vanthu_remote::secret::SecretBytes;
use vanthu_remote::{Ending, Secret, Seed, SignatureValue, TransactionId};

use crate::world::World;

const NOW: Duration = Duration::from_secs(1);

fn begin() -> (LocalSession, Keys) {
    let transaction = TransactionId::new("giaodich-0001").unwrap();
    let expected = ExpectedUpload {
        certificate: "aa".repeat(32),
        issued: None,
    };
    LocalSession::begin(
        transaction,
        Operation::SignApproved,
        expected,
        &Seed::new([1; 32]),
    )
    .unwrap()
}

fn value(frame: &SecretBytes) -> Value {
    serde_json::from_slice(frame.reveal()).unwrap()
}

#[test]
fn the_frame_for_a_file_has_the_tools_names() {
    let (download, upload) = (
        Secret::new("https://vt.example.vn/vgca/tai/x"),
        Secret::new("https://vt.example.vn/vgca/nop/y"),
    );
    let mut request = FileRequest::new(&download, &upload);
    request.doc_number = Some("12/UBND-VX");
    request.issued_date = Some("2026-11-22T08:00:00+07:00");
    request.meta_data = vec![MetaData {
        key: "Số đến",
        value: "345",
    }];
    assert_eq!(
        value(&request.frame()),
        json!({
            "FileUploadHandler": "https://vt.example.vn/vgca/nop/y",
            "SessionId": "",
            "FileName": "https://vt.example.vn/vgca/tai/x",
            "MetaData": [{"Key": "Số đến", "Value": "345"}],
            "DocNumber": "12/UBND-VX",
            "IssuedDate": "2026-11-22T08:00:00+07:00",
        })
    );
    let bare = FileRequest::new(&download, &upload);
    assert_eq!(value(&bare.frame()).as_object().unwrap().len(), 3);
}

#[test]
fn each_operation_has_its_path() {
    for (operation, path, literal, file) in [
        (
            Operation::CertificateInfo,
            "/GetCertInfo",
            Some("get_cert_info"),
            false,
        ),
        (Operation::SignApproved, "/SignApproved", None, true),
        (Operation::SignIssued, "/SignIssued", None, true),
        (Operation::SignIncome, "/SignIncome", None, true),
        (Operation::SignCopy, "/SignCopy", None, true),
        (Operation::SignAppendix, "/SignAppendix", None, true),
        (Operation::SignMessage, "/SignMsg", None, false),
        (Operation::Settings, "/Config", Some("config"), false),
    ] {
        assert_eq!(
            (operation.path(), operation.literal(), operation.is_file()),
            (path, literal, file)
        );
    }
}

#[test]
fn replies_are_read_and_anything_else_is_none() {
    let reply = ToolReply::read(r#"{"Status":"0","Signature":"YQ==","CertBase64":"YQ=="}"#);
    assert_eq!(reply.unwrap().status, 0);
    let reply = ToolReply::read("{\"Status\":3,\"Error\":\"l\u{1b}ỗi\"}").unwrap_or_default();
    assert_ne!(reply.status, 3, "a control character is no JSON");
    let reply = ToolReply::read(r#"{"Status":3,"Error":"l\u001bỗi"}"#).unwrap();
    assert_eq!((reply.status, reply.message.as_str()), (3, "l ỗi"));
    for frame in [
        "",
        "config",
        "[]",
        "{}",
        r#"{"Status":null}"#,
        r#"{"Status":"x"}"#,
    ] {
        assert!(ToolReply::read(frame).is_none(), "{frame}");
    }
}

#[test]
fn the_upload_handler_answers_in_the_tools_words() {
    let taken = serde_json::to_value(UploadAnswer::taken("12.pdf")).unwrap();
    assert_eq!(
        taken,
        json!({"Status": true, "Message": "", "FileName": "12.pdf", "FileServer": "",
            "DocumentNumber": "", "DocumentDate": ""})
    );
    let refused = serde_json::to_value(UploadAnswer::refused("Chứng thư của người khác")).unwrap();
    assert_eq!(
        (&refused["Status"], &refused["FileServer"]),
        (&json!(false), &json!(""))
    );
}

#[test]
fn an_upload_is_one_pdf_in_the_right_field() {
    let part = |name, bytes| Part {
        name,
        file_name: None,
        bytes,
    };
    let good = part("uploadfile", b"%PDF-1.7".as_slice());
    let other = part("DocumentNumber", b"12".as_slice());
    assert_eq!(uploaded_file(&[other, good], 8).unwrap(), b"%PDF-1.7");
    assert_eq!(uploaded_file(&[good], 7), Err(BadUpload::TooLarge));
    assert_eq!(
        uploaded_file(&[good, good], 8),
        Err(BadUpload::SeveralFiles)
    );
    assert_eq!(uploaded_file(&[other], 8), Err(BadUpload::NoFile));
    let html = part("uploadfile", b"<html>".as_slice());
    assert_eq!(uploaded_file(&[html], 8), Err(BadUpload::NotPdf));
}

#[test]
fn an_address_opens_its_own_door_only() {
    let (mut session, keys) = begin();
    assert_ne!(keys.download.reveal(), keys.upload.reveal());
    assert_eq!(keys.download.reveal().len(), 43);
    assert_eq!(
        session.fetch(keys.upload.reveal(), NOW),
        Err(NotNow::WrongKey)
    );
    assert_eq!(session.fetch("", NOW), Err(NotNow::WrongKey));
    assert_eq!(
        session.may_upload(keys.download.reveal(), NOW),
        Err(NotNow::WrongKey)
    );
    assert_eq!(
        session.may_upload(keys.upload.reveal(), NOW),
        Err(NotNow::NotFetched)
    );
    session.fetch(keys.download.reveal(), NOW).unwrap();
    session.may_upload(keys.upload.reveal(), NOW).unwrap();
    // What is kept and logged is no key.
    let kept = serde_json::to_string(&session).unwrap();
    for key in [&keys.download, &keys.upload] {
        assert!(
            !kept.contains(key.reveal()) && !format!("{session:?}{keys:?}").contains(key.reveal())
        );
    }
    let mut again: LocalSession = serde_json::from_str(&kept).unwrap();
    again.may_upload(keys.upload.reveal(), NOW).unwrap();
}

#[test]
fn a_file_is_fetched_a_few_times_and_for_a_few_minutes() {
    let (mut session, keys) = begin();
    for _ in 0..MAX_DOWNLOADS {
        session.fetch(keys.download.reveal(), NOW).unwrap();
    }
    assert_eq!(
        session.fetch(keys.download.reveal(), NOW),
        Err(NotNow::TooOften)
    );
    assert_eq!(
        session.may_upload(keys.upload.reveal(), DEADLINE),
        Err(NotNow::Over)
    );
    assert_eq!(session.state(DEADLINE), &State::Ended(Ended::Expired));
    let (mut session, keys) = begin();
    assert_eq!(
        session.fetch(keys.download.reveal(), DEADLINE),
        Err(NotNow::Over)
    );
    let (mut session, keys) = begin();
    session.cancel();
    assert_eq!(
        session.fetch(keys.download.reveal(), NOW),
        Err(NotNow::Over)
    );
}

#[test]
fn a_page_can_not_say_that_something_was_signed() {
    let (mut session, keys) = begin();
    let reply = ToolReply::read(r#"{"Status":0,"FileServer":"x"}"#).unwrap();
    session.page(PageEvent::Replied(reply), NOW);
    assert_eq!(session.state(NOW), &State::Created);
    assert!(session.applied().is_err());
    session.page(PageEvent::Closed, NOW);
    assert!(session.waits_after_close());
    session.fetch(keys.download.reveal(), NOW).unwrap();
    assert_eq!(session.state(DEADLINE), &State::Ended(Ended::Expired));
}

#[test]
fn an_operation_without_a_file_has_no_session() {
    let transaction = TransactionId::new("giaodich-0001").unwrap();
    let expected = ExpectedUpload {
        certificate: String::new(),
        issued: None,
    };
    let seed = Seed::new([1; 32]);
    let begun = LocalSession::begin(transaction, Operation::SignMessage, expected, &seed);
    assert_eq!(begun.unwrap_err(), NotNow::NoFile);
}

#[test]
fn a_rejected_upload_is_the_last() {
    let (mut session, keys) = begin();
    session.fetch(keys.download.reveal(), NOW).unwrap();
    let facts = UploadFacts {
        extends: false,
        added: Vec::new(),
        changes_permitted: true,
        issued: None,
    };
    assert!(
        session
            .uploaded(keys.upload.reveal(), &facts, NOW)
            .unwrap()
            .is_err()
    );
    let again = session.uploaded(keys.upload.reveal(), &facts, NOW);
    assert_eq!(again.unwrap_err(), NotNow::Over);
}

#[test]
fn the_digest_flow_is_taken_where_the_tool_has_it() {
    assert_eq!(flow(DigestSupport::Unknown), None);
    assert_eq!(flow(DigestSupport::Works), Some(Flow::Digest));
    assert_eq!(flow(DigestSupport::Missing), Some(Flow::WholeFile));
    let world = World::rsa(1);
    let probe = Probe::new("ngẫu nhiên 1");
    let frame = value(&probe.frame());
    assert_eq!(
        (&frame["HashAlg"], &frame["Encode"]),
        (&json!("SHA256"), &json!("RSA"))
    );
    assert_ne!(frame, value(&Probe::new("ngẫu nhiên 2").frame()));
    let text = "Văn Thư: thử công cụ ký số, không ký văn bản nào. ngẫu nhiên 1";
    let signed = world.key.sign(world.algorithm, text.as_bytes()).unwrap();
    let mut reply = ToolReply {
        signature: Some(STANDARD.encode(signed)),
        certificate: Some(STANDARD.encode(world.certificate.der())),
        ..ToolReply::default()
    };
    assert_eq!(probe.read(&reply), DigestSupport::Works);
    // A tool that hashes what it is given signs something else; one that knows nothing of it says so.
    assert_eq!(
        Probe::new("ngẫu nhiên 2").read(&reply),
        DigestSupport::Missing
    );
    reply.signature = None;
    assert_eq!(probe.read(&reply), DigestSupport::Missing);
    assert_eq!(probe.read(&ToolReply::default()), DigestSupport::Missing);
    // Who said no has said nothing about the tool.
    reply.status = 1;
    assert_eq!(probe.read(&reply), DigestSupport::Unknown);
}

#[test]
fn a_digest_is_signed_by_the_pinned_certificate() {
    let world = World::rsa(1);
    let order = world.order();
    let prepared: [u8; 32] = order.items[0].digest.clone().try_into().unwrap();
    assert_eq!(
        value(&digest::frame(&prepared))["HashValue"],
        json!(STANDARD.encode(prepared))
    );
    let raw = world
        .key
        .sign(digest::ALGORITHM, &world.messages[0])
        .unwrap();
    let mut reply = ToolReply {
        signature: Some(STANDARD.encode(&raw)),
        certificate: Some(world.certificate.to_pem()),
        ..ToolReply::default()
    };
    let found = digest::signature(&reply, &prepared, &world.certificate).unwrap();
    assert_eq!(found, SignatureValue::Raw(raw));
    let ending = |reply: &ToolReply, prepared: &[u8; 32]| {
        digest::signature(reply, prepared, &world.certificate)
            .unwrap_err()
            .ending
    };
    assert_eq!(ending(&reply, &[0; 32]), Ending::BadSignature);
    reply.signature = Some("không".to_owned());
    assert_eq!(ending(&reply, &prepared), Ending::Unreadable);
    reply.certificate = None;
    assert_eq!(ending(&reply, &prepared), Ending::Unreadable);
    reply.status = 2;
    assert_eq!(ending(&reply, &prepared), Ending::Refused);
}
