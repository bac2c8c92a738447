//! Who signs: the authorised person, and on some kinds somebody beside.

use vanthu_domain::body::{Block, Inline};
use vanthu_domain::kind::SignatureForm;

use super::data::clean;
use super::{Letter, Signer};

/// The authorised person, and who signs on the left.
pub(super) fn of(letter: &Letter) -> (Signer, Option<Signer>) {
    let mut signer = Signer {
        authority_lines: letter.authority_lines.clone(),
        post_lines: letter.extras.signer_post.clone(),
        name: letter.signer_name.clone(),
    };
    if let Some(cosigner) = &letter.extras.cosigner {
        return (signer, Some(cosigner.clone()));
    }
    let beside = match letter.kind.signature_form() {
        SignatureForm::One => None,
        SignatureForm::Secretary => named(letter, "Thư ký").map(|name| {
            // Mẫu 1.9 names the part in the meeting, not the post.
            signer.authority_lines = vec!["Chủ tọa".to_owned()];
            Signer::new("Thư ký", name)
        }),
        SignatureForm::Parties => {
            let name = named(letter, "Đại diện Bên B").or_else(|| named(letter, "Đại diện bên B"));
            name.map(|name| {
                signer
                    .authority_lines
                    .insert(0, "Đại diện Bên A".to_owned());
                Signer::new("Đại diện Bên B", name)
            })
        }
    };
    (signer, beside)
}

/// The person of the line "Thư ký: Bà Trần Thị B, công chức Văn phòng."
fn named(letter: &Letter, part: &str) -> Option<String> {
    letter.body.blocks().iter().find_map(|block| {
        let (Block::Paragraph { content }
        | Block::Clause { content, .. }
        | Block::Point { content, .. }
        | Block::Dash { content, .. }) = block
        else {
            return None;
        };
        let mut line = String::new();
        for inline in content {
            if let Inline::Text { text, .. } = inline {
                line.push_str(text);
            }
        }
        let line = clean(&line);
        let rest = line.strip_prefix(part)?.trim_start().strip_prefix(':')?;
        let end = rest
            .find([',', ';', '.', '(', '-', '–'])
            .unwrap_or(rest.len());
        let name = rest.get(..end)?.trim();
        let polite = ["Ông ", "Bà ", "ông ", "bà ", "Đồng chí ", "đồng chí "];
        let name = polite
            .iter()
            .find_map(|word| name.strip_prefix(word))
            .unwrap_or(name)
            .trim();
        let is_name = name.chars().next().is_some_and(char::is_uppercase);
        (is_name && name.chars().count() <= 60).then(|| name.to_owned())
    })
}
