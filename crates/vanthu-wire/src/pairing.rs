//! How an agent and a server are paired (ghép cặp), and how a paired agent proves itself afterwards.
//!
//! 1. The page asks the server for an offer ([`PairOffered`]) and hands it to the agent ([`PairRequest`]).
//! 2. The agent fetches the [`PairingOffer`]: who asks, and the server's commitment to a random value.
//! 3. The agent answers with its public key and a random value of its own ([`PairingAnswer`]).
//! 4. The server opens its commitment ([`PairingOpened`]). Both sides compute [`code`].
//! 5. The person compares the codes and confirms at the agent, which signs its confirmation.
//!
//! Why the code holds: whoever sits between the two has to fix what it shows the agent before it knows the agent's
//! value, and what it shows the server before it knows the server's. So at least one honest random value enters each of
//! the two codes after everything else in it was fixed, and two different conversations show the same six digits once in
//! a million times. An offer is answered once; a failed try is seen, and costs the person's new click.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::agent::SessionToken;
use crate::{Base64, Digest};

/// The header by which a paired agent proves itself: its identifier, a colon, and the signature in base64.
pub const PROOF_HEADER: &str = "vanthu-agent";

/// The server's offer, for the page that asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairOffered {
    /// The identifier that the agent will have.
    pub agent_id: String,
    /// The one-time secret of the offer.
    pub token: SessionToken,
    /// After this moment nothing is accepted.
    pub expires_at: jiff::Timestamp,
}

/// `POST {agent}/v1/pair`: a page hands an offer of its own server to the agent. Which server that is says the
/// browser (`Origin`), not the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairRequest {
    /// The offer.
    pub agent_id: String,
    /// Its one-time secret.
    pub token: SessionToken,
}

/// The agent took the offer; the page opens `page_url`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairAccepted {
    /// Address of the agent's own page with the code.
    pub page_url: String,
}

/// `GET {server}/agent/v1/pairings/{agent_id}`: who asks, and the server's commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairingOffer {
    /// The identifier that the agent will have.
    pub agent_id: String,
    /// The installation, by the name that it keeps for ever.
    pub installation: String,
    /// The account for which it is paired.
    pub account_id: String,
    /// The account's name for signing in.
    pub login: String,
    /// The person.
    pub person: String,
    /// The agency.
    pub agency: String,
    /// [`commitment`] to the server's random value.
    pub commitment: Digest,
}

/// `POST {server}/agent/v1/pairings/{agent_id}`: what the agent is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairingAnswer {
    /// The agent's public key for this pairing: `SubjectPublicKeyInfo` of a P-256 key.
    pub key: Base64,
    /// 32 random bytes.
    pub nonce: Digest,
    /// The name of the machine.
    pub machine: String,
    /// Its operating system.
    pub system: String,
    /// The agent's version.
    pub version: String,
}

/// The server opens its commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairingOpened {
    /// The server's 32 random bytes.
    pub nonce: Digest,
}

/// What both sides know when the code is computed.
#[derive(Debug, Clone, Copy)]
pub struct Transcript<'a> {
    /// The server's origin, as the browser writes it.
    pub origin: &'a str,
    /// What the server said of itself and of the account.
    pub offer: &'a PairingOffer,
    /// What the agent answered.
    pub answer: &'a PairingAnswer,
    /// The server's value.
    pub opened: &'a PairingOpened,
}

/// What the server commits to before it knows the agent's value.
pub fn commitment(agent_id: &str, nonce: &Digest) -> Digest {
    digest(&[
        b"vanthu-pairing-commitment-1",
        agent_id.as_bytes(),
        nonce.as_bytes(),
    ])
}

/// The six digits that both sides show: `"012 345"`.
pub fn code(of: &Transcript<'_>) -> String {
    let Digest(all) = digest(&[
        b"vanthu-pairing-code-1",
        of.origin.as_bytes(),
        of.offer.agent_id.as_bytes(),
        of.offer.installation.as_bytes(),
        of.offer.account_id.as_bytes(),
        of.offer.login.as_bytes(),
        of.offer.person.as_bytes(),
        of.offer.agency.as_bytes(),
        of.offer.commitment.as_bytes(),
        of.answer.key.as_bytes(),
        of.answer.nonce.as_bytes(),
        of.answer.machine.as_bytes(),
        of.answer.system.as_bytes(),
        of.answer.version.as_bytes(),
        of.opened.nonce.as_bytes(),
    ]);
    // A number far larger than a million, so that its rest is as good as evenly spread.
    let number = all
        .iter()
        .take(8)
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let digits = number % 1_000_000;
    format!("{:03} {:03}", digits / 1000, digits % 1000)
}

