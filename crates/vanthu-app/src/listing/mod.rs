//! Lists (danh mục): which documents or lines, in which order. One predicate says what a list
//! shows, how many it counts, and what leaves it as a file.

pub mod choices;
pub mod export;
pub mod narrow;
mod predicate;
mod reach;
pub mod saved;

use vanthu_domain::refusal::{Refusal, RefusalCode};
pub use vanthu_store::saved_view::Section;
use vanthu_store::{Cursor, Tx};

use self::narrow::{Narrow, malformed};
use self::predicate::Predicate;
use crate::desk::{Listed, Tile};
use crate::{App, AppError, Caller};

/// A list as somebody asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Work, incoming or outgoing documents.
    pub section: Section,
    /// What one tile counts; everything that the caller may see where there is none.
    pub tile: Option<Tile>,
    /// Narrowed by this.
    pub narrow: Narrow,
    /// In this order; the list's own where there is none.
    pub order: Option<Order>,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The youngest first.
    Newest,
    /// The most urgent first, among them what has waited longest.
    ///
    /// Clause: TG-5.2b
    MostUrgent,
    /// The earliest deadline first; lines only.
    Due,
}

impl Order {
    /// The word in an address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::MostUrgent => "urgent",
            Self::Due => "due",
        }
    }

    /// The orders that a section's lists have.
    pub const fn all(section: Section) -> &'static [Self] {
        match section {
            Section::Work => &[Self::Due, Self::MostUrgent, Self::Newest],
            Section::Incoming | Section::Outgoing => &[Self::MostUrgent, Self::Newest],
        }
    }
}

impl Selection {
    /// Everything of a section that the caller may see.
    pub fn everything(section: Section) -> Self {
        Self {
            section,
            tile: None,
            narrow: Narrow::default(),
            order: None,
        }
    }

    /// What a tile counts.
    pub fn of(tile: Tile) -> Self {
        Self {
            tile: Some(tile),
            ..Self::everything(tile.section())
        }
    }

    /// Everything of a section that holds these words.
    pub fn words(section: Section, words: &str) -> Self {
        let words = words.trim();
        let mut asked = Self::everything(section);
        asked.narrow.text = (!words.is_empty()).then(|| words.to_owned());
        asked
    }

    /// Reads an address's pairs; other names than those of filters, tile and order are passed over.
    ///
    /// # Errors
    /// `not-found` for a tile that is none of the section; `field-malformed` for a value that a
    /// filter does not have.
    pub fn read<'a>(
        section: Section,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Refusal> {
        let mut asked = Self::everything(section);
        for (name, value) in pairs {
            match name {
                "tile" if value.is_empty() || value == "all" => {}
                "tile" => {
                    let tile = Tile::from_code(value).filter(|tile| tile.section() == section);
                    asked.tile = Some(tile.ok_or_else(|| Refusal::new(RefusalCode::NotFound))?);
                }
                "order" if value.is_empty() => {}
                "order" => {
                    let mut orders = Order::all(section).iter().copied();
                    let order = orders.find(|order| order.code() == value);
                    asked.order = Some(order.ok_or_else(|| malformed("order"))?);
                }
                _ => {
                    asked.narrow.take(section, name, value)?;
                }
            }
        }
        Ok(asked)
    }

    /// As an address holds it.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let tile = self.tile.map(|tile| ("tile", tile.code().to_owned()));
        let order = self.order.map(|order| ("order", order.code().to_owned()));
        let mut pairs: Vec<_> = tile.into_iter().collect();
        pairs.extend(self.narrow.pairs());
        pairs.extend(order);
        pairs
    }
}

/// One page of a list. A tile that does not stand on the caller's desk is not there.
///
/// Clause: TG-9.2, TG-5.2b, KH-2
pub async fn list(
    app: &App,
    caller: &Caller,
    asked: &Selection,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Listed, AppError> {
    let mut tx = app.store.read().await?;
    list_in(&mut tx, app, caller, asked, after, limit).await
}

/// How many a list holds, counted up to `most` where that is given.
pub async fn count(
    app: &App,
    caller: &Caller,
    asked: &Selection,
    most: Option<u32>,
) -> Result<i64, AppError> {
    let mut tx = app.store.read().await?;
    count_in(&mut tx, app, caller, asked, most).await
}

pub(crate) async fn count_in(
    tx: &mut Tx,
    app: &App,
    caller: &Caller,
    asked: &Selection,
    most: Option<u32>,
) -> Result<i64, AppError> {
    seen(caller, asked)?;
    Predicate::of(app, caller, asked).count(tx, most).await
}

async fn list_in(
    tx: &mut Tx,
    app: &App,
    caller: &Caller,
    asked: &Selection,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Listed, AppError> {
    seen(caller, asked)?;
    Predicate::of(app, caller, asked)
        .list(tx, after, limit)
        .await
}

fn seen(caller: &Caller, asked: &Selection) -> Result<(), AppError> {
    match asked.tile {
        Some(tile) if !tile.is_for(caller) => Err(AppError::refused(RefusalCode::NotFound)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
