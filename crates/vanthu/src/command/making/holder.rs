//! Whose a certificate is, by its subject: a person's or an agency's.

use vanthu_pki::{Certificate, oid};

/// Prefixes that authorities put before a person's number in the subject (UID): citizen card, identity card, passport.
const PERSONAL_NUMBERS: [&str; 4] = ["CCCD:", "CMND:", "HC:", "PID:"];

/// What in the subject shows that the certificate is a person's (ITU-T X.520 5.2.2, 6.2 to 6.4: surname, given name,
/// title). `None` shows nothing: a subject may hold just a name.
pub(crate) fn personal_sign(certificate: &Certificate) -> Option<String> {
    let subject = certificate.subject();
    let named = [
        (oid::TITLE, "chức vụ"),
        (oid::SURNAME, "họ"),
        (oid::GIVEN_NAME, "tên"),
    ];
    let found = named.iter().find_map(|(kind, what)| {
        let value = subject.get(*kind)?;
        Some(format!("{what} “{value}”"))
    });
    let number = || {
        let value = subject.get(oid::USER_ID)?.to_uppercase();
        let mut prefixes = PERSONAL_NUMBERS.iter();
        let is_personal = prefixes.any(|it| value.starts_with(it));
        // The number itself is nobody's business.
        is_personal.then(|| "số giấy tờ tùy thân".to_owned())
    };
    found.or_else(number)
}

#[cfg(test)]
mod tests {
    use vanthu_pki::authority::{AgencySubject, Authority, Endpoints, PersonSubject, Validity};
    use vanthu_pki::{SoftKey, Time};

    use super::*;

    #[test]
    fn a_person_is_told_by_title_or_number_and_an_agency_is_not() {
        let now = Time::from_unix(1_795_309_923);
        let validity = Validity {
            from: now.plus_days(-1),
            to: now.plus_days(1),
        };
        let key = SoftKey::generate_p256().unwrap();
        let spki = key.spki();
        let root = Authority::root(key, "Gốc", validity, 1).unwrap();
        let person = |title: &str, user_id: &str| {
            let subject = PersonSubject {
                full_name: "Lê Thị Mẫu".to_owned(),
                title: title.to_owned(),
                user_id: user_id.to_owned(),
                ..PersonSubject::default()
            };
            let made = root.person(&subject, &spki, validity, 2, &Endpoints::default());
            personal_sign(&made.unwrap())
        };
        assert_eq!(person("Chủ tịch", "").unwrap(), "chức vụ “Chủ tịch”");
        let number = person("", "cccd:001099000001").unwrap();
        assert_eq!(number, "số giấy tờ tùy thân");
        assert_eq!(person("", ""), None);
        let agency = AgencySubject {
            name: "Ủy ban nhân dân xã Bình Mẫu".to_owned(),
            identifier: "MST:0100000001".to_owned(),
            ..AgencySubject::default()
        };
        let made = root.agency(&agency, &spki, validity, 3, &Endpoints::default());
        assert_eq!(personal_sign(&made.unwrap()), None);
    }
}
