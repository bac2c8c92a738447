//! Where a centred line may break: not inside a word of several syllables.

/// Words of several syllables that stand in names of agencies and in titles, the longest first where one
/// begins like another. It is no dictionary: what isn't here may break at each space.
const WORDS: &[&str] = &[
    "ủy ban nhân dân",
    "hội đồng nhân dân",
    "văn hóa - xã hội",
    "chữ ký số",
    "chứng thư số",
    "môi trường điện tử",
    "văn bản điện tử",
    "thủ tục hành chính",
    "khóa bí mật",
    "con dấu",
    "công vụ",
    "chuyên dùng",
    "chuyển đổi số",
    "công nghệ số",
    "khoa học",
    "công nghệ",
    "hành chính",
    "phục vụ",
    "hỗ trợ",
    "doanh nghiệp",
    "khu vực",
    "khu kinh tế",
    "khu công nghiệp",
    "công nghiệp",
    "quản lý",
    "sử dụng",
    "giải quyết",
    "giám sát",
    "thành lập",
    "ban hành",
    "quy chế",
    "quy định",
    "kế hoạch",
    "kết quả",
    "văn bản",
    "văn thư",
    "lưu trữ",
    "văn phòng",
    "chuyên môn",
    "công tác",
    "nhiệm vụ",
    "hệ thống",
    "hoạt động",
    "tài liệu",
    "tài khoản",
    "xã hội",
    "kinh tế",
    "văn hóa",
    "trung tâm",
    "cơ quan",
    "đơn vị",
    "tổ chức",
    "phối hợp",
    "kiểm tra",
    "rà soát",
    "trang bị",
    "hạ tầng",
    "nội bộ",
    "chủ tịch",
    "phó chủ tịch",
    "giám đốc",
    "lãnh đạo",
    "người dân",
    "công dân",
    "địa bàn",
    "giai đoạn",
    "đề nghị",
    "xử lý",
    "thiết bị",
    "đoàn viên",
    "thanh niên",
    "tình nguyện",
    "xác nhận",
    "việt nam",
];

/// Words that belong to the name that follows.
const BEFORE_NAMES: &[&str] = &[
    "tỉnh",
    "thành phố",
    "xã",
    "phường",
    "đặc khu",
    "thôn",
    "năm",
    "tháng",
    "quý",
    "số",
];

/// The text in pieces that stay whole; spaces between them are where it may break.
pub(crate) fn phrases(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let mut out = Vec::new();
    let mut rest = words.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let found = WORDS.iter().find_map(|known| taken(rest, known));
        let length = found.unwrap_or_else(|| {
            let leads = BEFORE_NAMES.contains(&first.to_lowercase().as_str());
            let name = after.first().is_some_and(|next| {
                next.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
                    && next.len() < 20
            });
            if leads && name { 2 } else { 1 }
        });
        let (piece, more) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        out.push(piece.join(" "));
        rest = more;
    }
    out
}

/// How many words the known one takes at the beginning, with a mark behind it or not.
fn taken(words: &[&str], known: &str) -> Option<usize> {
    let mut count = 0;
    for part in known.split(' ') {
        let word = words.get(count)?.to_lowercase();
        if word.trim_end_matches([',', ';', '.', ':']) != part {
            return None;
        }
        count += 1;
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_several_syllables_stay_whole() {
        assert_eq!(
            phrases("HỘI ĐỒNG NHÂN DÂN XÃ BÌNH MẪU"),
            ["HỘI ĐỒNG NHÂN DÂN", "XÃ BÌNH", "MẪU"]
        );
        assert_eq!(
            phrases("Về việc quản lý, sử dụng chữ ký số năm 2026"),
            ["Về", "việc", "quản lý,", "sử dụng", "chữ ký số", "năm 2026"]
        );
    }

    #[test]
    fn nothing_is_lost() {
        for text in ["", "a", "xã", "  tỉnh   Mẫu ", "ủy ban", "chữ ký"] {
            let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
            assert_eq!(phrases(text).join(" "), words.join(" "));
        }
    }
}
