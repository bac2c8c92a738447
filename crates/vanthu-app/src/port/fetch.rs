//! Makes the requests of the gatherer over HTTP: within its bounds, without following redirects, and to no
//! address that the policy does not permit, whatever a name resolves to.

use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use vanthu_pki::gather::{AddressPolicy, Answer, Request};

use super::tls;

/// An HTTP client for status services and certificates.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
    policy: AddressPolicy,
}

/// The client can't be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no HTTP client: {0}")]
pub struct NoClient(pub(super) String);

impl Fetcher {
    /// A client that asks only what the policy permits. It uses no proxy: behind one, nobody would check where a
    /// name leads.
    pub fn new(policy: AddressPolicy) -> Result<Self, NoClient> {
        Self::over(tls::client(), policy)
    }

    pub(super) fn over(client: ClientBuilder, policy: AddressPolicy) -> Result<Self, NoClient> {
        let client = client
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Permitted(policy.clone()))
            .user_agent(concat!("vanthu/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| NoClient(e.to_string()))?;
        Ok(Self { client, policy })
    }

    /// Makes one request.
    pub async fn fetch(&self, request: &Request) -> Answer {
        // An address given in digits is never resolved.
        if self.policy.permits(&request.url).is_err() {
            return Answer::Forbidden;
        }
        let answer = tokio::time::timeout(request.timeout, self.ask(request)).await;
        answer.unwrap_or(Answer::TimedOut)
    }

    async fn ask(&self, request: &Request) -> Answer {
        let asked = match &request.body {
            None => self.client.get(&request.url),
            Some(body) => self
                .client
                .post(&request.url)
                .header(CONTENT_TYPE, request.content_type)
                .body(body.clone()),
        };
        match asked.header(ACCEPT, request.accept).send().await {
            Ok(response) => read(response, request.max_bytes).await,
            Err(error) if is_forbidden(&error) => Answer::Forbidden,
            Err(error) => Answer::Unreachable(reason(&error)),
        }
    }
}

async fn read(mut response: Response, max_bytes: usize) -> Answer {
    let status = response.status().as_u16();
    if matches!(status, 301 | 302 | 303 | 307 | 308) {
        let location = response.headers().get(LOCATION);
        return match location.and_then(|it| it.to_str().ok()) {
            Some(location) => Answer::Redirect {
                status,
                location: location.to_owned(),
            },
            None => Answer::Status(status),
        };
    }
    if status != 200 {
        return Answer::Status(status);
    }
    let announced = response.content_length().unwrap_or(0);
    if announced > max_bytes as u64 {
        return Answer::TooLarge;
    }
    let mut body = Vec::with_capacity(announced as usize);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > max_bytes => return Answer::TooLarge,
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Answer::Body(body),
            Err(error) => return Answer::Unreachable(reason(&error)),
        }
    }
}

/// Resolves names, and forgets every address that may not be asked. The client connects to what is left and
/// resolves nothing again, so that a name can't change its mind in between.
struct Permitted(AddressPolicy);

/// A name led only to addresses that may not be asked.
#[derive(Debug)]
struct Forbidden;

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to a private or special address")
    }
}

impl Error for Forbidden {}

impl Resolve for Permitted {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = Arc::new(self.0.clone());
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let any = !found.is_empty();
            let permitted: Vec<SocketAddr> = found
                .into_iter()
                .filter(|it| policy.permits_address(&host, it.ip()))
                .collect();
            if any && permitted.is_empty() {
                return Err(Forbidden.into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

fn is_forbidden(error: &reqwest::Error) -> bool {
    causes(error).iter().any(|it| it.is::<Forbidden>())
}

/// The innermost cause: what the outer ones add is the address, which is known.
pub(super) fn reason(error: &reqwest::Error) -> String {
    let causes = causes(error);
    causes
        .last()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

fn causes(error: &reqwest::Error) -> Vec<&(dyn Error + 'static)> {
    let mut found = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        found.push(cause);
        next = cause.source();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name that leads inside is refused after it was resolved, whatever it looks like.
    #[tokio::test]
    async fn a_name_that_leads_inside_gives_no_address() {
        let name = || "localhost".parse::<Name>().unwrap();
        let refused = Permitted(AddressPolicy::default()).resolve(name()).await;
        assert!(refused.err().unwrap().is::<Forbidden>());
        let configured = AddressPolicy {
            hosts: vec!["localhost".to_owned()],
            networks: Vec::new(),
        };
        let permitted = Permitted(configured).resolve(name()).await.unwrap();
        assert!(permitted.count() > 0);
    }
}
