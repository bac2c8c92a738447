//! Which lists and responses speak about a certificate by rights, and who signed them (bằng chứng về trạng thái). The
//! path at the present, validation in the past and the gatherer all ask here.

use serde::Serialize;

use crate::algorithm::SignatureAlgorithm;
use crate::certificate::Certificate;
use crate::crl::{Crl, RevokedEntry, Scope};
use crate::extension::{DistributionPoint, GeneralName, KeyUsage};
use crate::name::Name;
use crate::ocsp::{OcspResponse, OcspStatus};
use crate::oid;
use crate::time::Time;

use super::revocation::{self, RevocationStatus};
use super::{Conformance, Context, PathOptions, Purpose, RevocationData, RevocationMode};

/// How long evidence without an announced successor stands for the present.
const WITHOUT_NEXT_UPDATE: i64 = 7 * 86_400;
/// All reasons of a list: bits 1 to 8.
pub(super) const ALL_REASONS: u32 = 0x7f80_0000;
const REMOVE_FROM_CRL: Option<u64> = Some(8);
/// A list may be signed by another key whose own path needs lists; no deeper than this.
const DEEPEST: u8 = 3;
/// Distribution points of a certificate, and names of one, that are looked at.
const MOST_NAMES: usize = 64;
/// A responder's clock may go wrong by this much: what it knew is not newer than its answer.
const SKEW_SECONDS: i64 = 300;

/// The last time for which a list or response stands as the newest: its announced successor, or seven days.
pub fn stands_until(this_update: Time, next_update: Option<Time>) -> Time {
    next_update.unwrap_or(this_update.plus_seconds(WITHOUT_NEXT_UPDATE))
}

/// A list or a response.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'a> {
    /// A revocation list.
    Crl(&'a Crl),
    /// An OCSP response.
    Ocsp(&'a OcspResponse),
}

/// What it says about the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Not revoked when it was issued.
    Good,
    /// Revoked since then, with `CRLReason`.
    Revoked(Time, Option<u64>),
    /// Not on hold any more: an entry of a delta list.
    Removed,
    /// Nothing: the certificate had ended, its entry may have been dropped; or a delta list without an entry.
    Nothing,
}

/// Why evidence that speaks by rights does not show that a certificate is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// Its signature is not reliable any more: a weak digest or a short key.
    WeakSignature,
    /// Whoever signed it had ended or was revoked before it is known to have existed.
    SignerOutOfBounds,
}

/// What one list or response says about one certificate.
#[derive(Clone, Debug)]
pub struct StatusEvidence<'a> {
    /// The list or response.
    pub proof: Proof<'a>,
    /// What it says.
    pub said: Said,
    /// When it was issued.
    pub this_update: Time,
    /// When its successor comes at the latest.
    pub next_update: Option<Time>,
    /// Who signed it: the issuer alone, or another certificate with its path, the anchor last; of a responder that the
    /// issuer entitled, itself and the issuer.
    pub signer_path: Vec<Certificate>,
    /// Why it does not show that the certificate is good.
    pub doubt: Option<Doubt>,
    /// The reasons of revocation that it decides about.
    pub(super) reasons: u32,
}

impl<'a> StatusEvidence<'a> {
    /// Who signed it.
    pub fn signer(&self) -> Option<&Certificate> {
        self.signer_path.first()
    }

    /// SHA-256 of the list or response.
    pub fn fingerprint(&self) -> &'a [u8; 32] {
        match self.proof {
            Proof::Crl(list) => list.fingerprint(),
            Proof::Ocsp(response) => response.fingerprint(),
        }
    }

    /// The algorithm of its signature.
    pub fn algorithm(&self) -> Option<SignatureAlgorithm> {
        let key = self.signer()?.public_key_info();
        match self.proof {
            Proof::Crl(list) => list.signature_algorithm(key),
            Proof::Ocsp(response) => response.signature_algorithm(key),
        }
    }

    /// Says that the certificate is not revoked for any reason.
    pub fn shows_good(&self) -> bool {
        self.said == Said::Good && self.reasons & ALL_REASONS == ALL_REASONS
    }

    pub(super) fn is_response(&self) -> bool {
        matches!(self.proof, Proof::Ocsp(_))
    }

    /// The list, where it is a complete one.
    pub(super) fn complete_list(&self) -> Option<&'a Crl> {
        match self.proof {
            Proof::Crl(list) if list.delta_base().is_none() => Some(list),
            _ => None,
        }
    }

    /// The list, where it continues `base`.
    pub(super) fn continues(&self, base: &Crl) -> bool {
        let Proof::Crl(delta) = self.proof else {
            return false;
        };
        delta.delta_base().is_some_and(|from| {
            let number = base.number();
            number.is_some_and(|number| padded(&from) <= padded(&number))
        }) && delta.issuer() == base.issuer()
            && delta.scope() == base.scope()
            && delta.authority_key_id() == base.authority_key_id()
            && delta.this_update() >= base.this_update()
    }
}

