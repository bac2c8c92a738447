//! A PNG picture (signature or seal) as an image XObject with its transparency.

use serde::{Deserialize, Serialize};

use crate::appearance::shape::Shape;
use crate::prepare::PrepareError;
use crate::syntax::object::{Dict, Object, Ref};
use crate::syntax::write;
use crate::update::Update;

const MAX_SIDE: u32 = 6_000;
const MAX_PIXELS: u64 = 12_000_000;

struct Pixels {
    width: u32,
    height: u32,
    colour: Vec<u8>,
    alpha: Option<Vec<u8>>,
}

/// What of a picture fills its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// All of it, margins too.
    Whole,
    /// What is not transparent.
    Ink,
}

/// What a picture of a signature or seal is (Decree 30/2020, Appendix I, II.7đ and II.8a ask for PNG, a transparent
/// ground, blue ink for the signature and red for the seal).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureFacts {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Some of it is transparent.
    pub transparent: bool,
    /// What most of what is drawn looks like.
    pub ink: Ink,
}

/// The colour of what is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ink {
    /// A person's signature (xanh).
    Blue,
    /// A seal (đỏ).
    Red,
    /// Anything else, also nothing at all.
    Other,
}

/// Looks at a PNG before it is accepted as somebody's signature or an agency's seal.
pub fn inspect_picture(png: &[u8]) -> Result<PictureFacts, PrepareError> {
    let pixels = decode(png).ok_or(PrepareError::PictureUnreadable)?;
    let (colours, _) = pixels.colour.as_chunks::<3>();
    let (mut blue, mut red, mut drawn) = (0_u64, 0_u64, 0_u64);
    for (index, [r, g, b]) in colours.iter().enumerate() {
        let opacity = pixels
            .alpha
            .as_ref()
            .map_or(255, |alpha| alpha.get(index).copied().unwrap_or_default());
        let is_paper = r.min(g).min(b) > &230;
        if opacity < 128 || is_paper {
            continue;
        }
        drawn += 1;
        let (r, g, b) = (i32::from(*r), i32::from(*g), i32::from(*b));
        blue += u64::from(b > r + 30 && b > g + 20);
        red += u64::from(r > g + 40 && r > b + 40);
    }
    let ink = if drawn > 0 && blue * 2 > drawn {
        Ink::Blue
    } else if drawn > 0 && red * 2 > drawn {
        Ink::Red
    } else {
        Ink::Other
    };
    Ok(PictureFacts {
        width: pixels.width,
        height: pixels.height,
        transparent: pixels.alpha.is_some(),
        ink,
    })
}

/// Width and height in pixels.
pub(crate) fn size(png: &[u8]) -> Result<(u32, u32), PrepareError> {
    let pixels = decode(png).ok_or(PrepareError::PictureUnreadable)?;
    Ok((pixels.width, pixels.height))
}

/// Draws `png` centred in `shape`, its proportions kept.
pub(crate) fn form(
    update: &mut Update<'_, '_>,
    shape: &Shape,
    png: &[u8],
    fit: Fit,
) -> Result<Ref, PrepareError> {
    let mut pixels = decode(png).ok_or(PrepareError::PictureUnreadable)?;
    if fit == Fit::Ink {
        pixels = pixels.trimmed();
    }
    let scale =
        (shape.width / f64::from(pixels.width)).min(shape.height / f64::from(pixels.height));
    let (width, height) = (
        f64::from(pixels.width) * scale,
        f64::from(pixels.height) * scale,
    );
    let (x, y) = ((shape.width - width) / 2.0, (shape.height - height) / 2.0);
    let image = image(update, pixels);
    let mut content = b"q ".to_vec();
    for value in [width, 0.0, 0.0, height, x, y] {
        write::object(&mut content, &Object::number(value));
        content.push(b' ');
    }
    content.extend_from_slice(b"cm /Im Do Q");
    let images = Dict::new().with("Im", Object::Ref(image));
    let resources = Dict::new().with("XObject", Object::Dict(images));
    Ok(shape.form(update, resources, &content))
}

impl Pixels {
    /// Without the transparent margins; as it is when nothing is drawn or nothing is transparent.
    fn trimmed(self) -> Self {
        let Some(alpha) = &self.alpha else {
            return self;
        };
        let width = self.width as usize;
        let inked = |opacity: &u8| *opacity >= 16;
        let rows: Vec<&[u8]> = alpha.chunks(width).collect();
        let top = rows.iter().position(|row| row.iter().any(inked));
        let bottom = rows.iter().rposition(|row| row.iter().any(inked));
        let left = rows
            .iter()
            .filter_map(|row| row.iter().position(inked))
            .min();
        let right = rows
            .iter()
            .filter_map(|row| row.iter().rposition(inked))
            .max();
        let (Some(top), Some(bottom), Some(left), Some(right)) = (top, bottom, left, right) else {
            return self;
        };
        let cut = |data: &[u8], bytes: usize| -> Vec<u8> {
            data.chunks(width * bytes)
                .skip(top)
                .take(bottom - top + 1)
                .filter_map(|row| row.get(left * bytes..(right + 1) * bytes))
                .flatten()
                .copied()
                .collect()
        };
        Self {
            width: (right - left + 1) as u32,
            height: (bottom - top + 1) as u32,
            alpha: Some(cut(alpha, 1)),
            colour: cut(&self.colour, 3),
        }
    }
}

