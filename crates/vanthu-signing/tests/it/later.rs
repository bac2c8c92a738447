//! What later revisions may not do to a signed file: each hole by a file of its own, beside the honest change that stays
//! permitted.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use vanthu_signing::{
    Attack, ChangeKind, ChangeLevel, DocMdp, Indication, Report, SignatureRequest, validate,
};

use crate::world::{World, append, file_of, find, find_last, now, plain_pdf};

pub(crate) static WORLD: LazyLock<World> = LazyLock::new(World::new);

pub(crate) fn judge(file: &[u8]) -> Report {
    validate(file, &WORLD.input())
}

/// An invisible signature, with a certification or without.
pub(crate) fn signed(base: &[u8], certify: Option<DocMdp>) -> Vec<u8> {
    let request = SignatureRequest {
        field_name: "ChuKy".to_owned(),
        signer_name: "Trần Thị Mẫu".to_owned(),
        at: now(),
        certify,
        ..SignatureRequest::default()
    };
    let file = WORLD.sign(base, &request, &WORLD.leader);
    let report = judge(&file);
    assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
    file
}

/// The newest body of an object that stands in the file itself.
pub(crate) fn body(file: &[u8], number: u32) -> String {
    let head = format!("\n{number} 0 obj\n");
    let at = find_last(file, head.as_bytes()).unwrap() + head.len();
    let end = at + find(&file[at..], b"\nendobj").unwrap();
    String::from_utf8_lossy(&file[at..end]).into_owned()
}

/// The number behind a key.
pub(crate) fn number_behind(file: &[u8], key: &str) -> u32 {
    let at = find_last(file, key.as_bytes()).unwrap() + key.len();
    let digits: String = file[at..]
        .iter()
        .map(|byte| char::from(*byte))
        .skip_while(|letter| *letter == ' ')
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap()
}

/// A revision with one more signature field, written by hand. `annots` stands behind the old annotations of the page.
pub(crate) fn with_field(
    file: &[u8],
    widget: &str,
    annots: &str,
    more: &[(u32, String)],
) -> Vec<u8> {
    let form = number_behind(file, "/AcroForm ");
    let page = body(file, 3);
    let old_form = body(file, form);
    let listed = |text: &str, key: &str, more: &str| {
        let at = text.find(key).unwrap();
        let end = at + text[at..].find(']').unwrap();
        format!("{} {more}{}", &text[..end], &text[end..])
    };
    let mut objects = vec![
        (3, listed(&page, "/Annots", annots)),
        (form, listed(&old_form, "/Fields", "400 0 R")),
        (400, widget.to_owned()),
    ];
    objects.extend(more.iter().cloned());
    append(file, &objects, "")
}

pub(crate) const WIDGET: &str =
    "<< /Type /Annot /Subtype /Widget /FT /Sig /T (them) /Rect [0 0 0 0] /P 3 0 R /F 132 >>";
pub(crate) const SQUARE: &str =
    "<< /Type /Annot /Subtype /Square /Rect [0 0 500 500] /IC [1 1 1] /F 4 >>";

pub(crate) fn attacks(report: &Report) -> BTreeSet<Attack> {
    let of_signatures = report.signatures.iter().flat_map(|it| &it.attacks);
    of_signatures.chain(&report.attacks).copied().collect()
}

pub(crate) fn assert_refused(file: &[u8], what: &str) -> Report {
    let report = judge(file);
    assert_eq!(
        report.indication,
        Indication::TotalFailed,
        "{what}: {report:#?}"
    );
    let first = &report.signatures[0];
    assert!(!first.changes_permitted, "{what}");
    report
}

pub(crate) fn assert_permitted(file: &[u8], level: ChangeLevel, what: &str) {
    let report = judge(file);
    let first = &report.signatures[0];
    assert!(
        first.is_intact_and_unchanged() && first.change_level == level,
        "{what}: {report:#?}"
    );
}

