//! How a service's conversation ended, in the words of refusals: what happened, why, and what to do now.

use vanthu_domain::refusal::RefusalCode;
use vanthu_remote::Ending;

/// The refusal of an ending; none where everything was signed.
pub(crate) const fn code_of(ending: Ending) -> Option<RefusalCode> {
    use RefusalCode as C;
    Some(match ending {
        Ending::Signed => return None,
        Ending::Refused => C::RemoteRefused,
        Ending::WrongFactor => C::RemoteWrongFactor,
        Ending::FactorLocked => C::RemoteFactorLocked,
        Ending::ProviderTimedOut => C::RemoteTimedOut,
        Ending::DeadlinePassed => C::RemoteDeadlinePassed,
        Ending::Cancelled => C::RemoteCancelled,
        Ending::CertificateUnusable => C::RemoteCertificateUnusable,
        Ending::KeyDisabled => C::RemoteKeyDisabled,
        Ending::QuotaUsedUp => C::RemoteQuotaUsedUp,
        Ending::PhoneAbsent => C::RemotePhoneAbsent,
        Ending::DeviceError => C::RemoteDeviceError,
        Ending::UnknownHolder => C::RemoteUnknownHolder,
        Ending::AccessRefused => C::RemoteAccessRefused,
        Ending::TooManyDigests => C::RemoteTooMany,
        Ending::DigestNotAuthorized => C::RemoteDigestNotAuthorized,
        Ending::FactorNotCarried => C::RemoteFactorNotCarried,
        Ending::NotOffered => C::RemoteNotOffered,
        Ending::ProviderFault => C::RemoteProviderFault,
        Ending::NotReached => C::RemoteNotReached,
        Ending::AnswerLost => C::RemoteAnswerLost,
        Ending::Unreadable => C::RemoteUnreadable,
        Ending::BadSignature => C::RemoteBadSignature,
        Ending::OtherCertificate => C::RemoteOtherCertificate,
        Ending::OtherForm => C::RemoteOtherForm,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_ending_has_a_text_of_its_own() {
        let codes: BTreeSet<_> = Ending::ALL.iter().filter_map(|it| code_of(*it)).collect();
        assert_eq!(codes.len(), Ending::ALL.len() - 1);
        for code in codes {
            assert!(code.code().starts_with("remote-"), "{code}");
        }
    }
}
