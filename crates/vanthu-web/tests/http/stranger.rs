//! Files that are no PDF, on the page and in the API that anybody may ask: signature files and containers.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use vanthu_app::practice::authority::{endpoints, serial, validity};
use vanthu_app::system::SystemRandomness;
use vanthu_pki::authority::PersonSubject;
use vanthu_pki::{Certificate, SoftKey, Time, pem};
use vanthu_signing::{
    ContainerRequest, DataFile, DetachedRequest, pack, prepare_container, prepare_detached,
};

use crate::incoming_pages::{address, holds, text};
use crate::world::{Client, Reply, World};

const TABLE: &[u8] = "số,ngày\n152,22/11/2026\n".as_bytes();
const ADDRESS: &str = "http://127.0.0.1:8080";

/// Somebody with a certificate of the practice authority.
struct Signer {
    key: SoftKey,
    certificate: Certificate,
    chain: Vec<Certificate>,
    at: Time,
}

impl Signer {
    fn of(world: &World) -> Self {
        let authority = world.app.practice.get().unwrap();
        let key = SoftKey::generate_p256().unwrap();
        let now = world.app.now();
        let subject = PersonSubject {
            full_name: "Người Ký Bảng".to_owned(),
            ..PersonSubject::default()
        };
        let issuing = authority.issuing();
        let certificate = issuing
            .person(
                &subject,
                &key.spki(),
                validity(now, 30, 365),
                serial(&SystemRandomness),
                &endpoints(ADDRESS),
            )
            .unwrap();
        Self {
            chain: vec![issuing.certificate().clone()],
            key,
            certificate,
            at: Time::from_unix(now.unix_seconds()),
        }
    }

    fn detached(&self) -> Vec<u8> {
        let request = DetachedRequest {
            at: self.at,
            mime_type: Some("text/csv".to_owned()),
        };
        let algorithm = self.key.default_algorithm();
        let prepared =
            prepare_detached(&mut &*TABLE, &request, &self.certificate, algorithm).unwrap();
        let value = self.key.sign(algorithm, prepared.to_be_signed()).unwrap();
        let completed = prepared.complete(&value).unwrap();
        completed.finish(&self.chain, None).unwrap()
    }

    fn container(&self) -> Vec<u8> {
        let files = [DataFile {
            name: "bang.csv",
            content: TABLE,
        }];
        let base = pack(&files).unwrap();
        let request = ContainerRequest {
            at: self.at,
            ..ContainerRequest::default()
        };
        let algorithm = self.key.default_algorithm();
        let prepared = prepare_container(&base, &request, &self.certificate, algorithm).unwrap();
        let value = self.key.sign(algorithm, prepared.to_be_signed()).unwrap();
        let completed = prepared.complete(&value).unwrap();
        completed.embed(&base, &self.chain, None).unwrap()
    }
}

async fn send(client: &Client, path: &str, files: &[(&str, &str, &[u8])]) -> Reply {
    let mut body = Vec::new();
    for (field, name, bytes) in files {
        let head = format!(
            "--x\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--x--\r\n");
    let request = client
        .request("POST", path)
        .header(CONTENT_TYPE, "multipart/form-data; boundary=x");
    client.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_file_is_judged_with_the_file_that_it_signs() {
    let world = World::new().await;
    let nobody = world.nobody();
    let p7s = Signer::of(&world).detached();
    let armoured = pem::encode(&p7s, "CMS");
    let asked = |files: Vec<(&'static str, &'static str, Vec<u8>)>| {
        let nobody = &nobody;
        async move {
            let files: Vec<_> = files
                .iter()
                .map(|(a, b, c)| (*a, *b, c.as_slice()))
                .collect();
            send(nobody, "/verify", &files).await
        }
    };
    let table = || ("content", "bang.csv", TABLE.to_vec());
    for files in [
        vec![("file", "bang.csv.p7s", p7s.clone()), table()],
        vec![("file", "bang.csv.p7s", armoured.into_bytes()), table()],
        // The other way round.
        vec![
            ("file", "bang.csv", TABLE.to_vec()),
            ("content", "bang.csv.p7s", p7s.clone()),
        ],
    ] {
        let good = text(&asked(files).await);
        holds(
            &good,
            &[
                "Chữ ký số hợp lệ",
                "Người Ký Bảng",
                "Tệp được ký",
                "B-B",
                "text/csv",
            ],
        );
        let saved = address(&good, "/verify/report/");
        let page = text(&nobody.get(&saved).await);
        assert!(page.starts_with("%PDF-"), "{saved}");
    }
    let changed = asked(vec![
        ("file", "bang.csv.p7s", p7s.clone()),
        ("content", "bang.csv", [TABLE, b"x"].concat()),
    ])
    .await;
    holds(&text(&changed), &["Chữ ký số không hợp lệ"]);

    let alone = asked(vec![("file", "bang.csv.p7s", p7s.clone())]).await;
    assert_eq!(alone.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(alone.headers["x-refusal"], "signed-file-missing");
    holds(&text(&alone), &["Thiếu tệp được ký", "ô thứ hai"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_judged_with_all_its_files() {
    let world = World::new().await;
    let nobody = world.nobody();
    let container = Signer::of(&world).container();
    let good = send(&nobody, "/verify", &[("file", "ho-so.asice", &container)]).await;
    holds(
        &text(&good),
        &[
            "Chữ ký số hợp lệ",
            "Các tệp trong gói",
            "bang.csv",
            "Đều được ký",
        ],
    );
    let cut = &container[..container.len() - 30];
    let bad = send(&nobody, "/verify", &[("file", "ho-so.asice", cut)]).await;
    holds(&text(&bad), &["Không đọc được tệp đóng gói"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_ask_the_same_with_a_file_or_a_form() {
    let world = World::new().await;
    let nobody = world.nobody();
    let signer = Signer::of(&world);
    let (p7s, container) = (signer.detached(), signer.container());
    let path = "/api/v1/verify";
    let whole = nobody.file(path, &container).await.json();
    assert_eq!(whole["indication"], "TOTAL-PASSED");
    assert_eq!(whole["form"], "container");
    assert_eq!(whole["files"][0]["name"], "bang.csv");

    let alone = nobody.file(path, &p7s).await;
    assert_eq!(alone.code(), "signed-file-missing");
    let files = [("file", "a.p7s", p7s.as_slice()), ("content", "a", TABLE)];
    let both = send(&nobody, path, &files).await.json();
    assert_eq!(both["indication"], "TOTAL-PASSED");
    assert_eq!(both["form"], "detached");
    assert_eq!(both["content"], "a");
    let none = send(&nobody, path, &[]).await;
    assert_eq!(none.code(), "file-empty");
}