#[test]
fn a_new_field_brings_nothing_onto_the_page_but_its_own_widget() {
    for certify in [None, Some(DocMdp::NoChanges), Some(DocMdp::FormFilling)] {
        let file = signed(&plain_pdf(0), certify);
        let honest = with_field(&file, WIDGET, "400 0 R", &[]);
        assert_permitted(&honest, ChangeLevel::LongTermEvidence, "its widget alone");
        for (what, annots) in [
            ("a direct annotation", format!("400 0 R {SQUARE}")),
            ("a direct annotation alone", SQUARE.to_owned()),
            ("its widget twice", "400 0 R 400 0 R".to_owned()),
            ("a direct copy of the widget", format!("400 0 R {WIDGET}")),
            ("another annotation", "400 0 R 401 0 R".to_owned()),
        ] {
            let evil = with_field(&file, WIDGET, &annots, &[(401, SQUARE.to_owned())]);
            let report = assert_refused(&evil, what);
            let change = report.signatures[0].later[0].changes.iter();
            let mut refused = change.filter(|it| it.kind == ChangeKind::Annotation);
            assert!(refused.any(|it| !it.permitted), "{what}");
            if certify.is_some() {
                assert!(attacks(&report).contains(&Attack::EvilAnnotation), "{what}");
            }
        }
    }
}

#[test]
fn what_lies_above_and_below_on_a_page_stays_so() {
    let base = file_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /Annots [5 0 R 6 0 R] >>".to_owned(),
        "null".to_owned(),
        SQUARE.to_owned(),
        SQUARE.replace("[1 1 1]", "[0 0 0]"),
    ]);
    let file = signed(&base, None);
    let page = body(&file, 3);
    let turned = page.replace("5 0 R 6 0 R", "6 0 R 5 0 R");
    assert_ne!(page, turned);
    let mut evil = with_field(&file, WIDGET, "400 0 R", &[]);
    assert_permitted(&evil, ChangeLevel::LongTermEvidence, "in order");
    let at = find_last(&evil, b"5 0 R 6 0 R").unwrap();
    evil[at] = b'6';
    evil[at + 6] = b'5';
    assert_refused(&evil, "turned around");

    // One that stands in the list itself has no number to be known by.
    let in_place = SQUARE.replace("[1 1 1]", "[0 1 0]");
    let mixed = format!("[{in_place} 6 0 R]");
    let file = signed(
        &file_of(&[
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
            format!("<< /Type /Page /Parent 2 0 R /Annots {mixed} >>"),
            "null".to_owned(),
            "null".to_owned(),
            SQUARE.to_owned(),
        ]),
        None,
    );
    let honest = with_mixed(&file, |list| format!("{list} 400 0 R"));
    assert_permitted(&honest, ChangeLevel::LongTermEvidence, "in order");
    let evil = with_mixed(&file, |list| {
        let rest = list.replace("6 0 R ", "").replace(" 6 0 R", "");
        format!("6 0 R {rest} 400 0 R")
    });
    assert_refused(&evil, "below what covers it");
}

/// As [`with_field`], with the list of annotations written anew.
fn with_mixed(file: &[u8], turn: impl Fn(&str) -> String) -> Vec<u8> {
    let form = number_behind(file, "/AcroForm ");
    let (page, fields) = (body(file, 3), body(file, form));
    let start =
        page.find("/Annots").unwrap() + page[page.find("/Annots").unwrap()..].find('[').unwrap();
    let end = page.rfind(']').unwrap();
    let list = turn(page[start + 1..end].trim());
    let page = format!("{}[{list}]{}", &page[..start], &page[end + 1..]);
    let at = fields.find("/Fields").unwrap();
    let close = at + fields[at..].find(']').unwrap();
    let fields = format!("{} 400 0 R{}", &fields[..close], &fields[close..]);
    append(
        file,
        &[(3, page), (form, fields), (400, WIDGET.to_owned())],
        "",
    )
}