/// Whoever signed: the path, and what speaks against relying on it.
struct Signed {
    path: Vec<Certificate>,
    doubt: Option<Doubt>,
}

impl Context<'_> {
    /// All evidence about a certificate whose issuer is known, lists first.
    pub(super) fn evidence_in<'e>(
        &self,
        data: &'e RevocationData,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Vec<StatusEvidence<'e>> {
        let mut found = self.lists_in(data, certificate, issuer);
        let responses = data.ocsp.iter();
        let said = responses.filter_map(|it| self.in_response(it, certificate, issuer));
        found.extend(said.map(|it| self.weighed(it)));
        found
    }

    /// The lists among it: what may be asked about a responder.
    pub(super) fn lists_in<'e>(
        &self,
        data: &'e RevocationData,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Vec<StatusEvidence<'e>> {
        let Some(points) = points_of(certificate) else {
            return Vec::new();
        };
        let lists = data.crls.iter();
        let said = lists.filter_map(|it| self.in_list(it, certificate, issuer, &points));
        said.map(|it| self.weighed(it)).collect()
    }

    fn weighed<'e>(&self, evidence: StatusEvidence<'e>) -> StatusEvidence<'e> {
        let id = evidence.fingerprint();
        let own = evidence.signer().is_some_and(|signer| {
            let algorithm = evidence.algorithm();
            self.rule.is_reliable(id, algorithm, signer)
        });
        // Whoever vouches for the signer signs as strongly.
        let above = evidence.signer_path.windows(2).all(|pair| {
            let [certificate, issuer] = pair else {
                return true;
            };
            let algorithm = certificate.signature_algorithm(issuer.public_key_info());
            let algorithm = algorithm.ok().flatten();
            self.rule.is_reliable(id, algorithm, issuer)
        });
        let is_reliable = own && above;
        let weak = (!is_reliable).then_some(Doubt::WeakSignature);
        StatusEvidence {
            doubt: weak.or(evidence.doubt),
            ..evidence
        }
    }

    fn in_list<'e>(
        &self,
        crl: &'e Crl,
        certificate: &Certificate,
        issuer: &Certificate,
        points: &[DistributionPoint],
    ) -> Option<StatusEvidence<'e>> {
        let reasons = self.decides(crl, certificate, points)?;
        let is_delta = crl.delta_base().is_some();
        let said = match crl.lookup(certificate) {
            Some(entry) if is_delta && entry.reason == REMOVE_FROM_CRL => Said::Removed,
            Some(RevokedEntry { at, reason, .. }) => Said::Revoked(*at, *reason),
            None if is_delta || !crl.can_name(certificate) => Said::Nothing,
            None => Said::Good,
        };
        let signed = self.list_signer(crl, certificate, issuer, said)?;
        Some(StatusEvidence {
            proof: Proof::Crl(crl),
            said,
            this_update: crl.this_update(),
            next_update: crl.next_update(),
            signer_path: signed.path,
            doubt: signed.doubt,
            reasons,
        })
    }

    /// The reasons for which a list decides about a certificate; `None` where it doesn't (RFC 5280 6.3.3 (b) to (e)).
    fn decides(
        &self,
        crl: &Crl,
        certificate: &Certificate,
        points: &[DistributionPoint],
    ) -> Option<u32> {
        let own = crl.issuer() == certificate.issuer();
        let named = |it: &DistributionPoint| {
            let mut issuers = it.crl_issuer.iter().filter_map(directory);
            issuers.any(|it| it == crl.issuer())
        };
        if !own && !points.iter().any(named) {
            return None;
        }
        let scope = crl.scope().ok()?;
        let authority = certificate.is_ca();
        let out_of_scope = scope.only_attributes
            || (scope.only_users && authority)
            || (scope.only_authorities && !authority);
        let numbered = self.conformance == Conformance::Path || crl.is_numbered();
        if out_of_scope || !numbered || crl.has_unknown_critical() {
            return None;
        }
        let mut reasons = 0;
        for point in points {
            let issuers: Vec<&Name> = point.crl_issuer.iter().filter_map(directory).collect();
            let issuer_fits = if issuers.is_empty() {
                own
            } else {
                issuers.contains(&crl.issuer()) && (own || scope.indirect)
            };
            if issuer_fits && point_fits(point, &scope, crl.issuer(), &issuers) {
                reasons |=
                    point.reasons.unwrap_or(ALL_REASONS) & scope.reasons.unwrap_or(ALL_REASONS);
            }
        }
        (reasons != 0).then_some(reasons)
    }

    /// The issuer's key signed the list, or another key under the list's issuer name that itself leads to the same
    /// anchor (RFC 5280 6.3.3 (f)). The state of such a key may stand in the list it signs itself.
    fn list_signer(
        &self,
        crl: &Crl,
        certificate: &Certificate,
        issuer: &Certificate,
        said: Said,
    ) -> Option<Signed> {
        let signed = |it: &Certificate| {
            it.subject() == crl.issuer()
                && it.key_usage().is_none_or(KeyUsage::crl_sign)
                && self.verifications.signed_list(crl, it) == Some(Ok(()))
        };
        let undoubted = |it: &Certificate| Signed {
            path: vec![it.clone()],
            doubt: None,
        };
        if signed(issuer) {
            return Some(undoubted(issuer));
        }
        if self.list_signer == Some(certificate) && signed(certificate) {
            return Some(undoubted(certificate));
        }
        if self.depth >= DEEPEST {
            return None;
        }
        if let Some(anchor) = self.anchors.iter().find(|it| signed(it)) {
            return Some(undoubted(anchor));
        }
        let mut doubted = None;
        for it in self.intermediates.iter().filter(|it| signed(it)) {
            let issued_at = crl.this_update();
            if let Some(path) = self.good_signer(it, issued_at, crl.fingerprint()) {
                return Some(Signed { path, doubt: None });
            }
            // Whoever was good then is believed about what is bad.
            if matches!(said, Said::Revoked(..)) && doubted.is_none() {
                doubted = self.signer_path(it, issued_at, RevocationMode::Required);
            }
        }
        let doubt = Some(Doubt::SignerOutOfBounds);
        doubted.map(|path| Signed { path, doubt })
    }

    /// The path of whoever signed a list, good at the time in question, and neither ended nor revoked before the list is
    /// known to have existed.
    fn good_signer(
        &self,
        signer: &Certificate,
        issued_at: Time,
        fingerprint: &[u8; 32],
    ) -> Option<Vec<Certificate>> {
        let at = self.at.max(issued_at);
        let known = self.known_at(issued_at, fingerprint);
        if known > at
            && self
                .signer_path(signer, known, RevocationMode::WhenKnown)
                .is_none()
        {
            return None;
        }
        self.signer_path(signer, at, RevocationMode::Required)
    }

    /// When evidence is known to have existed, not before it was issued.
    fn known_at(&self, issued_at: Time, fingerprint: &[u8; 32]) -> Time {
        let known = self.rule.existed_at(fingerprint).unwrap_or(self.at);
        known.max(issued_at)
    }

    fn signer_path(
        &self,
        signer: &Certificate,
        at: Time,
        revocation: RevocationMode,
    ) -> Option<Vec<Certificate>> {
        let anchor = self.anchors.first().map_or([0; 32], |it| *it.fingerprint());
        let depth = self.depth + 1;
        let strict = revocation == RevocationMode::Required;
        let key = (*signer.fingerprint(), anchor, at, depth, strict);
        self.memory.signer(key, || {
            let options = PathOptions {
                purpose: Purpose::Any,
                revocation,
                ..PathOptions::default()
            };
            let context = Context {
                at,
                depth,
                list_signer: Some(signer),
                ..*self
            };
            let report = context.judge(signer, &options);
            report.is_valid().then_some(report.chain)
        })
    }

    fn in_response<'e>(
        &self,
        response: &'e OcspResponse,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Option<StatusEvidence<'e>> {
        let answer = response.answer(certificate, issuer)?;
        let said = match answer.status {
            OcspStatus::Revoked(at, reason) => Said::Revoked(at, reason),
            // Who answers about an ended certificate may have forgotten it.
            OcspStatus::Good if answer.this_update > certificate.not_after() => Said::Nothing,
            OcspStatus::Good => Said::Good,
            OcspStatus::Unknown => return None,
        };
        // Nobody knows the state of what was not issued yet, nor that of a time to come.
        let latest = response.produced_at.plus_seconds(SKEW_SECONDS);
        if answer.this_update < certificate.not_before() || answer.this_update > latest {
            return None;
        }
        let signer = response.signer(issuer, self.verifications).ok()?;
        let (path, doubt) = if signer == *issuer {
            (vec![signer], None)
        } else {
            let doubt = self.doubt_about(&signer, issuer, answer.this_update, response)?;
            let doubt = doubt.then_some(Doubt::SignerOutOfBounds);
            (vec![signer, issuer.clone()], doubt)
        };
        Some(StatusEvidence {
            proof: Proof::Ocsp(response),
            said,
            this_update: answer.this_update,
            next_update: answer.next_update,
            signer_path: path,
            doubt,
            reasons: ALL_REASONS,
        })
    }

    /// Whether an entitled responder had ended before its answer is known to have existed. `None`: it may not be heard
    /// at all, because it was not valid when it knew what it says, or because a list says that it is revoked and the
    /// issuer did not declare that it is not to be checked (RFC 6960 4.2.2.2.1). Responders don't vouch for themselves;
    /// what no list says doesn't count.
    fn doubt_about(
        &self,
        responder: &Certificate,
        issuer: &Certificate,
        issued_at: Time,
        response: &OcspResponse,
    ) -> Option<bool> {
        let known = self.known_at(issued_at, response.fingerprint());
        if !responder.is_within_validity(issued_at) {
            return None;
        }
        if responder.extension(oid::OCSP_NOCHECK).is_none() {
            let context = Context { at: known, ..*self };
            let listed = revocation::listed_state(&context, responder, issuer);
            if matches!(listed, RevocationStatus::Revoked { .. }) {
                return None;
            }
        }
        Some(!responder.is_within_validity(known))
    }
}

