//! The requests, member by member (API v2 chapter 11; v1 the same chapter). They borrow what is secret and are
//! written once.
#![expect(
    non_snake_case,
    reason = "members are called as the standard calls them"
)]

use serde::Serialize;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::model::{Holder, algorithm_oid};
use crate::order::Batch;
use crate::secret::{Secret, SecretBytes};

use super::{Mode, Version};

#[derive(Serialize)]
pub(super) struct Service<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lang: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Login {
    pub(super) rememberMe: bool,
}

#[derive(Serialize)]
struct List<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    userID: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maxResults: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pageToken: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentialInfo: Option<bool>,
    certificates: &'static str,
    certInfo: bool,
    authInfo: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<&'a str>,
}

/// `credentials/list` (11.4). Version 1 has pages; version 2 gives everything at once, with all it knows.
pub(super) fn list(
    version: Version,
    holder: &Holder,
    page: Option<&str>,
    lang: Option<&str>,
) -> SecretBytes {
    let user = holder.reveal();
    let first = version == Version::V1;
    SecretBytes::json(&List {
        userID: (!user.is_empty()).then_some(user),
        maxResults: first.then_some(100),
        pageToken: page.filter(|_| first),
        credentialInfo: (!first).then_some(true),
        certificates: "chain",
        certInfo: true,
        authInfo: true,
        lang,
    })
}

#[derive(Serialize)]
pub(super) struct Info<'a> {
    credentialID: &'a str,
    certificates: &'static str,
    certInfo: bool,
    authInfo: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<&'a str>,
}

impl<'a> Info<'a> {
    pub(super) fn new(id: &'a str, lang: Option<&'a str>) -> Self {
        Self {
            credentialID: id,
            certificates: "chain",
            certInfo: true,
            authInfo: true,
            lang,
        }
    }
}

#[derive(Serialize)]
struct Authorize<'a> {
    credentialID: &'a str,
    numSignatures: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashAlgorithmOID: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    PIN: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    OTP: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authData: Vec<Factor<'a>>,
    description: &'a str,
    clientData: String,
}

#[derive(Serialize)]
struct Factor<'a> {
    id: &'static str,
    value: &'a str,
}

/// `credentials/authorize` (11.6). The digests are always named, also where the service would not insist (SCAL 1).
pub(super) fn authorize(
    version: Version,
    batch: &Batch<'_>,
    description: &str,
    pin: Option<&Secret>,
    otp: Option<&Secret>,
) -> SecretBytes {
    let first = version == Version::V1;
    let hashes = hashes(batch);
    let factors = [("PIN", pin), ("OTP", otp)]
        .into_iter()
        .filter_map(|(id, value)| {
            let value = value?.reveal();
            Some(Factor { id, value })
        });
    SecretBytes::json(&Authorize {
        credentialID: &batch.order.credential,
        numSignatures: batch.items.len(),
        hash: first.then(|| hashes.clone()),
        hashes: (!first).then_some(hashes),
        hashAlgorithmOID: (!first).then(|| digest_oid(batch)),
        PIN: pin.filter(|_| first).map(Secret::reveal),
        OTP: otp.filter(|_| first).map(Secret::reveal),
        authData: if first { Vec::new() } else { factors.collect() },
        description,
        clientData: batch.transaction(),
    })
}

#[derive(Serialize)]
struct Sign<'a> {
    credentialID: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    SAD: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashAlgo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashAlgorithmOID: Option<String>,
    signAlgo: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    signAlgoParams: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operationMode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validity_period: Option<u64>,
    clientData: String,
}

/// `signatures/signHash` (11.10). `validity_period` is in milliseconds: the service gives up when we do.
pub(super) fn sign(
    version: Version,
    mode: Mode,
    batch: &Batch<'_>,
    sad: Option<&Secret>,
) -> SecretBytes {
    let first = version == Version::V1;
    let later = !first && mode == Mode::Asynchronous;
    let hashes = hashes(batch);
    let algorithm = batch.order.algorithm;
    SecretBytes::json(&Sign {
        credentialID: &batch.order.credential,
        SAD: sad.map(Secret::reveal),
        hash: first.then(|| hashes.clone()),
        hashAlgo: first.then(|| digest_oid(batch)),
        hashes: (!first).then_some(hashes),
        hashAlgorithmOID: (!first).then(|| digest_oid(batch)),
        signAlgo: algorithm_oid(algorithm),
        signAlgoParams: algorithm.is_pss().then(|| parameters(batch)),
        operationMode: (!first).then_some(if later { "A" } else { "S" }),
        validity_period: later.then(|| u64::try_from(batch.left.as_millis()).unwrap_or(u64::MAX)),
        clientData: batch.transaction(),
    })
}

#[derive(Serialize)]
pub(super) struct Polling<'a> {
    /// What `signHash` called `responseID` (11.11).
    pub(super) requestID: &'a str,
}

fn hashes(batch: &Batch<'_>) -> Vec<String> {
    batch
        .items
        .iter()
        .map(|it| STANDARD.encode(&it.digest))
        .collect()
}

fn digest_oid(batch: &Batch<'_>) -> String {
    batch.order.algorithm.digest().oid().to_string()
}

/// The parameters of RSASSA-PSS, DER in base64.
fn parameters(batch: &Batch<'_>) -> String {
    let identifier = batch.order.algorithm.identifier();
    let parameters = vanthu_pki::asn1::Tlv::read_all(&identifier)
        .and_then(|it| it.inside())
        .and_then(|mut it| it.any().and_then(|_| it.any()))
        .map(|it| it.full.to_vec());
    STANDARD.encode(parameters.unwrap_or_default())
}