#[test]
fn an_added_field_acts_never_and_is_called_a_script_where_it_would() {
    let file = signed(&plain_pdf(0), None);
    let script = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>";
    let with = |extra: &str| WIDGET.replace(">>", &format!("{extra} >>"));
    let cases = [
        with(&format!("/AA << /PO {script} >>")),
        with(&format!("/A {script}")),
        with("/A 401 0 R"),
        with("/AA << /PV 401 0 R >>"),
        with("/AA 402 0 R"),
        with(&format!("/PMD << /U {script} >>")),
    ];
    let more = [
        (401, script.to_owned()),
        (402, "<< /O 401 0 R >>".to_owned()),
    ];
    for widget in &cases {
        let report = assert_refused(&with_field(&file, widget, "400 0 R", &more), widget);
        assert!(
            attacks(&report).contains(&Attack::EmbeddedScript),
            "{widget}"
        );
    }
    for extra in [
        "/Popup 401 0 R",
        "/OC 401 0 R",
        "/DV (x)",
        "/Parent 401 0 R",
    ] {
        let widget = with(extra);
        assert_refused(&with_field(&file, &widget, "400 0 R", &more), extra);
    }
    for extra in [
        "/TU (Chữ ký)",
        "/MK << /R 90 >>",
        "/NM (x)",
        "/BS << /W 0 >>",
    ] {
        let widget = with(extra);
        let honest = with_field(&file, &widget, "400 0 R", &[]);
        assert_permitted(&honest, ChangeLevel::LongTermEvidence, extra);
    }
    let kids = "<< /FT /Sig /T (them) /Kids [403 0 R] >>";
    let kid = |extra: &str| {
        format!(
            "<< /Type /Annot /Subtype /Widget /Parent 400 0 R /Rect [0 0 0 0] /P 3 0 R {extra} >>"
        )
    };
    let honest = with_field(&file, kids, "403 0 R", &[(403, kid(""))]);
    assert_permitted(
        &honest,
        ChangeLevel::LongTermEvidence,
        "a widget of its own",
    );
    let evil = [(403, kid(&format!("/AA << /PO {script} >>")))];
    let report = assert_refused(&with_field(&file, kids, "403 0 R", &evil), "in its widget");
    assert!(attacks(&report).contains(&Attack::EmbeddedScript));
}

#[test]
fn a_place_that_cannot_be_read_is_not_taken_for_an_invisible_one() {
    let file = signed(&plain_pdf(0), Some(DocMdp::FormFilling));
    for rect in ["[0 0 500 500 0]", "[0 0 (500) 500]", "(x)", "[0 0 500 500]"] {
        let widget = WIDGET.replace("[0 0 0 0]", rect);
        assert_refused(&with_field(&file, &widget, "400 0 R", &[]), rect);
    }
}

#[test]
fn an_unsigned_field_shows_nothing_on_the_page() {
    let file = signed(&plain_pdf(0), None);
    let widget = WIDGET.replace("[0 0 0 0]", "[50 650 550 750]");
    let with = |extra: &str, content: &str| {
        let look = format!(
            "<< /Type /XObject /Subtype /Form /BBox [0 0 500 99] /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        );
        let widget = widget.replace("/F 132", &format!("/F 132 {extra}"));
        with_field(&file, &widget, "400 0 R", &[(401, look)])
    };
    let look = "/AP << /N 401 0 R >>";
    for honest in [with("", ""), with(look, ""), with(look, "q Q")] {
        assert_permitted(&honest, ChangeLevel::FormFilling, "an empty place");
    }
    for evil in [
        with(look, "1 g 0 0 500 99 re f"),
        with("/MK << /BG [1 1 1] >>", ""),
        with("/MK << /CA (So tien 9000) >>", ""),
    ] {
        assert_refused(&evil, "a look that nobody signed");
    }
}

#[test]
fn readers_are_not_told_to_redraw_fields_in_any_way() {
    let base = |need: &str| {
        file_of(&[
            format!(
                "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /DA (/Helv 9 Tf) /SigFlags 3 {need} >> >>"
            ),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
            "<< /Type /Page /Parent 2 0 R /Annots [4 0 R 5 0 R] >>".to_owned(),
            "<< /Type /Annot /Subtype /Widget /FT /Sig /T (ChuKy) /Rect [0 0 0 0] /P 3 0 R >>"
                .to_owned(),
            "null".to_owned(),
            "true".to_owned(),
        ])
    };
    let changed = |need: &str, from: &str, to: &str| {
        let file = signed(&base(need), None);
        let root = body(&file, 1);
        assert!(root.contains(from));
        append(&file, &[(1, root.replacen(from, to, 1))], "")
    };
    let look = ("(/Helv 9 Tf)", "(/Helv 99 Tf)");
    assert_permitted(
        &changed("", look.0, look.1),
        ChangeLevel::LongTermEvidence,
        "nobody redraws",
    );
    for need in ["/NeedAppearances true", "/NeedAppearances 6 0 R"] {
        let added = format!("/SigFlags 3 {need}");
        assert_refused(&changed("", "/SigFlags 3", &added), need);
        assert_refused(&changed(need, look.0, look.1), need);
    }
}

#[test]
fn a_field_that_was_signed_unseen_is_not_brought_forward() {
    let hidden = "<< /Type /Annot /Subtype /Widget /FT /Sig /T (them) /Rect [50 650 550 750] /P 3 0 R /AP << /N 7 0 R >> >>";
    let look =
        "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 7 >>\nstream\n0 0 m S\nendstream";
    let base = file_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R >>".to_owned(),
        "null".to_owned(),
        "null".to_owned(),
        hidden.to_owned(),
        look.to_owned(),
    ]);
    let file = signed(&base, None);
    // The form names the hidden object instead of a new one.
    let form = number_behind(&file, "/AcroForm ");
    let fields = body(&file, form).replace(" 0 R]", " 0 R 6 0 R]");
    let page = body(&file, 3).replace(" 0 R]", " 0 R 6 0 R]");
    let evil = append(&file, &[(3, page), (form, fields)], "");
    let report = assert_refused(&evil, "hidden field");
    assert!(attacks(&report).contains(&Attack::ShadowHideAndReplace));
}

