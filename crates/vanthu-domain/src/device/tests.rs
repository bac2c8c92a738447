use super::*;

const NOW: Moment = Moment::from_unix_seconds(1_795_300_000);

fn person(n: u128) -> PersonId {
    PersonId::new(NOW, n)
}

fn permit_id() -> PermitId {
    PermitId::new(NOW, 1)
}

/// One of each state, in the order of [`DeviceTag::ALL`].
fn every_state() -> [DeviceState; 7] {
    let (since, holder) = (NOW, person(1));
    [
        DeviceState::InStore { since },
        DeviceState::Held {
            since,
            holder: holder.clone(),
        },
        DeviceState::Outside {
            since,
            holder: holder.clone(),
            permit_id: permit_id(),
            until: NOW.plus_seconds(3600),
        },
        DeviceState::Locked {
            since,
            holder: holder.clone(),
        },
        DeviceState::Suspected {
            since,
            holder: holder.clone(),
            reported_by: person(2),
        },
        DeviceState::Lost {
            since,
            holder: Some(holder),
        },
        DeviceState::Returned { since },
    ]
}

/// Proves: AG-11.1
#[test]
fn the_life_of_a_device_is_this_table() {
    type Step = fn(DeviceState) -> Result<DeviceState, WrongState>;
    let later = NOW.plus_seconds(60);
    assert_eq!(later.seconds_since(NOW), 60);
    let steps: [(&str, Step); 9] = [
        ("hand-over", |it| {
            it.hand_over(person(3), NOW.plus_seconds(60))
        }),
        ("take-out", |it| {
            it.take_out(permit_id(), NOW.plus_seconds(3600), NOW.plus_seconds(60))
        }),
        ("bring-back", |it| it.bring_back(NOW.plus_seconds(60))),
        ("lock", |it| it.lock(NOW.plus_seconds(60))),
        ("restore", |it| it.restore(NOW.plus_seconds(60))),
        ("suspect", |it| it.suspect(person(2), NOW.plus_seconds(60))),
        ("clear", |it| it.clear(NOW.plus_seconds(60))),
        ("lose", |it| it.lose(NOW.plus_seconds(60))),
        ("give-back", |it| it.give_back(NOW.plus_seconds(60))),
    ];
    let table = [
        // hand-over, take-out, bring-back, lock, restore, suspect, clear, lose, give-back
        ("in-store", "held - - - - - - lost -"),
        ("held", "held outside - locked - suspected - lost returned"),
        ("outside", "- - held locked - suspected - lost returned"),
        ("locked", "- - - - held suspected - lost returned"),
        ("suspected", "- - - - - - held lost returned"),
        ("lost", "- - - - - - - - returned"),
        ("returned", "- - - - - - - - -"),
    ];
    for ((state, tag), (name, row)) in every_state().into_iter().zip(DeviceTag::ALL).zip(table) {
        assert_eq!((state.tag(), state.tag().code()), (tag, name));
        assert_eq!(DeviceTag::from_code(name), Some(tag));
        for ((step, take), expected) in steps.iter().zip(row.split(' ')) {
            match take(state.clone()) {
                Ok(next) => {
                    assert_eq!(next.tag().code(), expected, "{name} x {step}");
                    assert_eq!(next.since(), later, "{name} x {step}");
                    let kept = *step == "hand-over" || next.holder().is_none();
                    assert!(kept || next.holder() == state.holder(), "{name} x {step}");
                }
                Err(wrong) => assert_eq!(("-", wrong.step), (expected, *step), "{name}"),
            }
        }
    }
}

fn record(belongs: Belongs, state: DeviceState) -> DeviceRecord {
    DeviceRecord {
        device_id: DeviceId::new(NOW, 1),
        agency_id: AgencyId::new(NOW, 1),
        kind: DeviceKind::Token,
        serial: "TK-01".to_owned(),
        belongs,
        entrustment: None,
        state,
    }
}

