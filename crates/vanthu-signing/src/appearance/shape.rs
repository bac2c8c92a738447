//! Geometry of an appearance: upright on screen whatever the page's rotation.

use crate::syntax::object::Ref;
use crate::syntax::object::{Dict, Object};
use crate::update::Update;

/// The box an appearance is drawn in, seen upright.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) width: f64,
    pub(crate) height: f64,
    rotate: i64,
}

impl Shape {
    /// For a rectangle of `width` x `height` in default user space on a page shown rotated by `rotate` degrees.
    pub(crate) fn new(width: f64, height: f64, rotate: i64) -> Self {
        if rotate == 90 || rotate == 270 {
            Self {
                width: height,
                height: width,
                rotate,
            }
        } else {
            Self {
                width,
                height,
                rotate,
            }
        }
    }

    /// The matrix that turns the upright drawing against the page's rotation (12.5.5).
    fn matrix(&self) -> [f64; 6] {
        match self.rotate {
            90 => [0.0, 1.0, -1.0, 0.0, self.height, 0.0],
            180 => [-1.0, 0.0, 0.0, -1.0, self.width, self.height],
            270 => [0.0, -1.0, 1.0, 0.0, 0.0, self.width],
            _ => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        }
    }

    /// `/MK` of a widget on such a page.
    pub(crate) fn characteristics(&self) -> Option<Object> {
        (self.rotate != 0).then(|| Object::Dict(Dict::new().with("R", Object::Int(self.rotate))))
    }

    /// Writes `content` as a form XObject.
    pub(crate) fn form(&self, update: &mut Update<'_, '_>, resources: Dict, content: &[u8]) -> Ref {
        let mut dict = Dict::typed("XObject")
            .with("Subtype", Object::name("Form"))
            .with(
                "BBox",
                Object::numbers(&[0.0, 0.0, self.width, self.height]),
            )
            .with("Resources", Object::Dict(resources));
        if self.rotate != 0 {
            dict.set("Matrix", Object::numbers(&self.matrix()));
        }
        update.add_stream(dict, content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_turned_box_covers_the_rectangle_it_stands_for() {
        for rotate in [0, 90, 180, 270] {
            let shape = Shape::new(100.0, 40.0, rotate);
            let [a, b, c, d, e, f] = shape.matrix();
            let corners = [(0.0, 0.0), (shape.width, shape.height)];
            let turned = corners.map(|(x, y)| (a * x + c * y + e, b * x + d * y + f));
            let (xs, ys) = (turned.map(|p| p.0), turned.map(|p| p.1));
            assert!(
                (xs[0].min(xs[1])).abs() < 1e-9 && (ys[0].min(ys[1])).abs() < 1e-9,
                "{rotate}"
            );
            assert!((xs[0].max(xs[1]) - 100.0).abs() < 1e-9, "{rotate}");
            assert!((ys[0].max(ys[1]) - 40.0).abs() < 1e-9, "{rotate}");
        }
    }
}
