//! What a signature looks like on the paper (Decree 30/2020, Appendix I, II.7 and II.8).

use serde::{Deserialize, Serialize};
use vanthu_domain::moment::Day;
use vanthu_domain::outgoing::GivenNumber;
use vanthu_layout::{PlaceOnPage, Places, TINOS_ITALIC, TINOS_REGULAR};
use vanthu_pki::Time;
use vanthu_signing::{
    Align, Appearance, DocMdp, FilledField, Fonts, PageFacts, Place, PrepareError, Rect,
    ReservedField, ReservedSignature, SignatureRequest, attachment_line, top_right_place,
};

/// The field that takes the number (ô số 3).
pub const NUMBER_FIELD: &str = "so";
/// The field that takes the date (ô số 4).
pub const DATE_FIELD: &str = "ngay-ban-hanh";
/// The authorised person's signature (ô số 7c).
pub const PERSON_FIELD: &str = "chu-ky-nguoi-co-tham-quyen";
/// The agency's signature (ô số 8).
pub const AGENCY_FIELD: &str = "chu-ky-co-quan";

/// The field that takes the month, where the paper prints "tháng" itself.
pub const MONTH_FIELD: &str = "thang-ban-hanh";

/// Where number, date and signature go on a document's paper.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PaperPlaces {
    /// Between "Số:" and the notation.
    pub number: PlaceOnPage,
    /// The whole date, or the day alone where the paper prints the words around it; minutes have no such line.
    pub date: Option<PlaceOnPage>,
    /// Between "tháng" and "năm", where the paper prints these words and leaves the month free.
    #[serde(default)]
    pub month: Option<PlaceOnPage>,
    /// What the paper prints of the date already.
    #[serde(default)]
    pub date_form: DateForm,
    /// Between title and name.
    pub signature: PlaceOnPage,
}

/// What the paper prints of the date already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateForm {
    /// Nothing: the whole phrase is filled in.
    #[default]
    Whole,
    /// The words: the day is filled in, and the month where it has a place.
    Words,
}

impl From<Places> for PaperPlaces {
    fn from(places: Places) -> Self {
        Self {
            number: places.number,
            date: places.date,
            month: None,
            date_form: DateForm::Whole,
            signature: places.signature,
        }
    }
}

/// Points in a millimetre.
const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// The fonts of filled fields.
pub fn fonts() -> Fonts<'static> {
    Fonts {
        regular: TINOS_REGULAR,
        italic: TINOS_ITALIC,
    }
}

/// Who signs, when and why: what both signatures tell about themselves.
#[derive(Debug, Clone)]
pub struct About {
    /// The signer's name.
    pub name: String,
    /// The place.
    pub location: String,
    /// The reason.
    pub reason: String,
    /// The claimed time.
    pub at: Time,
}

/// The authorised person's signature: the blue picture between title and name; number, date and
/// the agency's signature get their places before it is made, so that filling them later changes
/// nothing that was signed.
///
/// Clause: AG-12.1, TG-10.6
pub fn person_request(
    about: &About,
    places: &PaperPlaces,
    picture: Vec<u8>,
    seal_mm: f64,
) -> SignatureRequest {
    let text = |name: &str, place: &PlaceOnPage, align| ReservedField {
        name: name.to_owned(),
        place: place_of(place),
        size: place.size,
        italic: place.italic,
        align,
    };
    SignatureRequest {
        field_name: PERSON_FIELD.to_owned(),
        place: Some(place_of(&places.signature)),
        appearance: Appearance::Picture { png: picture },
        reason: Some(about.reason.clone()),
        location: Some(about.location.clone()),
        signer_name: about.name.clone(),
        at: about.at,
        certify: Some(DocMdp::FormFilling),
        lock_all: false,
        reserve: [
            // It reads as one with the notation behind it: 06/BC-UBND.
            Some(text(NUMBER_FIELD, &places.number, Align::Right)),
            places
                .date
                .as_ref()
                .map(|date| text(DATE_FIELD, date, date_align(places))),
            places
                .month
                .as_ref()
                .map(|month| text(MONTH_FIELD, month, Align::Centre)),
        ]
        .into_iter()
        .flatten()
        .collect(),
        reserve_signatures: vec![ReservedSignature {
            name: AGENCY_FIELD.to_owned(),
            place: Some(seal_place(&places.signature, seal_mm)),
            lock_all: true,
        }],
        fill: Vec::new(),
    }
}

