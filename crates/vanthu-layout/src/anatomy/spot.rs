//! Recognising words: small readers for the set phrases of official documents.

use vanthu_domain::Day;
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::text::without_marks;

/// Small letters without marks, single spaces.
pub(crate) fn plain(text: &str) -> String {
    let bare = without_marks(text);
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The kind that a line names, and whether it says nothing else.
pub(crate) fn kind_named(text: &str) -> Option<(DocumentKind, bool)> {
    let line = plain(text);
    let named = |kind: &DocumentKind| {
        let name = plain(kind.name());
        // "Công văn" is never printed as a title, "Thư công" neither.
        let printed = !matches!(
            kind,
            DocumentKind::OfficialLetter | DocumentKind::CourtesyLetter
        );
        (printed && line.starts_with(&name)).then_some((
            *kind,
            line.len() == name.len(),
            name.len(),
        ))
    };
    let found = DocumentKind::ALL.iter().filter_map(named);
    let (kind, is_all, length) = found.max_by_key(|(.., length)| *length)?;
    let next = line.as_bytes().get(length);
    (is_all || next == Some(&b' ')).then_some((kind, is_all))
}

/// Number and notation of a line "Số: 12/UBND-VX".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NumberLine {
    /// The digits; empty where they are not given yet.
    pub(crate) number: String,
    /// What follows the stroke.
    pub(crate) notation: String,
    /// Whether a colon follows "Số".
    pub(crate) colon: bool,
    /// Whether "Số" is written so.
    pub(crate) word: bool,
    /// Whether spaces stand around stroke or hyphens.
    pub(crate) spaced: bool,
    /// Whether there is a stroke.
    pub(crate) stroke: bool,
}

/// Reads the line of number and notation.
pub(crate) fn number_of(text: &str) -> Option<NumberLine> {
    let text = text.trim();
    let line = plain(text);
    let after = line.strip_prefix("so")?;
    if !after.starts_with([':', ' ', '.', '/']) && !after.starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let rest: String = text.chars().skip(2).collect();
    let rest = rest.trim_start();
    let colon = rest.starts_with(':');
    let rest = rest.trim_start_matches([':', ' ', '.']).trim();
    let (number, notation, stroke) = match rest.split_once('/') {
        Some((number, notation)) => (number, notation, true),
        // "Số: 12-QĐ/UBND" has the stroke elsewhere; without any, the first hyphen parts them.
        None => match rest.split_once('-') {
            Some((number, notation)) => (number, notation, false),
            None => (rest, "", false),
        },
    };
    let bare = number.trim_matches(|c: char| matches!(c, '.' | '…' | '_' | ' '));
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    if !bare.is_empty() && digits == 0 {
        return None;
    }
    let spaced = !bare.is_empty() && number.ends_with(' ')
        || notation.starts_with(' ')
        || notation.trim_end().contains(' ');
    Some(NumberLine {
        number: bare.to_owned(),
        notation: notation.split_whitespace().collect::<Vec<_>>().join(" "),
        colon,
        word: text.starts_with("Số"),
        spaced,
        stroke,
    })
}

/// Place, day, month and year of a line "Bình Mẫu, ngày 05 tháng 01 năm 2026".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateLine {
    pub(crate) place: String,
    /// Whether a comma follows the place.
    pub(crate) comma: bool,
    pub(crate) day: String,
    pub(crate) month: String,
    pub(crate) year: String,
    /// Whether "ngày", "tháng" and "năm" are there in this order.
    pub(crate) words: bool,
}

impl DateLine {
    /// The day of the calendar.
    pub(crate) fn date(&self) -> Option<Day> {
        Day::new(
            self.year.parse().ok()?,
            self.month.parse().ok()?,
            self.day.parse().ok()?,
        )
    }
}

