//! What a signature permits afterwards (ISO 32000-2, 12.8.2.2 and 12.8.2.4, 12.7.5.5): DocMDP and FieldMDP of the
//! signature, and the `/Lock` of its field.

use crate::problem::PdfProblem;
use crate::request::DocMdp;
use crate::syntax::document::Document;
use crate::syntax::object::{Dict, Object};
use crate::syntax::text;

/// Restrictions that one signature puts on later revisions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MdpRules {
    /// What its DocMDP says; of several, the strictest.
    pub(crate) certification: Option<DocMdp>,
    /// What the lock of its field says.
    pub(crate) lock_level: Option<DocMdp>,
    /// All locks hold together.
    pub(crate) field_locks: Vec<FieldLock>,
}

/// Which fields are locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FieldLock {
    All,
    Include(Vec<String>),
    Exclude(Vec<String>),
}

impl MdpRules {
    /// Reads `/Reference` of a signature and `/Lock` of its field, both as they were when it was made.
    pub(crate) fn of(
        document: &Document<'_>,
        signature: &Dict,
        field: &Dict,
    ) -> Result<Self, PdfProblem> {
        let mut rules = Self::default();
        if let Some(references) = document.get(signature, "Reference")? {
            for reference in references.as_array().unwrap_or_default() {
                let reference = document.resolve(reference)?;
                if let Some(reference) = reference.as_dict() {
                    rules.add(document, reference)?;
                }
            }
        }
        if let Some(lock) = document.get(field, "Lock")?
            && let Some(lock) = lock.as_dict()
            && let Some(level) = document.get(lock, "P")?
        {
            rules.lock_level = Some(permission(level.as_int(), "the lock")?);
        }
        let of_field = FieldLock::of_field(document, field)?;
        rules.field_locks.extend(of_field);
        Ok(rules)
    }

    fn add(&mut self, document: &Document<'_>, reference: &Dict) -> Result<(), PdfProblem> {
        let method = document.get(reference, "TransformMethod")?;
        let is = |name: &str| method.as_deref().is_some_and(|method| method.is_name(name));
        let parameters = document.get(reference, "TransformParams")?;
        let parameters = parameters.as_deref().and_then(Object::as_dict);
        if is("DocMDP") {
            let level = match parameters {
                Some(parameters) => document.get(parameters, "P")?,
                None => None,
            };
            let level = level.map_or(Some(2), |level| level.as_int());
            let level = permission(level, "DocMDP")?;
            self.certification = self.certification.into_iter().chain([level]).min();
        } else if is("FieldMDP") {
            let parameters =
                parameters.ok_or_else(|| PdfProblem::structure("FieldMDP has no parameters"))?;
            self.field_locks.push(FieldLock::of(document, parameters)?);
        }
        Ok(())
    }

    /// What may happen to the document: the strictest of what is said (12.7.5.5).
    pub(crate) fn level(&self) -> Option<DocMdp> {
        self.certification.into_iter().chain(self.lock_level).min()
    }

    /// Every field is locked.
    pub(crate) fn locks_all(&self) -> bool {
        self.field_locks.contains(&FieldLock::All)
    }
}

fn permission(level: Option<i64>, of: &str) -> Result<DocMdp, PdfProblem> {
    level
        .and_then(DocMdp::from_level)
        .ok_or_else(|| PdfProblem::structure(format!("{of} has an unknown permission")))
}

impl FieldLock {
    /// Reads `/Action` and `/Fields`: transform parameters and the lock of a field have them alike.
    pub(crate) fn of(document: &Document<'_>, dict: &Dict) -> Result<Self, PdfProblem> {
        let mut names = Vec::new();
        if let Some(list) = document.get(dict, "Fields")? {
            for item in list.as_array().unwrap_or_default() {
                let item = document.resolve(item)?;
                names.push(text::decode(item.as_string().unwrap_or_default()));
            }
        }
        let action = document.get(dict, "Action")?;
        match action.as_deref().and_then(Object::as_name) {
            Some(b"All") => Ok(Self::All),
            Some(b"Include") => Ok(Self::Include(names)),
            Some(b"Exclude") => Ok(Self::Exclude(names)),
            _ => Err(PdfProblem::structure("FieldMDP has an unknown action")),
        }
    }

