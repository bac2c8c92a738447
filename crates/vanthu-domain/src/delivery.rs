//! The life of a delivery: one document on its way to one recipient (việc gửi tới một nơi nhận).
//!
//! The codes are those of the document axis (QCVN 102:2016/BTTTT and its amendment). A delivery
//! never goes backwards, and its history is only ever added to.

use serde::{Deserialize, Serialize};

/// A status code of the axis (mã trạng thái liên thông).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StatusCode {
    /// 01, arrived (đã đến).
    #[serde(rename = "01")]
    Arrived,
    /// 02, returned (từ chối tiếp nhận).
    #[serde(rename = "02")]
    Returned,
    /// 03, accepted (đã tiếp nhận).
    #[serde(rename = "03")]
    Accepted,
    /// 04, assigned (phân công).
    #[serde(rename = "04")]
    Assigned,
    /// 05, in progress (đang xử lý).
    #[serde(rename = "05")]
    InProgress,
    /// 06, completed (hoàn thành).
    #[serde(rename = "06")]
    Completed,
}

impl StatusCode {
    /// Every code.
    pub const ALL: [Self; 6] = [
        Self::Arrived,
        Self::Returned,
        Self::Accepted,
        Self::Assigned,
        Self::InProgress,
        Self::Completed,
    ];

    /// The two digits.
    pub const fn digits(self) -> &'static str {
        match self {
            Self::Arrived => "01",
            Self::Returned => "02",
            Self::Accepted => "03",
            Self::Assigned => "04",
            Self::InProgress => "05",
            Self::Completed => "06",
        }
    }

    /// The code of two digits.
    pub fn from_digits(digits: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.digits() == digits)
    }

    /// The Vietnamese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arrived => "Đã đến",
            Self::Returned => "Từ chối tiếp nhận",
            Self::Accepted => "Đã tiếp nhận",
            Self::Assigned => "Đã phân công",
            Self::InProgress => "Đang xử lý",
            Self::Completed => "Đã hoàn thành",
        }
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// In the outbox (chờ gửi).
    Queued,
    /// Handed to the channel (đã gửi).
    Sent,
    /// 01.
    Arrived,
    /// 02, the end of it.
    Returned,
    /// 03.
    Accepted,
    /// 04.
    Assigned,
    /// 05.
    InProgress,
    /// 06, the end of it.
    Completed,
    /// The channel gave up (gửi lỗi).
    Failed,
    /// No answer within the term (quá hạn phản hồi).
    Expired,
}

/// What became of a status that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advance {
    /// The delivery moved on.
    To(DeliveryState),
    /// The same news again, or older news: acknowledged, nothing changes.
    Known,
    /// It contradicts what is known, as an acceptance after a return.
    Contradicts,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Sent,
        Self::Arrived,
        Self::Returned,
        Self::Accepted,
        Self::Assigned,
        Self::InProgress,
        Self::Completed,
        Self::Failed,
        Self::Expired,
    ];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Arrived => "arrived",
            Self::Returned => "returned",
            Self::Accepted => "accepted",
            Self::Assigned => "assigned",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// The state of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// The Vietnamese name on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "Chờ gửi",
            Self::Sent => "Đã gửi",
            Self::Arrived => "Đã đến",
            Self::Returned => "Bị trả lại",
            Self::Accepted => "Đã tiếp nhận",
            Self::Assigned => "Đã phân công",
            Self::InProgress => "Đang xử lý",
            Self::Completed => "Đã hoàn thành",
            Self::Failed => "Gửi lỗi",
            Self::Expired => "Quá hạn phản hồi",
        }
    }

    /// The status code that says this, where there is one.
    pub const fn status(self) -> Option<StatusCode> {
        match self {
            Self::Arrived => Some(StatusCode::Arrived),
            Self::Returned => Some(StatusCode::Returned),
            Self::Accepted => Some(StatusCode::Accepted),
            Self::Assigned => Some(StatusCode::Assigned),
            Self::InProgress => Some(StatusCode::InProgress),
            Self::Completed => Some(StatusCode::Completed),
            Self::Queued | Self::Sent | Self::Failed | Self::Expired => None,
        }
    }

    /// Takes a status code in: never backwards, 02 only before 03, repeats are known.
    ///
    /// Clause: TG-5.3
    pub const fn take(self, code: StatusCode) -> Advance {
        let next = match code {
            StatusCode::Arrived => Self::Arrived,
            StatusCode::Returned => Self::Returned,
            StatusCode::Accepted => Self::Accepted,
            StatusCode::Assigned => Self::Assigned,
            StatusCode::InProgress => Self::InProgress,
            StatusCode::Completed => Self::Completed,
        };
        match (self, next) {
            (Self::Returned, Self::Returned | Self::Arrived) => Advance::Known,
            (Self::Returned, _) => Advance::Contradicts,
            (_, Self::Returned) if self.rank() >= Self::Accepted.rank() => Advance::Contradicts,
            _ if next.rank() <= self.rank() => Advance::Known,
            _ => Advance::To(next),
        }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Queued | Self::Failed => 0,
            Self::Sent | Self::Expired => 1,
            Self::Arrived => 2,
            Self::Returned | Self::Accepted => 3,
            Self::Assigned => 4,
            Self::InProgress => 5,
            Self::Completed => 6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every state x code: where it goes, "=" known already, "!" contradicts.
    ///
    /// Proves: TG-5.3
    #[test]
    fn the_life_of_a_delivery_is_this_table() {
        let table = [
            // 01 02 03 04 05 06
            "arrived returned accepted assigned in-progress completed", // queued
            "arrived returned accepted assigned in-progress completed", // sent
            "= returned accepted assigned in-progress completed",       // arrived
            "= = ! ! ! !",                                              // returned
            "= ! = assigned in-progress completed",                     // accepted
            "= ! = = in-progress completed",                            // assigned
            "= ! = = = completed",                                      // in-progress
            "= ! = = = =",                                              // completed
            "arrived returned accepted assigned in-progress completed", // failed
            "arrived returned accepted assigned in-progress completed", // expired
        ];
        for (state, row) in DeliveryState::ALL.into_iter().zip(table) {
            for (code, expected) in StatusCode::ALL.into_iter().zip(row.split(' ')) {
                let got = match state.take(code) {
                    Advance::To(next) => next.code(),
                    Advance::Known => "=",
                    Advance::Contradicts => "!",
                };
                assert_eq!(got, expected, "{} x {}", state.code(), code.digits());
            }
        }
    }

    #[test]
    fn codes_read_back() {
        for state in DeliveryState::ALL {
            assert_eq!(DeliveryState::from_code(state.code()), Some(state));
        }
        for code in StatusCode::ALL {
            assert_eq!(StatusCode::from_digits(code.digits()), Some(code));
        }
        assert_eq!(StatusCode::from_digits("99"), None);
    }
}
