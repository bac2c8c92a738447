//! Words that people add to a document: cleaned, bounded, and never a state secret.

use vanthu_domain::text;

use crate::outgoing::save::refuse_secret;
use crate::{App, AppError, Caller};

/// The cleaned words of a field. Nothing of a state secret is kept; that it was refused is.
///
/// Clause: TG-1.2
pub(crate) async fn words(
    app: &App,
    caller: &Caller,
    field: &str,
    given: &str,
    most: usize,
) -> Result<String, AppError> {
    let words = text::within(field, given, most)?;
    refuse_secret(app, caller, "incoming", &words).await?;
    Ok(words)
}
