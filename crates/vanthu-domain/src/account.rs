//! Accounts (tài khoản): one person each, and the rules of signing in.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountState {
    /// In use (đang hoạt động).
    Active,
    /// Locked on every channel (bị khóa).
    Locked,
    /// Withdrawn for good (đã thu hồi).
    Withdrawn,
}

impl AccountState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Locked, Self::Withdrawn];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Locked => "locked",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// The Vietnamese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "Đang hoạt động",
            Self::Locked => "Bị khóa",
            Self::Withdrawn => "Đã thu hồi",
        }
    }
}

/// The count of wrong passwords in a row, and the lock they lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Failures {
    /// Wrong passwords since the last right one.
    pub count: u32,
    /// Until when sign-in is refused.
    pub until: Option<Moment>,
}

impl Failures {
    /// After one more wrong password: at the limit, sign-in is refused for so many hours
    /// (QCVN 12:2026/BCA, 3.6.2.1.9).
    pub const fn after_wrong_password(self, now: Moment, limit: u32, lock_hours: u32) -> Self {
        let count = self.count.saturating_add(1);
        let until = if count >= limit {
            Some(now.plus_seconds(lock_hours as i64 * 3600))
        } else {
            self.until
        };
        Self { count, until }
    }

    /// Whether sign-in is refused at that moment, whatever the password.
    pub fn is_refused_at(self, now: Moment) -> bool {
        self.until.is_some_and(|until| now < until)
    }
}

/// What a password lacks (QCVN 12:2026/BCA, 3.7.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PasswordLack {
    /// Too short.
    Length,
    /// No small letter.
    Lower,
    /// No capital letter.
    Upper,
    /// No digit.
    Digit,
    /// No sign that is neither letter nor digit.
    Special,
    /// Holds the account's name.
    Name,
}

/// Everything that a new password lacks; empty where it will do.
pub fn password_lacks(password: &str, login: &str, min_chars: usize) -> Vec<PasswordLack> {
    let mut lacks = Vec::new();
    let mut need = |is_there: bool, lack| {
        if !is_there {
            lacks.push(lack);
        }
    };
    need(password.chars().count() >= min_chars, PasswordLack::Length);
    need(
        password.chars().any(char::is_lowercase),
        PasswordLack::Lower,
    );
    need(
        password.chars().any(char::is_uppercase),
        PasswordLack::Upper,
    );
    need(password.chars().any(char::is_numeric), PasswordLack::Digit);
    need(
        password.chars().any(|c| !c.is_alphanumeric()),
        PasswordLack::Special,
    );
    need(
        login.is_empty() || !password.to_lowercase().contains(&login.to_lowercase()),
        PasswordLack::Name,
    );
    lacks
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_unix_seconds(1_795_300_000);

    #[test]
    fn five_wrong_passwords_close_the_account_for_twelve_hours() {
        let mut failures = Failures::default();
        for _ in 0..4 {
            failures = failures.after_wrong_password(NOW, 5, 12);
            assert!(!failures.is_refused_at(NOW));
        }
        failures = failures.after_wrong_password(NOW, 5, 12);
        assert!(failures.is_refused_at(NOW));
        assert!(failures.is_refused_at(NOW.plus_seconds(12 * 3600 - 1)));
        assert!(!failures.is_refused_at(NOW.plus_seconds(12 * 3600)));
    }

    #[test]
    fn a_weak_password_is_told_what_it_lacks() {
        assert_eq!(password_lacks("Thu-nghiem-2026", "vt.binhmau", 8), []);
        assert_eq!(
            password_lacks("abc", "x1", 8),
            [
                PasswordLack::Length,
                PasswordLack::Upper,
                PasswordLack::Digit,
                PasswordLack::Special
            ]
        );
        assert_eq!(
            password_lacks("Xx-Lan.NT-2026", "lan.nt", 8),
            [PasswordLack::Name]
        );
    }
}
