//! How facts are put on the screen: times, deadlines, urgency, verdicts; the same on every page.

use axum::http::HeaderMap;
use vanthu_app::AppError;
use vanthu_app::notice::Notice;
use vanthu_app::outgoing::view::TimelineEntry;
use vanthu_domain::audit::Act;
use vanthu_domain::english::{self, Said};
use vanthu_domain::kind::{DocumentKind, Urgency};
use vanthu_domain::refusal::Refusal;
use vanthu_domain::verdict::{LegalValue, LegalVerdict, Point, PointState};
use vanthu_domain::{Day, Moment};

use crate::error::WebError;
use crate::texts::{self, Counted as _, Language, language_of, translate};
use crate::view::{Check, Fact, Happening, Pill, Problem, Tone, Verdict};

/// So many days before its deadline a thing is "due soon".
pub(crate) const SOON_DAYS: i32 = 2;

/// Speaks the reader's language at a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Say {
    /// The language.
    pub(crate) language: Language,
    /// Now.
    pub(crate) now: Moment,
}

impl Say {
    /// For the reader of a request.
    pub(crate) fn of(headers: &HeaderMap, now: Moment) -> Self {
        Self {
            language: language_of(headers),
            now,
        }
    }

    /// A text of the catalogue.
    pub(crate) fn t(self, text: &str) -> String {
        translate(text, self.language).to_owned()
    }

    /// The name of a kind, a state or an act.
    pub(crate) fn named(self, text: &str) -> String {
        texts::name(text, self.language).to_owned()
    }

    /// What a floor below put together.
    pub(crate) fn words(self, text: &str) -> String {
        texts::words(text, self.language)
    }

    /// An article that a rule rests on.
    pub(crate) fn article(self, article: &str) -> String {
        texts::citation(article, self.language)
    }

    /// The short way of [`short_articles`], in the language.
    fn short(self, articles: String) -> String {
        if self.language == Language::Vietnamese {
            return articles;
        }
        let english = [
            ("NĐ ", "Decree "),
            ("QĐ ", "Decision "),
            (" PL ", " App. "),
            (" Đ", " Art. "),
        ];
        let told = english
            .iter()
            .fold(articles, |told, (from, to)| told.replace(from, to));
        self.article(&told)
    }

    /// A notice.
    pub(crate) fn notice(self, notice: &Notice) -> String {
        match self.language {
            Language::Vietnamese => notice.text.clone(),
            Language::English => notice.in_english(|word| self.words(word)),
        }
    }

    /// Today.
    pub(crate) fn today(self) -> Day {
        self.now.day()
    }

    /// A day, with the words for those near by: `hôm nay`, `hôm qua`, `20/11/2026`.
    pub(crate) fn day(self, day: Day) -> String {
        let today = self.today();
        if day == today {
            self.t("hôm nay")
        } else if day == today.plus_days(-1) {
            self.t("hôm qua")
        } else if day == today.plus_days(1) {
            self.t("ngày mai")
        } else {
            day.to_string()
        }
    }

    /// `08:12 hôm nay`, `16:55 20/11/2026`.
    pub(crate) fn moment(self, at: Moment) -> String {
        format!("{} {}", at.clock_text(), self.day(at.day()))
    }

    /// How a deadline stands, in words and tone, for something still to be done.
    pub(crate) fn due(self, day: Day) -> (Tone, String) {
        let today = self.today();
        if day < today {
            let late = (1..=400).take_while(|n| day.plus_days(*n) <= today).count();
            return (Tone::Bad, self.t("quá hạn {n} ngày").counted(late));
        }
        if day <= today.plus_days(SOON_DAYS) {
            return (
                Tone::Warn,
                self.t("hạn {day}").replace("{day}", &self.day(day)),
            );
        }
        (
            Tone::None,
            self.t("hạn {day}").replace("{day}", &self.day(day)),
        )
    }

