//! Deliveries (việc gửi tới từng nơi nhận): out of the outbox, and what comes back.

pub mod deliver;
mod package;
pub mod resend;
pub mod status;
