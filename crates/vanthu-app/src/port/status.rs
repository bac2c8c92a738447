//! The status of certificates from the services that the certificates name, over HTTP.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::Instant;
use vanthu_domain::Randomness;
use vanthu_pki::gather::{
    Access, Answer as Reply, Cache, Gathered, Gathering, Options, Question, Request, RequestId,
};

use super::Answer;
use super::fetch::{Fetcher, NoClient};
use super::revocation::{RevocationSource, StatusFound, StatusUnknown};

/// Asks status services, within bounds, and keeps what they say until they say that it ends.
#[derive(Clone)]
pub struct HttpStatus {
    fetcher: Fetcher,
    options: Options,
    cache: Arc<Mutex<Cache>>,
    randomness: Arc<dyn Randomness>,
}

impl HttpStatus {
    /// With these options; a nonce is made for each request.
    pub fn new(options: Options, randomness: Arc<dyn Randomness>) -> Result<Self, NoClient> {
        Ok(Self {
            fetcher: Fetcher::new(options.addresses.clone())?,
            options,
            cache: Arc::default(),
            randomness,
        })
    }

    /// Nothing is asked; what is in the question must do.
    pub fn offline(randomness: Arc<dyn Randomness>) -> Result<Self, NoClient> {
        let options = Options {
            access: Access::Offline,
            ..Options::default()
        };
        Self::new(options, randomness)
    }

    /// Finds what the question misses. The requests of one round are made at the same time; reading and checking
    /// the answers, which may be large lists, stays off the threads that serve others.
    pub async fn gather(&self, question: Question) -> Result<Gathered, StatusUnknown> {
        let mut options = self.options.clone();
        let mut seed = [0; 32];
        self.randomness.fill(&mut seed);
        options.nonce_seed = Some(seed);
        let began = Instant::now();
        let mut gathering = Gathering::new(question, options);
        let mut replies = Vec::new();
        loop {
            let (cache, elapsed) = (Arc::clone(&self.cache), began.elapsed());
            let round = spawn_blocking(move || {
                // A thread that panicked with the lock has at worst lost an entry.
                let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
                for (id, reply) in replies {
                    gathering.answer(id, reply, &mut cache);
                }
                let requests = gathering.next(&mut cache, elapsed);
                (gathering, requests)
            });
            let (back, requests) = round.await.map_err(|e| StatusUnknown(e.to_string()))?;
            gathering = back;
            if requests.is_empty() {
                let finished = spawn_blocking(move || gathering.finish()).await;
                return finished.map_err(|e| StatusUnknown(e.to_string()));
            }
            replies = self.ask_all(requests).await;
        }
    }

    /// A request whose task broke has no answer, which the gatherer takes for none in time.
    async fn ask_all(&self, requests: Vec<Request>) -> Vec<(RequestId, Reply)> {
        let mut under_way = JoinSet::new();
        for request in requests {
            let fetcher = self.fetcher.clone();
            under_way.spawn(async move { (request.id, fetcher.fetch(&request).await) });
        }
        let mut replies = Vec::new();
        while let Some(ended) = under_way.join_next().await {
            replies.extend(ended.ok());
        }
        replies
    }
}

impl RevocationSource for HttpStatus {
    fn evidence(&self, question: Question) -> Answer<'_, Result<StatusFound, StatusUnknown>> {
        Box::pin(async move {
            let found = self.gather(question).await?;
            for trouble in &found.troubles {
                let (url, why) = (trouble.url.as_deref().unwrap_or_default(), &trouble.why);
                tracing::warn!(subject = trouble.subject, url, %why, "certificate status");
            }
            Ok(StatusFound {
                certificates: found.certificates,
                evidence: found.evidence,
                troubles: found.troubles,
            })
        })
    }
}
