//! What a person sees of a signature or a filled field: form XObjects with their pictures and fonts.

pub(crate) mod font;
pub(crate) mod picture;
pub(crate) mod place;
pub(crate) mod shape;
pub(crate) mod text;
