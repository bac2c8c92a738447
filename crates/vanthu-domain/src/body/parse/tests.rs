use proptest::prelude::*;

use super::*;

fn codes(source: &str) -> Vec<(u32, FindingCode)> {
    parse(source)
        .findings
        .iter()
        .map(|finding| (finding.line, finding.code))
        .collect()
}

#[test]
fn the_notation_gives_its_blocks() {
    let parsed = parse(
        "Mở đầu.\n1. Khoản một:\na) Điểm a;\n- gạch\n+ cộng\nĐiều 1. Tên\n## Chương I\n## QUY ĐỊNH CHUNG\n### Nhóm\n| STT | Tiền |\n|---|--:|\n| 1 | 5 |",
    );
    assert_eq!(parsed.findings, []);
    let kinds: Vec<&str> = parsed
        .body
        .blocks()
        .iter()
        .map(|block| match block {
            Block::Paragraph { .. } => "paragraph",
            Block::Basis { .. } => "basis",
            Block::Heading { centred: true, .. } => "centred",
            Block::Heading { .. } => "heading",
            Block::Article { .. } => "article",
            Block::Clause { .. } => "clause",
            Block::Point { .. } => "point",
            Block::Dash { mark: '+', .. } => "plus",
            Block::Dash { .. } => "dash",
            Block::Table(_) => "table",
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "paragraph",
            "clause",
            "point",
            "dash",
            "plus",
            "article",
            "centred",
            "centred",
            "heading",
            "table"
        ]
    );
}

#[test]
fn a_decision_has_an_issuer_bases_and_a_verb() {
    let body = parse("CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ BÌNH MẪU\nCăn cứ Luật A;\nTheo đề nghị của Trưởng phòng.\nQUYẾT ĐỊNH:\nĐiều 1. Giao.").body;
    assert!(matches!(
        body.blocks(),
        [
            Block::Heading { centred: true, .. },
            Block::Basis { .. },
            Block::Basis { .. },
            Block::Heading { centred: true, .. },
            Block::Article { .. }
        ]
    ));
}

#[test]
fn numbers_and_letters_out_of_order_are_found_with_what_was_expected() {
    let findings = parse("1. Một\na) a\nb) b\nd) d\nđ) đ\ne) e\nf) f\n3. Ba").findings;
    let told: Vec<_> = findings
        .iter()
        .map(|finding| (finding.line, finding.code, finding.expected.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (4, FindingCode::PointOrder, Some("c")),
            (7, FindingCode::PointOrder, Some("g")),
            (8, FindingCode::ClauseOrder, Some("2")),
        ]
    );
}

#[test]
fn numbers_may_start_again_under_a_new_title() {
    assert_eq!(
        codes("## A\n1. x\n2. y\n## B\n1. z\nĐiều 5. t\n1. u\nĐiều 6. v\nĐiều 6a. w"),
        []
    );
    assert_eq!(
        codes("Điều 1. a\nĐiều 3. b"),
        [(2, FindingCode::ArticleOrder)]
    );
}

#[test]
fn footnotes_are_numbered_by_first_mention_and_checked() {
    let parsed = parse("x[^b] y[^a] z[^b] t[^c]\n[^a]: A\n[^b]: B\n[^b]: B2\n[^d]: D");
    let keys: Vec<&str> = parsed
        .body
        .footnotes()
        .iter()
        .map(|footnote| footnote.key.as_str())
        .collect();
    assert_eq!(keys, ["b", "a"]);
    assert_eq!(
        codes("x[^b] y[^a] z[^b] t[^c]\n[^a]: A\n[^b]: B\n[^b]: B2\n[^d]: D"),
        [
            (1, FindingCode::FootnoteUndefined),
            (4, FindingCode::FootnoteDefinedTwice),
            (5, FindingCode::FootnoteUnused)
        ]
    );
}

#[test]
fn a_bold_title_of_a_clause_is_a_clause() {
    let body = parse("**1. Mục đích**").body;
    assert!(matches!(body.blocks(), [Block::Clause { number, content }]
        if number == "1" && matches!(content.as_slice(), [Inline::Text { bold: true, .. }])));
}

#[test]
fn an_appendix_must_be_mentioned_titled_and_filled() {
    assert_eq!(
        codes("Nội dung.\n# Phụ lục:"),
        [
            (2, FindingCode::AppendixWithoutTitle),
            (2, FindingCode::AppendixEmpty),
            (2, FindingCode::AppendixNotMentioned)
        ]
    );
    assert_eq!(
        codes("Theo Phụ lục kèm theo.\n# Phụ lục: DANH MỤC\n- x"),
        []
    );
}

#[test]
fn rows_are_brought_to_the_width_of_the_header() {
    let parsed = parse("| a | b |\n| 1 |\n| 1 | 2 | 3 |");
    let Some(Block::Table(table)) = parsed.body.blocks().first() else {
        panic!("no table")
    };
    assert!(table.rows.iter().all(|row| row.len() == 2));
    assert_eq!(parsed.body.plain_text(), "a | b\n1 | \n1 | 2 3\n");
    assert_eq!(parsed.findings.len(), 2);
    assert_eq!(codes("| a |"), [(1, FindingCode::TableWithoutRows)]);
}

#[test]
fn invisible_characters_go_and_are_told() {
    let parsed = parse("a\u{200b}b\u{feff}\u{7}c\nd\u{2028}e");
    assert_eq!(parsed.body.plain_text(), "abc\nd\ne\n");
    assert_eq!(codes("a\u{200b}b"), [(1, FindingCode::InvisibleCharacters)]);
}

#[test]
fn text_is_composed_and_a_cut_sentence_is_told() {
    assert_eq!(parse("Tie\u{302}\u{301}ng").body.plain_text(), "Tiếng\n");
    assert_eq!(
        codes("Đề nghị các cơ quan, đơn vị rà soát toàn bộ\ntài khoản đã cấp."),
        [(2, FindingCode::BrokenLine)]
    );
    assert_eq!(codes(" \n"), [(1, FindingCode::Empty)]);
}

proptest! {
    #[test]
    fn parsing_never_fails_and_keeps_the_source(source in "(?s).{0,200}") {
        let parsed = parse(&source);
        prop_assert_eq!(parsed.body.source(), source.as_str());
    }

    #[test]
    fn marks_in_any_order_never_fail(source in r"([#|*_\\\[\]^:1a). \n-]|Điều |Phụ lục){0,60}") {
        let body = parse(&source).body;
        for block in body.blocks() {
            if let Block::Table(table) = block {
                prop_assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
                prop_assert_eq!(table.aligns.len(), table.header.len());
            }
        }
    }

    #[test]
    fn plain_sentences_come_back_whole(words in "[A-ZĐ][a-zàáâãèéêìíòóôõùúăđĩũơưạ-ỹ]{1,8}( [a-zàáđơưạ-ỹ]{1,8}){0,12}\\.") {
        let plain: String = words.nfc().collect();
        prop_assert_eq!(parse(&words).body.plain_text(), format!("{plain}\n"));
    }
}
