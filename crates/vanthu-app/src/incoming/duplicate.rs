//! The document that another seems to repeat (cảnh báo trùng; Decree 30/2020, Appendix VI, part I,
//! III.1h): the same key everywhere, or the same number and notation from the same agency.

use vanthu_domain::id::IncomingId;
use vanthu_domain::incoming::IncomingTag;
use vanthu_domain::text;
use vanthu_store::Tx;
use vanthu_store::incoming::{self, IncomingFilter, IncomingOrder, IncomingRow};

use crate::AppError;

/// A document that is here already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// Which.
    pub incoming_id: IncomingId,
    /// Its arrival number and day, or its number and notation before it has one.
    pub text: String,
}

/// The states in which a document counts as being here.
const HERE: [IncomingTag; 6] = [
    IncomingTag::Accepted,
    IncomingTag::Registered,
    IncomingTag::Presented,
    IncomingTag::Directed,
    IncomingTag::Processing,
    IncomingTag::Completed,
];

/// Finds it among what the agency has accepted.
pub(crate) async fn find_duplicate(
    tx: &mut Tx,
    row: &IncomingRow,
) -> Result<Option<Existing>, AppError> {
    let same_key = incoming::list_by_key(tx, &row.agency_id, &row.document_key).await?;
    let other = same_key
        .into_iter()
        .find(|other| other.incoming_id != row.incoming_id && HERE.contains(&other.state.tag()));
    if let Some(other) = other {
        let text = match other.state.arrival() {
            Some(arrival) => format!("số đến {} ngày {}", arrival.number, arrival.day),
            None => format!("văn bản {}", other.notation),
        };
        return Ok(Some(Existing {
            incoming_id: other.incoming_id,
            text,
        }));
    }
    let Some(from_agency_id) = row.from_agency_id.clone() else {
        return Ok(None);
    };
    let filter = IncomingFilter {
        agency_id: Some(row.agency_id.clone()),
        from_agency_id: Some(from_agency_id),
        states: HERE.to_vec(),
        text: Some(text::fold(&row.notation)),
        ..IncomingFilter::default()
    };
    let page = incoming::list(tx, &filter, IncomingOrder::Newest, None, 100).await?;
    let year = row.issued_day.map(vanthu_domain::Day::year);
    let same = page.items.into_iter().find(|other| {
        other.incoming_id != row.incoming_id
            && other.notation == row.notation
            && other.issued_day.map(vanthu_domain::Day::year) == year
    });
    Ok(same.map(|other| Existing {
        text: match (other.arrival_number, other.arrival_day) {
            (Some(number), Some(day)) => format!("số đến {number} ngày {day}"),
            _ => format!("văn bản {}", other.notation),
        },
        incoming_id: other.incoming_id,
    }))
}
