//! The messages in SOAP 1.1. They are written by hand into one buffer, because they hold a password, and read by a
//! parser that refuses every DTD and descends without recursion: an answer has no business declaring entities.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node, ParsingOptions};
use zeroize::Zeroizing;

use crate::secret::SecretBytes;

use super::{Answer, NAMESPACE, Parties, SignatureReq};

/// No answer of this protocol has more nodes than some dozens.
const MAX_NODES: u32 = 20_000;

/// Writes elements, escaping what is between them.
struct Writer(Zeroizing<String>);

impl Writer {
    fn new() -> Self {
        // More than any message has, so that the buffer does not grow and leave copies.
        Self(Zeroizing::new(String::with_capacity(16 << 10)))
    }

    fn raw(&mut self, text: &str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&apos;"),
                // XML 1.0 2.2: these have no place in a document, in no spelling.
                '\u{0}'..='\u{8}'
                | '\u{b}'
                | '\u{c}'
                | '\u{e}'..='\u{1f}'
                | '\u{fffe}'
                | '\u{ffff}' => {}
                other => self.0.push(other),
            }
        }
        self
    }

    fn attribute(&mut self, name: &str, value: &str) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"").text(value).raw("\"")
    }

    fn element(&mut self, name: &str, value: &str) -> &mut Self {
        self.raw("<mss:").raw(name).raw(">").text(value);
        self.raw("</mss:").raw(name).raw(">")
    }

    fn uri(&mut self, outer: &str, inner: &str, value: &str) -> &mut Self {
        self.raw("<mss:").raw(outer).raw(">").element(inner, value);
        self.raw("</mss:").raw(outer).raw(">")
    }

    fn finish(self) -> SecretBytes {
        SecretBytes::join(&[&self.0])
    }
}

fn message(
    operation: &str,
    kind: &str,
    parties: &Parties<'_>,
    attributes: &[(&str, &str)],
    inside: impl FnOnce(&mut Writer),
) -> SecretBytes {
    let mut out = Writer::new();
    out.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        .raw("<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">")
        .raw("<soapenv:Body><")
        .raw(operation)
        .raw("><mss:")
        .raw(kind)
        .attribute("xmlns:mss", NAMESPACE)
        .attribute("MajorVersion", "1")
        .attribute("MinorVersion", "1");
    for (name, value) in attributes {
        out.attribute(name, value);
    }
    out.raw("><mss:AP_Info")
        .attribute("AP_ID", parties.ap_id)
        .attribute("AP_PWD", parties.ap_password)
        .attribute("AP_TransID", &parties.transaction)
        .attribute("Instant", &parties.instant)
        .raw("/><mss:MSSP_Info>")
        .uri("MSSP_ID", "URI", parties.mssp_id)
        .raw("</mss:MSSP_Info>");
    inside(&mut out);
    out.raw("</mss:")
        .raw(kind)
        .raw("></")
        .raw(operation)
        .raw("></soapenv:Body></soapenv:Envelope>");
    out.finish()
}

pub(super) fn signature(it: &SignatureReq<'_>) -> SecretBytes {
    let timeout = it.timeout.to_string();
    let attributes = [("MessagingMode", it.messaging), ("TimeOut", &timeout)];
    message(
        "MSS_Signature",
        "MSS_SignatureReq",
        &it.parties,
        &attributes,
        |out| {
            out.uri("MobileUser", "MSISDN", it.msisdn)
                .raw("<mss:DataToBeSigned MimeType=\"application/octet-stream\" Encoding=\"base64\">")
                .raw(&STANDARD.encode(&it.to_be_signed))
                .raw("</mss:DataToBeSigned>")
                .raw("<mss:DataToBeDisplayed MimeType=\"text/plain\" Encoding=\"UTF-8\">")
                .text(&it.to_be_displayed)
                .raw("</mss:DataToBeDisplayed>")
                .uri("SignatureProfile", "mssURI", it.profile);
            if !it.services.is_empty() {
                out.raw("<mss:AdditionalServices>");
                for service in it.services {
                    out.raw("<mss:Service>")
                        .uri("Description", "mssURI", service)
                        .raw("</mss:Service>");
                }
                out.raw("</mss:AdditionalServices>");
            }
            if let Some(format) = it.format {
                out.uri("MSS_Format", "mssURI", format);
            }
        },
    )
}

pub(super) fn status(parties: &Parties<'_>, transaction: &str) -> SecretBytes {
    let attributes = [("MSSP_TransID", transaction)];
    message(
        "MSS_StatusQuery",
        "MSS_StatusReq",
        parties,
        &attributes,
        |_| {},
    )
}

pub(super) fn receipt(
    parties: &Parties<'_>,
    transaction: &str,
    msisdn: &str,
    text: &str,
) -> SecretBytes {
    let attributes = [("MSSP_TransID", transaction)];
    message(
        "MSS_Receipt",
        "MSS_ReceiptReq",
        parties,
        &attributes,
        |out| {
            out.uri("MobileUser", "MSISDN", msisdn)
                .raw("<mss:Status><mss:StatusCode Value=\"100\"/></mss:Status>")
                .raw("<mss:Message MimeType=\"text/plain\" Encoding=\"UTF-8\">")
                .text(text)
                .raw("</mss:Message>");
        },
    )
}

pub(super) fn profile(parties: &Parties<'_>, msisdn: &str) -> SecretBytes {
    message("MSS_ProfileQuery", "MSS_ProfileReq", parties, &[], |out| {
        out.uri("MobileUser", "MSISDN", msisdn);
    })
}

/// Reads an answer: a response or a fault, of SOAP 1.1 or 1.2.
pub(super) fn read(bytes: &[u8]) -> Option<Answer> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.trim_start_matches('\u{feff}').trim();
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).ok()?;
    let root = document.root_element();
    if root.tag_name().name() != "Envelope" {
        return None;
    }
    let body = children(root, "Body").next()?;
    if let Some(fault) = children(body, "Fault").next() {
        return Some(read_fault(fault));
    }
    let is_response = |it: &Node<'_, '_>| {
        it.tag_name().namespace() == Some(NAMESPACE) && it.tag_name().name().ends_with("Resp")
    };
    let response = body.descendants().find(is_response)?;
    Some(read_response(response))
}