/// Reads the line of place and date.
pub(crate) fn date_of(text: &str) -> Option<DateLine> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let bare: Vec<String> = words.iter().map(|word| plain(word)).collect();
    let at = |word: &str, from: usize| {
        let rest = bare.get(from..)?;
        Some(
            from + rest
                .iter()
                .position(|it| it.trim_end_matches(',') == word)?,
        )
    };
    let Some(day) = at("ngay", 0) else {
        return numeric_date(&words);
    };
    let month = at("thang", day)?;
    let year = at("nam", month);
    let between = |from: usize, to: usize| {
        let part = words.get(from + 1..to).unwrap_or_default().concat();
        part.trim_matches(|c: char| matches!(c, '.' | '…' | '_' | ','))
            .to_owned()
    };
    let place = words.get(..day).unwrap_or_default().join(" ");
    let comma = place.ends_with(',');
    Some(DateLine {
        place: place.trim_end_matches([',', ' ']).to_owned(),
        comma,
        day: between(day, month),
        month: between(month, year.unwrap_or(words.len())),
        year: year
            .map(|year| between(year, words.len()))
            .unwrap_or_default(),
        words: year.is_some(),
    })
}

/// "Bình Mẫu, 05/01/2026" or "Bình Mẫu," alone.
fn numeric_date(words: &[&str]) -> Option<DateLine> {
    let (last, place) = words.split_last()?;
    let parts: Vec<&str> = last.trim_end_matches('.').split(['/', '-']).collect();
    if let [day, month, year] = parts.as_slice()
        && parts.iter().all(|it| it.parse::<u16>().is_ok())
        && year.len() == 4
    {
        let place = place.join(" ");
        return Some(DateLine {
            comma: place.ends_with(','),
            place: place.trim_end_matches([',', ' ']).to_owned(),
            day: (*day).to_owned(),
            month: (*month).to_owned(),
            year: (*year).to_owned(),
            words: false,
        });
    }
    let place = words.join(" ");
    let starts = place.chars().next().is_some_and(char::is_uppercase);
    (starts && place.ends_with(',') && words.len() <= 8).then(|| DateLine {
        place: place.trim_end_matches([',', ' ']).to_owned(),
        comma: true,
        day: String::new(),
        month: String::new(),
        year: String::new(),
        words: true,
    })
}

/// What a stamp says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Urgent {
    Degree(Urgency),
    Secrecy,
    Circulation,
}

impl Urgent {
    /// Reads a stamp: the line says nothing else.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let line = plain(text);
        Some(match line.trim_matches([' ', '.', '[', ']', '|']) {
            "hoa toc" | "hoa toc hen gio" => Self::Degree(Urgency::Express),
            "thuong khan" => Self::Degree(Urgency::VeryUrgent),
            "khan" => Self::Degree(Urgency::Urgent),
            "mat" | "toi mat" | "tuyet mat" => Self::Secrecy,
            "xem xong tra lai" | "luu hanh noi bo" => Self::Circulation,
            _ => return None,
        })
    }
}

/// How a paragraph begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Marker {
    /// "Phần", "Chương", "Mục", "Tiểu mục" and their number.
    Heading(&'static str, String),
    /// "Điều 3."
    Article(u32),
    /// "3."
    Clause(u32),
    /// "d)"
    Point(char),
    /// "II."
    Roman(u32),
    /// "-", "+".
    Dash,
}