    /// What `/Lock` of a field says to lock when it is signed (12.7.5.5).
    pub(crate) fn of_field(
        document: &Document<'_>,
        field: &Dict,
    ) -> Result<Option<Self>, PdfProblem> {
        match document.get(field, "Lock")? {
            Some(lock) => match lock.as_dict().filter(|lock| lock.contains("Action")) {
                Some(lock) => Self::of(document, lock).map(Some),
                None => Ok(None),
            },
            None => Ok(None),
        }
    }

    /// As transform parameters of FieldMDP (12.8.2.4).
    pub(crate) fn written(&self, parameters: Dict) -> Dict {
        let fields = |names: &[String]| {
            let names = names.iter().map(|name| Object::String(text::encode(name)));
            Object::Array(names.collect())
        };
        let with = |action| parameters.with("Action", Object::name(action));
        match self {
            Self::All => with("All"),
            Self::Include(names) => with("Include").with("Fields", fields(names)),
            Self::Exclude(names) => with("Exclude").with("Fields", fields(names)),
        }
    }

    /// Whether the field of this full name is locked; what is below a named field is locked with it.
    pub(crate) fn locks(&self, name: &str) -> bool {
        let within = |names: &[String]| {
            names.iter().any(|scope| {
                name == scope
                    || name
                        .strip_prefix(scope.as_str())
                        .is_some_and(|rest| rest.starts_with('.'))
            })
        };
        match self {
            Self::All => true,
            Self::Include(names) => within(names),
            Self::Exclude(names) => !within(names),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn rules(references: &str, lock: &str) -> Result<MdpRules, PdfProblem> {
        let mut file = b"%PDF-1.7\n".to_vec();
        let mut table = String::from("xref\n0 1\n0000000000 65535 f\r\n1 2\n");
        for (number, body) in [
            (1, "<< /Type /Catalog >>".to_owned()),
            (2, format!("<< /Reference [{references}] /Lock {lock} >>")),
        ] {
            let _ = write!(table, "{:010} 00000 n\r\n", file.len());
            file.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
        }
        let start = file.len();
        let tail =
            format!("{table}trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
        file.extend_from_slice(tail.as_bytes());
        let document = Document::open(&file).unwrap();
        let dict = document.load_number(2).unwrap();
        let dict = dict.as_dict().unwrap();
        MdpRules::of(&document, dict, dict)
    }

    #[test]
    fn of_several_rules_the_strictest_holds_and_all_locks_do() {
        let certify =
            |p: u8| format!("<< /TransformMethod /DocMDP /TransformParams << /P {p} >> >>");
        let lock = |name: &str| {
            format!(
                "<< /TransformMethod /FieldMDP /TransformParams << /Action /Include /Fields [({name})] >> >>"
            )
        };
        let level = |references: &str, lock: &str| rules(references, lock).unwrap().level();
        for order in [[1, 3], [3, 1]] {
            let both = order.map(certify).concat();
            assert_eq!(level(&both, "null"), Some(DocMdp::NoChanges));
        }
        assert_eq!(level(&certify(3), "<< /P 1 >>"), Some(DocMdp::NoChanges));
        assert_eq!(level(&certify(2), "<< /P 3 >>"), Some(DocMdp::FormFilling));
        assert_eq!(level("", "<< /P 2 >>"), Some(DocMdp::FormFilling));
        assert_eq!(level("", "null"), None);
        assert!(rules(&certify(4), "null").is_err());
        assert!(rules("", "<< /P 9 >>").is_err());
        let both = rules(
            &[lock("a"), lock("b")].concat(),
            "<< /Action /Include /Fields [(c)] >>",
        );
        let locks = both.unwrap().field_locks;
        for name in ["a", "b", "c", "a.kid"] {
            assert!(locks.iter().any(|lock| lock.locks(name)), "{name}");
        }
        assert!(!locks.iter().any(|lock| lock.locks("ab")));
    }
}
