//! OAuth 2.0 with an authorisation code and PKCE (RFC 6749 4.1, RFC 7636), as the Cloud Signature Consortium uses it
//! for a service (`scope=service`) and for the agreement to sign (`scope=credential`; API v2 8.4).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use url::form_urlencoded::{Serializer, parse};
use vanthu_pki::DigestAlgorithm;

use crate::http::{Call, Endpoint, Header, Purpose, Reply};
use crate::json;
use crate::order::Batch;
use crate::outcome::{Ending, Failure};
use crate::provider::{Agreement, ConsentPage, Seed, Shown, Token};
use crate::secret::{Secret, SecretBytes};

use super::Version;

/// How we stand with the authorisation server of a service.
#[derive(Clone, Debug)]
pub struct OAuth {
    /// The page for the holder's browser.
    pub authorize: Endpoint,
    /// Where a code becomes a token.
    pub token: Endpoint,
    /// Our name there.
    pub client_id: String,
    /// Our password there, where it gave one.
    pub client_secret: Option<Secret>,
    /// Where the browser comes back to; registered there.
    pub redirect_uri: String,
}

impl OAuth {
    /// The page where the holder lets us use the service in the holder's name.
    pub fn service_page(&self, seed: &Seed, lang: Option<&str>) -> ConsentPage {
        self.page("service", seed, lang, &[])
    }

    /// The page where the holder agrees to sign the digests of a batch.
    pub(super) fn credential_page(
        &self,
        batch: &Batch<'_>,
        version: Version,
        seed: &Seed,
        description: &str,
        lang: Option<&str>,
    ) -> ConsentPage {
        let hashes: Vec<String> = batch
            .items
            .iter()
            .map(|it| URL_SAFE_NO_PAD.encode(&it.digest))
            .collect();
        let hashes = hashes.join(",");
        let count = batch.items.len().to_string();
        let digest = batch.order.algorithm.digest().oid().to_string();
        let mut more = vec![
            ("credentialID", batch.order.credential.as_str()),
            ("numSignatures", &count),
            ("description", description),
        ];
        match version {
            Version::V1 => more.push(("hash", &hashes)),
            Version::V2 => {
                more.extend([("hashes", hashes.as_str()), ("hashAlgorithmOID", &digest)]);
            }
        }
        self.page("credential", seed, lang, &more)
    }

    fn page(
        &self,
        scope: &str,
        seed: &Seed,
        lang: Option<&str>,
        more: &[(&str, &str)],
    ) -> ConsentPage {
        let verifier = derived(seed, b"verifier");
        let state = derived(seed, b"state");
        let challenge = DigestAlgorithm::Sha256.digest(verifier.as_bytes());
        let mut query = Serializer::new(String::new());
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", scope)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge))
            .append_pair("code_challenge_method", "S256")
            .append_pair("state", &state);
        if let Some(lang) = lang {
            query.append_pair("lang", lang);
        }
        query.extend_pairs(more);
        ConsentPage {
            url: format!("{}?{}", self.authorize.as_str(), query.finish()),
            state,
            verifier: Secret::new(verifier),
        }
    }

    /// Turns a code into a token.
    pub fn redeem(&self, code: &Secret, verifier: &Secret) -> Call {
        self.ask(
            Purpose::Authorize,
            &[
                ("grant_type", "authorization_code"),
                ("code", code.reveal()),
                ("redirect_uri", &self.redirect_uri),
                ("code_verifier", verifier.reveal()),
            ],
        )
    }

    /// A token in our own name (RFC 6749 4.4).
    pub(super) fn own_token(&self) -> Call {
        let fields = [("grant_type", "client_credentials"), ("scope", "service")];
        self.ask(Purpose::Access, &fields)
    }

    fn ask(&self, purpose: Purpose, fields: &[(&str, &str)]) -> Call {
        let mut all = fields.to_vec();
        all.push(("client_id", &self.client_id));
        if let Some(secret) = &self.client_secret {
            all.push(("client_secret", secret.reveal()));
        }
        // Room for every octet escaped: the buffer never grows and leaves no copy behind.
        let room = all
            .iter()
            .map(|(key, value)| 3 * (key.len() + value.len()) + 2);
        let mut body = Serializer::new(String::with_capacity(room.sum()));
        body.extend_pairs(all);
        Call {
            purpose,
            url: self.token.as_str().to_owned(),
            headers: vec![
                Header::new("content-type", "application/x-www-form-urlencoded"),
                Header::new("accept", "application/json"),
            ],
            body: SecretBytes::new(body.finish().into_bytes()),
            mutual_tls: false,
        }
    }
}

/// 43 letters that only the holder of the seed can make (RFC 7636 4.1).
fn derived(seed: &Seed, label: &[u8]) -> String {
    let digest = DigestAlgorithm::Sha256.digest_parts(&[seed.0.as_slice(), label]);
    URL_SAFE_NO_PAD.encode(digest)
}

/// What the browser brought back: a code, or that the holder refused (RFC 6749 4.1.2).
///
/// # Errors
/// It is not the page of this state, or the holder refused.
pub fn read_return(query: &str, state: &str) -> Result<Secret, Failure> {
    let fields: Vec<(String, String)> = parse(query.trim_start_matches('?').as_bytes())
        .into_owned()
        .collect();
    let only = |key: &str| {
        let mut found = fields.iter().filter(|(name, _)| name == key);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value.clone()),
            _ => None,
        }
    };
    // Without our own state anybody could have sent the browser here.
    if only("state").as_deref() != Some(state) {
        return Err(Failure::unreadable("not the page that was asked for"));
    }
    if let Some(error) = only("error") {
        let said = only("error_description").unwrap_or_else(|| error.clone());
        return Err(Failure::new(ending_of(&error), said));
    }
    only("code")
        .filter(|it| !it.is_empty())
        .map(Secret::new)
        .ok_or_else(|| Failure::unreadable("no code"))
}