#[test]
fn a_hidden_field_is_not_brought_to_light_by_its_flags() {
    let field = |flags: u8| {
        format!(
            "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Che) /Rect [50 650 550 750] /P 3 0 R /F {flags} /V (x) >>"
        )
    };
    let base = file_of(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /DA (/Helv 0 Tf 0 g) >> >>"
            .to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /Annots [4 0 R] >>".to_owned(),
        field(6),
    ]);
    let file = signed(&base, None);
    let filled = field(6).replace("(x)", "(y)");
    let honest = append(&file, &[(4, filled)], "");
    assert_permitted(&honest, ChangeLevel::FormFilling, "filled");
    assert_refused(&append(&file, &[(4, field(4))], ""), "shown");
}

#[test]
fn resources_of_the_form_are_added_and_never_replaced() {
    let base = file_of(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /Annots [] >>".to_owned(),
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (So) /Rect [5 5 9 9] /DA (/Helv 9 Tf) >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        "<< /Fields [4 0 R] /DR << /Font << /Helv 5 0 R >> >> /SigFlags 3 >>".to_owned(),
    ]);
    let file = signed(&base, None);
    let form = body(&file, 6);
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>".to_owned();
    let added = form.replace("/Helv 5 0 R", "/Helv 5 0 R /Neu 400 0 R");
    assert_ne!(added, form);
    let honest = append(&file, &[(6, added), (400, font.clone())], "");
    assert_permitted(&honest, ChangeLevel::FormFilling, "one more font");
    for (what, by) in [
        ("replaced", "/Helv 400 0 R"),
        (
            "replaced inside",
            "/Helv << /Type /Font /Subtype /Type1 /BaseFont /Symbol >>",
        ),
        ("removed", ""),
    ] {
        let evil = form.replace("/Helv 5 0 R", by);
        assert_refused(&append(&file, &[(6, evil), (400, font.clone())], ""), what);
    }
}

#[test]
fn a_catalogue_that_is_a_table_of_fonts_too_is_not_approved_as_a_catalogue() {
    let font =
        |name: &str| format!("/Extensions << /Type /Font /Subtype /Type1 /BaseFont /{name} >>");
    let base = file_of(&[
        format!("<< /Type /Catalog /Pages 2 0 R {} >>", font("Helvetica")),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font 1 0 R >> >>".to_owned(),
        "<< /Length 46 >>\nstream\nBT /Extensions 24 Tf 99 700 Td (So 1000) Tj ET \nendstream"
            .to_owned(),
    ]);
    let file = signed(&base, None);
    let root = body(&file, 1);
    let evil = root.replace("/Helvetica", "/Symbol");
    assert_ne!(root, evil);
    assert_refused(&append(&file, &[(1, evil)], ""), "another font");
}

/// A page with a second part of its content, and an object that the page leads to.
fn open_ended(part: &str, other: &str) -> Vec<u8> {
    let content = "BT /F 12 Tf 72 760 Td (So tien 1000) Tj ET";
    file_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /Contents [4 0 R 5 0 R] /Resources << /Font << /F 6 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        part.to_owned(),
        other.to_owned(),
    ])
}

const FONT: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>";

