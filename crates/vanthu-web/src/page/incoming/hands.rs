//! Giving work to units and people: the table of who leads, who supports, who is told.

use vanthu_app::AppError;
use vanthu_app::incoming::view::{Choices, PersonChoice};
use vanthu_app::line::give::{Holder, NewLine};
use vanthu_domain::agency::Role;
use vanthu_domain::id::{PersonId, UnitId};
use vanthu_domain::line::Part;
use vanthu_domain::refusal::{Refusal, RefusalCode};

use crate::page::fields::Fields;

/// One unit or person that may be given a part.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hand {
    /// The value that the form sends: `unit:…` or `person:…`.
    pub(crate) value: String,
    /// The name.
    pub(crate) name: String,
    /// The title and unit of a person.
    pub(crate) note: String,
    /// The part chosen until now: a code, or empty.
    pub(crate) part: &'static str,
    /// The own deadline typed until now.
    pub(crate) due: String,
}

/// The units, and the people by name, with what was chosen.
pub(crate) fn of_agency(choices: &Choices, given: &Fields) -> (Vec<Hand>, Vec<Hand>) {
    let units = choices.units.iter().map(|unit| Hand {
        value: format!("unit:{}", unit.unit_id),
        name: unit.name.clone(),
        ..Hand::default()
    });
    let mut people: Vec<Hand> = Vec::new();
    for person in &choices.people {
        if matches!(person.role, Role::Administrator | Role::Clerk) {
            continue;
        }
        let hand = of_person(choices, person);
        if !people.iter().any(|known| known.value == hand.value) {
            people.push(hand);
        }
    }
    people.sort_by(|a, b| a.note.cmp(&b.note).then_with(|| a.name.cmp(&b.name)));
    let mark = |hand: Hand| marked(hand, given);
    (
        units.map(mark).collect(),
        people.into_iter().map(mark).collect(),
    )
}

/// The people of a unit, with what was chosen.
pub(crate) fn of_unit(choices: &Choices, unit_id: &UnitId, given: &Fields) -> Vec<Hand> {
    let mut people: Vec<Hand> = Vec::new();
    for person in choices
        .people
        .iter()
        .filter(|one| one.unit_id.as_ref() == Some(unit_id))
    {
        let hand = Hand {
            note: person.title.clone(),
            ..of_person(choices, person)
        };
        if !people.iter().any(|known| known.value == hand.value) {
            people.push(marked(hand, given));
        }
    }
    people
}

fn of_person(choices: &Choices, person: &PersonChoice) -> Hand {
    let unit = choices
        .units
        .iter()
        .find(|unit| Some(&unit.unit_id) == person.unit_id.as_ref());
    let unit = unit.map(|unit| unit.name.as_str()).unwrap_or_default();
    let note: Vec<&str> = [unit, person.title.as_str()]
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect();
    Hand {
        value: format!("person:{}", person.person_id),
        name: person.full_name.clone(),
        note: note.join(" · "),
        ..Hand::default()
    }
}

fn marked(hand: Hand, given: &Fields) -> Hand {
    let holds = |part: &Part| given.all(part.code()).any(|value| value == hand.value);
    let part = Part::ALL
        .iter()
        .find(|part| holds(part))
        .map_or("", |part| part.code());
    let due = given.get(&format!("due-{}", hand.value)).to_owned();
    Hand { part, due, ..hand }
}

/// The lines that were chosen, each holder once: who leads does not also support.
pub(crate) fn chosen(fields: &Fields) -> Result<Vec<NewLine>, AppError> {
    let mut lines: Vec<NewLine> = Vec::new();
    for part in Part::ALL {
        for value in fields.all(part.code()).filter(|value| !value.is_empty()) {
            let to = holder(value)?;
            if lines.iter().any(|line| line.to == to) {
                continue;
            }
            let due_day = match part {
                Part::Information => None,
                _ => fields.day(&format!("due-{value}"), "Hạn riêng")?,
            };
            lines.push(NewLine {
                to,
                part,
                due_day,
                instruction: String::new(),
            });
        }
    }
    Ok(lines)
}

/// The people among what was chosen.
pub(crate) fn person_of(line: &NewLine) -> Option<PersonId> {
    match &line.to {
        Holder::Person(person_id) => Some(person_id.clone()),
        Holder::Unit(_) => None,
    }
}

fn holder(value: &str) -> Result<Holder, AppError> {
    let malformed = || -> AppError {
        Refusal::new(RefusalCode::FieldMalformed)
            .with("field", "Nơi nhận việc")
            .with("why", "không có đơn vị hoặc người này")
            .into()
    };
    let (kind, id) = value.split_once(':').ok_or_else(malformed)?;
    match kind {
        "unit" => id.parse().map(Holder::Unit).map_err(|_| malformed()),
        "person" => id.parse().map(Holder::Person).map_err(|_| malformed()),
        _ => Err(malformed()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vanthu_domain::Moment;

    #[test]
    fn whoever_leads_does_not_also_support() {
        let now = Moment::from_unix_seconds(1_795_300_000);
        let unit = format!("unit:{}", UnitId::new(now, 1));
        let person = format!("person:{}", PersonId::new(now, 2));
        let fields = Fields::of(&[
            ("lead", &unit),
            ("support", &unit),
            ("support", &person),
            ("information", &person),
            (&format!("due-{person}"), "25/11/2026"),
        ]);
        let lines = chosen(&fields).unwrap();
        let parts: Vec<Part> = lines.iter().map(|line| line.part).collect();
        assert_eq!(parts, [Part::Lead, Part::Support]);
        assert_eq!(lines[1].due_day, vanthu_domain::Day::new(2026, 11, 25));
    }

    #[test]
    fn a_holder_that_is_none_is_refused() {
        let refused = chosen(&Fields::of(&[("lead", "unit:x")]));
        assert_eq!(
            refused.unwrap_err().code(),
            Some(RefusalCode::FieldMalformed)
        );
    }
}