fn read_response(response: Node<'_, '_>) -> Answer {
    let ap = children(response, "AP_Info").next();
    let status = children(response, "Status").next();
    let code = status.and_then(|it| children(it, "StatusCode").next());
    let signature = children(response, "MSS_Signature").next();
    let certificates = response
        .descendants()
        .filter(|it| {
            matches!(
                it.tag_name().name(),
                "X509Certificate" | "SigningCertificate"
            )
        })
        .filter_map(|it| text_of(it))
        .collect();
    let profiles = children(response, "SignatureProfile")
        .filter_map(|it| children(it, "mssURI").next())
        .filter_map(text_of)
        .collect();
    Answer {
        ap_transaction: ap.and_then(|it| attribute(it, "AP_TransID")),
        mssp_transaction: attribute(response, "MSSP_TransID"),
        code: code.and_then(|it| it.attribute("Value")?.trim().parse().ok()),
        message: status
            .and_then(|it| children(it, "StatusMessage").next())
            .and_then(text_of)
            .unwrap_or_default(),
        is_fault: false,
        signature: signature
            .and_then(|it| children(it, "Base64Signature").next())
            .and_then(text_of),
        certificates,
        profiles,
    }
}

/// SOAP 1.1 says `faultcode` and `faultstring`, 1.2 `Code/Subcode/Value` and `Reason`; the figure stands in a name such
/// as `mss:_401`.
fn read_fault(fault: Node<'_, '_>) -> Answer {
    let words = |names: &[&str]| {
        fault
            .descendants()
            .filter(|it| names.contains(&it.tag_name().name()))
            .filter_map(text_of)
            .collect::<Vec<_>>()
    };
    let code = words(&["Value", "faultcode", "Subcode"])
        .iter()
        .filter_map(|it| figure(it))
        .next_back();
    Answer {
        code,
        message: words(&["faultstring", "Text", "Reason"])
            .into_iter()
            .next()
            .unwrap_or_default(),
        is_fault: true,
        ..Answer::default()
    }
}

/// The figure in a fault's name.
pub(super) fn figure(name: &str) -> Option<u32> {
    let name = name.rsplit(':').next()?.trim();
    name.strip_prefix('_').unwrap_or(name).parse().ok()
}

fn children<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'a str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children()
        .filter(move |it| it.is_element() && it.tag_name().name() == name)
}

fn attribute(node: Node<'_, '_>, name: &str) -> Option<String> {
    node.attribute(name)
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty())
}

fn text_of(node: Node<'_, '_>) -> Option<String> {
    let text: String = node
        .children()
        .filter(Node::is_text)
        .filter_map(|it| it.text())
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
