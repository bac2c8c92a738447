//! Who does what on which day. Days are working days before today; each scene is later than the
//! one before it.

use vanthu_domain::incoming::{ClosingCode, ReturnReason};
use vanthu_domain::line::Part;

use super::{Hands, Piece, Stage, To};
use crate::AppError;
use crate::incoming::accept::accept;
use crate::incoming::give_back::{GiveBack as ReturnToSender, give_back as return_to_sender};
use crate::line::ask_extension::ask_extension;
use crate::line::give_back::give_back as return_line;
use crate::line::read::read;
use crate::outgoing::comment::comment;
use crate::outgoing::give_back::{GiveBack, give_back};
use crate::outgoing::void_number::void_number;
use crate::outgoing::withdraw::withdraw;
use crate::practice::letters::Letter;

/// How many working days the scenes go back.
pub(super) const DAYS: u16 = 9;

const TAN: Hands = Hands {
    agency: "tanmau",
    drafter: "cv.vhxh",
    head: "tp.vhxh",
    signer: "ct.tanmau",
    clerk: "vt.tanmau",
};
const HOA: Hands = Hands {
    agency: "hoamau",
    drafter: "cv.hoamau",
    head: "cvp.hoamau",
    signer: "ct.hoamau",
    clerk: "vt.hoamau",
};
const AN: Hands = Hands {
    agency: "anmau",
    drafter: "cv.anmau",
    head: "cvp.anmau",
    signer: "ct.anmau",
    clerk: "vt.anmau",
};
const HAI: Hands = Hands {
    agency: "haimau",
    drafter: "cv.haimau",
    head: "cvp.haimau",
    signer: "ct.haimau",
    clerk: "vt.haimau",
};
const SCIENCE: Hands = Hands {
    agency: "skhcn",
    drafter: "cv.cds",
    head: "tp.cds",
    signer: "gd.skhcn",
    clerk: "vt.skhcn",
};
const HOME: Hands = Hands {
    agency: "snv",
    drafter: "cv.cchc",
    head: "tp.cchc",
    signer: "gd.snv",
    clerk: "vt.snv",
};
const PROVINCE: Hands = Hands {
    agency: "tinh",
    drafter: "cv.kgvx",
    head: "tp.kgvx",
    signer: "pct.tinh",
    clerk: "vt.tinh",
};
const CENTRE: Hands = Hands {
    agency: "ttcds",
    drafter: "cv.hcth",
    head: "tp.hcth",
    signer: "gd.ttcds",
    clerk: "vt.ttcds",
};

