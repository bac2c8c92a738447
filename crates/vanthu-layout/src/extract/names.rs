//! From capitals back to the writing that registers use.

use vanthu_domain::text::without_marks;

/// Words that stand in small letters inside the name of an agency or a title, without marks.
const SMALL: &[&str] = &[
    "ban nhan dan",
    "nhan dan",
    "va",
    "tinh",
    "thanh pho",
    "huyen",
    "xa",
    "phuong",
    "thi xa",
    "thi tran",
    "quan",
    "dac khu",
    "thuoc",
    "cua",
    "ve",
    "cong nghe",
    "nghiep",
    "cho",
    "o",
    "tai",
];

/// Phrases with their official writing.
const WRITTEN: &[(&str, &str)] = &[
    ("uy ban nhan dan", "Ủy ban nhân dân"),
    ("ubnd", "UBND"),
    ("hdnd", "HĐND"),
    ("dau tu xay dung", "Đầu tư xây dựng"),
    ("cong trinh giao thong", "công trình giao thông"),
    ("phat trien do thi", "Phát triển đô thị"),
    ("hoi dong nhan dan", "Hội đồng nhân dân"),
    ("uy ban mat tran to quoc", "Ủy ban Mặt trận Tổ quốc"),
    ("khoa hoc va cong nghe", "Khoa học và Công nghệ"),
    (
        "van hoa, the thao va du lich",
        "Văn hóa, Thể thao và Du lịch",
    ),
    ("van hoa va xa hoi", "Văn hóa và Xã hội"),
    ("van hoa - xa hoi", "Văn hóa - Xã hội"),
    ("giao duc va dao tao", "Giáo dục và Đào tạo"),
    ("nong nghiep va moi truong", "Nông nghiệp và Môi trường"),
    ("tai nguyen va moi truong", "Tài nguyên và Môi trường"),
    ("thong tin va truyen thong", "Thông tin và Truyền thông"),
    (
        "lao dong - thuong binh va xa hoi",
        "Lao động - Thương binh và Xã hội",
    ),
    ("ke hoach va dau tu", "Kế hoạch và Đầu tư"),
    ("cong thuong", "Công Thương"),
    ("noi vu", "Nội vụ"),
    ("tai chinh", "Tài chính"),
    ("xay dung", "Xây dựng"),
    ("tu phap", "Tư pháp"),
    ("y te", "Y tế"),
    ("kinh te", "Kinh tế"),
    ("van phong", "Văn phòng"),
    ("chanh van phong", "Chánh Văn phòng"),
    ("pho chanh van phong", "Phó Chánh Văn phòng"),
    ("pho chu tich", "Phó Chủ tịch"),
    ("chu tich", "Chủ tịch"),
    ("pho giam doc", "Phó Giám đốc"),
    ("giam doc", "Giám đốc"),
    ("bo truong", "Bộ trưởng"),
    ("thu truong", "Thứ trưởng"),
    ("cuc truong", "Cục trưởng"),
    ("truong phong", "Trưởng phòng"),
    ("pho truong phong", "Phó Trưởng phòng"),
    ("hieu truong", "Hiệu trưởng"),
    ("trung tam", "Trung tâm"),
    ("phuc vu hanh chinh cong", "Phục vụ hành chính công"),
    ("truong tieu hoc", "Trường Tiểu học"),
    ("truong trung hoc co so", "Trường Trung học cơ sở"),
    ("truong trung hoc pho thong", "Trường Trung học phổ thông"),
    ("cong an", "Công an"),
    ("ban chi huy quan su", "Ban Chỉ huy quân sự"),
    ("ban quan ly du an", "Ban Quản lý dự án"),
    ("thanh pho ho chi minh", "Thành phố Hồ Chí Minh"),
];

/// An agency's name or a title that is printed in capitals, as it is written in a text.
pub(super) fn as_written(text: &str) -> String {
    if text.chars().any(char::is_lowercase) {
        return text.to_owned();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain: Vec<String> = words.iter().map(|word| without_marks(word)).collect();
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let rest = plain.get(at..).unwrap_or_default().join(" ");
        let phrase = WRITTEN
            .iter()
            .filter(|(key, _)| {
                rest.strip_prefix(key)
                    .is_some_and(|it| it.is_empty() || it.starts_with([' ', ',']))
            })
            .max_by_key(|(key, _)| key.len());
        if let Some((key, written)) = phrase {
            let count = key.split(' ').count();
            let last = words.get(at + count - 1).copied().unwrap_or_default();
            let comma = if last.ends_with(',') { "," } else { "" };
            out.push(format!("{written}{comma}"));
            at += count;
            continue;
        }
        let (Some(word), Some(bare)) = (words.get(at), plain.get(at)) else {
            break;
        };
        let small = at > 0 && SMALL.contains(&bare.as_str());
        out.push(if small {
            word.to_lowercase()
        } else {
            capitalised(word)
        });
        at += 1;
    }
    out.join(" ")
}

/// The rest of a title on a line of its own.
pub(super) fn going_on(text: &str) -> String {
    let written = as_written(text);
    let mut letters = written.chars();
    let small = SMALL
        .iter()
        .any(|word| without_marks(text).split(' ').next() == Some(word));
    match letters.next() {
        Some(first) if small => first.to_lowercase().chain(letters).collect(),
        _ => written,
    }
}

/// A person's name, in capitals or not.
pub(super) fn person(text: &str) -> String {
    if text.chars().any(char::is_lowercase) {
        return text.to_owned();
    }
    text.split_whitespace()
        .map(capitalised)
        .collect::<Vec<_>>()
        .join(" ")
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter();
    first.chain(letters.flat_map(char::to_lowercase)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_capitals_are_written_as_registers_write_them() {
        for (printed, written) in [
            ("ỦY BAN NHÂN DÂN XÃ BÌNH MẪU", "Ủy ban nhân dân xã Bình Mẫu"),
            ("SỞ KHOA HỌC VÀ CÔNG NGHỆ", "Sở Khoa học và Công nghệ"),
            (
                "VĂN PHÒNG HỘI ĐỒNG NHÂN DÂN VÀ ỦY BAN NHÂN DÂN",
                "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân",
            ),
            ("PHÓ CHỦ TỊCH", "Phó Chủ tịch"),
            ("UBND TỈNH TUẦN MẪU", "UBND tỉnh Tuần Mẫu"),
            ("Đã viết thường", "Đã viết thường"),
        ] {
            assert_eq!(as_written(printed), written);
        }
        assert_eq!(person("TRẦN THỊ THÍ DỤ"), "Trần Thị Thí Dụ");
    }
}