    /// The mark of an urgency; none for an ordinary document.
    pub(crate) fn urgency(self, urgency: Urgency) -> Option<Pill> {
        urgency.is_urgent().then(|| Pill {
            tone: Tone::Urgent,
            text: self.t(urgency.name()),
        })
    }

    /// The refusal as the problem box shows it.
    pub(crate) fn refusal(self, refusal: &Refusal) -> Problem {
        let said = match self.language {
            Language::Vietnamese => Said {
                what: refusal.what(),
                why: refusal.why(),
                now: refusal.now(),
            },
            Language::English => english::refusal(refusal, |word| self.words(word)),
        };
        Problem {
            tone: Tone::Bad,
            what: said.what,
            why: said.why,
            article: self.article(&refusal.article()),
            now: said.now,
            link: None,
        }
    }

    /// What went wrong, as the problem box shows it.
    pub(crate) fn error(self, error: &WebError) -> Problem {
        match &error.0 {
            AppError::Refused(refusal) => self.refusal(refusal),
            AppError::Fault(_) => {
                let told = error.problem();
                Problem {
                    tone: Tone::Bad,
                    what: self.t(&told.title),
                    why: self.t(&told.detail),
                    now: self.t(&told.action),
                    ..Problem::default()
                }
            }
        }
    }

    /// What was refused.
    pub(crate) fn what(self, refusal: &Refusal) -> String {
        self.refusal(refusal).what
    }

    /// Title and detail of a point of the verdict.
    pub(crate) fn point(self, point: &Point) -> (String, String) {
        match self.language {
            Language::Vietnamese => (point.title(), point.detail()),
            Language::English => english::point(point, |word| self.words(word)),
        }
    }

    /// The legal verdict point by point, with the articles it rests on.
    pub(crate) fn verdict(self, verdict: &LegalVerdict, report: String) -> Verdict {
        Verdict {
            whole: self.legal_value(verdict.value),
            checks: verdict
                .points
                .iter()
                .map(|point| {
                    let (text, note) = self.point(point);
                    Check {
                        tone: tone_of(point.state()),
                        text,
                        note,
                    }
                })
                .collect(),
            articles: self.short(short_articles(verdict.points.iter().map(Point::article))),
            report,
            ..Verdict::default()
        }
    }

    /// What the document is worth, as a mark.
    pub(crate) fn legal_value(self, value: LegalValue) -> Pill {
        let tone = match value {
            LegalValue::OriginalValue => Tone::Ok,
            LegalValue::ForInformation => Tone::Info,
            LegalValue::Refuse => Tone::Bad,
            LegalValue::NotDetermined => Tone::Warn,
        };
        Pill {
            tone,
            text: self.t(value.name()),
        }
    }

    /// The mark of a stored verdict; `checking` where there is none yet.
    pub(crate) fn stored_value(self, code: Option<&str>) -> Pill {
        let values = [
            LegalValue::OriginalValue,
            LegalValue::ForInformation,
            LegalValue::Refuse,
            LegalValue::NotDetermined,
        ];
        match values.into_iter().find(|value| Some(value.code()) == code) {
            Some(value) => self.legal_value(value),
            None => Pill {
                tone: Tone::None,
                text: self.t("Đang kiểm tra"),
            },
        }
    }

    /// A timeline, newest first.
    pub(crate) fn timeline(self, entries: &[TimelineEntry]) -> Vec<Happening> {
        entries
            .iter()
            .rev()
            .map(|entry| self.happening(entry))
            .collect()
    }

