//! Whom the machine trusts for TLS.

use reqwest::{Certificate, Client, ClientBuilder};

/// A client that trusts what the machine trusts for TLS. One that trusts nobody (no package of anchors installed)
/// still reaches services without TLS; the others are then named as unreachable.
///
/// What a status or time-stamp service answers is signed and judged by itself; TLS adds privacy, and reaches
/// services that offer nothing else.
pub(super) fn client() -> ClientBuilder {
    trusting(machine())
}

/// A client that trusts these for TLS, and no others.
pub(super) fn trusting(anchors: Vec<Certificate>) -> ClientBuilder {
    Client::builder().tls_certs_only(anchors)
}

fn machine() -> Vec<Certificate> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "an anchor for TLS can't be read");
    }
    found
        .certs
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
    use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
    use vanthu_domain::Clock as _;
    use vanthu_pki::authority::{Authority, CertificateRequest};
    use vanthu_pki::extension::{Extension, GeneralName, KeyUsage};
    use vanthu_pki::{Name, SoftKey, oid};

    use super::*;
    use crate::practice::authority::validity;
    use crate::system::SystemClock;

    /// An authority, and a service on the loopback address with a certificate of it. It answers until it is asked
    /// no more.
    async fn service() -> (Certificate, String) {
        let term = || validity(SystemClock.now(), 1, 2);
        let root =
            Authority::root(SoftKey::generate_p256().unwrap(), "Gốc thử", term(), 1).unwrap();
        let key = SoftKey::generate_p256().unwrap();
        let subject = Name::build(&[(oid::COMMON_NAME, "127.0.0.1")]).unwrap();
        let request = CertificateRequest::new(subject, &key.spki(), term(), 2)
            .key_usage(KeyUsage::DIGITAL_SIGNATURE)
            .extension(Extension::subject_alt_names(&[GeneralName::Ip(vec![
                127, 0, 0, 1,
            ])]));
        let chain = vec![root.certify(&request).unwrap().der().to_vec().into()];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.to_pkcs8().unwrap()));
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("https://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // A client that does not trust us breaks off here.
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                let mut asked = [0; 1024];
                assert!(stream.read(&mut asked).await.unwrap() > 0);
                let answer =
                    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nxanh!";
                stream.write_all(answer).await.unwrap();
                stream.shutdown().await.unwrap();
            }
        });
        let anchor = Certificate::from_der(root.certificate().der()).unwrap();
        (anchor, address)
    }

    #[tokio::test]
    async fn a_service_behind_tls_is_reached_when_its_certificate_is_trusted() {
        let (anchor, address) = service().await;
        let ask = |builder: ClientBuilder| {
            let request = builder.no_proxy().build().unwrap().get(&address);
            async { request.send().await }
        };
        let answer = ask(trusting(vec![anchor])).await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "xanh!");
        for nobody in [trusting(Vec::new()), client()] {
            let refused = ask(nobody).await.unwrap_err();
            assert!(
                format!("{refused:?}").contains("UnknownIssuer"),
                "{refused:?}"
            );
        }
    }
}