/// Reads how a paragraph begins.
pub(crate) fn marker_of(text: &str) -> Option<Marker> {
    let mut words = text.split_whitespace();
    let first = words.next()?;
    let second = words.next().unwrap_or_default();
    for (word, written) in [("phan", "Phần"), ("chuong", "Chương"), ("muc", "Mục")] {
        if plain(first) == word {
            let number = second.trim_end_matches(['.', ':']);
            let short = text.chars().count() < 24;
            let is_number = roman(number).is_some() || number.parse::<u32>().is_ok();
            let ordinal = ["thu", "mot", "hai"].contains(&plain(number).as_str());
            return (short && (is_number || ordinal))
                .then(|| Marker::Heading(written, number.to_owned()));
        }
    }
    if plain(first) == "tieu" && plain(second) == "muc" && text.chars().count() < 24 {
        let number = words.next().unwrap_or_default();
        return Some(Marker::Heading(
            "Tiểu mục",
            number.trim_end_matches(['.', ':']).to_owned(),
        ));
    }
    if plain(first) == "dieu" {
        let number: String = second.chars().take_while(char::is_ascii_digit).collect();
        let end = second.chars().nth(number.len());
        return match (number.parse(), end) {
            (Ok(number), Some('.' | ':')) => Some(Marker::Article(number)),
            _ => None,
        };
    }
    if matches!(first, "-" | "–" | "+" | "•" | "*") {
        return Some(Marker::Dash);
    }
    if let Some(number) = first
        .strip_suffix('.')
        .or_else(|| first.split_once('.').map(|it| it.0))
    {
        let whole = first.ends_with('.') || !first.contains(|c: char| c.is_ascii_digit());
        if whole
            && number.len() <= 3
            && let Ok(number) = number.parse()
        {
            return Some(Marker::Clause(number));
        }
        if first.ends_with('.')
            && let Some(number) = roman(number)
        {
            return Some(Marker::Roman(number));
        }
    }
    let mut letters = first.chars();
    match (letters.next(), letters.next(), letters.next()) {
        (Some(letter), Some(')'), None) if letter.is_alphabetic() => Some(Marker::Point(letter)),
        _ => None,
    }
}

/// A Roman number up to 89.
pub(crate) fn roman(text: &str) -> Option<u32> {
    let value = |c| match c {
        'I' => Some(1),
        'V' => Some(5),
        'X' => Some(10),
        'L' => Some(50),
        _ => None,
    };
    let digits: Option<Vec<u32>> = text.chars().map(value).collect();
    let digits = digits.filter(|it| !it.is_empty() && it.len() <= 7)?;
    let mut total = 0;
    for (at, digit) in digits.iter().enumerate() {
        match digits.get(at + 1) {
            Some(next) if next > digit => total -= i64::from(*digit),
            _ => total += i64::from(*digit),
        }
    }
    u32::try_from(total).ok().filter(|it| *it > 0)
}

/// The abbreviation of an authority at the beginning of a line, as it is written, and the one that is meant.
pub(crate) fn prefix_of(line: &str) -> Option<(String, &'static str)> {
    let first = line.split_whitespace().next()?;
    let bare: String = plain(first)
        .chars()
        .filter(char::is_ascii_alphabetic)
        .collect();
    let joined = first.chars().any(|c| matches!(c, '.' | '/' | ','));
    let meant = match bare.as_str() {
        "tm" => "TM.",
        "kt" => "KT.",
        "tl" => "TL.",
        "tuq" => "TUQ.",
        "q" => "Q.",
        _ => return None,
    };
    // "Q" or "TL" alone may begin another word; the stroke or stop makes it an abbreviation.
    (joined || first.chars().all(char::is_uppercase)).then(|| (first.to_owned(), meant))
}

const HONOURS: &[&str] = &[
    "gs", "pgs", "ts", "ths", "th.s", "bs", "ks", "cn", "ls", "dr", "nggt", "ngnd", "ngut", "ttnd",
    "ttut", "gs.ts", "pgs.ts", "bscki", "bsckii", "bs.cki", "bs.ckii", "kts", "ds", "tskh",
    "gs.tskh", "pgs.tskh", "ths.bs", "ts.bs",
];

/// Academic titles and honours before a name, and the name.
pub(crate) fn honours_before(text: &str) -> (Option<String>, String) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_honour = |word: &&str| {
        let bare = plain(word);
        word.contains('.') && HONOURS.contains(&bare.trim_end_matches([',', '.']))
            || HONOURS.contains(&bare.as_str()) && word.chars().skip(1).any(char::is_uppercase)
    };
    let count = words.iter().take_while(|word| is_honour(word)).count();
    let name = words.get(count..).unwrap_or_default().join(" ");
    let titles = words.get(..count).unwrap_or_default().join(" ");
    ((count > 0).then_some(titles), name)
}

