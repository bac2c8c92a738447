//! What is on the desk now: keys, where each is, and modules that give trouble.

use std::path::PathBuf;

use vanthu_pki::{Certificate, SignatureAlgorithm};
use vanthu_wire::agent::Algorithm;

use crate::{DeviceFacts, ModuleError};

/// The best of each kind of key first: PSS before PKCS#1 v1.5.
const ALL: [Algorithm; 10] = [
    Algorithm::RsaPssSha256,
    Algorithm::RsaPssSha384,
    Algorithm::RsaPssSha512,
    Algorithm::RsaPkcs1Sha256,
    Algorithm::RsaPkcs1Sha384,
    Algorithm::RsaPkcs1Sha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EcdsaP521Sha512,
    Algorithm::Ed25519,
];

/// Everything that was found at one look.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Each certificate once, with every place of its key.
    pub keys: Vec<HeldKey>,
    /// Each module, with what it shows or why it shows nothing.
    pub modules: Vec<ModuleSeen>,
}

/// A certificate whose key is here.
#[derive(Debug, Clone)]
pub struct HeldKey {
    /// The certificate.
    pub certificate: Certificate,
    /// Where its key is; the first place is the one that signs.
    pub places: Vec<Place>,
}

/// Where a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a key file.
    File,
    /// On a device.
    Device(DeviceFacts),
}

/// A module as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleSeen {
    /// Its file.
    pub path: PathBuf,
    /// The devices that it shows.
    pub found: Result<Vec<DeviceFacts>, ModuleError>,
}

impl Survey {
    /// Keys that lie in files.
    pub fn of_files(certificates: Vec<Certificate>) -> Self {
        let mut survey = Self::default();
        for certificate in certificates {
            survey.add(certificate, Place::File);
        }
        survey
    }

    /// One more key; a certificate that is there already has one more place.
    pub fn add(&mut self, certificate: Certificate, place: Place) {
        let known = self
            .keys
            .iter_mut()
            .find(|it| it.certificate == certificate);
        match known {
            Some(key) if key.places.contains(&place) => {}
            Some(key) => key.places.push(place),
            None => self.keys.push(HeldKey {
                certificate,
                places: vec![place],
            }),
        }
    }

    /// The key of a certificate.
    pub fn find(&self, thumbprint: &str) -> Option<&HeldKey> {
        self.keys
            .iter()
            .find(|it| it.certificate.sha256_thumbprint() == thumbprint)
    }
}

impl HeldKey {
    /// What its key signs with where it is now, the best first.
    pub fn algorithms(&self) -> Vec<Algorithm> {
        let kind = self.certificate.public_key_info().kind;
        let made = SignatureAlgorithm::made_with(kind);
        let fits = |it: &Algorithm| {
            SignatureAlgorithm::from_name(it.as_str()).is_some_and(|it| made.contains(&it))
        };
        match self.device() {
            Some(device) => device.algorithms.iter().copied().filter(fits).collect(),
            None => ALL.into_iter().filter(fits).collect(),
        }
    }

    /// The device that signs; none where a key file does.
    pub fn device(&self) -> Option<&DeviceFacts> {
        self.places.first().and_then(Place::device)
    }
}

impl Place {
    /// The device, where it is one.
    pub fn device(&self) -> Option<&DeviceFacts> {
        match self {
            Self::File => None,
            Self::Device(facts) => Some(facts),
        }
    }
}