fn ending_of(error: &str) -> Ending {
    match error {
        "access_denied" => Ending::Refused,
        "unauthorized_client" | "invalid_client" | "invalid_grant" => Ending::AccessRefused,
        "server_error" | "temporarily_unavailable" => Ending::ProviderFault,
        _ => Ending::NotOffered,
    }
}

/// Reads the token endpoint's answer (RFC 6749 5.1, 5.2).
pub fn read_token(reply: &Reply) -> Result<Token, Failure> {
    let mut value = read(reply)?;
    Ok(Token {
        valid: json::seconds(&value, "expires_in", 3600),
        value: token(&mut value)?,
    })
}

fn read(reply: &Reply) -> Result<Value, Failure> {
    let value = json::read(reply).map_err(|unread| {
        if reply.is_success() {
            unread
        } else {
            json::by_status(reply)
        }
    })?;
    if reply.is_success() {
        return Ok(value);
    }
    let error = json::word(&value, "error").unwrap_or_default();
    let said = json::word(&value, "error_description").unwrap_or_else(|| error.clone());
    Err(Failure::new(ending_of(&error), said))
}

fn token(value: &mut Value) -> Result<Secret, Failure> {
    json::secret(value, "access_token").ok_or_else(|| Failure::unreadable("no access token"))
}

/// Reads the token that stands for the agreement to a batch. What the answer repeats of the agreement must be what
/// was asked for (API v2 8.4.3: credentialID, numSignatures, hashes).
pub(super) fn read_agreement(
    batch: &Batch<'_>,
    version: Version,
    reply: &Reply,
) -> Result<Agreement, Failure> {
    let mut value = read(reply)?;
    let details = value.get("authorization_details").and_then(|it| it.get(0));
    for place in [Some(&value), details].into_iter().flatten() {
        check_repeated(batch, place)?;
    }
    let as_sad = json::word(&value, "token_type").is_some_and(|it| it == "SAD");
    Ok(Agreement {
        shown: if as_sad || version == Version::V1 {
            Shown::AsSad
        } else {
            Shown::AsToken
        },
        covers: batch.fingerprint(),
        valid: json::seconds(&value, "expires_in", 3600),
        value: token(&mut value)?,
    })
}

fn check_repeated(batch: &Batch<'_>, value: &Value) -> Result<(), Failure> {
    let other = |what: &str| Failure::new(Ending::DigestNotAuthorized, what);
    if let Some(id) = json::word(value, "credentialID")
        && id != batch.order.credential
    {
        return Err(other("the agreement is for another credential"));
    }
    if let Some(count) = json::number(value, "numSignatures")
        && count != batch.items.len() as u64
    {
        return Err(other("the agreement is for another number of signatures"));
    }
    let hashes = match value.get("hashes") {
        Some(Value::String(text)) => text.split(',').map(str::to_owned).collect(),
        _ => json::texts(value, "hashes"),
    };
    if hashes.is_empty() {
        return Ok(());
    }
    let same = hashes.len() == batch.items.len()
        && hashes.iter().zip(batch.items).all(|(text, item)| {
            let text = text.replace('-', "+").replace('_', "/");
            crate::value::decode(&text).is_some_and(|it| it == item.digest)
        });
    if same {
        Ok(())
    } else {
        Err(other("the agreement is for other digests"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_page_that_was_asked_for_brings_a_code() {
        let code = |query| read_return(query, "abc").map(|it| it.reveal().to_owned());
        assert_eq!(code("?code=x%2By&state=abc").unwrap(), "x+y");
        for (query, ending) in [
            ("code=x", Ending::Unreadable),
            ("code=x&state=abd", Ending::Unreadable),
            ("code=x&state=abc&state=abc", Ending::Unreadable),
            ("code=x&code=y&state=abc", Ending::Unreadable),
            ("code=&state=abc", Ending::Unreadable),
            ("error=access_denied", Ending::Unreadable),
            ("error=access_denied&state=abc", Ending::Refused),
            ("error=server_error&state=abc", Ending::ProviderFault),
            ("error=invalid_scope&state=abc", Ending::NotOffered),
        ] {
            assert_eq!(code(query).unwrap_err().ending, ending, "{query}");
        }
    }

    #[test]
    fn the_challenge_is_the_digest_of_the_verifier() {
        let oauth = OAuth {
            authorize: Endpoint::new(
                "https://ky.example.vn/oauth2/authorize",
                crate::Plain::Refused,
            )
            .unwrap(),
            token: Endpoint::new("https://ky.example.vn/oauth2/token", crate::Plain::Refused)
                .unwrap(),
            client_id: "vanthu".to_owned(),
            client_secret: None,
            redirect_uri: "https://vt.example.vn/ký".to_owned(),
        };
        let page = oauth.service_page(&Seed::new([7; 32]), Some("vi"));
        assert_eq!(page.verifier.reveal().len(), 43);
        let challenge = DigestAlgorithm::Sha256.digest(page.verifier.reveal().as_bytes());
        let query = page.url.split_once('?').unwrap().1;
        let fields: Vec<(String, String)> = parse(query.as_bytes()).into_owned().collect();
        let has = |key: &str, value: &str| {
            assert!(
                fields.contains(&(key.to_owned(), value.to_owned())),
                "{key}={value} in {query}"
            );
        };
        has("code_challenge", &URL_SAFE_NO_PAD.encode(challenge));
        has("code_challenge_method", "S256");
        has("state", &page.state);
        has("scope", "service");
        has("lang", "vi");
        has("redirect_uri", "https://vt.example.vn/ký");
        assert!(!page.url.contains(page.verifier.reveal()));
    }
}
