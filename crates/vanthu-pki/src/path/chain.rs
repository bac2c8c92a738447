//! Judges one chain from the anchor down.

use crate::asn1::{Tlv, tag};
use crate::certificate::Certificate;
use crate::error::Malformed;
use crate::extension::{self, BasicConstraints, GeneralName, KeyUsage, NameConstraints};
use crate::key::VerifyError;
use crate::oid::{self, ObjectIdentifier};

use super::names::Constraints;
use super::policy::Policies;
use super::profile::{self, Place};
use super::revocation::{self, RevocationStatus};
use super::{
    Conformance, Context, PathFailure, PathOptions, PathProblem, PathReport, Purpose,
    RevocationMode, SetAside,
};

/// Extensions that are processed, or whose meaning a path doesn't depend on.
const KNOWN: [ObjectIdentifier; 13] = [
    oid::SUBJECT_KEY_ID,
    oid::KEY_USAGE,
    oid::SUBJECT_ALT_NAME,
    oid::ISSUER_ALT_NAME,
    oid::BASIC_CONSTRAINTS,
    oid::NAME_CONSTRAINTS,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::AUTHORITY_KEY_ID,
    oid::POLICY_CONSTRAINTS,
    oid::EXTENDED_KEY_USAGE,
    oid::INHIBIT_ANY_POLICY,
];

pub(super) fn judge(
    context: &Context<'_>,
    chain: Vec<Certificate>,
    options: &PathOptions,
) -> PathReport {
    let mut walk = Walk {
        failures: Vec::new(),
    };
    walk.down(context, &chain, options);
    let mut report = PathReport {
        chain,
        anchored: true,
        failures: walk.failures,
        revocation: Vec::new(),
        set_aside: Vec::new(),
    };
    // Who did not sign the certificate has nothing to say about its state.
    if options.revocation != RevocationMode::Off && report.is_signed() {
        ask_states(context, &mut report, options.revocation);
    }
    report
}

fn ask_states(context: &Context<'_>, report: &mut PathReport, mode: RevocationMode) {
    let Some(anchor) = report.chain.last() else {
        return;
    };
    // The one key: an authority may have several certificates for it.
    let is_own = |it: &&Certificate| it.subject() == anchor.subject() && it.spki() == anchor.spki();
    let anchors: Vec<Certificate> = context.anchors.iter().filter(is_own).cloned().collect();
    let context = Context {
        anchors: &anchors,
        ..*context
    };
    for (index, pair) in report.chain.windows(2).enumerate() {
        let [certificate, issuer] = pair else {
            continue;
        };
        let state = revocation::state(&context, certificate, issuer);
        let problem = match state.status {
            RevocationStatus::Revoked { at, reason, .. } => Some(PathProblem::Revoked(at, reason)),
            // What was not looked at might say that it is revoked: a crowd must not hide it.
            _ if context.verifications.is_exhausted() => Some(PathProblem::TooManySignatures),
            RevocationStatus::Unknown if mode == RevocationMode::Required => {
                Some(PathProblem::RevocationUnknown)
            }
            _ => None,
        };
        report
            .failures
            .extend(problem.map(|problem| PathFailure { index, problem }));
        report.revocation.push(state.status);
        let aside = state.set_aside.into_iter();
        report
            .set_aside
            .extend(aside.map(|it| SetAside { index, ..it }));
    }
}

struct Walk {
    failures: Vec<PathFailure>,
}

impl Walk {
    fn fail(&mut self, index: usize, problem: PathProblem) {
        let failure = PathFailure { index, problem };
        if !self.failures.contains(&failure) {
            self.failures.push(failure);
        }
    }