    fn happening(self, entry: &TimelineEntry) -> Happening {
        let word = |name: &str| {
            let value = entry.data.get(name).and_then(serde_json::Value::as_str);
            value.unwrap_or_default().trim().to_owned()
        };
        let quote = ["words", "reason", "proposal"]
            .into_iter()
            .map(word)
            .find(|text| !text.is_empty() && text.contains(' '))
            .unwrap_or_default();
        let text = match entry.act {
            Act::Checked => [self.named(entry.text), self.named(&word("name"))].join(": "),
            Act::Registered => match entry.data.get("arrival_number") {
                Some(number) => {
                    let said = self.t("{act}, số đến {number}");
                    said.replace("{act}", &self.named(entry.text))
                        .replace("{number}", &number.to_string())
                }
                None => self.named(entry.text),
            },
            _ => self.named(entry.text),
        };
        let who = match (entry.who.as_str(), entry.agency.as_str()) {
            ("", "") => self.t("Hệ thống"),
            ("", agency) => agency.to_owned(),
            (who, "") => who.to_owned(),
            (who, agency) => format!("{who}, {agency}"),
        };
        Happening {
            tone: tone_of_act(entry.act),
            text,
            when: self.moment(entry.at),
            at: entry.at.iso(),
            who,
            quote,
        }
    }
}

/// The abstract as it stands on the paper: that of an official letter begins with `V/v`.
pub(crate) fn subject_of(kind: DocumentKind, subject: &str) -> String {
    let begins = subject
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("v/v"));
    if kind == DocumentKind::OfficialLetter && !begins && !subject.is_empty() {
        return format!("V/v {subject}");
    }
    subject.to_owned()
}

/// A name and its value.
pub(crate) fn fact(name: impl Into<String>, value: impl Into<String>) -> Fact {
    Fact {
        name: name.into(),
        value: value.into(),
        locked: false,
    }
}

/// A name and its value as received, which nobody here changes.
pub(crate) fn locked(name: impl Into<String>, value: impl Into<String>) -> Fact {
    Fact {
        locked: true,
        ..fact(name, value)
    }
}

/// Articles in the short way in which clerks write them, each document once:
/// `NĐ 30/2020: Đ5.1, Đ32.2d; NĐ 68/2024: Đ31`.
fn short_articles<'a>(articles: impl Iterator<Item = &'a str>) -> String {
    let mut documents: Vec<(String, Vec<String>)> = Vec::new();
    for article in articles.flat_map(|text| text.split("; ")) {
        let (document, places) = article.split_once(", ").unwrap_or((article, ""));
        let document = short_document(document);
        let at = documents.iter().position(|(known, _)| *known == document);
        let at = at.unwrap_or_else(|| {
            documents.push((document, Vec::new()));
            documents.len() - 1
        });
        let Some((_, known)) = documents.get_mut(at) else {
            continue;
        };
        for place in places.split(" và ").filter(|place| !place.is_empty()) {
            let place = place
                .replace("Điều ", "Đ")
                .replace(" khoản ", ".")
                .replace(" điểm ", "")
                .replace("Phụ lục ", "PL ");
            if !known.contains(&place) {
                known.push(place);
            }
        }
    }
    let told = documents
        .iter()
        .map(|(document, places)| match places.join(", ") {
            none if none.is_empty() => document.clone(),
            places => format!("{document}: {places}"),
        });
    told.collect::<Vec<_>>().join("; ")
}

/// `NĐ 30/2020` of `Nghị định 30/2020/NĐ-CP`.
fn short_document(name: &str) -> String {
    for (long, short) in [
        ("Nghị định ", "NĐ "),
        ("Quyết định ", "QĐ "),
        ("Luật ", "Luật "),
    ] {
        if let Some(rest) = name.strip_prefix(long) {
            let mut parts = rest.splitn(3, '/');
            return match (parts.next(), parts.next(), parts.next()) {
                (Some(number), Some(year), Some(tail)) => {
                    let place = tail
                        .split_once(' ')
                        .map_or(String::new(), |(_, at)| format!(" {at}"));
                    format!("{short}{number}/{year}{place}")
                }
                _ => format!("{short}{rest}"),
            };
        }
    }
    name.to_owned()
}

