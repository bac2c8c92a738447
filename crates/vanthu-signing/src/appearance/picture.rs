//! A PNG picture (signature or seal) as an image XObject with its transparency.

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

/// Draws `png` centred in `shape`, its proportions kept.
pub(crate) fn form(
    update: &mut Update<'_, '_>,
    shape: &Shape,
    png: &[u8],
) -> Result<Ref, PrepareError> {
    let pixels = decode(png).ok_or(PrepareError::PictureUnreadable)?;
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