/// The bytes that a paired agent signs with a request: which request of which agent with which body, and the secret of
/// the session that it belongs to (none where it belongs to none).
pub fn proof(agent_id: &str, method: &str, path: &str, secret: &str, body: &[u8]) -> Vec<u8> {
    let parts = [
        b"vanthu-agent-proof-1".as_slice(),
        agent_id.as_bytes(),
        method.as_bytes(),
        path.as_bytes(),
        secret.as_bytes(),
        body,
    ];
    digest(&parts).as_bytes().to_vec()
}

/// SHA-256 over each part with its length before it, so that no two lists of parts read the same.
fn digest(parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    Digest(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer() -> PairingOffer {
        PairingOffer {
            agent_id: "agt_1".into(),
            installation: "ins_1".into(),
            account_id: "acc_1".into(),
            login: "vt.binhmau".into(),
            person: "Nguyễn Văn Mẫu".into(),
            agency: "UBND xã Bình Mẫu".into(),
            commitment: commitment("agt_1", &Digest([7; 32])),
        }
    }

    fn answer() -> PairingAnswer {
        PairingAnswer {
            key: Base64(vec![1, 2, 3]),
            nonce: Digest([8; 32]),
            machine: "may-van-thu".into(),
            system: "Linux".into(),
            version: "0.1.0".into(),
        }
    }

    fn code_of(origin: &str, offer: &PairingOffer, answer: &PairingAnswer, nonce: u8) -> String {
        let opened = PairingOpened {
            nonce: Digest([nonce; 32]),
        };
        code(&Transcript {
            origin,
            offer,
            answer,
            opened: &opened,
        })
    }

    #[test]
    fn both_sides_show_the_same_six_digits() {
        let shown = code_of("https://a.example", &offer(), &answer(), 7);
        assert_eq!(shown, code_of("https://a.example", &offer(), &answer(), 7));
        assert_eq!(shown.len(), 7);
        assert!(shown.chars().all(|c| c.is_ascii_digit() || c == ' '));
    }

    #[test]
    fn whatever_differs_between_the_two_sides_changes_the_code() {
        let origin = "https://a.example";
        let mut codes = vec![
            code_of(origin, &offer(), &answer(), 7),
            code_of("https://b.example", &offer(), &answer(), 7),
            code_of(origin, &offer(), &answer(), 9),
        ];
        let offers: [fn(&mut PairingOffer); 5] = [
            |it| it.agent_id = "agt_2".into(),
            |it| it.installation = "ins_2".into(),
            |it| it.account_id = "acc_2".into(),
            |it| it.person = "Trần Thị Mẫu".into(),
            |it| it.commitment = Digest([0; 32]),
        ];
        for change in offers {
            let mut other = offer();
            change(&mut other);
            codes.push(code_of(origin, &other, &answer(), 7));
        }
        let answers: [fn(&mut PairingAnswer); 3] = [
            |it| it.key = Base64(vec![1, 2, 4]),
            |it| it.nonce = Digest([1; 32]),
            |it| it.machine = "may-khac".into(),
        ];
        for change in answers {
            let mut other = answer();
            change(&mut other);
            codes.push(code_of(origin, &offer(), &other, 7));
        }
        let all = codes.len();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }

    #[test]
    fn a_commitment_is_to_one_value_of_one_offer() {
        let one = commitment("agt_1", &Digest([7; 32]));
        assert_ne!(one, commitment("agt_1", &Digest([8; 32])));
        assert_ne!(one, commitment("agt_2", &Digest([7; 32])));
    }

    #[test]
    fn a_proof_is_for_one_request_and_parts_do_not_run_together() {
        let one = proof("agt_1", "POST", "/a", "secret", b"body");
        for other in [
            proof("agt_2", "POST", "/a", "secret", b"body"),
            proof("agt_1", "GET", "/a", "secret", b"body"),
            proof("agt_1", "POST", "/as", "ecret", b"body"),
            proof("agt_1", "POST", "/a", "secretb", b"ody"),
        ] {
            assert_ne!(one, other);
        }
    }
}