fn piece<'a>(letter: Letter, to: &'a [&'static str]) -> Piece<'a> {
    Piece {
        letter,
        to,
        reply_to: None,
        due: None,
    }
}

/// Everything, the oldest first.
pub(super) async fn play(
    stage: &Stage<'_>,
    progress: &(dyn Fn(&str) + Send + Sync),
) -> Result<(), AppError> {
    progress("văn bản đã phát hành, nơi nhận ở mọi trạng thái");
    review_of_certificates(stage).await?;
    opinion_asked_and_given(stage).await?;
    progress("văn bản đến, bút phê, xử lý, gia hạn");
    report_of_the_commune(stage).await?;
    floods(stage).await?;
    neighbours(stage).await?;
    course(stage).await?;
    progress("dự thảo, văn bản chờ duyệt, chờ ký, chờ cấp số, chờ đóng dấu");
    on_the_way(stage).await?;
    today(stage).await
}

/// A letter to everybody: its recipients stand in every state.
async fn review_of_certificates(stage: &Stage<'_>) -> Result<(), AppError> {
    stage.at(DAYS, 8, 20);
    let to = [
        "tanmau", "hoamau", "anmau", "haimau", "snv", "ttcds", "tinh",
    ];
    let letter = Piece {
        due: Some(15),
        ..piece(Letter::CertificateReview, &to)
    };
    let id = stage.issued(SCIENCE, letter).await?;

    // The commune whose work is late by now.
    stage.pass(35);
    let at_tan = stage.incoming(&id, TAN.agency).await?;
    let proposal = "Giao Phòng Văn hóa - Xã hội chủ trì, Phòng Kinh tế phối hợp.";
    stage.presented(TAN, &at_tan, proposal).await?;
    stage.pass(50);
    let words = "Phòng VHXH chủ trì rà soát, lập danh sách; các phòng gửi số liệu trước 02 ngày.";
    let lines = [
        (To::Unit("tanmau", "vhxh"), Part::Lead),
        (To::Person("cv.kt"), Part::Support),
        (To::Person("pct.tanmau"), Part::Information),
        (To::Person("qt.tanmau"), Part::Information),
    ];
    stage
        .direct("ct.tanmau", &at_tan, (words, 6), &lines)
        .await?;
    stage.pass(30);
    let words = "Linh đối chiếu từng chứng thư với Phụ lục I, báo cáo anh chiều thứ Năm.";
    stage
        .assign("tp.vhxh", &at_tan, (words, 5), &[("cv.vhxh", Part::Lead)])
        .await?;
    stage.pass(25);
    stage.start("cv.vhxh", &at_tan).await?;
    let line_id = stage.line_of(&at_tan, "qt.tanmau").await?;
    read(stage.app, stage.caller("qt.tanmau")?, &line_id).await?;

    // A commune that is done.
    stage.at(DAYS - 1, 8, 5);
    let at_hoa = stage.incoming(&id, HOA.agency).await?;
    stage
        .presented(HOA, &at_hoa, "Giao Văn phòng tham mưu.")
        .await?;
    stage.pass(40);
    let lines = [(To::Person("cv.hoamau"), Part::Lead)];
    stage
        .direct(
            "ct.hoamau",
            &at_hoa,
            ("Văn phòng rà soát, báo cáo.", 5),
            &lines,
        )
        .await?;
    stage.pass(90);
    let done =
        "Đã rà soát 21 chứng thư; 02 trường hợp hết hạn trong tháng 12 đã lập hồ sơ gia hạn.";
    let code = Some(ClosingCode::NoReplyNeeded);
    stage
        .finish("cv.hoamau", &at_hoa, (code, done), None)
        .await?;

    // One that sends it back, one that has accepted it, one where it is assigned.
    stage.pass(10);
    let at_an = stage.incoming(&id, AN.agency).await?;
    let back = ReturnToSender {
        incoming_id: at_an,
        version: None,
        reason: ReturnReason::Incomplete,
        words: "Phụ lục chưa có danh sách chi tiết của phường, đề nghị gửi lại bản đầy đủ"
            .to_owned(),
    };
    return_to_sender(stage.app, stage.caller(AN.clerk)?, back).await?;
    let at_hai = stage.incoming(&id, HAI.agency).await?;
    accept(stage.app, stage.caller(HAI.clerk)?, &at_hai, None).await?;
    let at_home = stage.incoming(&id, HOME.agency).await?;
    stage
        .presented(HOME, &at_home, "Giao Phòng Cải cách hành chính.")
        .await?;
    let lines = [
        (To::Unit("snv", "cchc"), Part::Lead),
        (To::Person("vt.snv"), Part::Support),
    ];
    stage
        .direct("gd.snv", &at_home, ("Phòng CCHC thực hiện.", 10), &lines)
        .await?;
    let line_id = stage.line_of(&at_home, "vt.snv").await?;
    let why = "Hồ sơ chứng thư do Phòng CCHC giữ; văn thư không có số liệu để phối hợp.";
    return_line(stage.app, stage.caller("vt.snv")?, &line_id, None, why).await?;
    let at_province = stage.incoming(&id, PROVINCE.agency).await?;
    stage.register(PROVINCE.clerk, &at_province).await
}

/// A department asks, one commune answers with a letter of its own, another asks for more time.
async fn opinion_asked_and_given(stage: &Stage<'_>) -> Result<(), AppError> {
    stage.at(7, 9, 10);
    let to = ["tanmau", "hoamau", "skhcn", "anmau"];
    let letter = Piece {
        due: Some(8),
        ..piece(Letter::AskOpinion, &to)
    };
    let asked = stage.issued(HOME, letter).await?;

    stage.pass(20);
    let at_tan = stage.incoming(&asked, TAN.agency).await?;
    stage
        .presented(
            TAN,
            &at_tan,
            "Giao Phòng Văn hóa - Xã hội tham mưu văn bản góp ý.",
        )
        .await?;
    stage.pass(30);
    let lines = [(To::Unit("tanmau", "vhxh"), Part::Lead)];
    stage
        .direct(
            "ct.tanmau",
            &at_tan,
            ("Phòng VHXH tham mưu trả lời.", 6),
            &lines,
        )
        .await?;
    let words = "Linh dự thảo, chú ý cách tính giờ đối với văn bản ký cuối ngày.";
    stage
        .assign("tp.vhxh", &at_tan, (words, 5), &[("cv.vhxh", Part::Lead)])
        .await?;

    stage.at(6, 8, 30);
    let at_hoa = stage.incoming(&asked, HOA.agency).await?;
    stage
        .presented(HOA, &at_hoa, "Trình Chủ tịch cho ý kiến chỉ đạo.")
        .await?;
    let lines = [(To::Unit("hoamau", "vp"), Part::Lead)];
    stage
        .direct("ct.hoamau", &at_hoa, ("Văn phòng góp ý.", 7), &lines)
        .await?;
    stage
        .assign(
            "cvp.hoamau",
            &at_hoa,
            ("Dung dự thảo.", 7),
            &[("cv.hoamau", Part::Lead)],
        )
        .await?;
    stage.pass(60);
    stage.start("cv.hoamau", &at_hoa).await?;

    stage.at(5, 8, 15);
    stage.start("cv.vhxh", &at_tan).await?;
    let reply = Piece {
        reply_to: Some(&at_tan),
        ..piece(Letter::GiveOpinion, &["snv"])
    };
    let answer = stage.issued(TAN, reply).await?;
    stage.pass(5);
    let done = "Đã góp ý bằng văn bản.";
    let code = Some(ClosingCode::Replied);
    stage
        .finish("cv.vhxh", &at_tan, (code, done), Some(answer.clone()))
        .await?;
    stage.pass(45);
    let at_home = stage.incoming(&answer, HOME.agency).await?;
    stage
        .presented(HOME, &at_home, "Giao Phòng Cải cách hành chính tổng hợp.")
        .await?;
    let lines = [
        (To::Unit("snv", "cchc"), Part::Lead),
        (To::Person("vt.snv"), Part::Information),
    ];
    stage
        .direct("gd.snv", &at_home, ("Tổng hợp, tiếp thu.", 3), &lines)
        .await?;
    stage
        .assign(
            "tp.cchc",
            &at_home,
            ("Châu tổng hợp.", 3),
            &[("cv.cchc", Part::Lead)],
        )
        .await?;
    stage.start("cv.cchc", &at_home).await?;

    stage.at(2, 15, 40);
    let line_id = stage.line_of(&at_hoa, "cv.hoamau").await?;
    let until = stage.due(6);
    let why = "Đang chờ ý kiến của Trạm Y tế và các trường học về tiêu chí trả kết quả trong ngày.";
    ask_extension(stage.app, stage.caller("cv.hoamau")?, &line_id, until, why).await?;
    Ok(())
}

/// A report that the department has taken note of.
async fn report_of_the_commune(stage: &Stage<'_>) -> Result<(), AppError> {
    stage.at(2, 16, 0);
    let id = stage
        .issued(TAN, piece(Letter::MonthlyReport, &["skhcn", "tinh"]))
        .await?;
    let at_science = stage.incoming(&id, SCIENCE.agency).await?;
    stage
        .presented(SCIENCE, &at_science, "Giao Phòng Chuyển đổi số tổng hợp.")
        .await?;
    let lines = [
        (To::Person("cv.cds"), Part::Lead),
        (To::Person("tp.cds"), Part::Information),
    ];
    stage
        .direct(
            "gd.skhcn",
            &at_science,
            ("Tổng hợp chung toàn tỉnh.", 2),
            &lines,
        )
        .await?;
    let code = Some(ClosingCode::Noted);
    stage
        .finish(
            "cv.cds",
            &at_science,
            (code, "Đã tổng hợp vào báo cáo tháng."),
            None,
        )
        .await?;
    let at_province = stage.incoming(&id, PROVINCE.agency).await?;
    accept(stage.app, stage.caller(PROVINCE.clerk)?, &at_province, None).await
}

/// A most urgent letter of the province.
async fn floods(stage: &Stage<'_>) -> Result<(), AppError> {
    stage.at(1, 7, 20);
    let to = ["tanmau", "hoamau", "anmau", "haimau"];
    let id = stage
        .issued(PROVINCE, piece(Letter::FloodWarning, &to))
        .await?;
    let at_tan = stage.incoming(&id, TAN.agency).await?;
    stage
        .presented(TAN, &at_tan, "HỎA TỐC. Trình Chủ tịch chỉ đạo ngay.")
        .await?;
    stage.pass(8);
    let lines = [
        (To::Person("cv.kt"), Part::Lead),
        (To::Unit("tanmau", "vhxh"), Part::Support),
        (To::Unit("tanmau", "vp"), Part::Information),
        (To::Person("pct.tanmau"), Part::Information),
        (To::Person("cv.vhxh"), Part::Information),
        (To::Person("vt.tanmau"), Part::Information),
    ];
    let words =
        "Phòng Kinh tế trực ban 24/24, kiểm tra cống dưới đê trong chiều nay; báo cáo hằng ngày.";
    stage
        .direct("ct.tanmau", &at_tan, (words, 2), &lines)
        .await?;
    let at_hoa = stage.incoming(&id, HOA.agency).await?;
    stage
        .presented(HOA, &at_hoa, "HỎA TỐC. Trình Chủ tịch.")
        .await?;
    let at_an = stage.incoming(&id, AN.agency).await?;
    stage.register(AN.clerk, &at_an).await
}

/// Communes write to each other.
async fn neighbours(stage: &Stage<'_>) -> Result<(), AppError> {
    stage.at(1, 9, 30);
    let letter = Piece {
        due: Some(4),
        ..piece(Letter::DamagedRoad, &["tanmau"])
    };
    let road = stage.issued(HOA, letter).await?;
    let at_tan = stage.incoming(&road, TAN.agency).await?;
    let proposal = "Giao Phòng Kinh tế kiểm tra hiện trạng, tham mưu trả lời.";
    stage.presented(TAN, &at_tan, proposal).await?;
    stage.pass(15);
    let letter = Piece {
        due: Some(5),
        ..piece(Letter::Vaccination, &["hoamau", "anmau"])
    };
    stage.issued(TAN, letter).await?;
    Ok(())
}

/// An invitation that has just arrived at most places.
async fn course(stage: &Stage<'_>) -> Result<(), AppError> {
    stage.at(1, 14, 10);
    let to = ["tanmau", "hoamau", "anmau", "haimau", "skhcn"];
    let id = stage.issued(CENTRE, piece(Letter::Course, &to)).await?;
    let at_tan = stage.incoming(&id, TAN.agency).await?;
    stage.register(TAN.clerk, &at_tan).await?;
    let at_science = stage.incoming(&id, SCIENCE.agency).await?;
    stage
        .presented(SCIENCE, &at_science, "Trình Giám đốc cử người tham gia.")
        .await
}

/// Drafts and documents before they have a number.
async fn on_the_way(stage: &Stage<'_>) -> Result<(), AppError> {
    stage.at(1, 15, 0);
    stage
        .draft(TAN, piece(Letter::RenewCertificates, &["skhcn"]))
        .await?;
    let sent_back = stage
        .submitted(TAN, piece(Letter::Vaccination, &["haimau"]))
        .await?;
    stage.pass(10);
    let back = GiveBack {
        outgoing_id: sent_back,
        version: None,
        reason: "Bổ sung số trẻ theo từng ấp và đầu mối liên hệ của Trạm Y tế.".to_owned(),
    };
    give_back(stage.app, stage.caller(TAN.head)?, back).await?;
    let dropped = stage
        .draft(TAN, piece(Letter::DamagedRoad, &["hoamau"]))
        .await?;
    let why = "Soạn trùng với văn bản của Phòng Kinh tế.";
    withdraw(stage.app, stage.caller(TAN.drafter)?, &dropped, None, why).await?;
    let in_review = stage
        .submitted(TAN, piece(Letter::DigitalTeam, &["skhcn"]))
        .await?;
    let words = "Đề nghị ghi rõ thời hạn hoạt động của Tổ.";
    comment(stage.app, stage.caller(TAN.head)?, &in_review, words).await?;
    stage
        .approved(TAN, piece(Letter::MonthlyReport, &["skhcn"]))
        .await?;
    let deputy = Hands {
        signer: "pct.tanmau",
        ..TAN
    };
    stage
        .approved(deputy, piece(Letter::Vaccination, &["anmau"]))
        .await?;
    stage
        .submitted(SCIENCE, piece(Letter::Course, &["ttcds", "snv"]))
        .await?;
    stage
        .approved(SCIENCE, piece(Letter::AskOpinion, &["tanmau", "hoamau"]))
        .await?;
    stage
        .approved(PROVINCE, piece(Letter::FloodWarning, &["haimau"]))
        .await?;
    stage
        .submitted(HOME, piece(Letter::AskOpinion, &["ttcds"]))
        .await?;
    stage
        .signed(HOME, piece(Letter::AskOpinion, &["haimau"]))
        .await?;
    stage
        .draft(HOA, piece(Letter::DamagedRoad, &["tanmau", "tinh"]))
        .await?;
    stage
        .submitted(HOA, piece(Letter::DamagedRoad, &["tinh"]))
        .await?;
    Ok(())
}

/// What waits for the clerks today.
async fn today(stage: &Stage<'_>) -> Result<(), AppError> {
    stage.at(0, 0, 0);
    let void = stage
        .numbered(TAN, piece(Letter::RenewCertificates, &["skhcn"]))
        .await?;
    let why = "Cấp nhầm khi phần nơi nhận chưa đầy đủ; văn bản trả lại người soạn thảo.";
    void_number(stage.app, stage.caller(TAN.clerk)?, &void, None, why).await?;
    stage
        .signed(TAN, piece(Letter::DigitalTeam, &["skhcn"]))
        .await?;
    let to = ["tanmau", "hoamau"];
    stage.issued(SCIENCE, piece(Letter::Course, &to)).await?;
    let road = stage
        .issued(HOA, piece(Letter::DamagedRoad, &["tanmau"]))
        .await?;
    let at_tan = stage.incoming(&road, TAN.agency).await?;
    accept(stage.app, stage.caller(TAN.clerk)?, &at_tan, None).await?;
    stage
        .issued(AN, piece(Letter::DamagedRoad, &["tanmau"]))
        .await?;
    stage
        .numbered(TAN, piece(Letter::Vaccination, &["hoamau"]))
        .await?;
    stage
        .sealed(TAN, piece(Letter::MonthlyReport, &["tinh", "skhcn"]))
        .await?;
    Ok(())
}