#[test]
fn an_object_that_ends_behind_the_signed_part_is_a_shadow() {
    let request = SignatureRequest {
        field_name: "ChuKy".to_owned(),
        at: now(),
        ..SignatureRequest::default()
    };
    let evidence = |file: &[u8]| {
        let root = body(file, 1).replacen(">>", "/DSS 401 0 R >>", 1);
        append(file, &[(1, root), (401, "<< /Type /DSS >>".to_owned())], "")
    };
    // A stream that is longer than the file: what comes later is its end.
    let length = 90_000;
    let part = format!("<< /Length {length} >>\nstream\nq Q\nendstream");
    let file = WORLD.sign(&open_ended(&part, FONT), &request, &WORLD.leader);
    let start = find(&file, b"stream\nq Q").unwrap() + 7;
    let mut evil = file.clone();
    let paint = b" 1 g 0 0 600 900 re f BT 0 g /F 12 Tf 72 760 Td (So tien 9000) Tj ET ";
    evil.resize(start + length - paint.len(), b' ');
    evil.extend_from_slice(paint);
    evil.extend_from_slice(b"\nendstream\nendobj\n");
    let report = assert_refused(&evidence(&evil), "a stream");
    assert!(attacks(&report).contains(&Attack::ShadowReplace));
    let change = report.signatures[0].later[0].changes.iter();
    let mut refused =
        change.filter(|it| it.kind == ChangeKind::PageContent && it.object == Some(5));
    assert!(refused.all(|it| !it.permitted && it.page == Some(0)));
    // A string that nobody closes in the signed part.
    let open = "<< /Type /Font /Subtype /Type1 /Ghi (chu";
    let base = open_ended("<< /Length 3 >>\nstream\nq Q\nendstream", open);
    let file = WORLD.sign(&base, &request, &WORLD.leader);
    let mut evil = file.clone();
    evil.extend_from_slice(b") /BaseFont /Symbol >>\nendobj\n");
    let report = assert_refused(&evidence(&evil), "a string");
    assert!(attacks(&report).contains(&Attack::ShadowReplace));
    // A length in an object of its own that grows.
    let part = "<< /Length 7 0 R >>\nstream\nq Q\nendstream\n% 0 0 600 900 re f\nendstream";
    let objects = append(&open_ended(part, FONT), &[(7, "3".to_owned())], "");
    let file = WORLD.sign(&objects, &request, &WORLD.leader);
    assert_refused(&append(&file, &[(7, "37".to_owned())], ""), "a length");
}

/// A base with a text field and an empty signature field whose lock says `lock`.
pub(crate) fn lockable(lock: &str) -> Vec<u8> {
    lockable_with(lock, "")
}

pub(crate) fn lockable_with(lock: &str, more: &str) -> Vec<u8> {
    file_of(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 5 0 R] /SigFlags 3 >> >>"
            .to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /Annots [4 0 R 5 0 R] >>".to_owned(),
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (So) /Rect [5 5 9 9] /P 3 0 R /V (1) >>"
            .to_owned(),
        format!(
            "<< /Type /Annot /Subtype /Widget /FT /Sig /T (ChuKy) /Rect [0 0 0 0] /P 3 0 R /Lock {lock} {more} >>"
        ),
    ])
}

#[test]
fn of_certification_and_lock_the_stricter_holds() {
    let filled = |file: &[u8]| {
        let field = body(file, 4).replace("(1)", "(2)");
        append(file, &[(4, field)], "")
    };
    let lock = "<< /Type /SigFieldLock /Action /Include /Fields [(Khac)] >>";
    let free = signed(&lockable(lock), Some(DocMdp::Annotations));
    assert_permitted(&filled(&free), ChangeLevel::FormFilling, "P = 3 alone");
    let lock = lock.replace(">>", "/P 1 >>");
    let strict = signed(&lockable(&lock), Some(DocMdp::Annotations));
    assert_refused(&filled(&strict), "P = 3 with a lock of P = 1");
}

#[test]
fn the_lock_of_a_field_is_written_into_its_signature_and_holds() {
    for (action, locked) in [
        ("/All", true),
        ("/Include /Fields [(So)]", true),
        ("/Exclude /Fields [(So)]", false),
    ] {
        let lock = format!("<< /Type /SigFieldLock /Action {action} >>");
        let file = signed(&lockable(&lock), None);
        assert!(find(&file, b"/FieldMDP").is_some(), "{action}");
        let field = body(&file, 4).replace("(1)", "(2)");
        let filled = append(&file, &[(4, field)], "");
        if locked {
            assert_refused(&filled, action);
        } else {
            assert_permitted(&filled, ChangeLevel::FormFilling, action);
        }
    }
}
