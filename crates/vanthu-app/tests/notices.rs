//! Every notice that some act leaves has words.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use serde_json::Value;
    use vanthu_app::notice::text;

    /// A code without words would be shown as it is.
    #[test]
    fn every_code_that_an_act_leaves_has_words() {
        let mut codes = BTreeSet::new();
        visit(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut codes,
        );
        assert!(codes.len() >= 15, "the acts leave more than {codes:?}");
        for code in codes {
            assert_ne!(text(&code, &Value::Null), code, "{code} has no words");
        }
    }

    fn visit(folder: &Path, codes: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, codes);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                let acts = source.split("#[cfg(test)]").next().unwrap_or_default();
                codes.extend(codes_in(acts, &path));
            }
        }
    }

    /// The codes that a file's calls of `notify` name: as they stand, or in the variable `code`.
    fn codes_in(source: &str, path: &Path) -> Vec<String> {
        let mut codes = Vec::new();
        for call in source.split(".notify(").skip(1) {
            let second = call.split(',').nth(1).unwrap_or_default().trim();
            if let Some(literal) = second.strip_prefix('"') {
                codes.push(literal.trim_end_matches('"').to_owned());
                continue;
            }
            assert_eq!(second, "code", "{}: what does it leave?", path.display());
            let before = codes.len();
            for given in source.split("code = ").skip(1) {
                let value = given.split(';').next().unwrap_or_default();
                codes.extend(value.split('"').skip(1).step_by(2).map(str::to_owned));
            }
            assert!(codes.len() > before, "{}: which code?", path.display());
        }
        codes
    }
}