/// Whether a text can be the name of a person: two to seven words that begin with capitals.
pub(crate) fn is_name(text: &str) -> bool {
    let (_, name) = honours_before(text);
    let words: Vec<&str> = name.split_whitespace().collect();
    (2..=7).contains(&words.len())
        && words.iter().all(|word| {
            let mut letters = word.chars();
            letters.next().is_some_and(char::is_uppercase)
                && letters.all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_number_and_notation_is_read_in_every_writing() {
        let read = |text| number_of(text).map(|it| (it.number, it.notation));
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(read("Số: 15/QĐ-BNV"), pair("15", "QĐ-BNV"));
        assert_eq!(read("Số:15/QĐ-BNV"), pair("15", "QĐ-BNV"));
        assert_eq!(read("Số 05 /SKHCN - CĐS"), pair("05", "SKHCN - CĐS"));
        assert_eq!(read("Số: /UBND-VHXH"), pair("", "UBND-VHXH"));
        assert_eq!(read("Số: ....../BC-UBND"), pair("", "BC-UBND"));
        assert_eq!(read("Số liệu"), None);
        assert_eq!(read("Sở Nội vụ"), None);
        assert!(number_of("Số 05 /SKHCN - CĐS").unwrap().spaced);
        assert!(!number_of("Số: /UBND-VHXH").unwrap().spaced);
    }

    #[test]
    fn place_and_date_are_read_written_out_and_in_figures() {
        let read = |text| {
            let it = date_of(text)?;
            Some((it.place, it.day, it.month, it.year))
        };
        let quad = |a: &str, b: &str, c: &str, d: &str| {
            Some((a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned()))
        };
        assert_eq!(
            read("Bình Mẫu, ngày 05 tháng 01 năm 2026"),
            quad("Bình Mẫu", "05", "01", "2026")
        );
        assert_eq!(
            read("Bình Mẫu, ngày tháng năm 2026"),
            quad("Bình Mẫu", "", "", "2026")
        );
        assert_eq!(read("Bình Mẫu,"), quad("Bình Mẫu", "", "", ""));
        assert_eq!(
            read("Bình Mẫu, 5/1/2026"),
            quad("Bình Mẫu", "5", "1", "2026")
        );
        assert_eq!(read("Hỏa tốc"), None);
    }

    #[test]
    fn kinds_markers_and_names_are_told_apart() {
        assert_eq!(
            kind_named("QUYẾT ĐỊNH"),
            Some((DocumentKind::Decision, true))
        );
        assert_eq!(kind_named("Quyết định:"), None);
        assert_eq!(
            kind_named("KẾ HOẠCH PHÁT TRIỂN"),
            Some((DocumentKind::Plan, false))
        );
        assert_eq!(kind_named("CÔNG VĂN"), None);
        assert_eq!(marker_of("Điều 3. Tổ chức"), Some(Marker::Article(3)));
        assert_eq!(marker_of("Điều 3 Quyết định này"), None);
        assert_eq!(marker_of("12. Các phòng"), Some(Marker::Clause(12)));
        assert_eq!(marker_of("1.1. Các phòng"), None);
        assert_eq!(marker_of("đ) Công an xã"), Some(Marker::Point('đ')));
        assert_eq!(marker_of("II. NHIỆM VỤ"), Some(Marker::Roman(2)));
        assert_eq!(
            marker_of("Chương IV"),
            Some(Marker::Heading("Chương", "IV".to_owned()))
        );
        assert_eq!(marker_of("phần mềm quản lý văn bản và điều hành"), None);
        assert_eq!(marker_of("Mục tiêu chung"), None);
        assert!(is_name("Trần Thị Thí Dụ") && is_name("TS. Lê Văn Thử"));
        assert!(!is_name("Ký bởi: Trần Thị Thí Dụ") && !is_name("TL. CHỦ TỊCH"));
        assert_eq!(
            honours_before("PGS.TS. Lê Văn Thử").0.as_deref(),
            Some("PGS.TS.")
        );
        assert_eq!(honours_before("Tô Văn Thử").0, None);
        assert_eq!(prefix_of("KT/ CHỦ TỊCH"), Some(("KT/".to_owned(), "KT.")));
        assert_eq!(prefix_of("CHỦ TỊCH"), None);
        assert_eq!(roman("XIV"), Some(14));
    }
}
