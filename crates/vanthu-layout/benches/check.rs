//! How long it takes to take a document of ten pages apart, to check it and to read its fields.
//!
//! `docs/book/reference/performance.md` says how to repeat it.
#![expect(clippy::expect_used, reason = "a benchmark stops at the first fault")]

use std::hint::black_box;
use std::sync::LazyLock;

use divan::Bencher;
use vanthu_domain::Day;
use vanthu_domain::body::Body;
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::profile::RegulationProfile;
use vanthu_layout::{CheckInput, Letter, anatomy, check, extract, typeset_letter};

fn main() {
    divan::main();
}

/// A letter of ten pages as our typesetter makes it.
static TEN_PAGES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let paragraph = "Ủy ban nhân dân xã yêu cầu các phòng chuyên môn soạn thảo, trình ký và phát hành văn bản hoàn toàn trên hệ thống theo Kế hoạch số 118/KH-UBND ngày 14 tháng 01 năm 2026; văn bản thuộc danh mục bí mật nhà nước thực hiện theo quy định riêng của Ủy ban nhân dân tỉnh.\n";
    let letter = |count: usize| Letter {
        parent_agency: Some("Ủy ban nhân dân tỉnh Tuần Mẫu".to_owned()),
        agency: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
        notation: "UBND-VHXH".to_owned(),
        place_name: "Bình Mẫu".to_owned(),
        kind: DocumentKind::OfficialLetter,
        subject: "rà soát chứng thư chữ ký số".to_owned(),
        urgency: Urgency::Express,
        addressees: vec!["Các phòng chuyên môn".to_owned()],
        body: Body::parse(&paragraph.repeat(count)).body,
        recipients: vec!["Như trên".to_owned(), "Lưu: VT, VHXH".to_owned()],
        authority_lines: vec!["TM. ỦY BAN NHÂN DÂN".to_owned(), "CHỦ TỊCH".to_owned()],
        signer_name: "Trần Thị Thí Dụ".to_owned(),
        drafted_on: Day::new(2026, 11, 22).expect("a day"),
        title: "Công văn".to_owned(),
        extras: vanthu_layout::Extras::default(),
    };
    let made = (60..160)
        .step_by(4)
        .map(|count| typeset_letter(&letter(count)).expect("typeset"));
    let ten = made
        .into_iter()
        .find(|made| made.pages >= 10)
        .expect("ten pages");
    ten.pdf
});

/// From the bytes of ten pages to every finding.
#[divan::bench(max_time = 5)]
fn check_ten_pages(bencher: Bencher<'_, '_>) {
    let pdf = &*TEN_PAGES;
    let profile = RegulationProfile::bundled("national").expect("profile");
    let on = Day::new(2026, 11, 22).expect("a day");
    bencher.bench(|| {
        let read = anatomy(black_box(pdf)).expect("pdf");
        check(
            &read,
            &CheckInput {
                profile: &profile,
                on,
                signer: None,
            },
        )
    });
}

/// From the bytes of ten pages to the fields of registration.
#[divan::bench(max_time = 5)]
fn read_ten_pages(bencher: Bencher<'_, '_>) {
    let pdf = &*TEN_PAGES;
    bencher.bench(|| extract(&anatomy(black_box(pdf)).expect("pdf")));
}

/// Reading the pages alone, without understanding them.
#[divan::bench(max_time = 5)]
fn content_of_ten_pages(bencher: Bencher<'_, '_>) {
    let pdf = &*TEN_PAGES;
    bencher.bench(|| {
        vanthu_layout::read_content(black_box(pdf), vanthu_layout::ReadBounds::default())
    });
}
