//! Text drawn as an appearance: lines beside no picture, or the value of a filled field.

use std::fmt::Write;

use crate::appearance::font::SubsetFont;
use crate::appearance::shape::Shape;
use crate::prepare::PrepareError;
use crate::request::Align;
use crate::syntax::object::{Dict, Object, Ref};
use crate::update::Update;

/// Distance between baselines, in font sizes.
const LEADING: f64 = 1.15;

/// Width and height that `lines` take at `size`.
pub(crate) fn lines_size(
    lines: &[String],
    size: f64,
    font_data: &[u8],
) -> Result<(f64, f64), PrepareError> {
    let font = SubsetFont::for_text(font_data, false, &lines.concat())?;
    let (ascent, descent) = font.extent();
    let width = lines
        .iter()
        .map(|line| font.width(line, size))
        .fold(0.0, f64::max);
    let below = lines.len().saturating_sub(1) as f64 * LEADING;
    Ok((width, (ascent - descent + below) * size))
}

/// Draws `lines` from the top of `shape`, upright, black.
pub(crate) fn lines_form(
    update: &mut Update<'_, '_>,
    shape: &Shape,
    lines: &[String],
    size: f64,
    font_data: &[u8],
) -> Result<Ref, PrepareError> {
    let font = SubsetFont::for_text(font_data, false, &lines.concat())?;
    let (ascent, _) = font.extent();
    let mut content = String::from("q BT 0 g\n");
    let _ = writeln!(content, "/F {} Tf", number(size));
    for (index, line) in lines.iter().enumerate() {
        if font.width(line, size) > shape.width + 0.5 {
            return Err(PrepareError::TextDoesNotFit { text: line.clone() });
        }
        let y = shape.height - ascent * size - index as f64 * LEADING * size;
        let _ = writeln!(
            content,
            "1 0 0 1 0 {} Tm {} Tj",
            number(y),
            font.encode(line)
        );
    }
    content.push_str("ET Q");
    finish(update, shape, &font, &content)
}

/// Draws the value of a text field: one line, centred vertically between ascender and descender.
pub(crate) fn field_form(
    update: &mut Update<'_, '_>,
    shape: &Shape,
    value: &str,
    style: &FieldStyle<'_>,
) -> Result<Ref, PrepareError> {
    let font = SubsetFont::for_text(style.font, style.italic, value)?;
    let (ascent, descent) = font.extent();
    let width = font.width(value, style.size);
    // Half a point of tolerance: boxes come from typesetting that rounds.
    if width > shape.width + 0.5 {
        return Err(PrepareError::TextDoesNotFit {
            text: value.to_owned(),
        });
    }
    let x = match style.align {
        Align::Left => 0.0,
        Align::Centre => (shape.width - width) / 2.0,
        Align::Right => shape.width - width,
    };
    let y = (shape.height - (ascent - descent) * style.size) / 2.0 - descent * style.size;
    let content = format!(
        "/Tx BMC q BT 0 g\n/F {} Tf\n1 0 0 1 {} {} Tm {} Tj\nET Q EMC",
        number(style.size),
        number(x),
        number(y),
        font.encode(value),
    );
    finish(update, shape, &font, &content)
}

/// How the value of a field is drawn.
pub(crate) struct FieldStyle<'f> {
    pub(crate) font: &'f [u8],
    pub(crate) italic: bool,
    pub(crate) size: f64,
    pub(crate) align: Align,
}

fn finish(
    update: &mut Update<'_, '_>,
    shape: &Shape,
    font: &SubsetFont<'_>,
    content: &str,
) -> Result<Ref, PrepareError> {
    let font = font.embed(update)?;
    let fonts = Dict::new().with("F", Object::Ref(font));
    let resources = Dict::new().with("Font", Object::Dict(fonts));
    Ok(shape.form(update, resources, content.as_bytes()))
}

fn number(value: f64) -> String {
    format!("{}", (value * 1000.0).round() / 1000.0)
}
