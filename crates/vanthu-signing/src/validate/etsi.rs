//! The report in the form of ETSI TS 119 102-2, V1.2.1.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vanthu_pki::Time;

use super::conclusion::{Conclusion, Indication, SubIndication};
use super::detail::{Block, ConstraintResult, ConstraintStatus};
use super::diagnostic::Diagnostic;
use super::poe::{ObjectKind, Poe, PoeSource};
use super::report::{CertificateFacts, Process, Report, SignatureKind, SignatureReport};
use super::text::Worded;
use crate::xml::Xml;

const NAMESPACES: [(&str, &str); 3] = [
    ("xmlns", "http://uri.etsi.org/19102/v1.2.1#"),
    ("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#"),
    ("xmlns:XAdES", "http://uri.etsi.org/01903/v1.3.2#"),
];
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

impl Report {
    /// The report as XML after ETSI TS 119 102-2. A file without a signature, or one that cannot be read, has one
    /// signature report that says so.
    pub fn to_etsi_xml(&self) -> String {
        let mut xml = Xml::new();
        xml.element("ValidationReport", &NAMESPACES, |xml| {
            for (number, signature) in (1..).zip(&self.signatures) {
                signature_report(xml, self, signature, number);
            }
            if self.signatures.is_empty() {
                xml.element("SignatureValidationReport", &[], |xml| {
                    signers_document(xml, self);
                    status(
                        xml,
                        "SignatureValidationStatus",
                        self.indication,
                        self.sub_indication,
                        |_| {},
                    );
                });
            }
            objects(xml, &self.diagnostic);
        });
        xml.finish()
    }
}

fn signature_report(xml: &mut Xml, report: &Report, it: &SignatureReport, number: usize) {
    xml.element("SignatureValidationReport", &[], |xml| {
        let id = format!("S-{number}");
        xml.element("SignatureIdentifier", &[("id", &id)], |xml| {
            xml.text("HashOnly", "false");
            xml.text("DocHashOnly", "false");
            xml.text("DAIdentifier", &it.field);
        });
        xml.element("ValidationConstraintsEvaluationReport", &[], |xml| {
            policy(xml, &report.diagnostic);
            for block in &it.blocks {
                for result in &block.constraints {
                    constraint(xml, block, result);
                }
            }
        });
        xml.element("ValidationTimeInfo", &[], |xml| {
            time(xml, "ValidationTime", report.diagnostic.validated_at);
            xml.element("BestSignatureTime", &[], |xml| {
                time(xml, "POETime", it.judged_at);
                xml.text("TypeOfProof", "urn:etsi:019102:poetype:validation");
            });
        });
        signers_document(xml, report);
        attributes(xml, it);
        if let Some(signer) = &it.signer {
            xml.element("SignerInformation", &[], |xml| {
                reference(xml, "SignerCertificate", &certificate_id(signer));
                xml.text("Signer", &signer.common_name);
            });
        }
        xml.element("SignatureValidationProcess", &[], |xml| {
            xml.text("SignatureValidationProcessID", process(it.process));
        });
        status(
            xml,
            "SignatureValidationStatus",
            it.indication,
            it.sub_indication,
            |xml| {
                if let Some((first, above)) = it.chain.split_first() {
                    xml.element("AssociatedValidationReportData", &[], |xml| {
                        chain(xml, &report.diagnostic, first, above);
                    });
                }
            },
        );
    });
}

fn policy(xml: &mut Xml, diagnostic: &Diagnostic) {
    xml.element("SignatureValidationPolicy", &[], |xml| {
        xml.element("SignaturePolicyIdentifier", &[], |xml| {
            xml.element("XAdES:SignaturePolicyId", &[], |xml| {
                xml.element("XAdES:SigPolicyId", &[], |xml| {
                    let name = format!(
                        "urn:vanthu:policy:{}:{}",
                        diagnostic.policy, diagnostic.policy_version
                    );
                    xml.text("XAdES:Identifier", &name);
                });
                xml.element("XAdES:SigPolicyHash", &[], |xml| {
                    digest(xml, &diagnostic.policy_sha256);
                });
            });
        });
        xml.text("PolicyName", &diagnostic.policy);
    });
}