/// A size as people read it: `1,4 MB`.
pub(crate) fn size(bytes: usize) -> String {
    let bytes = bytes as u64;
    if bytes < 1_000_000 {
        return format!("{} kB", bytes.div_ceil(1000));
    }
    let tenths = bytes / 100_000;
    format!("{},{} MB", tenths / 10, tenths % 10)
}

/// The tone of a point of the verdict.
const fn tone_of(state: PointState) -> Tone {
    match state {
        PointState::Ok => Tone::Ok,
        PointState::Warn => Tone::Info,
        PointState::Bad => Tone::Bad,
        PointState::Unknown => Tone::Warn,
    }
}

const fn tone_of_act(act: Act) -> Tone {
    match act {
        Act::ReturnedToSender
        | Act::ReturnedToDrafter
        | Act::LineReturned
        | Act::LineTakenBack
        | Act::SigningFailed
        | Act::NumberVoided => Tone::Bad,
        Act::Accepted
        | Act::Registered
        | Act::Signed
        | Act::Sealed
        | Act::Issued
        | Act::LineFinished
        | Act::Completed => Tone::Ok,
        _ => Tone::Info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say() -> Say {
        let now = Day::new(2026, 11, 23).unwrap().at_minute(500);
        Say {
            language: Language::Vietnamese,
            now,
        }
    }

    #[test]
    fn days_near_by_have_words() {
        let say = say();
        assert_eq!(say.day(say.today()), "hôm nay");
        assert_eq!(say.day(say.today().plus_days(-1)), "hôm qua");
        assert_eq!(say.day(say.today().plus_days(-3)), "20/11/2026");
        assert_eq!(say.moment(say.now), "08:20 hôm nay");
    }

    #[test]
    fn a_deadline_says_how_late_it_is() {
        let say = say();
        let due = |days| say.due(say.today().plus_days(days));
        assert_eq!(due(-3), (Tone::Bad, "quá hạn 3 ngày".to_owned()));
        assert_eq!(due(0), (Tone::Warn, "hạn hôm nay".to_owned()));
        assert_eq!(due(9), (Tone::None, "hạn 02/12/2026".to_owned()));
    }

    #[test]
    fn articles_are_written_short_and_each_document_once() {
        let articles = [
            "Nghị định 30/2020/NĐ-CP, Điều 5 khoản 1",
            "Nghị định 30/2020/NĐ-CP, Điều 5 khoản 1 và Điều 8 khoản 2 điểm h",
            "Quyết định 42/2020/QĐ-UBND tỉnh An Giang, Điều 13 khoản 2 điểm b",
            "Nghị định 68/2024/NĐ-CP, Điều 31 và Điều 32",
        ];
        assert_eq!(
            short_articles(articles.into_iter()),
            "NĐ 30/2020: Đ5.1, Đ8.2h; QĐ 42/2020 tỉnh An Giang: Đ13.2b; NĐ 68/2024: Đ31, Đ32"
        );
    }

    #[test]
    fn the_abstract_of_an_official_letter_begins_with_the_usual_letters() {
        let letter = DocumentKind::OfficialLetter;
        assert_eq!(subject_of(letter, "mời họp"), "V/v mời họp");
        assert_eq!(subject_of(letter, "V/v mời họp"), "V/v mời họp");
        assert_eq!(
            subject_of(DocumentKind::Report, "Kết quả quý III"),
            "Kết quả quý III"
        );
    }

    #[test]
    fn sizes_are_written_with_a_comma() {
        assert_eq!(size(900), "1 kB");
        assert_eq!(size(48_213), "49 kB");
        assert_eq!(size(1_482_000), "1,4 MB");
    }

    #[test]
    fn a_document_that_was_not_judged_is_said_to_be_in_examination() {
        assert_eq!(say().stored_value(None).text, "Đang kiểm tra");
        assert_eq!(say().stored_value(Some("refuse")).tone, Tone::Bad);
    }
}