/// Proves: TG-22.1b, AG-15.7, TG-25.3
#[test]
fn only_the_holder_signs_and_only_with_a_device_that_is_at_hand() {
    let expected = [
        Err(DeviceRefuses::State(DeviceTag::InStore)),
        Ok(()),
        Ok(()),
        Err(DeviceRefuses::State(DeviceTag::Locked)),
        Err(DeviceRefuses::State(DeviceTag::Suspected)),
        Err(DeviceRefuses::State(DeviceTag::Lost)),
        Err(DeviceRefuses::State(DeviceTag::Returned)),
    ];
    for (state, expected) in every_state().into_iter().zip(expected) {
        let device = record(Belongs::Person, state);
        assert_eq!(device.may_sign(&person(1), NOW), expected);
        if expected.is_ok() {
            let other = device.may_sign(&person(2), NOW);
            assert_eq!(other, Err(DeviceRefuses::NotTheHolder));
        }
    }
    let [_, _, outside, ..] = every_state();
    let device = record(Belongs::Person, outside);
    let until = NOW.plus_seconds(3600);
    assert_eq!(device.may_sign(&person(1), until), Ok(()));
    assert_eq!(
        device.may_sign(&person(1), until.plus_seconds(1)),
        Err(DeviceRefuses::PermissionOver { until })
    );
}

/// Proves: TG-22.1a, AG-16.1, AG-17.3c
#[test]
fn the_agency_s_device_signs_by_a_decision_in_force() {
    let [_, held, ..] = every_state();
    let mut device = record(Belongs::Agency, held);
    let refused = Err(DeviceRefuses::NotEntrusted);
    assert_eq!(device.may_sign(&person(1), NOW), refused);
    let today = NOW.day();
    let decision = |from: i32, until: Option<i32>| Entrustment {
        reference: "12/QĐ-UBND".to_owned(),
        from_day: today.plus_days(from),
        until_day: until.map(|days| today.plus_days(days)),
    };
    for (entrustment, expected) in [
        (decision(-10, None), Ok(())),
        (decision(0, Some(0)), Ok(())),
        (decision(1, None), refused.clone()),
        (decision(-10, Some(-1)), refused),
    ] {
        device.entrustment = Some(entrustment);
        assert_eq!(device.may_sign(&person(1), NOW), expected);
    }
}

/// Proves: AG-15.7
#[test]
fn a_permission_is_asked_decided_once_and_ends() {
    let by = || person(9);
    let granted = PermitState::Asked.grant(by(), NOW).unwrap();
    let refused = PermitState::Asked
        .refuse(by(), "Không cần".to_owned(), NOW)
        .unwrap();
    let ended = granted.clone().end(NOW).unwrap();
    let rows = [
        (PermitState::Asked, "granted refused ended"),
        (granted.clone(), "- - ended"),
        (refused, "- - -"),
        (ended, "- - -"),
    ];
    for (state, row) in rows {
        let got = [
            state.clone().grant(by(), NOW),
            state.clone().refuse(by(), String::new(), NOW),
            state.clone().end(NOW),
        ];
        for (got, expected) in got.into_iter().zip(row.split(' ')) {
            let code = got.as_ref().map_or("-", PermitState::code);
            assert_eq!(code, expected, "{}", state.code());
        }
    }
    let mut permit = Permit {
        permit_id: permit_id(),
        device_id: DeviceId::new(NOW, 1),
        agency_id: AgencyId::new(NOW, 1),
        asked_by: person(1),
        from_at: NOW,
        until_at: NOW.plus_seconds(60),
        place: "Hà Nội".to_owned(),
        reason: "Họp".to_owned(),
        asked_at: NOW,
        state: PermitState::Asked,
    };
    assert!(!permit.allows(NOW));
    permit.state = granted;
    assert!(permit.allows(NOW) && permit.allows(permit.until_at));
    assert!(!permit.allows(NOW.plus_seconds(-1)));
    assert!(!permit.allows(permit.until_at.plus_seconds(1)));
}

#[test]
fn words_read_back() {
    for kind in DeviceKind::ALL {
        assert_eq!(DeviceKind::from_code(kind.code()), Some(kind));
    }
    for one in Suspicion::ALL {
        assert_eq!(Suspicion::from_code(one.code()), Some(one));
    }
    for one in [Belongs::Person, Belongs::Agency] {
        assert_eq!(Belongs::from_code(one.code()), Some(one));
    }
    let withdrawn = RevocationRequestState::Started
        .withdraw(person(1), "Nhầm".to_owned(), NOW)
        .unwrap();
    assert!(withdrawn.withdraw(person(1), String::new(), NOW).is_err());
}
