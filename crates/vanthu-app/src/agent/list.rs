//! The agents of a person, and those of an agency for whoever looks after its machines.

use std::collections::BTreeMap;

use vanthu_domain::Moment;
use vanthu_domain::agent::{SILENT_DAYS, VersionStanding};
use vanthu_domain::audit::Act;
use vanthu_domain::id::AgentId;
use vanthu_domain::permission::Action;
use vanthu_domain::refusal::RefusalCode;
use vanthu_domain::text::fold;
use vanthu_store::agent::{self, AgentRow};
use vanthu_store::ledger::LedgerFilter;
use vanthu_store::{account, ledger, person};
use vanthu_wire::desk::{CheckReport, Mark};

use crate::{App, AppError, Caller};

/// The most agents of an agency that are looked through.
const MOST: u32 = 2_000;
/// How far back failed sign-ins are shown, in days.
const FAILED_DAYS: i64 = 7;
/// The most failed sign-ins that are shown.
const MOST_FAILED: usize = 50;
/// How many pages of the ledger are looked through for them, and how long each is.
const MOST_PAGES: u32 = 20;
const PAGE: u32 = 200;

/// An agent with whose it is, and how it stands.
#[derive(Debug, Clone)]
pub struct AgentView {
    /// The agent.
    pub agent: AgentRow,
    /// The person's name.
    pub full_name: String,
    /// The account's name.
    pub login: String,
    /// How its version stands.
    pub standing: VersionStanding,
    /// The last check, where there was one.
    pub report: Option<CheckReport>,
    /// Whether it hasn't been heard of for long.
    pub silent: bool,
}

impl AgentView {
    /// The worst mark of the last check.
    pub fn worst(&self) -> Option<Mark> {
        self.report
            .as_ref()?
            .points
            .iter()
            .map(|point| point.mark)
            .max()
    }
}

/// Which agents somebody wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AgentFilter {
    /// All.
    #[default]
    All,
    /// With an older version than the server's.
    Outdated,
    /// Whose last check found something that keeps from signing.
    Failing,
    /// Not heard of for long.
    Silent,
}

impl AgentFilter {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::All, Self::Outdated, Self::Failing, Self::Silent];

    /// The word in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Outdated => "outdated",
            Self::Failing => "failing",
            Self::Silent => "silent",
        }
    }

    /// The one of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    fn takes(self, view: &AgentView) -> bool {
        match self {
            Self::All => true,
            Self::Outdated => view.standing != VersionStanding::Current,
            Self::Failing => view.worst() == Some(Mark::Bad),
            Self::Silent => view.silent,
        }
    }
}

/// A refused sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedSignIn {
    /// When.
    pub at: Moment,
    /// The person whose account was tried.
    pub full_name: String,
    /// The account's name.
    pub login: String,
    /// From which address.
    pub address: String,
}

/// What whoever looks after the machines of an agency sees.
#[derive(Debug, Clone)]
pub struct Agents {
    /// The agents that the filter and the words leave, by name.
    pub shown: Vec<AgentView>,
    /// How many each filter would leave of all, in the order of [`AgentFilter::ALL`].
    pub counts: [usize; 4],
    /// Refused sign-ins of the agency's people in the last days, the youngest first.
    pub failed: Vec<FailedSignIn>,
}

/// One's own agents that are paired, or about to be.
pub async fn own(app: &App, caller: &Caller) -> Result<Vec<AgentView>, AppError> {
    let mut tx = app.store.read().await?;
    let rows = agent::list_of_account(&mut tx, &caller.actor.account_id).await?;
    Ok(rows
        .into_iter()
        .map(|row| view_of(app, row, &caller.full_name, &caller.login))
        .collect())
}

/// One of one's own.
pub async fn find_own(app: &App, caller: &Caller, id: &AgentId) -> Result<AgentRow, AppError> {
    let mut tx = app.store.read().await?;
    agent::find(&mut tx, id)
        .await?
        .filter(|row| row.account_id == caller.actor.account_id)
        .ok_or_else(|| AppError::refused(RefusalCode::NotFound))
}

/// The agents of the agency. `words` are looked for in the names of people, accounts and machines.
///
/// Clause: AG-18
pub async fn of_agency(
    app: &App,
    caller: &Caller,
    filter: AgentFilter,
    words: &str,
) -> Result<Agents, AppError> {
    caller.may(Action::ViewAgents, &caller.own_agency())?;
    let mut tx = app.store.read().await?;
    let mut all = Vec::new();
    for row in agent::list_of_agency(&mut tx, &caller.agency_id, MOST).await? {
        let full_name = person::load(&mut tx, &row.person_id).await?.full_name;
        let login = account::load(&mut tx, &row.account_id).await?.login;
        all.push(view_of(app, row, &full_name, &login));
    }
    all.sort_by(|a, b| (&a.full_name, &a.agent.machine).cmp(&(&b.full_name, &b.agent.machine)));
    let counts = AgentFilter::ALL.map(|it| all.iter().filter(|view| it.takes(view)).count());
    let words = fold(words);
    all.retain(|view| {
        let text = fold(&format!(
            "{} {} {}",
            view.full_name, view.login, view.agent.machine
        ));
        filter.takes(view) && words.split_whitespace().all(|word| text.contains(word))
    });
    let failed = failed_sign_ins(app, caller, &mut tx).await?;
    Ok(Agents {
        shown: all,
        counts,
        failed,
    })
}

async fn failed_sign_ins(
    app: &App,
    caller: &Caller,
    tx: &mut vanthu_store::Tx,
) -> Result<Vec<FailedSignIn>, AppError> {
    let after = app.now().plus_seconds(-FAILED_DAYS * 86_400);
    let mut names = BTreeMap::new();
    for post in person::list_posts_of_agency(tx, &caller.agency_id).await? {
        if let Some(owner) = account::find_by_person(tx, &post.person_id).await? {
            let full_name = person::load(tx, &post.person_id).await?.full_name;
            names.insert(owner.account_id.to_string(), (full_name, owner.login));
        }
    }
    let filter = LedgerFilter {
        acts: vec![Act::SignInRefused],
        from: Some(after),
        ..LedgerFilter::default()
    };
    let mut failed = Vec::new();
    let mut cursor = None;
    for _ in 0..MOST_PAGES {
        let page = ledger::list(tx, &filter, cursor.as_ref(), PAGE).await?;
        for entry in page.items {
            let Some((full_name, login)) = names.get(&entry.object_id) else {
                continue;
            };
            let address = entry
                .data
                .get("address")
                .and_then(serde_json::Value::as_str);
            failed.push(FailedSignIn {
                at: entry.at,
                full_name: full_name.clone(),
                login: login.clone(),
                address: address.unwrap_or_default().to_owned(),
            });
        }
        cursor = page.next;
        if cursor.is_none() || failed.len() >= MOST_FAILED {
            break;
        }
    }
    failed.truncate(MOST_FAILED);
    Ok(failed)
}

fn view_of(app: &App, row: AgentRow, full_name: &str, login: &str) -> AgentView {
    let silent_before = app.now().plus_seconds(-SILENT_DAYS * 86_400);
    AgentView {
        standing: app.agent_standing(&row.version),
        report: row
            .report
            .clone()
            .and_then(|it| serde_json::from_value(it).ok()),
        silent: row.seen_at.is_none_or(|at| at < silent_before),
        full_name: full_name.to_owned(),
        login: login.to_owned(),
        agent: row,
    }
}
