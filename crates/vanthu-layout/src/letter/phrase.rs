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

/// Words that belong to the name of a place that follows, the longest first.
const BEFORE_PLACES: &[&str] = &["thành phố", "đặc khu", "tỉnh", "xã", "phường", "thôn"];

/// Words that belong to the number that follows.
const BEFORE_NUMBERS: &[&str] = &["năm", "tháng", "quý", "số"];

/// The longest name of a place, in syllables: Buôn Ma Thuột has three.
const NAME: usize = 4;
/// What is taken for a name where capitals don't tell its end: most names of places have two syllables.
const NAME_IN_CAPITALS: usize = 2;

/// The text in pieces that stay whole; spaces between them are where it may break. Names of places are told by their
/// capitals: a text that is to be printed in capitals is cut before ([`capital_phrases`]).
pub(crate) fn phrases(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let name = if text == text.to_uppercase() {
        NAME_IN_CAPITALS
    } else {
        NAME
    };
    let mut out = Vec::new();
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        let found = WORDS.iter().find_map(|known| taken(rest, known));
        let length = found.unwrap_or_else(|| with_name(rest, name));
        let (piece, more) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        out.push(piece.join(" "));
        rest = more;
    }
    out
}

/// The same for what is printed in capitals.
pub(crate) fn capital_phrases(text: &str) -> Vec<String> {
    let pieces = phrases(text);
    pieces.iter().map(|piece| piece.to_uppercase()).collect()
}

/// How many words go with the first one: the name or the number behind it.
fn with_name(words: &[&str], longest: usize) -> usize {
    if let Some(head) = BEFORE_PLACES.iter().find_map(|known| taken(words, known)) {
        let behind = words.get(head..).unwrap_or_default();
        let name = (0..behind.len().min(longest)).take_while(|at| {
            let word = behind.get(*at).copied().unwrap_or_default();
            let from_here = behind.get(*at..).unwrap_or_default();
            word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
                && !WORDS.iter().any(|known| taken(from_here, known).is_some())
        });
        return head + name.count();
    }
    let number = words
        .get(1)
        .is_some_and(|word| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()));
    let leads = |word: &&str| BEFORE_NUMBERS.contains(&word.to_lowercase().as_str());
    1 + usize::from(number && words.first().is_some_and(leads))
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
            ["HỘI ĐỒNG NHÂN DÂN", "XÃ BÌNH MẪU"]
        );
        assert_eq!(
            phrases("Về việc quản lý, sử dụng chữ ký số năm 2026"),
            ["Về", "việc", "quản lý,", "sử dụng", "chữ ký số", "năm 2026"]
        );
    }

    #[test]
    fn names_of_places_stay_whole() {
        assert_eq!(
            capital_phrases("Ủy ban nhân dân thành phố Buôn Ma Thuột"),
            ["ỦY BAN NHÂN DÂN", "THÀNH PHỐ BUÔN MA THUỘT"]
        );
        assert_eq!(
            capital_phrases("Văn phòng xã Bình Mẫu khóa II"),
            ["VĂN PHÒNG", "XÃ BÌNH MẪU", "KHÓA", "II"]
        );
        assert_eq!(
            phrases("Trung tâm xã Văn hóa số 5"),
            ["Trung tâm", "xã", "Văn hóa", "số 5"]
        );
        assert_eq!(phrases("phường 12"), ["phường 12"]);
    }

    #[test]
    fn nothing_is_lost() {
        for text in ["", "a", "xã", "  tỉnh   Mẫu ", "ủy ban", "chữ ký"] {
            let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
            assert_eq!(phrases(text).join(" "), words.join(" "));
        }
    }
}
