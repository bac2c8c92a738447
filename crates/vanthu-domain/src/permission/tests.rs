use super::*;
use crate::moment::Moment;

const NOW: Moment = Moment::from_unix_seconds(1_795_300_000);

fn actor(person: u128, posts: Vec<Seat>) -> Actor {
    Actor {
        account_id: AccountId::new(NOW, person),
        person_id: PersonId::new(NOW, person),
        active: true,
        posts,
    }
}

fn seat(agency: u128, unit: Option<u128>, role: Role) -> Seat {
    Seat {
        agency_id: AgencyId::new(NOW, agency),
        unit_id: unit.map(|u| UnitId::new(NOW, u)),
        role,
    }
}

fn letter(state: OutgoingTag) -> Object {
    Object::Outgoing {
        agency_id: AgencyId::new(NOW, 1),
        unit_id: UnitId::new(NOW, 1),
        drafter_id: PersonId::new(NOW, 1),
        signer_id: Some(PersonId::new(NOW, 3)),
        state,
    }
}

#[test]
fn every_action_has_somebody_who_may() {
    for action in Action::ALL {
        assert!(
            RULES.iter().any(|rule| rule.action == *action),
            "{}",
            action.code()
        );
    }
}

#[test]
fn every_rule_names_states_of_its_action_s_object() {
    for rule in RULES {
        let possible = states_of(rule.action);
        assert!(rule.when.iter().all(|s| possible.contains(s)), "{rule:?}");
        assert!(!rule.by.is_empty());
    }
}

/// Proves: TG-7, KH-2
#[test]
fn the_same_roles_in_another_agency_may_nothing() {
    for role in Role::ALL {
        let stranger = actor(9, vec![seat(2, Some(2), role)]);
        for action in Action::ALL {
            for state in OutgoingTag::ALL {
                assert!(decide(&stranger, *action, &letter(state)).is_err());
            }
        }
    }
}

#[test]
fn a_locked_account_may_nothing() {
    let mut drafter = actor(1, vec![seat(1, Some(1), Role::Specialist)]);
    assert!(decide(&drafter, Action::Edit, &letter(OutgoingTag::Drafting)).is_ok());
    drafter.active = false;
    let refusal = decide(&drafter, Action::Edit, &letter(OutgoingTag::Drafting)).unwrap_err();
    assert_eq!(refusal.code, RefusalCode::AccountLocked);
}

#[test]
fn a_refusal_tells_the_state_from_the_person() {
    let drafter = actor(1, vec![seat(1, Some(1), Role::Specialist)]);
    let late = decide(&drafter, Action::Edit, &letter(OutgoingTag::Signed)).unwrap_err();
    assert_eq!(late.code, RefusalCode::WrongState);
    let not_mine = decide(&drafter, Action::Seal, &letter(OutgoingTag::Numbered)).unwrap_err();
    assert_eq!(not_mine.code, RefusalCode::NotPermitted);
}

#[test]
fn a_drafter_who_left_the_agency_may_no_longer_touch_the_draft() {
    let gone = actor(1, vec![seat(2, Some(2), Role::Specialist)]);
    assert!(decide(&gone, Action::Edit, &letter(OutgoingTag::Drafting)).is_err());
}

/// Proves: AG-17.3c
#[test]
fn only_a_clerk_of_the_agency_seals() {
    for role in Role::ALL {
        let who = actor(7, vec![seat(1, Some(1), role)]);
        let may = decide(&who, Action::Seal, &letter(OutgoingTag::Numbered)).is_ok();
        assert_eq!(may, role == Role::Clerk, "{role:?}");
    }
}
