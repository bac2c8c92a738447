//! Closed lists of words (danh mục): each is one word in storage and interfaces, and one phrase for readers.

/// `words! { /// doc Type { /// doc Variant = "stored-word", "tên tiếng Việt"; } }`
macro_rules! words {
    ($($(#[$meta:meta])* $type:ident { $($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $type { $($(#[$doc])* #[serde(rename = $code)] $name,)* }

        impl $type {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stored word.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The one of a stored word.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }

            /// The Vietnamese name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    )*};
}
pub(crate) use words;