    /// Records a malformed structure as a failure of that certificate.
    fn read<T>(&mut self, index: usize, outcome: Result<T, Malformed>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(Malformed(what)) => {
                self.fail(index, PathProblem::Malformed(what.to_owned()));
                None
            }
        }
    }

    fn down(&mut self, context: &Context<'_>, chain: &[Certificate], options: &PathOptions) {
        let Some((anchor, below)) = chain.split_last() else {
            return;
        };
        let mut policies = Policies::new(below.len(), options);
        let mut constraints = Constraints::default();
        let most = options.longest.unwrap_or(u64::MAX);
        let mut room = most.min(below.len() as u64);
        self.anchor(context, anchor, below.len());
        if !below.is_empty() {
            let started = policies.start_from(anchor);
            self.read(below.len(), started);
            self.constrain(below.len(), anchor, &mut constraints);
            room = room.min(path_length(anchor).unwrap_or(u64::MAX));
        }
        let mut issuer = anchor;
        for (index, certificate) in below.iter().enumerate().rev() {
            let last = index == 0;
            self.signature(context, index, certificate, issuer);
            self.validity(context, index, certificate);
            self.extensions(index, certificate);
            self.profile(context, index, certificate, Place::Below);
            if last || !certificate.is_self_issued() {
                let allowed = constraints.allow(certificate);
                if self.read(index, allowed) == Some(false) {
                    self.fail(index, PathProblem::NameConstraints);
                }
            }
            let entered = policies.enter(certificate, last);
            if self.read(index, entered) == Some(false) {
                self.fail(index, PathProblem::Policy);
            }
            if !last {
                self.authority(index, certificate, &mut room);
                self.constrain(index, certificate, &mut constraints);
                let prepared = policies.prepare(certificate);
                if self.read(index, prepared) == Some(false) {
                    self.fail(index, PathProblem::Policy);
                }
            }
            issuer = certificate;
        }
        if let Some(end) = below.first() {
            let finished = policies.finish(end);
            if self.read(0, finished) == Some(false) {
                self.fail(0, PathProblem::Policy);
            }
        }
        if let Some(end) = chain.first() {
            self.purpose(end, options.purpose);
            let allowed = |wanted: &ObjectIdentifier| {
                end.extended_key_usage().is_none_or(|usages| {
                    usages.contains(wanted) || usages.contains(&oid::ANY_EXTENDED_KEY_USAGE)
                })
            };
            if !options.extended_key_usages.iter().all(allowed) {
                self.fail(0, PathProblem::ExtendedKeyUsage);
            }
        }
    }

    /// What binds of an anchor although it is trusted: RFC 5937, and section 4 where asked for.
    fn anchor(&mut self, context: &Context<'_>, anchor: &Certificate, index: usize) {
        self.extensions(index, anchor);
        if context.conformance == Conformance::Profile {
            self.validity(context, index, anchor);
            self.profile(context, index, anchor, Place::Anchor);
            if index > 0 {
                self.authority(index, anchor, &mut u64::MAX.clone());
            }
        }
    }

    fn validity(&mut self, context: &Context<'_>, index: usize, certificate: &Certificate) {
        if context.at < certificate.not_before() {
            self.fail(index, PathProblem::NotYetValid);
        }
        if context.at > certificate.not_after() {
            self.fail(index, PathProblem::Expired);
        }
    }

    fn profile(
        &mut self,
        context: &Context<'_>,
        index: usize,
        certificate: &Certificate,
        place: Place,
    ) {
        if context.conformance == Conformance::Profile {
            for rule in profile::broken(certificate, place) {
                self.fail(index, PathProblem::Profile(rule.to_owned()));
            }
        }
    }

    fn constrain(&mut self, index: usize, certificate: &Certificate, to: &mut Constraints) {
        if let Some(extension) = certificate.extension(oid::NAME_CONSTRAINTS)
            && let Some(more) = self.read(index, NameConstraints::from_der(&extension.value))
        {
            to.add(more);
        }
    }

    fn signature(
        &mut self,
        context: &Context<'_>,
        index: usize,
        certificate: &Certificate,
        issuer: &Certificate,
    ) {
        let Some(outcome) = context.verifications.issued(certificate, issuer) else {
            return self.fail(index, PathProblem::TooManySignatures);
        };
        match outcome {
            Ok(()) => {}
            Err(VerifyError::Unsupported) => self.fail(index, PathProblem::UnsupportedAlgorithm),
            Err(VerifyError::BadSignature | VerifyError::KeyMismatch) => {
                self.fail(index, PathProblem::BadSignature);
            }
            Err(VerifyError::Malformed(Malformed(what))) => {
                self.fail(index, PathProblem::Malformed(what.to_owned()));
            }
        }
    }

    fn extensions(&mut self, index: usize, certificate: &Certificate) {
        for extension in certificate.extensions() {
            if extension.critical && !KNOWN.contains(&extension.kind) {
                let kind = extension.kind.to_string();
                self.fail(index, PathProblem::UnknownCriticalExtension(kind));
            }
        }
        if let Some(extension) = certificate.extension(oid::KEY_USAGE) {
            self.read(index, KeyUsage::from_der(&extension.value));
        }
        if let Some(extension) = certificate.extension(oid::EXTENDED_KEY_USAGE) {
            self.read(index, extension::read_oids(&extension.value));
        }
        if let Some(extension) = certificate.extension(oid::SUBJECT_ALT_NAME) {
            self.read(index, read_names(&extension.value));
        }
    }

    fn authority(&mut self, index: usize, certificate: &Certificate, room: &mut u64) {
        let basic = certificate
            .extension(oid::BASIC_CONSTRAINTS)
            .and_then(|it| self.read(index, BasicConstraints::from_der(&it.value)));
        if !basic.is_some_and(|it| it.ca) {
            self.fail(index, PathProblem::IssuerNotAuthority);
        }
        if !certificate.is_self_issued() {
            match room.checked_sub(1) {
                Some(left) => *room = left,
                None => self.fail(index, PathProblem::PathTooLong),
            }
        }
        if let Some(limit) = basic.and_then(|it| it.path_length) {
            *room = limit.min(*room);
        }
        if certificate
            .key_usage()
            .is_some_and(|usage| !usage.key_cert_sign())
        {
            self.fail(index, PathProblem::KeyUsage);
        }
    }

    fn purpose(&mut self, certificate: &Certificate, purpose: Purpose) {
        if purpose == Purpose::Any {
            return;
        }
        let signs = |usage: KeyUsage| usage.digital_signature() || usage.non_repudiation();
        if certificate.key_usage().is_some_and(|usage| !signs(usage)) {
            self.fail(0, PathProblem::KeyUsage);
        }
        let usages = certificate.extended_key_usage();
        let fits = match purpose {
            Purpose::Any => true,
            Purpose::DocumentSigning => usages.is_none_or(|usages| {
                !usages
                    .iter()
                    .all(|it| [oid::KP_TIME_STAMPING, oid::KP_OCSP_SIGNING].contains(it))
            }),
            Purpose::TimeStamping => {
                usages.as_deref() == Some(&[oid::KP_TIME_STAMPING])
                    && certificate
                        .extension(oid::EXTENDED_KEY_USAGE)
                        .is_some_and(|it| it.critical)
            }
            Purpose::OcspSigning => {
                usages.is_some_and(|usages| usages.contains(&oid::KP_OCSP_SIGNING))
            }
        };
        if !fits {
            self.fail(0, PathProblem::ExtendedKeyUsage);
        }
    }
}

fn path_length(certificate: &Certificate) -> Option<u64> {
    let extension = certificate.extension(oid::BASIC_CONSTRAINTS)?;
    BasicConstraints::from_der(&extension.value)
        .ok()?
        .path_length
}

fn read_names(value: &[u8]) -> Result<Vec<GeneralName>, Malformed> {
    let list = Tlv::read_all(value)?;
    if list.tag != tag::SEQUENCE || list.body.is_empty() {
        return Err(Malformed("alternative names"));
    }
    GeneralName::read_all(&list)
}