/// The agency's signature: fills number and date, puts the red seal at its true size over the left
/// third of the signature, and locks the document.
///
/// Clause: AG-12.2, AG-13.2, TG-10.6
pub fn agency_request(
    about: &About,
    places: &PaperPlaces,
    number: &GivenNumber,
    seal: Vec<u8>,
    seal_mm: f64,
) -> SignatureRequest {
    let digits = number.notation.split('/').next().unwrap_or_default();
    SignatureRequest {
        field_name: AGENCY_FIELD.to_owned(),
        place: Some(seal_place(&places.signature, seal_mm)),
        appearance: Appearance::Seal { png: seal },
        reason: Some(about.reason.clone()),
        location: Some(about.location.clone()),
        signer_name: about.name.clone(),
        at: about.at,
        certify: None,
        lock_all: true,
        reserve: Vec::new(),
        reserve_signatures: Vec::new(),
        fill: [(NUMBER_FIELD, digits.to_owned())]
            .into_iter()
            .chain(date_values(places, number.day))
            .map(|(name, value)| FilledField {
                name: name.to_owned(),
                value,
            })
            .collect(),
    }
}

/// The agency's signature on an attached file: no picture; number and time at the top right of the first page, however
/// that page is turned, 10 points (Decree 30/2020, Appendix I, II.8b and III.1d).
pub fn attachment_request(
    about: &About,
    number: &GivenNumber,
    page: &PageFacts,
    now: vanthu_domain::Moment,
) -> Result<SignatureRequest, PrepareError> {
    let size = 10.0;
    let at = Time::from_unix(now.unix_seconds());
    let lines = vec![attachment_line(&number.notation, at)];
    let place = top_right_place(page, &lines, size, fonts().regular)?;
    Ok(SignatureRequest {
        field_name: AGENCY_FIELD.to_owned(),
        place: Some(place),
        appearance: Appearance::Text { lines, size },
        reason: Some(about.reason.clone()),
        location: Some(about.location.clone()),
        signer_name: about.name.clone(),
        at: about.at,
        certify: None,
        lock_all: true,
        reserve: Vec::new(),
        reserve_signatures: Vec::new(),
        fill: Vec::new(),
    })
}

/// The seal as a square of its true diameter whose right edge covers a third of the signature
/// picture's width on its left, at mid-height.
pub fn seal_place(signature: &PlaceOnPage, seal_mm: f64) -> Place {
    let side = seal_mm * POINTS_PER_MM;
    let rect = signature.rect;
    let picture = picture_width(rect.x1 - rect.x0, rect.y1 - rect.y0);
    let picture_left = f64::midpoint(rect.x0, rect.x1) - picture / 2.0;
    let right = picture_left + picture / 3.0;
    let middle = f64::midpoint(rect.y0, rect.y1);
    Place {
        page: signature.page,
        rect: Rect {
            x0: right - side,
            y0: middle - side / 2.0,
            x1: right,
            y1: middle + side / 2.0,
        },
    }
}

/// The width that a signature picture of the usual proportion (5:2) takes in its place.
fn picture_width(width: f64, height: f64) -> f64 {
    width.min(height * 2.5)
}

fn place_of(place: &PlaceOnPage) -> Place {
    let r = place.rect;
    Place {
        page: place.page,
        rect: Rect {
            x0: r.x0,
            y0: r.y0,
            x1: r.x1,
            y1: r.y1,
        },
    }
}