fn image(update: &mut Update<'_, '_>, pixels: Pixels) -> Ref {
    let describe = |space: &str| {
        Dict::typed("XObject")
            .with("Subtype", Object::name("Image"))
            .with("Width", Object::Int(pixels.width.into()))
            .with("Height", Object::Int(pixels.height.into()))
            .with("ColorSpace", Object::name(space))
            .with("BitsPerComponent", Object::Int(8))
    };
    let mut dict = describe("DeviceRGB");
    if let Some(alpha) = &pixels.alpha {
        let mask = update.add_stream(describe("DeviceGray"), alpha);
        dict.set("SMask", Object::Ref(mask));
    }
    update.add_stream(dict, &pixels.colour)
}

fn decode(bytes: &[u8]) -> Option<Pixels> {
    let mut decoder =
        png::Decoder::new_with_limits(std::io::Cursor::new(bytes), png::Limits { bytes: 64 << 20 });
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = (reader.info().width, reader.info().height);
    if width == 0
        || height == 0
        || width > MAX_SIDE
        || height > MAX_SIDE
        || u64::from(width) * u64::from(height) > MAX_PIXELS
    {
        return None;
    }
    let mut buffer = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut buffer).ok()?;
    buffer.truncate(frame.buffer_size());
    let (mut colour, mut alpha) = (Vec::new(), Vec::new());
    match frame.color_type {
        png::ColorType::Rgb => colour = buffer,
        png::ColorType::Rgba => {
            let (pixels, _) = buffer.as_chunks::<4>();
            for [red, green, blue, opacity] in pixels {
                colour.extend_from_slice(&[*red, *green, *blue]);
                alpha.push(*opacity);
            }
        }
        png::ColorType::Grayscale => {
            colour = buffer.iter().flat_map(|grey| [*grey; 3]).collect();
        }
        png::ColorType::GrayscaleAlpha => {
            let (pixels, _) = buffer.as_chunks::<2>();
            for [grey, opacity] in pixels {
                colour.extend_from_slice(&[*grey; 3]);
                alpha.push(*opacity);
            }
        }
        png::ColorType::Indexed => return None,
    }
    let alpha = Some(alpha).filter(|alpha| alpha.iter().any(|opacity| *opacity != 255));
    Some(Pixels {
        width,
        height,
        colour,
        alpha,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
        let data: Vec<u8> = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| pixel(x, y))
            .collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&data).unwrap();
        writer.finish().unwrap();
        bytes
    }

    #[test]
    fn ink_and_transparency_of_a_picture_are_told() {
        let colour = |[r, g, b]: [u8; 3], alpha: u8| {
            inspect_picture(&png(8, 4, |x, _| {
                [r, g, b, if x < 4 { 255 } else { alpha }]
            }))
            .unwrap()
        };
        assert_eq!(colour([20, 40, 200], 0).ink, Ink::Blue);
        assert_eq!(colour([0, 0, 128], 0).ink, Ink::Blue);
        assert_eq!(colour([200, 20, 20], 0).ink, Ink::Red);
        assert_eq!(colour([10, 10, 10], 0).ink, Ink::Other);
        assert!(colour([20, 40, 200], 0).transparent);
        assert!(!colour([20, 40, 200], 255).transparent);
        assert_eq!(
            inspect_picture(b"\xff\xd8\xff\xe0 a photograph"),
            Err(PrepareError::PictureUnreadable)
        );
    }

    #[test]
    fn transparent_margins_are_cut_off_on_every_side() {
        let inked = |x: u32, y: u32| (3..7).contains(&x) && (2..4).contains(&y);
        let picture = png(12, 9, |x, y| {
            [x as u8, y as u8, 9, if inked(x, y) { 255 } else { 0 }]
        });
        let pixels = decode(&picture).unwrap().trimmed();
        assert_eq!((pixels.width, pixels.height), (4, 2));
        assert_eq!(pixels.colour[..3], [3, 2, 9]);
        assert_eq!(pixels.colour[21..], [6, 3, 9]);
        assert!(pixels.alpha.unwrap().iter().all(|opacity| *opacity == 255));
        // Nothing drawn: left as it is.
        let empty = png(5, 5, |_, _| [0; 4]);
        assert_eq!(decode(&empty).unwrap().trimmed().width, 5);
    }
}
