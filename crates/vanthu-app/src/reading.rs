//! What is read out of a stored paper for showing it: the sizes of its pages, its text, and where
//! number, date and signature go. Reading a long one takes a second; what was read lately is kept in memory, up to a bound.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use vanthu_layout::{FoundPlaces, places_in};

use crate::{App, AppError};

/// So many bytes of text and sizes are kept.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// A paper that was read. One that can't be read has no page and no text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// Width and height of each page in points.
    pub pages: Vec<(f64, f64)>,
    /// Its text, line by line, page after page.
    pub text: String,
    /// The places that were found on it.
    pub places: FoundPlaces,
}

impl Reading {
    fn bytes(&self) -> usize {
        self.text.len() + size_of_val(self.pages.as_slice()) + size_of::<Self>()
    }
}

/// What was read lately, by the names of the blobs.
#[derive(Debug)]
pub struct Readings {
    kept: Mutex<Kept>,
    most_bytes: usize,
    read: AtomicU64,
}

#[derive(Debug, Default)]
struct Kept {
    readings: BTreeMap<String, (u64, Arc<Reading>)>,
    bytes: usize,
    uses: u64,
}

impl Default for Readings {
    fn default() -> Self {
        Self::with_room(MOST_BYTES)
    }
}

impl Readings {
    fn with_room(most_bytes: usize) -> Self {
        Self {
            kept: Mutex::default(),
            most_bytes,
            read: AtomicU64::new(0),
        }
    }

    /// How many papers were read since the program began.
    pub fn count(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    fn find(&self, name: &str) -> Option<Arc<Reading>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let uses = kept.uses;
        let (used, reading) = kept.readings.get_mut(name)?;
        *used = uses;
        Some(Arc::clone(reading))
    }

    /// Keeps it, and lets go of what was not asked for longest.
    fn keep(&self, name: &str, reading: &Arc<Reading>) {
        self.read.fetch_add(1, Ordering::Relaxed);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let entry = (kept.uses, Arc::clone(reading));
        kept.bytes += reading.bytes();
        if let Some((_, old)) = kept.readings.insert(name.to_owned(), entry) {
            kept.bytes -= old.bytes();
        }
        while kept.bytes > self.most_bytes {
            let oldest = kept.readings.iter().min_by_key(|(_, (used, _))| *used);
            let Some(oldest) = oldest.map(|(name, _)| name.clone()) else {
                return;
            };
            if let Some((_, gone)) = kept.readings.remove(&oldest) {
                kept.bytes -= gone.bytes();
            }
        }
    }
}

/// Reads a stored paper, or gives what was read of it a short time ago. Whoever asks has seen to it
/// that the person may see the paper.
pub async fn read(app: &App, sha256: &str) -> Result<Arc<Reading>, AppError> {
    if let Some(kept) = app.readings.find(sha256) {
        return Ok(kept);
    }
    let pdf = app.store.blobs().get(sha256).await?;
    let sheets = tokio::task::spawn_blocking(move || vanthu_layout::extract_text(&pdf))
        .await
        .map_err(|error| AppError::fault("text", error))?
        .unwrap_or_default();
    let mut reading = Reading {
        places: places_in(&sheets),
        ..Reading::default()
    };
    for sheet in &sheets {
        reading.pages.push((sheet.width, sheet.height));
        reading.text.push_str(&sheet.text());
        reading.text.push('\n');
    }
    let reading = Arc::new(reading);
    app.readings.keep(sha256, &reading);
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::{World, monday, paper};

    #[tokio::test]
    async fn a_paper_is_read_once() {
        let world = World::new().await;
        let office = world.office("H01.01", "Sở Mẫu").await;
        let pdf = vanthu_layout::typeset_letter(&paper(&office)).unwrap().pdf;
        let blobs = world.app.store.blobs();
        let name = blobs.put(pdf, monday()).await.unwrap();
        let none = blobs.put(b"no paper".to_vec(), monday()).await.unwrap();
        let first = read(&world.app, &name).await.unwrap();
        assert!(first.text.contains("CỘNG"), "{}", first.text);
        assert_eq!(first.pages[0].0.round() as i64, 595);
        let found = vanthu_layout::find_places(&blobs.get(&name).await.unwrap()).unwrap();
        assert!(found.signature.is_some());
        assert_eq!(first.places, found);
        assert_eq!(read(&world.app, &name).await.unwrap(), first);
        assert_eq!(world.app.readings.count(), 1);
        for _ in 0..2 {
            assert_eq!(*read(&world.app, &none).await.unwrap(), Reading::default());
        }
        assert_eq!(world.app.readings.count(), 2);
        let missing = "0".repeat(64);
        assert!(read(&world.app, &missing).await.is_err());
    }

    #[test]
    fn what_was_not_asked_for_longest_makes_room() {
        let long = Arc::new(Reading {
            pages: Vec::new(),
            text: "x".repeat(1000),
            places: FoundPlaces::default(),
        });
        let readings = Readings::with_room(2 * long.bytes());
        readings.keep("a", &long);
        readings.keep("b", &long);
        assert!(readings.find("a").is_some());
        readings.keep("c", &long);
        assert!(readings.find("b").is_none());
        assert!(readings.find("a").is_some() && readings.find("c").is_some());
        readings.keep("a", &long);
        assert!(readings.find("c").is_some());
        let huge = Arc::new(Reading {
            pages: Vec::new(),
            text: "x".repeat(9000),
            places: FoundPlaces::default(),
        });
        readings.keep("d", &huge);
        assert!(readings.find("d").is_none());
        assert_eq!(readings.kept.lock().unwrap().bytes, 0);
    }
}