/// Where a certificate has its state published; without any, wherever its issuer does. `None` where that cannot be read.
fn points_of(certificate: &Certificate) -> Option<Vec<DistributionPoint>> {
    let Some(extension) = certificate.extension(oid::CRL_DISTRIBUTION_POINTS) else {
        return Some(vec![DistributionPoint::default()]);
    };
    let mut points = DistributionPoint::read_list(&extension.value).ok()?;
    points.truncate(MOST_NAMES);
    Some(points)
}

/// The list's distribution point, where it names one, is that of the certificate.
fn point_fits(
    point: &DistributionPoint,
    scope: &Scope,
    list_issuer: &Name,
    issuers: &[&Name],
) -> bool {
    let complete = |full: &[GeneralName], relative: Option<&[u8]>, base: &Name| {
        let mut names: Vec<GeneralName> = full.iter().take(MOST_NAMES).cloned().collect();
        if let Some(Ok(name)) = relative.map(|rdn| base.with_rdn(rdn)) {
            names.push(GeneralName::Directory(name));
        }
        names
    };
    let listed = complete(
        &scope.full_name,
        scope.relative_name.as_deref(),
        list_issuer,
    );
    if listed.is_empty() {
        return true;
    }
    let base = issuers.first().copied().unwrap_or(list_issuer);
    let mut wanted = complete(&point.full_name, point.relative_name.as_deref(), base);
    if wanted.is_empty() {
        wanted = if point.crl_issuer.is_empty() {
            vec![GeneralName::Directory(list_issuer.clone())]
        } else {
            point.crl_issuer.clone()
        };
    }
    wanted.iter().any(|name| listed.contains(name))
}

fn directory(name: &GeneralName) -> Option<&Name> {
    match name {
        GeneralName::Directory(name) => Some(name),
        _ => None,
    }
}

/// Numbers of lists as comparable octets.
fn padded(number: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 24_usize.saturating_sub(number.len())];
    out.extend_from_slice(number);
    out
}
