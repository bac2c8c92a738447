use super::*;

/// A page of lines; each line has words as (text, left edge), 7 points a letter.
fn page(lines: &[(f64, &[(&str, f64)])]) -> PageText {
    let word = |baseline: f64, text: &str, x0: f64| Word {
        text: text.to_owned(),
        rect: Rect {
            x0,
            y0: baseline - 3.0,
            x1: x0 + 7.0 * text.chars().count() as f64,
            y1: baseline + 10.0,
        },
        baseline,
        size: 13.0,
        bold: false,
        italic: false,
    };
    let line = |(baseline, words): &(f64, &[(&str, f64)])| TextLine {
        words: words
            .iter()
            .map(|(text, x0)| word(*baseline, text, *x0))
            .collect(),
    };
    PageText {
        page: 0,
        width: 595.0,
        height: 842.0,
        lines: lines.iter().map(line).collect(),
    }
}

fn read(page: &PageText) -> FoundPlaces {
    let mut found = FoundPlaces::default();
    find_number(page, &mut found);
    find_date(page, &mut found);
    find_signature(page, &mut found);
    found
}

#[test]
fn the_gap_before_the_stroke_takes_the_number() {
    let found = read(&page(&[(730.0, &[("Số:", 140.0), ("/UBND-VP", 200.0)])]));
    let place = found.number.unwrap();
    assert_eq!((place.rect.x0, place.rect.x1), (161.0, 200.0));
    assert_eq!(found.notation.as_deref(), Some("UBND-VP"));
}

#[test]
fn dots_before_the_stroke_are_part_of_the_gap() {
    let found = read(&page(&[(
        730.0,
        &[("Số:", 140.0), ("....../BC-UBND", 165.0)],
    )]));
    let place = found.number.unwrap();
    assert!((place.rect.x0 - 161.0).abs() < 0.1);
    assert!((place.rect.x1 - (165.0 + 42.0)).abs() < 0.1);
    assert_eq!(found.notation.as_deref(), Some("BC-UBND"));
}

#[test]
fn a_printed_number_is_told_and_no_gap_is_offered() {
    let found = read(&page(&[(730.0, &[("Số:", 140.0), ("15/UBND-VP", 170.0)])]));
    assert_eq!(found.printed_number.as_deref(), Some("15"));
    assert_eq!(found.number, None);
}

#[test]
fn day_and_month_go_between_their_words() {
    let line: &[(&str, f64)] = &[
        ("Bình", 300.0),
        ("Mẫu,", 330.0),
        ("ngày", 365.0),
        ("tháng", 420.0),
        ("năm", 490.0),
        ("2026", 520.0),
    ];
    let Some(FoundDate::Parts {
        day,
        month: Some(month),
    }) = read(&page(&[(730.0, line)])).date
    else {
        panic!("no gaps")
    };
    assert_eq!((day.rect.x0, day.rect.x1), (393.0, 420.0));
    assert_eq!((month.rect.x0, month.rect.x1), (455.0, 490.0));
}

#[test]
fn a_printed_month_stays_and_a_printed_date_is_told() {
    let month: &[(&str, f64)] = &[
        ("ngày", 365.0),
        ("tháng", 420.0),
        ("02", 460.0),
        ("năm", 490.0),
    ];
    assert!(matches!(
        read(&page(&[(730.0, month)])).date,
        Some(FoundDate::Parts { month: None, .. })
    ));
    let whole: &[(&str, f64)] = &[
        ("ngày", 365.0),
        ("05", 400.0),
        ("tháng", 420.0),
        ("02", 460.0),
        ("năm", 490.0),
    ];
    assert_eq!(
        read(&page(&[(730.0, whole)])).date,
        Some(FoundDate::Printed)
    );
}

#[test]
fn the_signature_stands_between_title_and_name() {
    let found = read(&page(&[
        (
            300.0,
            &[
                ("Nơi", 85.0),
                ("nhận:", 110.0),
                ("TL.", 380.0),
                ("CHỦ", 405.0),
                ("TỊCH", 430.0),
            ],
        ),
        (
            284.0,
            &[
                ("-", 85.0),
                ("Như", 92.0),
                ("trên;", 120.0),
                ("CHÁNH", 385.0),
                ("VĂN", 430.0),
            ],
        ),
        (190.0, &[("Lê", 390.0), ("Văn", 410.0), ("Thử", 440.0)]),
    ]));
    let place = found.signature.unwrap();
    assert!(
        place.rect.y1 < 284.0 && place.rect.y0 > 190.0 && place.rect.height() > 60.0,
        "{place:?}"
    );
    assert!(place.rect.x0 > 300.0 && place.rect.x1 < 595.0);
    assert_eq!(found.signer_name.as_deref(), Some("Lê Văn Thử"));
    assert!(found.recipients.is_some());
}

#[test]
fn a_page_without_these_words_offers_nothing() {
    assert_eq!(
        read(&page(&[(400.0, &[("Số", 90.0), ("liệu", 110.0)])])),
        FoundPlaces::default()
    );
    assert_eq!(read(&page(&[])), FoundPlaces::default());
}
