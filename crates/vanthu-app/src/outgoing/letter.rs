//! From the draft as it is kept to the letter as it is typeset.

use vanthu_domain::agency::{Agency, SigningAuthority, Unit};
use vanthu_domain::body::Body;
use vanthu_domain::profile::{RegulationProfile, Setting};
use vanthu_domain::register::NotationParts;
use vanthu_domain::{Day, Refusal, id::AgencyId};
use vanthu_layout::{Extras, Letter, Typeset, typeset_letter};
use vanthu_store::outgoing::OutgoingRow;
use vanthu_store::{Tx, agency, person};

use crate::{App, AppError};

/// Everything around a draft that its paper shows.
#[derive(Debug, Clone)]
pub struct Around {
    /// The issuing agency.
    pub agency: Agency,
    /// The drafting unit.
    pub unit: Unit,
    /// The authority under which it will be signed, once one is chosen.
    pub authority: Option<SigningAuthority>,
    /// The signer's full name.
    pub signer_name: String,
}

impl Around {
    /// Reads it.
    pub(crate) async fn load(tx: &mut Tx, row: &OutgoingRow) -> Result<Self, AppError> {
        let agency = agency::load(tx, &row.agency_id).await?;
        let unit = agency::load_unit(tx, &row.unit_id).await?;
        let authority = match &row.authority_id {
            Some(id) => Some(agency::load_authority(tx, id).await?),
            None => None,
        };
        let signer_name = match &row.signer_id {
            Some(id) => person::load(tx, id).await?.full_name,
            None => String::new(),
        };
        Ok(Self {
            agency,
            unit,
            authority,
            signer_name,
        })
    }

    /// The notation without number, after the profile in force (Decree 30/2020, Appendix I, II.3b).
    pub fn notation(
        &self,
        row: &OutgoingRow,
        profile: &RegulationProfile,
        on: Day,
    ) -> Result<String, Refusal> {
        self.parts(row)
            .notation(&profile.notation_pattern(row.kind, on).value)
    }

    /// Number and notation, as printed.
    pub fn number_and_notation(
        &self,
        row: &OutgoingRow,
        number: u32,
        profile: &RegulationProfile,
        on: Day,
    ) -> Result<String, Refusal> {
        let padding = profile.number(Setting::NumberPadding, on).value;
        self.parts(row).number_and_notation(
            number,
            usize::try_from(padding).unwrap_or(2),
            &profile.notation_pattern(row.kind, on).value,
        )
    }

    fn parts(&self, row: &OutgoingRow) -> NotationParts<'_> {
        NotationParts {
            kind: row.kind,
            agency: &self.agency.abbreviation,
            unit: &self.unit.abbreviation,
        }
    }

    /// The letter.
    pub fn letter(
        &self,
        row: &OutgoingRow,
        profile: &RegulationProfile,
        today: Day,
    ) -> Result<Letter, Refusal> {
        Ok(Letter {
            parent_agency: self.agency.parent_line.clone(),
            agency: self.agency.name.clone(),
            notation: self.notation(row, profile, today)?,
            place_name: self.agency.place_name.clone(),
            kind: row.kind,
            subject: row.subject.clone(),
            urgency: row.urgency,
            addressees: row.addressees.clone(),
            body: Body::parse(&row.body).body,
            recipients: row.recipients_text.clone(),
            authority_lines: self
                .authority
                .as_ref()
                .map_or_else(Vec::new, |a| a.lines.clone()),
            signer_name: self.signer_name.clone(),
            drafted_on: today,
            title: format!("{}: {}", row.kind.name(), row.subject),
            extras: Extras::default(),
        })
    }
}

/// Typesets off the async threads; it is work of the processor.
pub(crate) async fn typeset(letter: Letter) -> Result<Typeset, AppError> {
    tokio::task::spawn_blocking(move || typeset_letter(&letter))
        .await
        .map_err(|e| AppError::fault("typeset", e))?
        .map_err(|e| refuse_layout(&e))
}

/// Lines that the recipients list begins with when a draft is new: `Như trên;` and `Lưu: VT, …`.
pub fn usual_recipients(unit: &Unit) -> Vec<String> {
    vec![
        "Như trên".to_owned(),
        format!("Lưu: VT, {}", unit.abbreviation),
    ]
}

/// The addressees printed where the drafter wrote none: the agencies' names.
pub(crate) async fn names_of(tx: &mut Tx, ids: &[AgencyId]) -> Result<Vec<String>, AppError> {
    let mut names = Vec::with_capacity(ids.len());
    for id in ids {
        names.push(agency::load(tx, id).await?.name);
    }
    Ok(names)
}

fn refuse_layout(error: &vanthu_layout::LayoutError) -> AppError {
    use vanthu_domain::refusal::{Refusal, RefusalCode};
    Refusal::new(RefusalCode::FieldMalformed)
        .with("field", "Nội dung")
        .with("why", error)
        .into()
}

impl App {
    /// The profile in force for an agency.
    pub fn profile_of(&self, agency: &Agency) -> Result<&RegulationProfile, AppError> {
        let own = self.own_profiles.get();
        own.and_then(|own| own.get(&agency.profile))
            .or_else(|| self.profiles.get(&agency.profile))
            .ok_or_else(|| AppError::fault("profile", format!("{} is unknown", agency.profile)))
    }
}
