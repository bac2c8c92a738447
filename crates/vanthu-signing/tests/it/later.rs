//! What later revisions may not do to a signed file: each hole by a file of its own, beside the honest change that stays
//! permitted.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use vanthu_pki::SignatureAlgorithm;
use vanthu_pki::authority::{Endpoints, PersonSubject, Validity};
use vanthu_signing::{
    Attack, ChangeKind, ChangeLevel, ConstraintId, DetachedRequest, DocMdp, FindingCode,
    Indication, Level, PrepareError, Report, Severity, SignatureRequest, prepare, prepare_detached,
    validate,
};

use crate::world::{
    World, append, day, file_of, find, find_last, leader_request, now, plain_pdf, seal_request,
};

static WORLD: LazyLock<World> = LazyLock::new(World::new);

fn judge(file: &[u8]) -> Report {
    validate(file, &WORLD.input())
}

/// An invisible signature, with a certification or without.
fn signed(base: &[u8], certify: Option<DocMdp>) -> Vec<u8> {
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
fn body(file: &[u8], number: u32) -> String {
    let head = format!("\n{number} 0 obj\n");
    let at = find_last(file, head.as_bytes()).unwrap() + head.len();
    let end = at + find(&file[at..], b"\nendobj").unwrap();
    String::from_utf8_lossy(&file[at..end]).into_owned()
}

/// The number behind a key.
fn number_behind(file: &[u8], key: &str) -> u32 {
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
fn with_field(file: &[u8], widget: &str, annots: &str, more: &[(u32, String)]) -> Vec<u8> {
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

const WIDGET: &str =
    "<< /Type /Annot /Subtype /Widget /FT /Sig /T (them) /Rect [0 0 0 0] /P 3 0 R /F 132 >>";
const SQUARE: &str = "<< /Type /Annot /Subtype /Square /Rect [0 0 500 500] /IC [1 1 1] /F 4 >>";

fn attacks(report: &Report) -> BTreeSet<Attack> {
    let of_signatures = report.signatures.iter().flat_map(|it| &it.attacks);
    of_signatures.chain(&report.attacks).copied().collect()
}

fn assert_refused(file: &[u8], what: &str) -> Report {
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

fn assert_permitted(file: &[u8], level: ChangeLevel, what: &str) {
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
fn lockable(lock: &str) -> Vec<u8> {
    lockable_with(lock, "")
}

fn lockable_with(lock: &str, more: &str) -> Vec<u8> {
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

const NOTE: &str = "<< /Type /Annot /Subtype /FreeText /Rect [50 50 90 90] /Contents (y kien) /DA (/Helv 9 Tf) /F 4 /AP << /N 402 0 R >> >>";
const LOOK: &str =
    "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 7 >>\nstream\n0 0 m S\nendstream";

#[test]
fn annotations_come_change_and_go_where_the_certification_says_so() {
    let base = file_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /Annots [4 0 R 5 0 R] >>".to_owned(),
        "<< /Type /Annot /Subtype /Text /Rect [5 5 9 9] /Contents (cu) /P 3 0 R >>".to_owned(),
        "<< /Type /Annot /Subtype /Link /Rect [5 5 9 9] /Dest [3 0 R /Fit] >>".to_owned(),
    ]);
    let page = |file: &[u8], from: &str, to: &str| {
        let page = body(file, 3);
        let changed = page.replacen(from, to, 1);
        assert_ne!(page, changed, "{from}");
        changed
    };
    for certify in [None, Some(DocMdp::FormFilling), Some(DocMdp::Annotations)] {
        let file = signed(&base, certify);
        let added = page(&file, "[4 0 R", "[401 0 R 4 0 R");
        let gone = page(&file, "4 0 R ", "");
        let old = body(&file, 4);
        let honest: [(&str, Vec<(u32, String)>); 3] = [
            (
                "added",
                vec![(3, added), (401, NOTE.to_owned()), (402, LOOK.to_owned())],
            ),
            ("changed", vec![(4, old.replace("(cu)", "(moi)"))]),
            ("removed", vec![(3, gone)]),
        ];
        for (what, objects) in honest {
            let later = append(&file, &objects, "");
            if certify == Some(DocMdp::Annotations) {
                assert_permitted(&later, ChangeLevel::Annotations, what);
            } else {
                let report = assert_refused(&later, what);
                assert_eq!(report.signatures[0].change_level, ChangeLevel::Other);
            }
        }
    }
    let file = signed(&base, Some(DocMdp::Annotations));
    let with = |note: &str| {
        let page = page(&file, "[4 0 R", "[401 0 R 4 0 R");
        append(
            &file,
            &[(3, page), (401, note.to_owned()), (402, LOOK.to_owned())],
            "",
        )
    };
    let script = "/A << /S /JavaScript /JS (1) >>";
    for note in [
        NOTE.replace("/FreeText", "/Link"),
        NOTE.replace("/FreeText", "/Widget"),
        NOTE.replace("/FreeText", "/FileAttachment"),
        NOTE.replace("/F 4", script),
        NOTE.replace("/F 4", "/AA << >>"),
        NOTE.replace("/F 4", "/FT /Tx"),
    ] {
        assert_refused(&with(&note), &note);
    }
    let others: [(&str, Vec<(u32, String)>); 4] = [
        ("the link gone", vec![(3, page(&file, " 5 0 R", ""))]),
        (
            "the note becomes a script",
            vec![(4, body(&file, 4).replace("/P 3 0 R", script))],
        ),
        (
            "the note becomes another",
            vec![(4, body(&file, 4).replace("/Text", "/Stamp"))],
        ),
        (
            "a direct note",
            vec![(3, page(&file, "[4 0 R", &format!("[{SQUARE} 4 0 R")))],
        ),
    ];
    for (what, objects) in others {
        assert_refused(&append(&file, &objects, ""), what);
    }
}

#[test]
fn entries_of_a_foreign_trailer_survive_our_revisions() {
    let mut base = plain_pdf(0);
    let at = find_last(&base, b"/Root").unwrap();
    let extra = b"/DocChecksum /6DBF5A5B5F26B1F5D7E0C8F8A2B9B9E2 ";
    base.splice(at..at, extra.iter().copied());
    let (one, two) = WORLD.two_signatures(&base);
    for file in [&one, &two] {
        let report = judge(file);
        assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
    }
    // Somebody else's signature: the revision is written as others write it.
    let field = "<< /Type /Annot /Subtype /Widget /FT /Sig /T (them) /Rect [0 0 0 0] /P 3 0 R >>";
    let foreign = with_field(&one, field, "400 0 R", &[]);
    let report = judge(&foreign);
    let changes = &report.signatures[0].later[0].changes;
    let dropped = changes.iter().any(|it| it.detail.contains("DocChecksum"));
    assert!(
        dropped,
        "a trailer that lost an entry is still noticed: {changes:#?}"
    );
}

#[test]
fn a_form_inside_the_catalogue_with_a_list_of_its_own_is_sealed_without_harm() {
    let base = file_of(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields 6 0 R /SigFlags 1 >> >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /Annots [5 0 R] >>".to_owned(),
        "null".to_owned(),
        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (ChuKy) /Rect [0 0 0 0] /P 3 0 R >>"
            .to_owned(),
        "[5 0 R]".to_owned(),
    ]);
    // The form is left as it is: the field exists already.
    let file = signed(&base, None);
    assert!(find_last(&file, b"/SigFlags 3").is_none());
    let mut seal = seal_request();
    seal.fill.clear();
    seal.place = leader_request().place;
    let sealed = WORLD.sign(&file, &seal, &WORLD.agency);
    let report = judge(&sealed);
    assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
}

#[test]
fn a_file_that_acts_by_itself_is_refused_by_name() {
    let script = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>";
    let file = |catalogue: &str, page: &str, note: &str| {
        file_of(&[
            format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>"),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
            format!("<< /Type /Page /Parent 2 0 R /Annots [4 0 R] {page} >>"),
            format!("<< /Type /Annot /Subtype /Link /Rect [5 5 9 9] {note} >>"),
            script.to_owned(),
            "/JavaScript".to_owned(),
            "<< /F (khac.pdf) /Length 0 >>\nstream\n\nendstream".to_owned(),
        ])
    };
    let cases = [
        file("/OpenAction 5 0 R", "", ""),
        file("/Names << /JavaScript << /Names [(a) 5 0 R] >> >>", "", ""),
        file("", &format!("/AA << /O {script} >>"), ""),
        file("", "", "/A 5 0 R"),
        file("", "", "/A << /S /URI /URI (x) /Next [5 0 R] >>"),
        file("", "", "/A << /S 6 0 R /JS (1) >>"),
        file("", "", "/A << /S /Launch /F (cmd.exe) >>"),
        file("", "", "/A << /S /SubmitForm /F (https://x) >>"),
        file("", "/Contents 7 0 R", ""),
    ];
    let mut request = leader_request();
    request.reserve.clear();
    request.reserve_signatures.clear();
    for base in &cases {
        let signed = WORLD.sign(base, &request, &WORLD.leader);
        let report = judge(&signed);
        let what = String::from_utf8_lossy(base).into_owned();
        assert_eq!(report.indication, Indication::TotalFailed, "{what}");
        assert!(report.attacks.contains(&Attack::EmbeddedScript), "{what}");
        assert_eq!(
            report.findings[0].code,
            FindingCode::ActiveContent,
            "{what}"
        );
        // A policy that minds less.
        for (level, severity) in [
            (Level::Warn, Some(Severity::Warn)),
            (Level::Inform, Some(Severity::Inform)),
            (Level::Ignore, None),
        ] {
            let mut input = WORLD.input();
            input.platform = None;
            let constraints = &mut input.policy.constraints;
            constraints.insert(ConstraintId::NoActiveContent, level);
            let report = validate(&signed, &input);
            assert_eq!(report.indication, Indication::TotalPassed, "{what}");
            assert_eq!(report.findings.first().map(|it| it.severity), severity);
        }
    }
    // Views, links, and names that only look like actions.
    for base in [
        file("/OpenAction [3 0 R /Fit]", "", ""),
        file("", "", "/A << /S /URI /URI (https://x) >>"),
        file(
            "/StructTreeRoot << /K << /S /JavaScript /P 1 0 R >> >>",
            "",
            "",
        ),
        file("", "/Resources << /Font << /JS 4 0 R >> >>", ""),
    ] {
        let signed = WORLD.sign(&base, &request, &WORLD.leader);
        let report = judge(&signed);
        assert_eq!(report.indication, Indication::TotalPassed, "{report:#?}");
    }
}

#[test]
fn more_revisions_than_can_be_compared_are_a_finding_of_their_own() {
    let words = "chu ".repeat(150_000);
    let base = file_of(&[
        format!("<< /Type /Catalog /Pages 2 0 R /Du ({words}) >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R >>".to_owned(),
    ]);
    let request = SignatureRequest {
        field_name: "ChuKy".to_owned(),
        at: now(),
        ..SignatureRequest::default()
    };
    let mut file = WORLD.sign(&base, &request, &WORLD.leader);
    let few = judge(&append(&file, &[], ""));
    assert_eq!(few.indication, Indication::TotalPassed);
    for _ in 0..40 {
        file = append(&file, &[], "");
    }
    let report = judge(&file);
    assert_eq!(report.indication, Indication::TotalFailed);
    let first = &report.signatures[0];
    assert!(
        first
            .findings
            .iter()
            .any(|it| it.code == FindingCode::TooManyRevisions)
    );
    assert!(!first.changes_permitted && first.later.len() < 40);
}

#[test]
fn what_a_field_asks_of_its_signature_is_done_or_refused_by_name() {
    let base = |seed: &str| {
        let lock = "<< /Action /All >>";
        lockable_with(lock, &format!("/SV << {seed} >>"))
    };
    let request = SignatureRequest {
        field_name: "ChuKy".to_owned(),
        at: now(),
        reason: Some("Phê duyệt".to_owned()),
        ..SignatureRequest::default()
    };
    let algorithm = World::algorithm(&WORLD.leader);
    let asked = |seed: &str| {
        let certificate = &WORLD.leader.certificate;
        prepare(
            &base(seed),
            &request,
            certificate,
            algorithm,
            &WORLD.fonts(),
        )
        .map(|_| ())
    };
    for met in [
        "/Ff 0 /SubFilter [/adbe.x509.rsa_sha1]",
        "/Ff 1 /Filter /Adobe.PPKLite",
        "/Ff 2 /SubFilter [/adbe.pkcs7.detached /ETSI.CAdES.detached]",
        "/Ff 64 /DigestMethod [(SHA512) (SHA256)]",
        "/MDP << /P 0 >>",
        "/Cert << /Ff 0 >> /TimeStamp << /URL (https://x) >>",
    ] {
        assert_eq!(asked(met), Ok(()), "{met}");
    }
    for (seed, entry) in [
        ("/Ff 1 /Filter /Entrust.PPKEF", "Filter"),
        ("/Ff 2 /SubFilter [/adbe.pkcs7.sha1]", "SubFilter"),
        ("/Ff 4 /V 9", "V"),
        ("/Ff 8 /Reasons [(Khac)]", "Reasons"),
        ("/Ff 8 /Reasons [(.)]", "Reasons"),
        ("/Ff 16 /LegalAttestation [(x)]", "LegalAttestation"),
        ("/Ff 32 /AddRevInfo true", "AddRevInfo"),
        ("/Ff 64 /DigestMethod [(SHA512)]", "DigestMethod"),
        ("/Ff 128 /LockDocument /true", "LockDocument"),
        ("/Ff 256 /AppearanceFilter (x)", "AppearanceFilter"),
        ("/MDP << /P 2 >>", "MDP"),
        ("/Cert << /Ff 1 >>", "Cert"),
        ("/TimeStamp << /URL (https://x) /Ff 1 >>", "TimeStamp"),
    ] {
        let refused = PrepareError::SeedValue {
            field: "ChuKy".to_owned(),
            entry: entry.to_owned(),
        };
        assert_eq!(asked(seed), Err(refused), "{seed}");
    }
}

#[test]
fn nobody_signs_with_a_short_key() {
    let tagged = |tag: u8, content: &[u8]| {
        let mut out = vec![tag, 0x82];
        out.extend_from_slice(&(content.len() as u16).to_be_bytes());
        out.extend_from_slice(content);
        out
    };
    let spki = |bits: usize| {
        let mut modulus = vec![0];
        modulus.resize(bits / 8 + 1, 0xb5);
        let numbers = [tagged(2, &modulus), vec![2, 3, 1, 0, 1]].concat();
        let key = [vec![0], tagged(0x30, &numbers)].concat();
        let algorithm = [0x30, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, 5, 0];
        tagged(0x30, &[algorithm.to_vec(), tagged(3, &key)].concat())
    };
    let subject = PersonSubject {
        full_name: "Trần Thị Mẫu".to_owned(),
        ..PersonSubject::default()
    };
    let time = Validity {
        from: day(2025, 1, 1),
        to: day(2028, 1, 1),
    };
    let algorithm = SignatureAlgorithm::RsaPkcs1Sha256;
    for (bits, may) in [(1024, false), (2048, true)] {
        let certificate = WORLD
            .issuing
            .person(&subject, &spki(bits), time, 9, &Endpoints::default())
            .unwrap();
        let request = SignatureRequest {
            field_name: "ChuKy".to_owned(),
            at: now(),
            ..SignatureRequest::default()
        };
        let prepared = prepare(
            &plain_pdf(0),
            &request,
            &certificate,
            algorithm,
            &WORLD.fonts(),
        );
        assert_eq!(prepared.is_ok(), may, "{bits}");
        let request = DetachedRequest {
            at: now(),
            ..DetachedRequest::default()
        };
        let mut content: &[u8] = b"a";
        let detached = prepare_detached(&mut content, &request, &certificate, algorithm);
        assert_eq!(detached.is_ok(), may, "{bits}");
    }
}
