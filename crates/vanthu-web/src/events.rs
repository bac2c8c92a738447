//! The event stream of browsers: what changed, as subjects, so that a page fetches again what it
//! shows of them.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::timeout;
use vanthu_app::account::session::Session;
use vanthu_app::events::{News, head, listener, notices, subjects};
use vanthu_app::job::news_since;
use vanthu_app::{AppError, Caller};

use crate::api::Asked;
use crate::error::WebError;
use crate::page::show::Say;
use crate::route::{Asks, Route};
use crate::session::SignedIn;
use crate::state::Web;

/// How often a silent connection shows that it lives.
const BREATH: Duration = Duration::from_secs(15);
/// How often a silent connection looks whether its session still stands, and into the ledger.
const CHECK: Duration = Duration::from_secs(20);
/// A page that missed more than this fetches itself anew, instead of being told each thing.
const MOST_MISSED: i64 = 2000;
/// The most news that one message sums up.
const MOST_AT_ONCE: usize = 200;

/// The routes.
pub(crate) const ROUTES: &[Route] = &[Route::get("/events", Asks::Person, || get(stream))];

/// The last event that a page already shows.
#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: Option<i64>,
}

/// One message.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Change {
    subjects: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
}

async fn stream(
    State(web): State<Web>,
    SignedIn(session): SignedIn,
    Asked(asked): Asked<After>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, WebError> {
    // A browser that reconnects by itself says what it saw last.
    let last = headers
        .get("last-event-id")
        .and_then(|v| v.to_str().ok()?.parse().ok());
    let say = Say::of(&headers, web.app.now());
    let listening = Listening::begin(web, session, say, last.or(asked.after)).await?;
    let events = unfold(listening, |mut listening| async move {
        let event = listening.next().await?;
        Some((Ok(event), listening))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(BREATH)))
}

/// One connection.
struct Listening {
    web: Web,
    session: Session,
    say: Say,
    receiver: Receiver<News>,
    /// The last place in the ledger that was told.
    seen: i64,
    /// What the connection missed before it began, and what lay in the channel.
    waiting: VecDeque<News>,
    /// So much was missed that everything is told to refresh.
    missed_much: bool,
    /// The youngest notice and the number of unread ones, as last told.
    notices: (Option<String>, i64),
}

impl Listening {
    async fn begin(
        web: Web,
        session: Session,
        say: Say,
        after: Option<i64>,
    ) -> Result<Self, AppError> {
        // First listen, then look: what happens in between comes twice and is told once.
        let receiver = web.app.events.subscribe();
        let head = head(&web.app).await?;
        let seen = after
            .filter(|after| (0..=head).contains(after))
            .unwrap_or(head);
        let missed_much = head - seen > MOST_MISSED;
        let (seen, waiting) = if missed_much {
            (head, Vec::new())
        } else if seen < head {
            (seen, news_since(&web.app, seen).await?)
        } else {
            (seen, Vec::new())
        };
        let notices = notices(&web.app, &session.caller).await?;
        Ok(Self {
            web,
            session,
            say,
            receiver,
            seen,
            waiting: waiting.into(),
            missed_much,
            notices,
        })
    }

    /// The next message; none ends the connection.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.waiting.is_empty() && !self.missed_much {
                self.listen().await?;
            }
            let caller = match listener(&self.web.app, &self.session).await {
                Ok(caller) => caller?,
                Err(error) => return self.lost(&error),
            };
            match self.tell(&caller).await {
                Ok(Some(event)) => return Some(event),
                Ok(None) => {}
                Err(error) => return self.lost(&error),
            }
        }
    }

    /// Waits for news, or until it is time to look whether the session stands.
    async fn listen(&mut self) -> Option<()> {
        let next = tokio::select! {
            () = self.web.app.events.ended() => return None,
            next = timeout(CHECK, self.receiver.recv()) => next,
        };
        match next {
            Err(_) => return self.look().await,
            Ok(Ok(news)) => self.waiting.push_back(news),
            Ok(Err(RecvError::Lagged(_))) => return self.catch_up().await,
            Ok(Err(RecvError::Closed)) => return None,
        }
        while self.waiting.len() < MOST_AT_ONCE {
            match self.receiver.try_recv() {
                Ok(news) => self.waiting.push_back(news),
                Err(TryRecvError::Lagged(_)) => return self.catch_up().await,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        Some(())
    }

    /// Nothing was told for a while: perhaps another program of the installation wrote the news.
    async fn look(&mut self) -> Option<()> {
        match head(&self.web.app).await {
            Ok(head) if head > self.seen => self.catch_up().await,
            Ok(_) => Some(()),
            Err(error) => self.lost(&error),
        }
    }

    /// The channel ran over: the ledger knows what was missed.
    async fn catch_up(&mut self) -> Option<()> {
        match news_since(&self.web.app, self.seen).await {
            Ok(news) => self.waiting = news.into(),
            Err(error) => {
                self.lost(&error)?;
            }
        }
        Some(())
    }

    /// Sums up what waits, as far as it is the caller's to know.
    async fn tell(&mut self, caller: &Caller) -> Result<Option<Event>, AppError> {
        let count = self.waiting.len().min(MOST_AT_ONCE);
        let news: Vec<News> = self
            .waiting
            .drain(..count)
            .filter(|news| news.seq > self.seen)
            .collect();
        let mut change = Change::default();
        if std::mem::take(&mut self.missed_much) {
            change
                .subjects
                .extend(["tiles".to_owned(), "notices".to_owned()]);
        }
        let Some(last) = news.last().map(|news| news.seq) else {
            return self.event(change);
        };
        self.seen = last;
        change
            .subjects
            .extend(subjects(&self.web.app, caller, &news).await?);
        self.tell_notices(caller, &mut change).await?;
        self.event(change)
    }

    async fn tell_notices(&mut self, caller: &Caller, change: &mut Change) -> Result<(), AppError> {
        let now = notices(&self.web.app, caller).await?;
        if now == self.notices {
            return Ok(());
        }
        change.subjects.push("notices".to_owned());
        let is_new = now.0 != self.notices.0 && now.1 > 0;
        self.notices = now;
        if is_new {
            let page = vanthu_app::notice::list(&self.web.app, caller, None, 1).await?;
            if let Some(newest) = page.items.into_iter().next() {
                change.text = Some(self.say.notice(&newest));
                change.href = Some(newest.row.link);
            }
        }
        Ok(())
    }

    fn event(&self, change: Change) -> Result<Option<Event>, AppError> {
        if change.subjects.is_empty() {
            return Ok(None);
        }
        let data = serde_json::to_string(&change).map_err(|e| AppError::fault("event", e))?;
        Ok(Some(
            Event::default()
                .event("change")
                .id(self.seen.to_string())
                .data(data),
        ))
    }

    /// Ends the connection; the browser opens another and says where it was.
    fn lost<T>(&self, error: &AppError) -> Option<T> {
        tracing::error!(%error, seen = self.seen, "the event stream ends");
        None
    }
}