fn date_align(places: &PaperPlaces) -> Align {
    match places.date_form {
        DateForm::Whole => Align::Left,
        DateForm::Words => Align::Centre,
    }
}

/// What goes into the fields of the date (Decree 30/2020, Appendix I, II.4b).
fn date_values(places: &PaperPlaces, day: Day) -> Vec<(&'static str, String)> {
    if places.date.is_none() {
        return Vec::new();
    }
    match (places.date_form, places.month) {
        (DateForm::Whole, _) => date_fields(false, day),
        (DateForm::Words, Some(_)) => date_fields(true, day),
        (DateForm::Words, None) => vec![(DATE_FIELD, day_digits(day))],
    }
}

/// The fields of the date and their values: the whole phrase, or day and month where the month has a field of its own.
pub fn date_fields(has_month: bool, day: Day) -> Vec<(&'static str, String)> {
    if !has_month {
        return vec![(DATE_FIELD, day.legal_text())];
    }
    let month = if day.month() < 3 {
        format!("{:02}", day.month())
    } else {
        day.month().to_string()
    };
    vec![(DATE_FIELD, day_digits(day)), (MONTH_FIELD, month)]
}

fn day_digits(day: Day) -> String {
    format!("{:02}", day.day_of_month())
}

#[cfg(test)]
mod tests {
    use vanthu_domain::kind::DocumentKind;
    use vanthu_layout::archive_faults;
    use vanthu_signing::inspect;

    use super::*;
    use crate::outgoing::give_number::give_number;
    use crate::outgoing::save::save;
    use crate::signing::Purpose;
    use crate::test::equipped::Desk;

    fn signature_place() -> PlaceOnPage {
        PlaceOnPage {
            page: 0,
            rect: vanthu_layout::Rect {
                x0: 320.0,
                y0: 100.0,
                x1: 520.0,
                y1: 180.0,
            },
            baseline: 100.0,
            size: 14.0,
            italic: false,
        }
    }

    /// Proves: AG-12.2
    #[test]
    fn the_seal_has_its_true_size_and_covers_the_left_third_of_the_signature() {
        let place = seal_place(&signature_place(), 36.0);
        let side = 36.0 * POINTS_PER_MM;
        assert!((place.rect.width() - side).abs() < 0.001);
        assert!((place.rect.height() - side).abs() < 0.001);
        let picture_left = 320.0;
        let picture_width = 200.0;
        assert!((place.rect.x1 - (picture_left + picture_width / 3.0)).abs() < 0.001);
        assert!((f64::midpoint(place.rect.y0, place.rect.y1) - 140.0).abs() < 0.001);
    }

    /// Minutes have no line of place and date (mẫu 1.9); they are signed, numbered and sealed like everything
    /// else. What is typeset stays a file for the archive through both signatures.
    #[tokio::test]
    async fn what_is_signed_and_sealed_stays_an_archive_file_with_and_without_a_date() {
        for kind in [DocumentKind::OfficialLetter, DocumentKind::Minutes] {
            let desk = Desk::new().await;
            let id = desk.begun().await;
            let mut whole = desk.whole(&id, 1);
            whole.kind = kind;
            let (app, office) = (&desk.world.app, &desk.office);
            save(app, &office.specialist, whole).await.unwrap();
            desk.send_up(&id).await;
            desk.sign(&office.leader, Purpose::Person, &id)
                .await
                .unwrap();
            give_number(app, &office.clerk, &id, None).await.unwrap();
            desk.sign(&office.clerk, Purpose::Seal, &id).await.unwrap();
            let sealed = desk.bytes(desk.row(&id).await.sealed_blob.as_deref()).await;
            let fields = inspect(&sealed).unwrap().fields;
            let has = |name: &str| fields.iter().any(|field| field.name == name);
            assert!(has(NUMBER_FIELD));
            assert_eq!(has(DATE_FIELD), kind != DocumentKind::Minutes);
            assert_eq!(archive_faults(&sealed), [], "{kind}");
        }
    }
}