fn constraint(xml: &mut Xml, block: &Block, it: &ConstraintResult) {
    xml.element("ValidationConstraint", &[], |xml| {
        let id = format!("urn:vanthu:constraint:{}:{}", block.id.code(), it.id.code());
        xml.text("ValidationConstraintIdentifier", &id);
        let applied = match it.status {
            ConstraintStatus::Ignored => "disabled",
            _ => "applied",
        };
        xml.element("ConstraintStatus", &[], |xml| {
            xml.text(
                "Status",
                &format!("urn:etsi:019102:constraintStatus:{applied}"),
            );
        });
        if it.status != ConstraintStatus::Ignored {
            xml.element("ValidationStatus", &[], |xml| {
                let (main, sub) = match (it.status, block.conclusion) {
                    (ConstraintStatus::NotOk, Conclusion::Failed(sub)) => ("failed", Some(sub)),
                    (ConstraintStatus::NotOk, other) => ("indeterminate", other.sub_indication()),
                    _ => ("passed", None),
                };
                indications(xml, main, sub);
            });
        }
        if !it.detail.is_empty() {
            xml.text("Indications", &it.detail);
        }
    });
}

fn signers_document(xml: &mut Xml, report: &Report) {
    xml.element("SignersDocument", &[], |xml| {
        xml.element("DigestAlgAndValue", &[], |xml| digest(xml, &report.sha256));
    });
}

fn attributes(xml: &mut Xml, it: &SignatureReport) {
    xml.element("SignatureAttributes", &[], |xml| {
        let timed = |xml: &mut Xml, name, inner, at: Time| {
            xml.element(name, &[], |xml| time(xml, inner, at));
        };
        if let Some(at) = it
            .claimed_at
            .filter(|_| it.kind == SignatureKind::Signature)
        {
            timed(xml, "SigningTime", "Time", at);
        }
        if let Some(stamp) = &it.timestamp {
            let name = match it.kind {
                SignatureKind::Signature => "SignatureTimeStamp",
                SignatureKind::DocTimestamp => "DocTimeStamp",
            };
            timed(xml, name, "TimeStampValue", stamp.time);
        }
        for (name, inner, value) in [
            ("Reason", "ReasonElement", &it.reason),
            ("Name", "NameElement", &it.signer_name),
        ] {
            if let Some(value) = value {
                xml.element(name, &[], |xml| xml.text(inner, value));
            }
        }
        xml.element("SubFilter", &[], |xml| {
            xml.text("SubFilterElement", &it.sub_filter);
        });
    });
}

fn chain(
    xml: &mut Xml,
    diagnostic: &Diagnostic,
    first: &CertificateFacts,
    above: &[CertificateFacts],
) {
    let is_anchor = |it: &CertificateFacts| diagnostic.anchors.contains(&it.thumbprint);
    let anchor = above.last().filter(|it| is_anchor(it));
    if let Some(anchor) = anchor {
        reference(xml, "TrustAnchor", &certificate_id(anchor));
    }
    xml.element("CertificateChain", &[], |xml| {
        reference(xml, "SigningCertificate", &certificate_id(first));
        for it in above.iter().filter(|it| !is_anchor(it)) {
            reference(xml, "IntermediateCertificate", &certificate_id(it));
        }
        if let Some(anchor) = anchor {
            reference(xml, "TrustAnchor", &certificate_id(anchor));
        }
    });
}

fn objects(xml: &mut Xml, diagnostic: &Diagnostic) {
    let mut listed: Vec<(String, ObjectKind, &str)> = Vec::new();
    let mut add = |kind, sha256| {
        let entry = (object_id(kind, sha256), kind, sha256);
        if !listed.contains(&entry) {
            listed.push(entry);
        }
    };
    for it in &diagnostic.certificates {
        add(ObjectKind::Certificate, it.thumbprint.as_str());
    }
    for thumbprint in &diagnostic.anchors {
        add(ObjectKind::Certificate, thumbprint.as_str());
    }
    for it in &diagnostic.crls {
        add(ObjectKind::Crl, it.sha256.as_str());
    }
    for it in &diagnostic.ocsp {
        add(ObjectKind::OcspResponse, it.sha256.as_str());
    }
    for it in &diagnostic.poes {
        add(it.object, it.sha256.as_str());
    }
    if listed.is_empty() {
        return;
    }
    xml.element("SignatureValidationObjects", &[], |xml| {
        for (id, kind, sha256) in &listed {
            let poe = diagnostic.poes.iter().find(|it| it.sha256 == *sha256);
            xml.element("ValidationObject", &[("id", id)], |xml| {
                xml.text("ObjectType", object_type(*kind));
                xml.element("ValidationObjectRepresentation", &[], |xml| {
                    xml.element("DigestAlgAndValue", &[], |xml| digest(xml, sha256));
                });
                if let Some(poe) = poe {
                    existence(xml, poe);
                }
            });
        }
    });
}

fn existence(xml: &mut Xml, poe: &Poe) {
    xml.element("POE", &[], |xml| {
        time(xml, "POETime", poe.time);
        xml.text(
            "TypeOfProof",
            match poe.source {
                PoeSource::Validation => "urn:etsi:019102:poetype:validation",
                PoeSource::Provided => "urn:etsi:019102:poetype:provided",
            },
        );
    });
}

fn status(
    xml: &mut Xml,
    name: &str,
    indication: Indication,
    sub: Option<SubIndication>,
    more: impl FnOnce(&mut Xml),
) {
    let main = match indication {
        Indication::TotalPassed => "total-passed",
        Indication::Indeterminate => "indeterminate",
        Indication::TotalFailed => "total-failed",
    };
    xml.element(name, &[], |xml| {
        indications(xml, main, sub);
        more(xml);
    });
}

fn indications(xml: &mut Xml, main: &str, sub: Option<SubIndication>) {
    xml.text(
        "MainIndication",
        &format!("urn:etsi:019102:mainindication:{main}"),
    );
    if let Some(sub) = sub {
        xml.text(
            "SubIndication",
            &format!("urn:etsi:019102:subindication:{}", sub.code()),
        );
    }
}

fn process(it: Process) -> &'static str {
    match it {
        Process::Basic | Process::TimeStamp => "urn:etsi:019102:validationprocess:Basic",
        Process::WithTime => "urn:etsi:019102:validationprocess:LTVM",
        Process::WithArchivalData => "urn:etsi:019102:validationprocess:LTA",
    }
}

fn object_type(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Certificate => "urn:etsi:019102:validationObject:certificate",
        ObjectKind::Crl => "urn:etsi:019102:validationObject:CRL",
        ObjectKind::OcspResponse => "urn:etsi:019102:validationObject:OCSPResponse",
        ObjectKind::SignatureValue => "urn:etsi:019102:validationObject:signedData",
        ObjectKind::Timestamp => "urn:etsi:019102:validationObject:timestamp",
    }
}

fn object_id(kind: ObjectKind, sha256: &str) -> String {
    let mark = match kind {
        ObjectKind::Certificate => "C",
        ObjectKind::Crl => "R",
        ObjectKind::OcspResponse => "O",
        ObjectKind::SignatureValue => "V",
        ObjectKind::Timestamp => "T",
    };
    format!("{mark}-{sha256}")
}

fn certificate_id(it: &CertificateFacts) -> String {
    object_id(ObjectKind::Certificate, &it.thumbprint)
}

fn reference(xml: &mut Xml, name: &str, id: &str) {
    xml.element(name, &[("VOReference", id)], |_| {});
}

fn digest(xml: &mut Xml, sha256: &str) {
    xml.element("ds:DigestMethod", &[("Algorithm", SHA256)], |_| {});
    let value = hex::decode(sha256).unwrap_or_default();
    xml.text("ds:DigestValue", &STANDARD.encode(value));
}

fn time(xml: &mut Xml, name: &str, at: Time) {
    xml.text(name, &at.to_string());
}
